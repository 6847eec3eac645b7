"""Additions killed at random moments, each given again: whether the workspace ends as if nothing had happened.

    python scripts/kill_adds.py [--data FILE ...] [--first FILE ...] [--rows N] [--kills 20] [--seed 1]
                                [--database URL] [--out scripts/bench/kills.json]

A workspace with one addition (``--first``, by default the Persian texts of corpora/demo) is copied; in the copy
``painpoints add`` of the rest runs as a process of its own and gets SIGKILL at a moment between its start and the time
the undisturbed one took, one moment by chance in each of ``--kills`` equal slices. Time is the process's own processor
time, so that a busy machine hits the same moments. Then the same is added again, in this process, where the models are
loaded once; the whole workspace is compared with the undisturbed one: every row of every table but for the moments of
writing, every Parquet file's content, every name in the folder. ``--rows`` takes that many rows of each file; with
``--database`` the state lies on that PostgreSQL server. Needs /proc.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from painpoints.config import Settings
from painpoints.pipeline import Workspace, models
from painpoints.store import open_workspace
from painpoints.store.schema import METADATA

PROJECT = Path(__file__).resolve().parents[1]
OUT = PROJECT / "scripts" / "bench" / "kills.json"
DEMO = PROJECT / "corpora" / "demo"
COMMAND = [sys.executable, "-c", "import sys; from painpoints.cli import main; sys.exit(main())"]
SHARD_ROWS = 20
MOMENTS = {"made"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first", nargs="+", type=Path, default=[DEMO / "reviews_fa.csv"])
    parser.add_argument("--data", nargs="+", type=Path,
                        default=[DEMO / "reviews_ar.csv", DEMO / "reviews_en.csv", DEMO / "reviews_ru.tsv"])
    parser.add_argument("--rows", type=int)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database")
    parser.add_argument("--out", type=Path, default=OUT)
    reported(parser.parse_args(), "kill-adds", measured)


def reported(given: argparse.Namespace, key: str, measured: Callable[[Path, argparse.Namespace], dict[str, Any]]
             ) -> None:
    """Has the report ``measured`` in a folder for the while, models loaded once; writes it, and prints it in short."""
    os.environ["PAINPOINTS_KEY"] = key
    models.load_models = cache(models.load_models)
    with tempfile.TemporaryDirectory(prefix="painpoints-kills-") as scratch:
        report = measured(Path(scratch), given)
    given.out.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", "utf8")
    print(json.dumps({name: value for name, value in report.items() if name != "kills"}, indent=1))


def measured(place: Path, given: argparse.Namespace) -> dict[str, Any]:
    """The report: an undisturbed addition, then the killed ones, each compared with it."""
    first, rest = ([taken(file, place, given.rows) for file in files] for files in (given.first, given.data))
    begin(place, "straight", first, given.database)
    whole, _ = added(place, "straight", rest)
    wanted, files = contents(place / "straight"), names(place / "straight")
    chance, kills = random.Random(given.seed), []
    for number in range(given.kills):
        name = f"killed{number:02}"
        moment, over = whole * (number + chance.random()) / given.kills, True
        while over:
            shutil.rmtree(place / name, ignore_errors=True)
            begin(place, name, first, given.database)
            spent, over = added(place, name, rest, moment)
            if over:  # faster than the undisturbed one: another moment before its end
                moment = spent * chance.random()
        hit, told = phase(place / name), again(place / name, rest)
        ended = contents(place / name)
        identical = ended == wanted and names(place / name) == files
        kills.append({"at_processor_s": round(moment, 2), "phase": hit, "resumed": told, "identical": identical})
        print(kills[-1], file=sys.stderr, flush=True)
        if not identical:
            print([table for table in wanted if ended.get(table) != wanted[table]], file=sys.stderr)
        shutil.rmtree(place / name)
    return {"state": "PostgreSQL" if given.database else "SQLite", "rows": given.rows, "seed": given.seed,
            "shard_rows": SHARD_ROWS, "undisturbed_processor_s": round(whole, 1),
            "compared": {"tables": len(METADATA.tables), "rows": sum(len(v) for k, v in wanted.items() if ":" not in k),
                         "parquet_files": sum(":" in k for k in wanted), "files": len(files)},
            "killed": len(kills), "phases": dict(Counter(re.sub(r"\d+ shards", "shards", k["phase"]) for k in kills)),
            "identical": sum(k["identical"] for k in kills), "kills": kills}


def taken(file: Path, place: Path, rows: int | None) -> str:
    """``file``, or a file with its first ``rows`` lines after the header."""
    if rows is None:
        return str(file.resolve())
    (place / file.name).write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:rows + 1]))
    return str(place / file.name)


def begin(place: Path, name: str, inputs: list[str], database: str | None) -> None:
    """A workspace with its first addition; a copy of the one made before, where the state lies in the folder."""
    done = place / "begun"
    if done.exists():
        shutil.copytree(done, place / name)
        return
    with Workspace.create(place / name, Settings(shard_rows=SHARD_ROWS), database=database) as made:
        made.add(inputs)
    if database is None:
        shutil.copytree(place / name, done)


def added(place: Path, name: str, inputs: list[str], until: float | None = None) -> tuple[float, bool]:
    """The processor time (s) that `painpoints add` took, and whether it ended; killed once it has taken ``until``."""
    return carried_out(["add", name, *inputs], place, until)


def carried_out(command: list[str], place: Path, until: float | None = None) -> tuple[float, bool]:
    """The processor time (s) that a command of painpoints took in ``place``, and whether it ended; killed once it has
    taken ``until``."""
    process = subprocess.Popen([*COMMAND, *command], cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               text=True)
    spent = 0.0
    while process.poll() is None:
        spent = processor_time(process.pid) or spent
        if until is not None and spent >= until:
            process.kill()
            break
        time.sleep(0.002)
    _, told = process.communicate()
    if process.returncode not in (0, -signal.SIGKILL):
        raise SystemExit(f"painpoints {command[0]}: {told}")
    return spent, process.returncode == 0


def processor_time(pid: int) -> float:
    """Seconds of processor time that a process has taken; 0 when it has gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def again(workspace: Path, inputs: list[str]) -> str | None:
    """Adds the same again; what it told about resuming."""
    notes: list[str] = []
    with Workspace.open(workspace) as opened:
        opened.add(inputs, warn=notes.append)
    return next((note for note in notes if "Resumed" in note), None)


def phase(workspace: Path) -> str:
    """What an addition was doing when it was killed, from what it left."""
    facts, pending = workspace / "facts", workspace / "pending"
    with open_workspace(workspace) as folder, folder.state.reading() as state:
        if len(state.additions()) > 1:
            return "state written, tidying up"
    if (facts / "000002").exists():
        return "partition written, placing"
    if any(path.name.startswith(".") for path in facts.iterdir()):
        return "writing the partition"
    if (pending / "judged").exists():
        return f"judging, {len(list((pending / 'judged' / 'work').glob('units-*.parquet')))} shards done"
    return "reading and loading models" if (pending / "read").exists() else "starting"


def contents(workspace: Path) -> dict[str, Any]:
    """All rows of all tables without moments, and all Parquet contents as text."""
    found: dict[str, Any] = {}
    with open_workspace(workspace) as folder, folder.state.reading() as state:
        for table in METADATA.tables:
            found[table] = [{k: v for k, v in row.items() if k not in MOMENTS and row.get("name") != "made"}
                            for row in state.rows(table)]
    for file in sorted(workspace.rglob("*.parquet")):
        found[f"file:{file.relative_to(workspace)}"] = pl.read_parquet(file).hash_rows(seed=0).to_list()
    return found


def names(workspace: Path) -> list[str]:
    """Every name in the folder but for SQLite's passing ones."""
    return sorted(str(path.relative_to(workspace)) for path in workspace.rglob("*")
                  if not path.name.endswith(("-wal", "-shm")))


if __name__ == "__main__":
    main()
