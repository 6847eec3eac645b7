"""Run the main job on more and more rows, and say what each stage cost: wall, processor time and peak memory.

    python scripts/bench_growth.py --data DIR [--sizes 1000,10000,100000,1000000] [--fast]
        [--out scripts/bench/growth.json]

Rows are mixed as by ``scripts/bench_main_job.py`` and, when there are no more, come again on other days with three
words in five exchanged for others, so that none is a copy of another. Every size is run by a process of its own, from
its start to its report, with a cache of vectors that is empty. Growth is the time of one size over that
of the one before.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
from bench_main_job import mixed_rows
from variation import Texts, words_of

STAGES = ("start", "read", "judge", "weigh", "cluster", "describe", "report")
_CLUSTER = ("weigh", "cluster", "describe")
"""What the main job's stage ``cluster`` is made of: before clustering, the clustering and its stability, and after."""
_ONE = """import sys; sys.path.insert(0, {scripts!r}); from bench_growth import one; one({source!r}, {run!r}, {fast})"""


def one(source: str, run: str, fast: bool) -> None:
    """Mine ``source`` into ``run`` in this process, and print what each stage cost."""
    watch = Watch()
    from painpoints.config import load_settings
    from painpoints.pipeline import start, work

    settings = load_settings({"source": "channel", "fast": fast, "cache_dir": f"{run}-cache"})
    work(start([source], Path(run), settings), [source], settings, watch.report)
    print(json.dumps(watch.ended()))


class Watch:
    """What is spent while the main job reports; a stage begins with its first report."""

    def __init__(self) -> None:
        self._stage, self._began, self._used = "start", time.perf_counter(), _processor()
        self._spent: dict[str, dict[str, float]] = {}
        self._peak = 0.0
        self._sampler = threading.Thread(target=self._sample, daemon=True)
        self._sampler.start()

    def report(self, stage: str, done: int, total: int | None) -> None:
        """Takes a report of the main job."""
        stage = _CLUSTER[min(done, 2)] if stage == "cluster" else stage
        if stage != self._stage and STAGES.index(stage) > STAGES.index(self._stage):
            self._close()
            self._stage = stage

    def ended(self) -> dict[str, dict[str, float]]:
        """Seconds by the clock and of the processor, and the peak memory in MB, of every stage and in all."""
        self._close()
        total = {name: round(sum(each[name] for each in self._spent.values()), 2) for name in ("wall", "processor")}
        peak = max(each["peak_mb"] for each in self._spent.values())
        whole = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return {**self._spent, "total": {**total, "peak_mb": round(max(peak, whole))}}

    def _close(self) -> None:
        now, used = time.perf_counter(), _processor()
        self._spent[self._stage] = {"wall": round(now - self._began, 2), "processor": round(used - self._used, 2),
                                    "peak_mb": round(max(self._peak, _memory()))}
        self._began, self._used, self._peak = now, used, 0.0

    def _sample(self) -> None:
        while True:
            self._peak = max(self._peak, _memory())
            time.sleep(0.05)


def _processor() -> float:
    """Processor seconds of this process and of the workers that have ended."""
    parts = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(part.ru_utime + part.ru_stime for part in parts)


def _memory() -> float:
    """Resident memory in MB of this process and its workers."""
    pages = 0
    for process in (os.getpid(), *_children(os.getpid())):
        try:
            pages += int(Path(f"/proc/{process}/statm").read_text("ascii").split()[1])
        except OSError:  # it has ended
            continue
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _children(process: int) -> list[int]:
    try:
        lists = [task.joinpath("children").read_text("ascii") for task in Path(f"/proc/{process}/task").iterdir()]
    except OSError:
        return []
    return [int(child) for text in lists for child in text.split()]


def write_rows(data: Path, count: int, path: Path) -> None:
    """``count`` rows at ``path``: real ones first, then these in other words and on other days.

    On the same day, they would be so many families of strangers who write alike: campaigns.
    """
    rows = mixed_rows(data, min(count, 100_000))
    known = {row["channel"]: row for row in rows}
    words = words_of((channel, row["review"]) for channel, group in itertools.groupby(
        sorted(rows, key=lambda row: row["channel"]), lambda row: row["channel"]) for row in group)
    rng = np.random.default_rng(5)
    texts = Texts([row["review"] for row in rows], [row["channel"] for row in rows], words)
    days = sorted({row["date"] for row in rows if row["date"]})
    with path.open("w", encoding="utf8", newline="") as handle:
        writer = csv.DictWriter(handle, list(next(iter(known.values()))))
        writer.writeheader()
        writer.writerows(rows[:count])
        for first in range(len(rows), count, len(rows)):
            for row, text in zip(rows[:count - first], texts.each(rng), strict=False):
                day = days[rng.integers(len(days))] if row["date"] else row["date"]
                writer.writerow({**row, "review": text, "date": day})


def measured(data: Path, size: int, fast: bool) -> dict[str, Any]:
    """What the main job cost on ``size`` rows."""
    with tempfile.TemporaryDirectory() as scratch:
        source, run = Path(scratch) / "rows.csv", Path(scratch) / "run"
        write_rows(data, size, source)
        code = _ONE.format(scripts=str(Path(__file__).parent), source=str(source), run=str(run), fast=fast)
        done = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True)
        manifest = json.loads((run / "manifest.json").read_text("utf8"))
    return {"rows": size, "units": manifest["counts"]["units"], "painpoints": manifest["counts"]["painpoints"],
            "stages": json.loads(done.stdout.splitlines()[-1]), "machine": manifest["machine"],
            "versions": manifest["versions"]}


def _ratios(less: dict[str, float], more: dict[str, float]) -> dict[str, float]:
    return {name: round(more[name] / less[name], 2) for name in ("wall", "processor")}


def main() -> None:
    """Measure every size, and write the figures after each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder laid out as scripts/README.md says")
    parser.add_argument("--sizes", default="1000,10000,100000,1000000")
    parser.add_argument("--fast", action="store_true")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "bench" / "growth.json")
    chosen = parser.parse_args()
    found: list[dict[str, Any]] = []
    for size in map(int, chosen.sizes.split(",")):
        found.append(measured(chosen.data, size, chosen.fast))
        machine = {name: value for name, value in found[-1]["machine"].items() if name != "pid"}
        growth = [{"rows": [one["rows"], two["rows"]], **_ratios(one["stages"]["total"], two["stages"]["total"])}
                  for one, two in itertools.pairwise(found)]
        sizes = [{name: each[name] for name in ("rows", "units", "painpoints", "stages")} for each in found]
        command = f"python scripts/bench_growth.py --data DIR --sizes {chosen.sizes}{' --fast' if chosen.fast else ''}"
        chosen.out.write_text(json.dumps({"command": command, "machine": machine, "versions": found[-1]["versions"],
                                          "sizes": sizes, "growth": growth}, indent=1) + "\n", "utf8")
        print(json.dumps(sizes[-1]), flush=True)


if __name__ == "__main__":
    main()
