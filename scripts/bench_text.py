"""What reading, cutting and framing cost beside the bare encoder, in one run.

    python scripts/bench_text.py --data DIR [--rows 3000] [--encoded 300] [--out scripts/bench/text.json]

CPU time, so that other work on the machine counts little; the best of three rounds, after one that fills the caches.
The encoder's passes are over the first ``--encoded`` rows, and its cost a row is taken from those.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl
from bench_main_job import mixed_rows

from painpoints.encode import load_encoder
from painpoints.read import ReadOptions, read_documents
from painpoints.text import Passage, Redactor, frame_units, read_passages

ROUNDS = 3


def cpu(task: Callable[[], object], rows: int) -> float:
    """Milliseconds of CPU that ``task`` takes a row."""
    task()
    taken = []
    for _ in range(ROUNDS):
        began = time.process_time()
        task()
        taken.append(time.process_time() - began)
    return min(taken) * 1000 / rows


def rule_spans(passages: list[Passage]) -> list[list[tuple[int, int]]]:
    """The units of the rules in each passage."""
    return [[(unit.start, unit.end) for block in passage.blocks for unit in block.units] for passage in passages]


def main() -> None:
    """Measure, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder laid out as scripts/README.md says")
    parser.add_argument("--rows", type=int, default=3000)
    parser.add_argument("--encoded", type=int, default=300)
    parser.add_argument("--out", type=Path, default=Path("scripts/bench/text.json"))
    arguments = parser.parse_args()
    rows = mixed_rows(arguments.data, arguments.rows)
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "mixed.csv"
        with source.open("w", encoding="utf8", newline="") as handle:
            writer = csv.DictWriter(handle, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)

        def read() -> pl.DataFrame:
            return pl.concat(read_documents([source], ReadOptions(redactor=Redactor(key=b"bench"))))

        documents = read()
        passages = read_passages(documents)
        spans = rule_spans(passages)
        costs = {"reading with redaction": cpu(read, len(rows)),
                 "read_passages": cpu(lambda: read_passages(documents), len(rows)),
                 "frame_units": cpu(lambda: frame_units(documents, passages, spans), len(rows))}
    encoder = load_encoder(adapted=False)
    texts = [passage.text for passage in read_passages(documents.head(arguments.encoded))]
    bare = cpu(lambda: encoder.encode(texts), min(arguments.encoded, len(rows)))
    figures = {"command": f"python scripts/bench_text.py --data DIR --rows {arguments.rows} "
               f"--encoded {arguments.encoded}", "rows": len(rows),
               "units": sum(map(len, spans)), "encoded": arguments.encoded, "precision": encoder.info.precision,
               "cpu_ms_a_row": {name: round(cost, 3) for name, cost in costs.items()},
               "bare_encoder_cpu_ms_a_row": round(bare, 2),
               "share_of_the_bare_encoder": {name: round(cost / bare, 4) for name, cost in costs.items()}}
    arguments.out.write_text(json.dumps(figures, indent=1) + "\n", "utf8")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
