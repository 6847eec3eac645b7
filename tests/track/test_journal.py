"""Every edit of pain points is kept with who made it, and can be taken back as long as nobody has built upon it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from painpoints.errors import ConflictError, UsageError, WorkspaceError
from painpoints.store import State, Writer
from painpoints.store.address import Address
from painpoints.track import (
    bear,
    find,
    gather,
    journaled,
    merge,
    pin,
    reject,
    release,
    rename,
    reopen,
    retire,
    rulings_of,
    split,
    undo_edit,
)
from painpoints.track.journal import TABLES

TITLES = {"0COURIER": "پیک سه ساعت دیر رسید", "1REFUND": "استرجاع المال أخذ ثلاثة أسابيع",
          "1CRASH": "Приложение вылетает", "2COLD": "The food was cold"}
POINTS = tuple(TITLES)
COURIER, REFUND, CRASH, COLD = POINTS
UNITS = {key: [f"u{at}{number}" for number in range(5)] for at, key in enumerate(TITLES)}
WAITING = ["w0", "w1", "w2"]
NEW = {"painpoint_id": "9NEW", "title": "بسته‌بندی پاره بود", "titles": [], "units": 2}
Edit = Callable[[Writer], Any]


def addition(writer: Writer, number: int) -> None:
    writer.insert("additions", [{"number": number, "made": "then", "inputs": "[]", "documents": 1, "units": 1,
                                 "note": "{}"}])


def furnish(writer: Writer) -> None:
    """Four pain points of five units each, three units that wait, and what is proposed of them."""
    addition(writer, 1)
    bear(writer, [{"painpoint_id": key, "title": title, "titles": [], "units": 5} for key, title in TITLES.items()], 1)
    rows = [(unit, key) for key, units in UNITS.items() for unit in units] + [(unit, None) for unit in WAITING]
    writer.insert("placements", [{"unit_id": unit, "addition": 1, "painpoint_id": key, "strength": 0.25 + at / 100,
                                  "placed_by": "machine"} for at, (unit, key) in enumerate(rows)])
    writer.insert("proposals", [{"addition": 1, "kind": kind, "painpoint_id": one, "other": other, "share": 0.9}
                                for kind, one, other in (("merge", REFUND, CRASH), ("split", COURIER, None),
                                                         ("merge", COLD, COURIER))])


@contextmanager
def opened(address: Address) -> Iterator[State]:
    state = State(address)
    state.migrate("then")
    try:
        yield state
    finally:
        state.close()


@pytest.fixture
def writer(address: Address) -> Iterator[Writer]:
    with opened(address) as state, state.writing() as open_writer:
        furnish(open_writer)
        yield open_writer


def tables(writer: Writer) -> dict[str, list[dict[str, Any]]]:
    return {table: writer.rows(table) for table in TABLES}


def place(writer: Writer, unit: str) -> str | None:
    return {row["unit_id"]: row["painpoint_id"] for row in writer.rows("placements")}[unit]


def added(writer: Writer, unit: str, key: str | None) -> None:
    """What an addition does: a unit more, and proposals anew."""
    number = max(writer.additions()) + 1
    addition(writer, number)
    writer.insert("placements", [{"unit_id": unit, "addition": number, "painpoint_id": key, "strength": 0.5,
                                  "placed_by": "machine"}])
    writer.clear("proposals")
    writer.insert("proposals", [{"addition": number, "kind": "merge", "painpoint_id": COLD, "other": COURIER,
                                 "share": 0.4}])


EDITS: dict[str, Edit] = {
    "rename": lambda w: rename(w, COURIER, "کندی پیک"),
    "merge": lambda w: merge(w, REFUND, CRASH),
    "split": lambda w: split(w, COURIER, UNITS[COURIER][:2], NEW),
    "retire": lambda w: retire(w, CRASH),
    "pin": lambda w: pin(w, COURIER),
    "pin units": lambda w: pin(w, COURIER, [*UNITS[COLD][:2], WAITING[0]]),
    "reject": lambda w: reject(w, CRASH, REFUND),
    "gather": lambda w: gather(w, [*UNITS[COLD], UNITS[CRASH][0], WAITING[1]], NEW),
    "release": lambda w: release(w, [UNITS[COLD][0], UNITS[CRASH][0]]),
}


@pytest.mark.parametrize("kind", EDITS)
def test_an_edit_is_kept_with_who_made_it_and_undone_to_the_last_field(writer: Writer, kind: str) -> None:
    before = tables(writer)
    writer.insert("triage_history", [{"made": "then", "who": "sara", "change": 1, "undoes": None, "doc_id": "d",
                                      "field": "status", "before": "new", "after": "done"}])
    journaled(writer, "sara", kind, EDITS[kind])
    assert tables(writer) != before
    row = writer.rows("edits")[0]
    assert (row["who"], row["kind"], row["undoes"], row["follows"]) == ("sara", kind, None, 1)
    assert row["painpoint_id"] in {*POINTS, "9NEW"} and row["made"] > "2000"
    undone = undo_edit(writer, "sara")
    assert (undone.number, undone.kind, undone.painpoint_id) == (1, kind, row["painpoint_id"])
    assert tables(writer) == before
    last = writer.rows("lineage")[-1]
    assert (last["painpoint_id"], last["event"], last["detail"]) == (row["painpoint_id"], "undone", kind)
    with pytest.raises(UsageError, match="sara has edited nothing"):
        undo_edit(writer, "sara")


def test_what_changes_nothing_is_not_kept(writer: Writer) -> None:
    for change in (lambda w: reopen(w, COURIER), lambda w: rename(w, COURIER, "x"), lambda w: rename(w, COURIER, "x")):
        journaled(writer, None, "edit", change)
    assert [row["who"] for row in writer.rows("edits")] == ["somebody"]


def test_undoing_twice_goes_back_two_edits_and_each_person_undoes_their_own(writer: Writer) -> None:
    before = tables(writer)
    journaled(writer, "sara", "rename", EDITS["rename"])
    journaled(writer, "омар", "merge", EDITS["merge"])
    journaled(writer, "sara", "pin", lambda w: pin(w, COLD))
    assert [undo_edit(writer, who).kind for who in ("sara", "sara", "омар")] == ["pin", "rename", "merge"]
    assert tables(writer) == before


def choose(draw: random.Random, writer: Writer) -> tuple[str, Edit]:
    """Some edit that can be tried in the state as it is."""
    standing = [row["painpoint_id"] for row in writer.rows("painpoints") if row["status"] != "merged"]
    one, other = draw.choice(standing), draw.choice(standing)
    units = [row["unit_id"] for row in writer.rows("placements")]
    mine = [row["unit_id"] for row in writer.rows("placements") if row["painpoint_id"] == one]
    some, part = draw.sample(units, draw.randint(1, 6)), mine[:draw.randint(0, len(mine))]
    new = {**NEW, "painpoint_id": f"9N{len(writer.rows('edits'))}"}
    edits: dict[str, Edit] = {
        "rename": lambda w: rename(w, one, draw.choice(list(TITLES.values()))), "merge": lambda w: merge(w, one, other),
        "split": lambda w: split(w, one, part, new), "retire": lambda w: retire(w, one),
        "reopen": lambda w: reopen(w, one), "pin": lambda w: pin(w, one), "pin units": lambda w: pin(w, one, some),
        "reject": lambda w: reject(w, one, draw.choice([None, other])), "gather": lambda w: gather(w, some, new),
        "release": lambda w: release(w, some)}
    return draw.choice(list(edits.items()))


@contextmanager
def cleared(state: State) -> Iterator[Writer]:
    """The state furnished anew, for one example."""
    with state.writing() as writer:
        from painpoints.store.schema import METADATA

        for table in (*TABLES, "edits", "lineage", "additions"):
            writer._connection.execute(delete(METADATA.tables[table]))
        furnish(writer)
        yield writer


MANY = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@MANY
@given(seed=st.integers(0, 2**32), length=st.integers(1, 14))
def test_any_edits_and_as_many_undoings_leave_everything_as_it_was(address: Address, seed: int, length: int) -> None:
    draw = random.Random(seed)
    with opened(address) as state, cleared(state) as writer:
        stages = [tables(writer)]
        for _ in range(length):
            kind, edit = choose(draw, writer)
            try:
                journaled(writer, "sara", kind, edit)
            except (UsageError, WorkspaceError):
                continue
            if tables(writer) != stages[-1]:
                stages.append(tables(writer))
        for stage in reversed(stages[:-1]):
            undo_edit(writer, "sara")
            assert tables(writer) == stage


@MANY
@given(seed=st.integers(0, 2**32), length=st.integers(1, 20))
def test_whoever_undoes_in_whatever_order_units_are_in_pain_points_that_stand(address: Address, seed: int,
                                                                             length: int) -> None:
    draw = random.Random(seed)
    with opened(address) as state, cleared(state) as writer:
        for at in range(length):
            if draw.random() < 0.2:
                standing = [row["painpoint_id"] for row in writer.rows("painpoints") if row["status"] != "merged"]
                added(writer, f"x{at}", draw.choice([None, *standing]))
            kind, edit = choose(draw, writer)
            who, before = draw.choice(["sara", "omar"]), {name: writer.rows(name) for name in (*TABLES, "edits")}
            nested = writer._connection.begin_nested()
            try:
                if draw.random() < 0.4:
                    undo_edit(writer, who)
                else:
                    journaled(writer, who, kind, edit)
                nested.commit()
            except (UsageError, WorkspaceError, ConflictError):
                nested.rollback()
                assert {name: writer.rows(name) for name in (*TABLES, "edits")} == before
            points = {row["painpoint_id"]: row for row in writer.rows("painpoints")}
            for row in writer.rows("placements"):
                assert row["painpoint_id"] is None or points[row["painpoint_id"]]["status"] != "merged"
            for row in points.values():
                assert (row["status"] == "merged") == (row["merged_into"] is not None)
                assert row["merged_into"] is None or points[row["merged_into"]]["status"] != "merged"
            assert {row["painpoint_id"] for row in writer.rows("bonds")} <= set(points)


@pytest.mark.parametrize(("mine", "theirs"), [
    ("rename", lambda w: rename(w, COURIER, "Late again")),
    ("merge", lambda w: merge(w, CRASH, COLD)),
    ("merge", lambda w: pin(w, CRASH, [UNITS[REFUND][0]])),
    ("split", lambda w: merge(w, COLD, "9NEW")),
    ("split", lambda w: rename(w, "9NEW", "x")),
    ("split", lambda w: merge(w, COURIER, COLD)),
    ("retire", lambda w: reopen(w, CRASH)),
    ("gather", lambda w: retire(w, "9NEW")),
    ("release", lambda w: pin(w, REFUND, [UNITS[COLD][0]])),
    ("release", lambda w: merge(w, CRASH, REFUND)),
])
def test_what_somebody_has_built_upon_is_not_undone_until_they_undo(writer: Writer, mine: str, theirs: Edit) -> None:
    before = tables(writer)
    journaled(writer, "sara", mine, EDITS[mine])
    journaled(writer, "omar", "theirs", theirs)
    edited = writer._connection.begin_nested()
    with pytest.raises(ConflictError, match="changed by omar meanwhile"):
        undo_edit(writer, "sara")
    edited.rollback()
    undo_edit(writer, "omar")
    undo_edit(writer, "sara")
    assert tables(writer) == before


def test_what_others_do_elsewhere_is_left_alone(writer: Writer) -> None:
    journaled(writer, "sara", "merge", EDITS["merge"])
    journaled(writer, "omar", "rename", lambda w: rename(w, CRASH, "Вылеты"))
    journaled(writer, "omar", "rename", lambda w: rename(w, COLD, "سرد"))
    undo_edit(writer, "sara")
    assert (find(writer, CRASH)["title"], find(writer, COLD)["title"]) == ("Вылеты", "سرد")
    assert find(writer, REFUND)["status"] == "open" and place(writer, UNITS[REFUND][0]) == REFUND


def test_units_added_to_a_merged_one_stay_there_when_the_merge_is_undone(writer: Writer) -> None:
    journaled(writer, "sara", "merge", EDITS["merge"])
    added(writer, "x1", CRASH)
    proposed = writer.rows("proposals")
    undone = undo_edit(writer, "sara")
    assert (undone.units, undone.stayed, undone.moved) == (5, 1, 0)
    assert (place(writer, "x1"), place(writer, UNITS[REFUND][0])) == (CRASH, REFUND)
    assert writer.rows("bonds") == [] and writer.rows("proposals") == proposed


def test_units_added_to_a_part_go_back_with_it_and_those_of_nobody_wait(writer: Writer) -> None:
    journaled(writer, "sara", "split", EDITS["split"])
    added(writer, "x1", "9NEW")
    assert undo_edit(writer, "sara").followed == 1
    assert place(writer, "x1") == COURIER
    journaled(writer, "sara", "gather", lambda w: gather(w, WAITING, NEW))
    added(writer, "x2", "9NEW")
    assert undo_edit(writer, "sara").followed == 1
    assert place(writer, "x2") is None and place(writer, WAITING[0]) is None
    assert {row["painpoint_id"] for row in writer.rows("painpoints")} == set(POINTS)


def test_where_a_machine_has_put_a_released_unit_is_told_and_does_not_count(writer: Writer) -> None:
    unit = UNITS[COLD][0]
    journaled(writer, "sara", "release", lambda w: release(w, [unit]))
    writer.change("placements", "unit_id", [{"unit_id": unit, "painpoint_id": CRASH, "strength": 0.3}])
    assert undo_edit(writer, "sara").moved == 1
    assert place(writer, unit) == COLD and rulings_of(writer).out == {}


@pytest.mark.parametrize("title", ["کندی پیک", "تأخر المندوب", "Курьер опаздывает", "Late courier \U0001f4a9"])
def test_a_title_comes_back_letter_by_letter(writer: Writer, title: str) -> None:
    journaled(writer, "sara", "rename", lambda w: rename(w, COURIER, title))
    journaled(writer, "sara", "rename", lambda w: rename(w, COURIER, "x"))
    undo_edit(writer, "sara")
    assert (find(writer, COURIER)["title"], find(writer, COURIER)["named_by"]) == (title, "person")


def test_gathered_units_are_kept_apart_from_where_they_were_and_what_is_emptied_goes_along(writer: Writer) -> None:
    gather(writer, [*UNITS[COLD], UNITS[CRASH][0], WAITING[1]], {**NEW, "named_by": "person"})
    assert {place(writer, unit) for unit in (*UNITS[COLD], UNITS[CRASH][0], WAITING[1])} == {"9NEW"}
    assert find(writer, "9NEW")["named_by"] == "person" and find(writer, COLD)["merged_into"] == "9NEW"
    assert rulings_of(writer).apart == {frozenset((CRASH, "9NEW"))}
    assert "9NEW" in rulings_of(writer).touched


@pytest.mark.parametrize(("units", "error", "match"), [
    ([], UsageError, "No unit is named"), (UNITS[COLD], UsageError, "all units of 2COLD"),
    (["u00", "praise"], WorkspaceError, "1 of the units are no problems here, the first praise")])
def test_a_gathering_that_is_none_is_refused(writer: Writer, units: list[str], error: type[Exception], match: str
                                             ) -> None:
    before = tables(writer)
    with pytest.raises(error, match=match):
        gather(writer, units, NEW)
    assert tables(writer) == before


def test_a_released_unit_is_kept_out_until_a_person_puts_it_back(writer: Writer) -> None:
    unit = UNITS[COLD][0]
    assert release(writer, [unit]) == [COLD]
    assert place(writer, unit) is None and rulings_of(writer).out == {unit: {COLD}}
    merge(writer, COLD, CRASH)
    assert rulings_of(writer).out == {unit: {CRASH}}
    pin(writer, CRASH, [UNITS[COLD][1]])
    assert rulings_of(writer).out == {unit: {CRASH}}


def test_who_pins_a_released_unit_lets_it_in_again(writer: Writer) -> None:
    unit = UNITS[COLD][0]
    release(writer, [unit])
    pin(writer, COLD, [unit])
    assert place(writer, unit) == COLD and rulings_of(writer).out == {}


@pytest.mark.parametrize(("units", "match"), [(UNITS[COLD], "No unit would stay in 2COLD"), (WAITING, "None of these")])
def test_a_release_that_empties_a_pain_point_or_takes_nothing_is_refused(writer: Writer, units: list[str], match: str
                                                                         ) -> None:
    with pytest.raises(UsageError, match=match):
        release(writer, units)


def test_a_merge_of_many_units_is_kept_small(writer: Writer) -> None:
    many = [f"{number:016x}" for number in range(20_000)]
    writer.insert("placements", [{"unit_id": unit, "addition": 1, "painpoint_id": COLD, "strength": at / 20_000,
                                  "placed_by": "machine"} for at, unit in enumerate(many)])
    before = tables(writer)
    journaled(writer, "sara", "merge", lambda w: merge(w, COLD, CRASH))
    kept = writer.rows("edits")[0]["undo"]
    assert len(kept) < 20 * 20_000 and len(json.loads(kept)["tables"]["placements"]["changed"]) == 1
    assert undo_edit(writer, "sara").units == 20_005
    assert tables(writer) == before
