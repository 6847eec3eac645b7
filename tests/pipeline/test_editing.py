"""What people do to pain points is put to the texts: titles, copies and halves; and no machine takes it back."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from painpoints.errors import BusyError, UsageError, WorkspaceError
from painpoints.pipeline import Workspace
from painpoints.store import open_workspace

TABLES = ("painpoints", "placements", "bonds", "proposals")


def state_of(workspace: Workspace) -> dict[str, list[dict[str, Any]]]:
    with workspace.folder.state.reading() as state:
        return {name: state.rows(name) for name in TABLES}


def places(workspace: Workspace) -> dict[str, str | None]:
    return {row["unit_id"]: row["painpoint_id"] for row in state_of(workspace)["placements"]}


def ids(workspace: Workspace) -> list[str]:
    return [point["painpoint_id"] for point in workspace.painpoints()]


def test_edits_before_an_addition_are_undone_after_it(shop: Workspace, rows: pl.DataFrame) -> None:
    before, (first, second, third, *_) = places(shop), ids(shop)
    part = shop.split(first, who="sara")
    shop.merge(third, second, who="sara")
    shop.rename(second, "پیک دیر می‌رسد", who="sara")
    shop.add(rows)
    after = places(shop)
    undone = [shop.undo_edit("sara") for _ in range(3)]
    assert [one.kind for one in undone] == ["rename", "merge", "split"]
    now = places(shop)
    assert {unit: now[unit] for unit in before} == {unit: before[unit] or after[unit] for unit in before}
    new = [unit for unit in after if unit not in before]
    assert {unit: now[unit] for unit in new} == {unit: first if after[unit] == part else after[unit] for unit in new}
    assert undone[1].stayed == sum(after[unit] == second for unit in new) > 0
    assert undone[2].followed == sum(after[unit] == part for unit in after) - undone[2].units
    assert part not in ids(shop) and state_of(shop)["bonds"] == []
    assert [event["event"] for event in shop.lineage()].count("undone") == 3
    assert [row["undoes"] for row in shop.edits()] == [None, None, None, 3, 2, 1]
    assert {row["painpoint_id"] for row in state_of(shop)["placements"] if row["painpoint_id"]} <= set(ids(shop))
    assert shop.data() and len(shop.table()) and shop.alerts(everything=True) is not None


@pytest.mark.parametrize("lang", ["fa", "ar", "ru", "en"])
def test_what_is_gathered_is_titled_in_its_own_language_and_stays_whatever_is_added(
        shop: Workspace, rows: pl.DataFrame, lang: str) -> None:
    one, other = ids(shop)[:2]
    units = pl.concat([shop.units_of(name).filter(pl.col("lang") == lang).head(2) for name in (one, other)])
    chosen = units["unit_id"].to_list()
    born = shop.gather([unit[:8] for unit in chosen], who="sara")
    title = next(point["title"] for point in shop.painpoints() if point["painpoint_id"] == born)
    words = "".join(units["text"]).casefold()
    assert title and all(word.casefold().strip(".,،؟?!«»…") in words for word in title.split())
    shop.add(rows)
    assert {places(shop)[unit] for unit in chosen} == {born}
    gathered = shop.units_of(born)
    assert set(gathered.filter(pl.col("unit_id").is_in(chosen))["placed_by"]) == {"person"}
    assert not any({p["painpoint_id"], p["other"]} <= {born, one, other} for p in shop.proposals() if p["other"])


def test_a_title_of_ones_own_is_kept_and_units_that_wait_may_be_gathered(shop: Workspace) -> None:
    waiting = sorted(unit for unit, name in places(shop).items() if name is None)
    chosen = [shop.units_of(ids(shop)[0])["unit_id"][0], *waiting[:1]]
    born = shop.gather(chosen, "  Разное   и прочее ")
    point = next(point for point in shop.painpoints() if point["painpoint_id"] == born)
    assert (point["title"], point["named_by"]) == ("Разное и прочее", "person") and point["units"] >= len(chosen)
    with pytest.raises(UsageError, match="title is empty"):
        shop.gather(chosen, " ")


@pytest.mark.parametrize(("names", "match"), [(["0"], "too short"), (["zzzzzz"], "no such unit")])
def test_units_that_are_none_are_refused_by_every_edit(shop: Workspace, names: list[str], match: str) -> None:
    before, point = state_of(shop), ids(shop)[0]
    for edit in (lambda: shop.gather(names), lambda: shop.release(names), lambda: shop.pin(point, names),
                 lambda: shop.split(point, names)):
        with pytest.raises(WorkspaceError, match=match):
            edit()
    assert state_of(shop) == before and shop.edits() == []


def test_praise_is_not_gathered(shop: Workspace) -> None:
    data = shop.data()
    praise = data.units.filter(~pl.col("unit_id").is_in(list(places(shop))))["unit_id"][0]
    with pytest.raises(WorkspaceError, match="among the problems"):
        shop.gather([praise])


def test_released_units_stay_out_whatever_is_added_and_their_copies_with_them(shop: Workspace, rows: pl.DataFrame
                                                                              ) -> None:
    name = ids(shop)[0]
    units = shop.units_of(name)
    unit, text = units["unit_id"][0], units["text"][0]
    assert shop.release([unit], who="sara") == [name]
    again = rows.with_columns(id=pl.concat_str(pl.lit("again-"), "id"))
    shop.add(pl.concat([rows, again]))
    data = shop.data().units
    said = data.filter(pl.col("text") == text)
    assert len(said) >= 2 and name not in said["painpoint_id"].to_list()
    shop.undo_edit("sara")
    assert places(shop)[unit] == name


def test_released_and_gathered_units_stay_so_when_the_model_changes(shop: Workspace, monkeypatch: pytest.MonkeyPatch
                                                                    ) -> None:
    from painpoints.pipeline import reindexing

    first, second, third = ids(shop)[:3]
    out = shop.units_of(first)["unit_id"][0]
    chosen = [*shop.units_of(second)["unit_id"][:2], *shop.units_of(third)["unit_id"][:2]]
    shop.release([out], who="sara")
    born = shop.gather(chosen, who="sara")
    monkeypatch.setattr(reindexing, "same_space", lambda *_: False)
    assert shop.reindex().embedded
    now = places(shop)
    assert now[out] != first and {now[unit] for unit in chosen} == {born}
    assert [shop.undo_edit("sara").kind for _ in range(2)] == ["gather", "release"]
    now = places(shop)
    assert now[out] == first and {now[unit] for unit in chosen} == {second, third}


def test_the_halves_that_are_shown_are_those_of_the_split_and_units_may_be_moved_between_them(shop: Workspace) -> None:
    name = ids(shop)[0]
    staying, going = shop.halves_of(name)
    everything = {unit["unit_id"]: unit["text"] for unit in (*staying, *going)}
    assert everything == dict(shop.units_of(name).select("unit_id", "text").iter_rows())
    assert staying and going and set(going[0]) == {"unit_id", "doc_id", "lang", "text"}
    assert state_of(shop)["bonds"] == []
    new = shop.split(name)
    assert set(shop.units_of(new)["unit_id"]) == {unit["unit_id"] for unit in going}
    shop.undo_edit()
    moved = [staying[0]["unit_id"], *(unit["unit_id"] for unit in going)]
    assert set(moved) <= set(shop.units_of(shop.split(name, moved))["unit_id"])


def test_a_pain_point_that_says_one_thing_only_has_no_halves(shop: Workspace) -> None:
    units = shop.units_of(ids(shop)[0])
    lone = shop.split(ids(shop)[0], units.filter(pl.col("text") == units["text"][0])["unit_id"].to_list())
    for ask in (shop.halves_of, shop.split):
        with pytest.raises(UsageError, match="all say the same"):
            ask(lone)


def test_nothing_is_undone_while_another_process_writes(shop: Workspace) -> None:
    shop.rename(ids(shop)[0], "x")
    with open_workspace(shop.path) as other, other.alone(), pytest.raises(BusyError):
        shop.undo_edit()
    assert shop.undo_edit().kind == "rename"
