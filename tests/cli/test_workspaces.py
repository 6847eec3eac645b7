"""painpoints init, add, show and the edits from the command line, killed in the middle too."""

from __future__ import annotations

import json
import random
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

if TYPE_CHECKING:
    from conftest import Run

Spawn = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def weeks(feedback: Path, tmp_path: Path) -> list[str]:
    """Two files, the second of which repeats half of the first."""
    rows = pl.read_csv(feedback)
    rows.head(40).write_csv(tmp_path / "week1.csv")
    rows.slice(20).write_csv(tmp_path / "week2.csv")
    return ["week1.csv", "week2.csv"]


def state(path: str) -> dict[str, list[tuple[Any, ...]]]:
    """The state without moments."""
    connection = sqlite3.connect(Path(path) / "state.sqlite")
    found = {}
    for table in ("documents", "painpoints", "placements", "lineage", "proposals", "bonds"):
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[1] != "made"]
        found[table] = connection.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY 1").fetchall()
    connection.close()
    return found


def test_week_after_week(run: Run, weeks: list[str]) -> None:
    assert "painpoints add shop" in run("init", "shop", "--lang", "fa").out
    first = run("add", "shop", weeks[0])
    assert first.code == 0
    assert first.out.splitlines()[0].startswith("40 texts read, 40 new: ")
    assert first.out.count("  new: ") >= 3 and "\u2068" in first.out
    ids = {row[0] for row in state("shop")["painpoints"]}
    second = json.loads(run("add", "shop", weeks[1], "--json").out)
    assert (second["number"], second["read"], second["documents"]) == (2, 52, 32)
    assert ids <= {row[0] for row in state("shop")["painpoints"]}
    assert run("add", "shop", *weeks).out == "92 texts read: nothing is new.\n"
    shown = json.loads(run("show", "shop", "--json").out)
    assert shown["additions"] == 2 and len(shown["painpoints"]) >= len(ids)
    assert run("show", "shop").out.splitlines()[0] == f"{len(shown['painpoints'])} pain points after 2 additions"


def test_what_people_decide(run: Run, weeks: list[str]) -> None:
    run("init", "shop")
    run("add", "shop", weeks[0])
    first, second, third = (p["painpoint_id"] for p in json.loads(run("show", "shop", "--json").out)["painpoints"][:3])
    assert run("rename", "shop", first[:8], "Курьер опаздывает").out == f"{first} renamed\n"
    assert run("merge", "shop", third, second).out == f"{third} merged into {second}\n"
    new = run("split", "shop", first).out.split()[0]
    assert run("retire", "shop", second).out == f"{second} retired\n"
    assert run("pin", "shop", new).code == 0
    one = run("show", "shop", first).out
    assert "Курьер опаздывает" in one and f"{new} split from {first}" in one
    listed = run("show", "shop").out
    assert first in listed and f"{new} " in listed and ", pinned" in listed
    assert second not in listed and third not in listed
    everything = run("show", "shop", "--all").out
    assert ", retired" in everything and ", merged" in everything
    assert run("reopen", "shop", second).out == f"{second} open\n"
    unit = json.loads(run("show", "shop", second, "--json").out)["members"][0]["unit_id"]
    assert run("pin", "shop", first, "--unit", unit).code == 0
    assert unit in {m["unit_id"] for m in json.loads(run("show", "shop", first, "--json").out)["members"]}


@pytest.mark.parametrize(("arguments", "told"), [
    (["add", "nowhere", "week1.csv"], "nowhere: not a workspace."),
    (["show", "nowhere"], "painpoints init nowhere"),
    (["init", "shop"], "workspace already"),
    (["init", "other", "--detail", "exact"], "detail"),
    (["show", "shop", "ZZZZZ"], "ZZZZZ: no such pain point."),
    (["rename", "shop", "ZZZZZ", "x"], "painpoints show"),
    (["add", "shop", "week1.csv", "--text", "words"], "words"),
])
def test_what_is_wrong_is_told_with_the_way_on(run: Run, weeks: list[str], arguments: list[str], told: str) -> None:
    run("init", "shop")
    ended = run(*arguments)
    assert ended.code == 2 and ended.out == ""
    assert told in ended.err and "hint: " in ended.err and "Traceback" not in ended.err


def wait_for(seen: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + 120
    while not seen() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.005)


def test_killed_and_interrupted_additions_end_as_if_nothing_had_been(
        run: Run, spawn: Spawn, weeks: list[str], tmp_path: Path) -> None:
    Path("painpoints.toml").write_text("shard_rows = 8\n", "utf8")
    for name in ("straight", "cut"):
        run("init", name)
        assert run("add", name, weeks[0]).code == 0
    assert run("add", "straight", weeks[1]).code == 0
    before = state("cut")
    pending, facts = tmp_path / "cut" / "pending", tmp_path / "cut" / "facts"
    lock = tmp_path / "cut" / "writer.lock"

    def begun(process: subprocess.Popen[str], seen: Callable[[], bool]) -> None:
        wait_for(lambda: lock.read_text("ascii") == f"pid {process.pid}" and seen(), process)

    for seen in (pending.exists, lambda: any(p.name.startswith(".") for p in facts.iterdir()),
                 (facts / "000002").exists):
        process = spawn("add", "cut", weeks[1])
        begun(process, seen)
        time.sleep(random.random() / 50)
        process.kill()
        process.communicate()
        if state("cut") != before:
            break
    process = spawn("add", "cut", weeks[1])
    begun(process, pending.exists)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    if process.returncode:
        assert process.returncode == 130 and out == "" and "Traceback" not in err
        assert err.splitlines()[-1].startswith("Interrupted; the workspace is as it was. Give the command again")
    assert run("add", "cut", weeks[1]).code == 0
    assert state("cut") == state("straight")
    assert sorted(p.relative_to("cut") for p in Path("cut").rglob("*")) == sorted(
        p.relative_to("straight") for p in Path("straight").rglob("*"))


def test_of_two_additions_at_once_one_is_told_to_wait(run: Run, spawn: Spawn, weeks: list[str], tmp_path: Path) -> None:
    run("init", "shop")
    process = spawn("add", "shop", weeks[0])
    wait_for((tmp_path / "shop" / "pending").exists, process)
    late = run("add", "shop", weeks[1])
    assert run("show", "shop").code == 0
    process.communicate(timeout=120)
    assert process.returncode == 0
    assert late.code == 1 and f"(pid {process.pid}) is writing" in late.err and "hint: Wait" in late.err
    assert run("add", "shop", weeks[1]).out.startswith("52 texts read, 32 new")
