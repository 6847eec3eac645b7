"""Runs killed at random moments, each resumed: whether they end as if nothing had happened, and leave no process.

    python scripts/kill_runs.py [--data FILE ...] [--rows N] [--workers 2] [--kills 20] [--seed 1]
                                [--out scripts/bench/kill_runs.json]

``painpoints mine`` of the texts (by default those of corpora/demo; ``--rows`` of each file) is a process of its own
with worker processes beside it, and gets SIGKILL at a moment between its start and the time the undisturbed one took,
one moment by chance in each of ``--kills`` equal slices. Time is the process's own processor time, whatever else the
machine does.
Then the run is resumed in this process, where the models are loaded once, and compared with the undisturbed one: every
Parquet file's content, the sheets, the report but for moments and what the work took, every name in the folder. Needs
/proc.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
from kill_adds import DEMO, PROJECT, carried_out, reported, taken

from painpoints.config import Settings
from painpoints.errors import RunError
from painpoints.pipeline import resume, start, work

OUT = PROJECT / "scripts" / "bench" / "kill_runs.json"
SHARD_ROWS = 20
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\+00:00| UTC)?|\w+ \d{1,2}, \d{4}, \d\d:\d\d UTC|"
                     r"(?<=>)[\d.,]+ s(?=</bdi>)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="+", type=Path, default=sorted(DEMO.glob("reviews_*")))
    parser.add_argument("--rows", type=int)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=OUT)
    reported(parser.parse_args(), "kill-runs", measured)


def measured(place: Path, given: argparse.Namespace) -> dict[str, Any]:
    """The report: an undisturbed run, then the killed ones, each compared with it."""
    (place / "painpoints.toml").write_text(f"shard_rows = {SHARD_ROWS}\nworkers = {given.workers}\n", "utf8")
    inputs = [taken(path, place, given.rows) for path in given.data]
    whole, _ = carried_out(["mine", *inputs, "-o", "straight"], place)
    wanted, chance, kills = contents(place / "straight"), random.Random(given.seed), []
    for number in range(given.kills):
        run = place / f"killed{number:02}"
        moment, over = whole * (number + chance.random()) / given.kills, True
        while over:
            shutil.rmtree(run, ignore_errors=True)
            spent, over = carried_out(["mine", *inputs, "-o", run.name], place, moment)
            if over:  # faster than the undisturbed one: another moment before its end
                moment = spent * chance.random()
        hit, left = phase(run), outlived(run)
        told = again(run, inputs, given.workers)
        ended = contents(run)
        kills.append({"at_processor_s": round(moment, 2), "phase": hit, "resumed": told, "processes_left": left,
                      "identical": ended == wanted})
        print(kills[-1], file=sys.stderr, flush=True)
        if ended != wanted:
            print([name for name in {*wanted, *ended} if ended.get(name) != wanted.get(name)], file=sys.stderr)
        shutil.rmtree(run)
    return {"seed": given.seed, "rows": given.rows, "workers": given.workers, "shard_rows": SHARD_ROWS,
            "undisturbed_processor_s": round(whole, 1), "compared": sorted(wanted), "killed": len(kills),
            "phases": dict(Counter(re.sub(r"\d+ shards", "shards", str(kill["phase"])) for kill in kills)),
            "processes_left": sum(int(kill["processes_left"]) for kill in kills),
            "identical": sum(bool(kill["identical"]) for kill in kills), "kills": kills}


def phase(run: Path) -> str:
    """What a run was doing when it was killed, from what it left."""
    work_folder = run / "work"
    if not (run / "run.json").exists():
        return "starting"
    if not (work_folder / "read.json").exists():
        return "reading, {} shards judged".format(len(list(work_folder.glob("units-*.parquet"))))
    shards = len(list(work_folder.glob("documents-*.parquet")))
    judged = len(list(work_folder.glob("units-*.parquet")))
    if judged < shards:
        return f"judging, {judged} shards done"
    return "writing results" if (run / "units.parquet").exists() else "clustering"


def outlived(run: Path, seconds: float = 10.0) -> int:
    """Processes that work in ``run`` though it was killed, ``seconds`` later at most."""
    last = time.monotonic() + seconds
    while (left := sum(_works_in(entry, run) for entry in Path("/proc").glob("[0-9]*"))) and time.monotonic() < last:
        time.sleep(0.05)
    return left


def _works_in(process: Path, run: Path) -> bool:
    """Whether ``process`` is one of ours that was started where ``run`` was."""
    try:
        return (b"pipeline.streaming" in (process / "cmdline").read_bytes()
                and (process / "cwd").resolve() == run.parent.resolve())
    except OSError:
        return False


def again(run: Path, inputs: list[str], workers: int) -> str | None:
    """Resumes ``run``, or begins it where nothing was stored; what it told about resuming."""
    notes: list[str] = []
    try:
        going = resume(run)
    except RunError:
        shutil.rmtree(run, ignore_errors=True)
        settings = Settings(shard_rows=SHARD_ROWS, workers=workers)
        going = start(inputs, run, settings), inputs, settings
    work(*going, warn=notes.append)
    return next((note for note in notes if "Resumed" in note), None)


def contents(run: Path) -> dict[str, Any]:
    """Parquet contents, texts without moments, and the names of the other files."""
    found: dict[str, Any] = {}
    for path in sorted(run.iterdir()):
        if path.suffix == ".parquet":
            found[path.name] = pl.read_parquet(path).write_ndjson()
        elif path.suffix in (".html", ".csv", ".jsonl"):
            found[path.name] = _MOMENT.sub("", path.read_text("utf8"))
        else:
            found[path.name] = None
    return found


if __name__ == "__main__":
    main()
