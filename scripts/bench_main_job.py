"""Run the main job on real rows mixed from the sentiment sets, and say what it cost.

    python scripts/bench_main_job.py --data DIR [--rows 20000] [--out scripts/bench/main_job.json]

Rows are drawn evenly over the four languages with a fixed seed; dates are spread over 26 weeks, since most sets have
none; stars become ratings where a set has them. The baselines run over the same units, so that the rate is also a
ratio: the bare forward pass of the encoder as transformers makes it, in bf16 where the job uses bf16, over texts that
are tokens already and sorted by length, at its best batch size; and this project's own encoder, given each unit as a
text of its own, which is quicker than that.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import os
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
BATCHES = (8, 16, 32, 64, 128)
ROUNDS = 2
"""Times that the baselines run; the best counts, since the pace of a shared machine drifts."""


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


def sampled_units(run: Path, sample: int = 4000) -> list[str]:
    """Texts of units of a finished run, each once."""
    import polars as pl

    texts = pl.read_parquet(run / "units.parquet")["model_text"].unique(maintain_order=True)
    chosen: list[str] = texts.sample(min(sample, len(texts)), seed=3).to_list()
    return chosen


def own_rate(texts: list[str]) -> float:
    """Texts a second of nothing but this project's encoder."""
    from painpoints.encode import load_encoder

    encoder = load_encoder()
    encoder.encode(texts[:200])
    began = time.perf_counter()
    encoder.encode(texts)
    return len(texts) / (time.perf_counter() - began)


def forward_rates(texts: list[str]) -> dict[str, float]:
    """Texts a second of the bare forward pass, by batch size: transformers' model on all cores, in the precision that
    the job uses, over tokens with prefix and frame, sorted by length and padded to the longest of a batch."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    from painpoints.encode import load_encoder
    from painpoints.encode.source import resolve_model

    info = load_encoder().info
    folder = resolve_model(info.name).path
    precision = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}[info.precision]
    model = AutoModel.from_pretrained(folder, dtype=precision).eval()
    tokens = AutoTokenizer.from_pretrained(folder)([info.prefix + text for text in texts], truncation=True,
                                                   max_length=info.max_tokens)["input_ids"]
    tokens.sort(key=len)
    torch.set_num_threads(len(os.sched_getaffinity(0)))

    def passed(batch: list[list[int]]) -> None:
        ids = torch.zeros(len(batch), len(batch[-1]), dtype=torch.int64)
        seen = torch.zeros_like(ids)
        for row, each in enumerate(batch):
            ids[row, :len(each)], seen[row, :len(each)] = torch.tensor(each), 1
        model(input_ids=ids, attention_mask=seen)

    found = {}
    with torch.inference_mode():
        for size in BATCHES:
            passed(tokens[:size])
            began = time.perf_counter()
            for at in range(0, len(tokens), size):
                passed(tokens[at:at + size])
            found[str(size)] = round(len(tokens) / (time.perf_counter() - began), 1)
    return found


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
        texts = sampled_units(run)
        rounds = [(own_rate(texts), forward_rates(texts)) for _ in range(ROUNDS)]
        own = max(each for each, _ in rounds)
        forward = {size: max(each[size] for _, each in rounds) for size in rounds[0][1]}
        units, bare = manifest["counts"]["units"], max(forward.values())
        figures = {
            "command": f"python scripts/bench_main_job.py --data DIR --rows {arguments.rows}",
            "rows": arguments.rows, "wall_seconds": round(wall, 1), "rows_per_second": round(arguments.rows / wall, 1),
            "units": units, "units_per_second": round(units / wall, 1),
            "bare_forward_units_per_second_by_batch_size": forward,
            "ratio_to_bare_forward_at_its_best": round(units / wall / bare, 3),
            "own_encoder_units_per_second": round(own, 1), "ratio_to_own_encoder": round(units / wall / own, 3),
            "peak_memory_mb": round(peak), "counts": manifest["counts"], "timings": manifest["timings"]}
        report(figures, manifest, arguments.out)


if __name__ == "__main__":
    main()
