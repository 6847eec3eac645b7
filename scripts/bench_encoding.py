"""What it costs to find and pool units while encoding, against the bare encoder, in one run.

    python scripts/bench_encoding.py --data DIR [--rows 4000] [--out scripts/bench/encoding.json]

Three ways over the same real texts, taking turns: the bare encoder over whole passages (no adapter, no units); one pass
that cuts and pools units from the passages' tokens; and encoding every unit by itself, as versions before did.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl
from bench_main_job import mixed_rows

from painpoints.encode import load_encoder
from painpoints.text import frame_units, read_passages

ROUNDS = 3


def seconds(task: Callable[[], object]) -> float:
    """How long ``task`` takes."""
    began = time.perf_counter()
    task()
    return time.perf_counter() - began


def main() -> None:
    """Measure, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder laid out as scripts/README.md says")
    parser.add_argument("--rows", type=int, default=4000)
    parser.add_argument("--out", type=Path, default=Path("scripts/bench/encoding.json"))
    arguments = parser.parse_args()
    texts = [row["review"] for row in mixed_rows(arguments.data, arguments.rows)]
    documents = pl.DataFrame({"doc_id": [str(at) for at in range(len(texts))], "text": texts})
    passages = read_passages(documents)
    plain, adapted = load_encoder(adapted=False), load_encoder()
    cuts = adapted.encode_passages(passages).cuts
    units = frame_units(documents, passages, [[(c.start, c.end) for c in of] for of in cuts])[0]["model_text"].to_list()
    ways: dict[str, Callable[[], object]] = {
        "bare encoder over passages": lambda: plain.encode([passage.text for passage in passages]),
        "one pass with units": lambda: adapted.encode_passages(passages),
        "every unit by itself": lambda: adapted.encode(units)}
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(ROUNDS):
        for name, task in ways.items():
            best[name] = min(best[name], seconds(task))
    bare = best["bare encoder over passages"]
    figures = {"command": f"python scripts/bench_encoding.py --data DIR --rows {arguments.rows}", "texts": len(texts),
               "passages": len(passages), "units": len(units), "rounds": ROUNDS,
               "seconds": {name: round(value, 2) for name, value in best.items()},
               "times_the_bare_encoder": {name: round(value / bare, 3) for name, value in best.items()}}
    arguments.out.write_text(json.dumps(figures, indent=1) + "\n", "utf8")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
