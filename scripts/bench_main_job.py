"""Run the main job on real rows mixed from the sentiment sets, and say what it cost.

    python scripts/bench_main_job.py --data DIR [--rows 20000] [--out scripts/bench/main_job.json]

Rows are drawn evenly over the four languages with a fixed seed; dates are spread over 26 weeks, since most sets have
none; stars become ratings where a set has them. The baseline is the bare forward pass of the encoder over the same
units, in the same process, so that the rate is also a ratio.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from datasets import LANGUAGES, rows

START = dt.date(2026, 5, 4)


def mixed_rows(data: Path, count: int) -> list[dict[str, str]]:
    """``count`` rows, a quarter a language, spread evenly over the sets of the language."""
    chosen: list[dict[str, str]] = []
    rng = random.Random(11)
    for lang in LANGUAGES:
        pools = []
        for path in sorted((data / "sentiment").glob(f"{lang}_*.jsonl")):
            pool = list(rows(path))
            rng.shuffle(pool)
            pools.append([(path.stem, row) for row in pool])
        taken: list[tuple[str, dict[str, object]]] = []
        while len(taken) < count // len(LANGUAGES):
            for pool in pools:
                if pool and len(taken) < count // len(LANGUAGES):
                    taken.append(pool.pop())
        for source, row in taken:
            day = START + dt.timedelta(days=rng.randrange(182))
            chosen.append({"review": str(row["text"]), "date": day.isoformat(), "stars": str(row.get("stars") or ""),
                           "channel": source.split("_", 1)[1]})
    rng.shuffle(chosen)
    return chosen


def bare_rate(run: Path, sample: int = 4000) -> float:
    """Units a second of nothing but encoding, over units of the finished run."""
    import polars as pl

    from painpoints.encode import load_encoder

    texts = pl.read_parquet(run / "units.parquet")["model_text"].unique(maintain_order=True)
    texts = texts.sample(min(sample, len(texts)), seed=3).to_list()
    encoder = load_encoder()
    encoder.encode(texts[:200])
    began = time.perf_counter()
    encoder.encode(texts)
    return len(texts) / (time.perf_counter() - began)


def report(figures: dict[str, Any], manifest: dict[str, Any], out: Path) -> None:
    """Writes ``figures`` to ``out`` with the machine and the versions of a run's ``manifest``, and prints them."""
    machine = {name: value for name, value in manifest["machine"].items() if name != "pid"}
    told = json.dumps({**figures, "machine": machine, "versions": manifest["versions"]}, indent=1, ensure_ascii=False)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(told + "\n", "utf8")
    print(told)


def main() -> None:
    """Write the rows, run the command, read its manifest, write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder laid out as scripts/README.md says")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--lang", default="en")
    parser.add_argument("--keep", type=Path, help="folder for the input and the run (default: a temporary one)")
    parser.add_argument("--out", type=Path, default=Path("scripts/bench/main_job.json"))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        home = arguments.keep or Path(scratch)
        home.mkdir(parents=True, exist_ok=True)
        source = home / "mixed.csv"
        with source.open("w", encoding="utf8", newline="") as handle:
            writer = csv.DictWriter(handle, ["review", "date", "stars", "channel"])
            writer.writeheader()
            writer.writerows(mixed_rows(arguments.data, arguments.rows))
        run = home / "run"
        command = [str(Path(sys.executable).with_name("painpoints")), "mine", str(source), "-o", str(run), "--lang",
                   arguments.lang, "--no-cache", "--source", "channel"]
        began = time.perf_counter()
        subprocess.run(command, check=True)
        wall = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        manifest = json.loads((run / "manifest.json").read_text("utf8"))
        bare = bare_rate(run)
        units = manifest["counts"]["units"]
        figures = {
            "command": f"python scripts/bench_main_job.py --data DIR --rows {arguments.rows}",
            "rows": arguments.rows, "wall_seconds": round(wall, 1), "rows_per_second": round(arguments.rows / wall, 1),
            "units": units, "units_per_second": round(units / wall, 1),
            "bare_encoder_units_per_second": round(bare, 1), "ratio_to_bare_encoder": round(units / wall / bare, 3),
            "peak_memory_mb": round(peak), "counts": manifest["counts"], "timings": manifest["timings"]}
        report(figures, manifest, arguments.out)


if __name__ == "__main__":
    main()
