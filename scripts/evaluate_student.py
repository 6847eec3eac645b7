"""Measure the student of the fast lane beside the full model, and write its card.

    python scripts/evaluate_student.py --data DIR [--cache DIR] [--rows 2000]

Judgements are measured on the test parts that ``models/heads`` is measured on, clusters on held-out pain families and
banking intents, rates over real texts with both in one run, in processor seconds.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from bench_clustering import banking
from datasets import LANGUAGES, Grouped, own_pains, rows, split_of
from draws import Draw, draw, figures
from publish_heads import measure
from sklearn.metrics import adjusted_rand_score
from student_card import card
from student_heads import student_table
from threadpoolctl import threadpool_limits
from vectors import cached_vectors, full_encoder, model_texts

from painpoints.classify import load_heads
from painpoints.cluster import ClusterSettings, Projection, cluster_units, load_projection
from painpoints.encode import UnitEncoder, load_student
from painpoints.text import read_passages

FIGURES = Path("models/heads/figures.json")
NOTED = {"touchpoint": "touchpoint_macro_f1", "sentiment": "sentiment_macro_f1", "problem": "problem_f1"}
DRAWS = 5


def cluster_figures(draws: Sequence[Draw], vectors: Sequence[np.ndarray], projection: Projection) -> dict[str, float]:
    """Means over ``draws`` of what our clustering makes of the ``vectors`` of each."""
    each = []
    for drawn, of in zip(draws, vectors, strict=True):
        labels = cluster_units(projection.project(of), drawn.langs, drawn.keys, ClusterSettings(),
                               projection.language_means).labels
        kept = drawn.gold >= 0
        each.append(figures(drawn, labels) | {"ari": adjusted_rand_score(drawn.gold[kept], labels[kept])})
    return {name: round(float(np.mean([one[name] for one in each])), 3) for name in each[0]
            if name != "one_offs_left_out"}


def clusters(data: Path, cache: Path, student: UnitEncoder, own: Projection) -> dict[str, Any]:
    """Figures of clusters by set and by model, each with its map."""
    held = [item for item in own_pains() if item.split == "test"]
    intent = banking(data)

    def full(items: Sequence[Grouped], name: str) -> np.ndarray:
        return cached_vectors([i.text for i in items], cache, name, [i.lang for i in items])

    def fast(items: Sequence[Grouped], _: str) -> np.ndarray:
        return student.encode(model_texts([i.text for i in items], [i.lang for i in items]))

    place = {(item.group, item.lang, item.text): at for at, item in enumerate(held)}
    draws = [draw("test", seed) for seed in range(DRAWS)]
    found: dict[str, Any] = {"own pain families, held out": {}, "banking intents, held out": {}}
    for name, encode, projection in (("full", full, load_projection()), ("student", fast, own)):
        pains = encode(held, "held_out_own_pains_all")
        of = [pains[[place[i.group, i.lang, i.text] for i in drawn.items]] for drawn in draws]
        found["own pain families, held out"][name] = cluster_figures(draws, of, projection)
        found["banking intents, held out"][name] = cluster_figures(
            [intent], [encode(intent.items, "held_out_banking_intents")], projection)
        print(name, found, file=sys.stderr)
    return found


def rates(data: Path, count: int, student: UnitEncoder) -> dict[str, float]:
    """Units a processor second of both models over the same real texts, cut by the rules, heads included; the better of
    two runs of each in turn. On one thread, for several also spend processor seconds on waiting for each other."""
    texts = [row["text"] for path in sorted((data / "sentiment").glob("*.jsonl"))
             for row in itertools.islice(rows(path), 400) if split_of(row["text"]) == "test"]
    random.Random(1).shuffle(texts)
    passages = read_passages(pl.DataFrame({"text": texts[:count]}))
    langs = [passage.lang for passage in passages]
    ways: dict[str, tuple[UnitEncoder, Any]] = {"full": (full_encoder(), load_heads()),
                                                "student": (student, load_heads(fast=True))}
    best = dict.fromkeys(ways, float("inf"))
    units = 0
    for _, (name, (encoder, heads)) in itertools.product(range(2), ways.items()):
        def judge(encoder: UnitEncoder = encoder, heads: Any = heads) -> int:
            encoded = encoder.encode_passages(passages, rules=True)
            owner = np.repeat(np.arange(len(passages)), [len(cuts) for cuts in encoded.cuts])
            heads.probabilities(encoded.vectors, [langs[at] for at in owner])
            return len(encoded.vectors)

        with threadpool_limits(1):
            taken, units = seconds(judge)
        best[name] = min(best[name], taken)
    return {"texts": len(passages), "units": units, "cores": os.cpu_count() or 1,
            **{f"{name}_units_a_processor_second": round(units / taken) for name, taken in best.items()},
            "ratio": round(best["full"] / best["student"], 1)}


def seconds(work: Callable[[], int]) -> tuple[float, int]:
    """Processor seconds of ``work``, and what it gives."""
    began = time.process_time()
    given = work()
    return time.process_time() - began, given


def main() -> None:
    """Measure, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder laid out as scripts/README.md says")
    parser.add_argument("--cache", type=Path, default=Path(".cache/training"), help="where vectors are kept")
    parser.add_argument("--rows", type=int, default=2000, help="texts to measure rates over")
    parser.add_argument("--model", type=Path, default=Path("models/fast"))
    parser.add_argument("--out", type=Path, default=Path("scripts/bench/fast_lane.json"))
    arguments = parser.parse_args()
    student = load_student(arguments.model)
    own = measure(load_heads(arguments.model, fast=True), student_table(arguments.data, student))
    found = {"command": "python scripts/evaluate_student.py --data DIR", "languages": LANGUAGES,
             "judgements": {"student": own, "full": json.loads(FIGURES.read_text("utf8"))},
             "clusters": clusters(arguments.data, arguments.cache, student,
                                  load_projection(arguments.model, fast=True)),
             "rates": rates(arguments.data, arguments.rows, student),
             "bytes": sum(path.stat().st_size for path in arguments.model.glob("*.safetensors"))}
    arguments.out.write_text(json.dumps(found, indent=1) + "\n", "utf8")
    by_task = {task: {name: said["units"]["real units"]["all"][key] for name, said in found["judgements"].items()}
               for task, key in NOTED.items()}
    described = arguments.model / "student.json"
    described.write_text(json.dumps(json.loads(described.read_text("utf8")) | {"figures": by_task}, indent=1) + "\n",
                         "utf8")
    (arguments.model / "README.md").write_text(card(found), "utf8")
    print(json.dumps(by_task), json.dumps(found["rates"]))


if __name__ == "__main__":
    main()
