"""How well the main job finds the pains planted in the demo dump.

    python scripts/evaluate_demo.py RUN     (a finished run of `painpoints mine corpora/demo`)

Per planted pain: the pain point that holds most of its reviews, the share of them it holds (recall), and the share of
its reviews that are of this pain (precision). A review with two pains may sit in two pain points.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path

import polars as pl

GOLD = Path(__file__).resolve().parents[1] / "corpora" / "demo_gold"


def planted() -> dict[str, set[str]]:
    """Pain to the ids of the reviews that state it; one-offs are left out."""
    pains: dict[str, set[str]] = defaultdict(set)
    for path in sorted(GOLD.glob("gold_*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as handle:
            for row in csv.DictReader(handle):
                pains[row["pain"]].add(row["source_id"])
    return pains


def main() -> None:
    """Print a line a planted pain and the means as JSON."""
    run = Path(sys.argv[1])
    units = pl.read_parquet(run / "units.parquet").join(
        pl.read_parquet(run / "documents.parquet").select("doc_id", "source_id"), on="doc_id")
    points = {row["painpoint_id"]: row for row in pl.read_parquet(run / "painpoints.parquet").iter_rows(named=True)}
    members: dict[str, set[str]] = defaultdict(set)
    for name, source in units.filter(pl.col("painpoint_id").is_not_null()).select("painpoint_id", "source_id").rows():
        members[name].add(source)
    pains = planted()
    oneoffs = pains.pop("oneoff", set())
    recalls, precisions = [], []
    gold_ids = set().union(*pains.values())
    for pain, ids in sorted(pains.items()):
        held = Counter({name: len(ids & sources) for name, sources in members.items()})
        best, count = held.most_common(1)[0]
        known = members[best] & gold_ids
        recalls.append(count / len(ids))
        precisions.append(len(known & ids) / max(1, len(known)))
        print(f"{pain:22} {len(ids):3} reviews | recall {recalls[-1]:.2f} precision {precisions[-1]:.2f} | "
              f"{points[best]['rank']:2} {points[best]['title']}")
    outside = {s for s in oneoffs if not any(s in m for m in members.values())}
    print(json.dumps({"planted": len(pains), "found_points": len(points),
                      "mean_recall": round(sum(recalls) / len(recalls), 3),
                      "mean_precision": round(sum(precisions) / len(precisions), 3),
                      "one_offs_left_out": round(len(outside) / max(1, len(oneoffs)), 3)}))


if __name__ == "__main__":
    main()
