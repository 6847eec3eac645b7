"""painpoints init, add, show and the edits from the command line, killed in the middle too."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from sqlalchemy import make_url

from painpoints.store import WorkspaceFolder, open_workspace

if TYPE_CHECKING:
    from conftest import Ended, Run

Spawn = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def weeks(feedback: Path, tmp_path: Path) -> list[str]:
    """Two files, the second of which repeats half of the first."""
    rows = pl.read_csv(feedback)
    rows.head(40).write_csv(tmp_path / "week1.csv")
    rows.slice(20).write_csv(tmp_path / "week2.csv")
    return ["week1.csv", "week2.csv"]


@pytest.fixture
def init(run: Run, database: str | None) -> Callable[..., Ended]:
    """painpoints init with the state where the test wants it."""
    return lambda *arguments: run("init", *arguments, *([] if database is None else ["--database", database]))


def state(path: str) -> dict[str, list[dict[str, Any]]]:
    """The state without moments."""
    with open_workspace(Path(path)) as folder:
        return rows_of(folder)


def rows_of(folder: WorkspaceFolder) -> dict[str, list[dict[str, Any]]]:
    with folder.state.reading() as reader:
        return {table: [{name: value for name, value in row.items() if name != "made"} for row in reader.rows(table)]
                for table in ("documents", "painpoints", "placements", "lineage", "proposals", "bonds")}


def ids_of(path: str) -> set[str]:
    return {row["painpoint_id"] for row in state(path)["painpoints"]}


def test_week_after_week(run: Run, init: Callable[..., Ended], weeks: list[str]) -> None:
    assert "painpoints add shop" in init("shop", "--lang", "fa").out
    first = run("add", "shop", weeks[0])
    assert first.code == 0
    assert first.out.splitlines()[0].startswith("40 texts read, 40 new: ")
    assert first.out.count("  new: ") >= 3 and "\u2068" in first.out
    ids = ids_of("shop")
    second = json.loads(run("add", "shop", weeks[1], "--json").out)
    assert (second["number"], second["read"], second["documents"]) == (2, 52, 32)
    assert ids <= ids_of("shop")
    assert run("add", "shop", *weeks).out == "92 texts read: nothing is new.\n"
    shown = json.loads(run("show", "shop", "--json").out)
    assert shown["additions"] == 2 and len(shown["painpoints"]) >= len(ids)
    assert run("show", "shop").out.splitlines()[0] == f"{len(shown['painpoints'])} pain points after 2 additions"


def test_show_says_what_grows_and_by_how_much(run: Run, weeks: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from painpoints.pipeline import Workspace
    from painpoints.track import weekly_trends

    run("init", "shop")
    run("add", "shop", weeks[0])
    assert "growing" not in run("show", "shop").out, "five days of feedback show no change"
    names = sorted(ids_of("shop"))
    made = {names[0]: [10] * 12 + [31, 29], names[1]: [0] * 12 + [9, 8], names[2]: [20] * 14}
    counts = pl.DataFrame([(name, date(2026, 1, 5) + timedelta(weeks=week), many, 1000)
                           for name, series in made.items() for week, many in enumerate(series)],
                          schema=["painpoint_id", "week", "documents", "volume"], orient="row")
    monkeypatch.setattr(Workspace, "trends", lambda _: weekly_trends(counts))
    lines = {line.split()[0]: line for line in run("show", "shop").out.splitlines() if line.startswith(tuple(names))}
    assert "growing: 3.0 times as often (2.1 to 4.2) in the last 2 weeks" in lines[names[0]]
    assert lines[names[1]].endswith(", new") and lines[names[2]].endswith("units")
    assert "growing: 3.0 times" in run("show", "shop", names[0]).out
    shown = {p["painpoint_id"]: p["trend"] for p in json.loads(run("show", "shop", "--json").out)["painpoints"]}
    assert [shown[names[1]][key] for key in ("status", "growth", "week")] == ["new", None, "2026-04-06"]


def test_another_model_and_back(run: Run, weeks: list[str]) -> None:
    run("init", "shop")
    run("add", "shop", weeks[0])
    before = state("shop")
    assert run("reindex", "shop").out.endswith("are of this model already; nothing changed.\n")
    assert run("reindex", "shop", "--model", "./nowhere").code != 0 and state("shop") == before
    with open_workspace(Path("shop")) as folder, folder.state.writing() as writer:
        writer.keep("vectors", {"encoder": "an earlier one"})
    refused = run("add", "shop", weeks[1])
    assert refused.code == 2 and "painpoints reindex shop" in refused.err
    done = run("reindex", "shop")
    assert done.code == 0 and "100.0% of" in done.out and "as installed today" in done.out
    assert state("shop")["placements"] == before["placements"]
    assert json.loads(run("reindex", "shop", "--json", "--model", "default").out)["embedded"] is False
    assert run("add", "shop", weeks[1]).code == 0


def test_a_proposal_is_listed_with_both_titles_and_can_be_turned_down(run: Run, weeks: list[str]) -> None:
    run("init", "shop")
    run("add", "shop", weeks[0])
    first, second = json.loads(run("show", "shop", "--json").out)["painpoints"][:2]
    with open_workspace(Path("shop")) as folder, folder.state.writing() as writer:
        writer.clear("proposals")
        writer.insert("proposals", [{"addition": 1, "kind": "merge", "painpoint_id": first["painpoint_id"],
                                     "other": second["painpoint_id"], "share": 0.8}])
    listed = run("show", "shop").out
    below = listed[listed.index("proposed: painpoints merge"):]
    assert first["title"] in below and second["title"] in below and "painpoints reject shop" in below
    turned = run("reject", "shop", first["painpoint_id"][:8], second["painpoint_id"])
    assert turned.out == f"{first['painpoint_id']} stays apart from {second['painpoint_id']}\n"
    assert "proposed" not in run("show", "shop").out
    assert run("reject", "shop", first["painpoint_id"]).code == 2


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


def test_units_are_gathered_and_released_and_it_is_all_undone_by_who_did_it(run: Run, weeks: list[str]) -> None:
    run("init", "shop")
    run("add", "shop", weeks[0])
    before = state("shop")
    first, second = (p["painpoint_id"] for p in json.loads(run("show", "shop", "--json").out)["painpoints"][:2])
    units = {name: [m["unit_id"] for m in json.loads(run("show", "shop", name, "--json").out)["members"]]
             for name in (first, second)}
    out = units[first][0]
    assert run("release", "shop", out[:8], "--as", "sara").out == f"{first} released\n"
    assert json.loads(run("release", "shop", units[second][0], "--as", "sara", "--json").out)["painpoints"] == [second]
    chosen = [units[first][1], units[second][1]]
    said = run("gather", "shop", *chosen, "--title", "بسته‌بندی پاره", "--as", "sara").out
    born = said.split()[0]
    assert said == f"{born} gathered\n" and "بسته‌بندی پاره" in run("show", "shop", born).out
    refused = run("undo", "shop", "--as", "omar")
    assert refused.code == 2 and "omar has changed nothing" in refused.err
    assert run("rename", "shop", born, "x", "--as", "omar").code == 0
    blocked = run("undo", "shop", "--as", "sara")
    assert blocked.code == 1 and f"{born}: changed by omar meanwhile (rename {born})" in blocked.err
    assert run("undo", "shop", "--as", "omar").out.splitlines()[1] == f"rename {born}"
    told = run("undo", "shop", "--as", "Sara").out.splitlines()
    assert told[0].startswith("Undone, what you did at 20") and told[1:] == [
        f"gather {born}", f"{len(units[first][1:2]) + 1} units back to where they were"]
    undone = json.loads(run("undo", "shop", "--as", "sara", "--json").out)
    assert (undone["who"], undone["kind"], undone["painpoint_id"], undone["units"]) == ("sara", "release", second, 1)
    assert run("undo", "shop", "--as", "sara").out.splitlines()[1] == f"release {first}"
    after = state("shop")
    assert {table: after[table] for table in after if table != "lineage"} == {
        table: before[table] for table in before if table != "lineage"}
    assert f"{first} undone (release)" in run("show", "shop", first).out


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
    until = time.monotonic() + 300
    while not seen() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.005)


@pytest.mark.long
def test_killed_and_interrupted_additions_end_as_if_nothing_had_been(
        run: Run, init: Callable[..., Ended], spawn: Spawn, weeks: list[str], tmp_path: Path, database: str | None
) -> None:
    Path("painpoints.toml").write_text("shard_rows = 8\n", "utf8")
    for name in ("straight", "cut"):
        init(name)
        assert run("add", name, weeks[0]).code == 0
    assert run("add", "straight", weeks[1]).code == 0
    before = state("cut")
    judged = tmp_path / "cut" / "pending" / "judged" / "work"
    process = spawn("add", "cut", weeks[1])
    wait_for(lambda: any(judged.glob("units-*")), process)
    process.send_signal(signal.SIGKILL if database is None else signal.SIGINT)
    out, err = process.communicate(timeout=300)
    assert process.returncode and out == "" and "Traceback" not in err and state("cut") == before
    if database is not None:
        assert process.returncode == 130
        assert err.splitlines()[-1].startswith("Interrupted; the workspace is as it was. Give the command again")
    again = run("add", "cut", weeks[1])
    assert again.code == 0 and len(re.findall(r"note: Resumed: \d of 4 shards", again.err)) == 1
    assert state("cut") == state("straight")
    assert {p.relative_to("cut") for p in Path("cut").rglob("*")} == {
        p.relative_to("straight") for p in Path("straight").rglob("*")}


def test_who_looks_while_another_process_adds_sees_a_whole_state_and_who_adds_is_told_to_wait(
        run: Run, init: Callable[..., Ended], spawn: Spawn, weeks: list[str], tmp_path: Path) -> None:
    init("shop")
    assert run("add", "shop", weeks[0]).code == 0
    before = state("shop")
    process = spawn("add", "shop", weeks[1])
    wait_for((tmp_path / "shop" / "pending").exists, process)
    late = run("add", "shop", weeks[1])
    assert late.code == 1 and f"(pid {process.pid}" in late.err and "is writing" in late.err
    assert "hint: Wait" in late.err
    views = [state("shop")]
    with open_workspace(Path("shop")) as folder:
        while process.poll() is None:
            if (now := rows_of(folder)) != views[-1]:
                views.append(now)
            time.sleep(0.1)
    process.communicate()
    assert process.returncode == 0
    after = state("shop")
    assert before != after and views[0] == before and all(view in (before, after) for view in views)
    assert run("add", "shop", weeks[1]).out == "52 texts read: nothing is new.\n"


def test_a_database_that_cannot_be_used_is_told_before_anything_is_made(run: Run) -> None:
    ended = run("init", "shop", "--database", "postgresql://user:geheim@127.0.0.1:1/shop")
    assert (ended.code, ended.out) == (2, "") and "geheim" not in ended.err
    assert "127.0.0.1/shop: the server cannot be reached." in ended.err and "hint: " in ended.err
    assert not Path("shop").exists()


def test_that_a_password_is_not_kept_is_said_once(run: Run, server: str) -> None:
    url = make_url(server).set(password="geheim").render_as_string(hide_password=False)
    made = run("init", "shop", "--database", url, "--json")
    assert made.code == 0 and made.err.count("The password is not kept") == 1
    assert "geheim" not in made.out + made.err and json.loads(made.out)["database"]
    assert run("show", "shop").code == 0


def test_names_of_authors_are_kept_only_where_a_workspace_is_made_so(run: Run) -> None:
    for place, options, kept in (("open", ["--show-authors"], True), ("closed", [], False)):
        made = json.loads(run("init", place, *options, "--json").out)
        assert made["settings"]["show_authors"] is kept
