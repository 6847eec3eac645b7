"""What people decide about pain points is done, recorded, and not undone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from painpoints.errors import UsageError, WorkspaceError
from painpoints.store import Reader, State, Writer
from painpoints.store.address import Address
from painpoints.track import (
    bear,
    find,
    merge,
    pin,
    record,
    reject,
    rename,
    reopen,
    retire,
    retitle,
    rulings_of,
    split,
    titles_due,
)

COURIER, REFUND, CRASH = "0COURIER", "1REFUND", "1CRASH"
UNITS = {COURIER: ["u1", "u2", "u3"], REFUND: ["u4", "u5"], CRASH: ["u6", "u7"]}
TITLES = {COURIER: "پیک سه ساعت دیر رسید", REFUND: "استرجاع المال أخذ ثلاثة أسابيع", CRASH: "Приложение вылетает"}


@pytest.fixture
def writer(address: Address) -> Iterator[Writer]:
    state = State(address)
    state.migrate("then")
    with state.writing() as open_writer:
        bear(open_writer, [{"painpoint_id": key, "title": title, "titles": [{"lang": "en", "title": title}],
                            "units": 3}
                           for key, title in TITLES.items()], 1)
        record(open_writer, [{"painpoint_id": key, "event": "born"} for key in TITLES], 1)
        open_writer.insert("placements", [
            {"unit_id": unit, "addition": 1, "painpoint_id": key, "strength": 0.5, "placed_by": "machine"}
            for key, units in UNITS.items() for unit in units])
        open_writer.insert("proposals", [{"addition": 1, "kind": "merge", "painpoint_id": REFUND, "other": CRASH,
                                          "share": 0.9}])
        yield open_writer
    state.close()


def units(state: Reader, key: str) -> list[str]:
    return [row["unit_id"] for row in state.rows("placements") if row["painpoint_id"] == key]


def events(state: Reader) -> list[tuple[str, str, str | None]]:
    return [(row["painpoint_id"], row["event"], row["other"]) for row in state.rows("lineage")
            if row["event"] != "born"]


@pytest.mark.parametrize("title", ["کندی پیک", "تأخر المندوب", "Курьер опаздывает", "Late courier"])
def test_a_title_a_person_gives_stands_and_is_recorded_once(writer: Writer, title: str) -> None:
    assert rename(writer, COURIER, f"  {title} ") == COURIER
    rename(writer, COURIER, title)
    row = find(writer, COURIER)
    assert (row["title"], row["named_by"]) == (title, "person")
    assert events(writer) == [(COURIER, "renamed", None)]
    with pytest.raises(UsageError, match="empty"):
        rename(writer, COURIER, " \u00a0 ")


def test_a_merge_moves_all_units_and_the_one_that_went_says_where(writer: Writer) -> None:
    merge(writer, REFUND, CRASH)
    assert units(writer, CRASH) == ["u4", "u5", "u6", "u7"] and units(writer, REFUND) == []
    assert (find(writer, REFUND)["status"], find(writer, REFUND)["merged_into"]) == ("merged", CRASH)
    assert events(writer) == [(REFUND, "merged into", CRASH)]
    assert writer.rows("proposals") == []
    with pytest.raises(WorkspaceError, match=f"was merged into {CRASH}"):
        rename(writer, REFUND, "again")


def test_what_was_merged_earlier_follows_a_later_merge(writer: Writer) -> None:
    merge(writer, REFUND, CRASH)
    merge(writer, CRASH, COURIER)
    assert {find(writer, key)["merged_into"] for key in (REFUND, CRASH)} == {COURIER}
    assert len(units(writer, COURIER)) == 7


def test_none_is_merged_into_itself(writer: Writer) -> None:
    with pytest.raises(UsageError, match="into itself"):
        merge(writer, COURIER, COURIER)


def test_a_split_fixes_both_sides_and_keeps_them_apart(writer: Writer) -> None:
    new = {"painpoint_id": "9NEW", "title": "غذا سرد بود", "titles": [], "units": 1}
    assert split(writer, COURIER, ["u2"], new) == "9NEW"
    assert (units(writer, COURIER), units(writer, "9NEW")) == (["u1", "u3"], ["u2"])
    placed = {row["unit_id"]: row["placed_by"] for row in writer.rows("placements")}
    assert [placed[unit] for unit in ("u1", "u2", "u3", "u4")] == ["person", "person", "person", "machine"]
    assert rulings_of(writer).apart == {frozenset((COURIER, "9NEW"))}
    assert events(writer) == [("9NEW", "split from", COURIER)]


@pytest.mark.parametrize(("wanted", "error"), [([], UsageError), (["u1", "u2", "u3"], UsageError),
                                               (["u1", "u4"], WorkspaceError)])
def test_a_split_that_is_none_is_refused(writer: Writer, wanted: list[str], error: type[Exception]) -> None:
    with pytest.raises(error):
        split(writer, COURIER, wanted, {"painpoint_id": "9NEW", "title": "", "titles": [], "units": 1})
    assert len(units(writer, COURIER)) == 3 and events(writer) == []


def test_retired_and_reopened_are_recorded_when_they_change_something(writer: Writer) -> None:
    for change in (retire, retire, reopen, reopen):
        change(writer, COURIER)
    assert events(writer) == [(COURIER, "retired", None), (COURIER, "reopened", None)]
    assert len(units(writer, COURIER)) == 3


def test_a_pin_keeps_a_pain_point_or_units_in_it(writer: Writer) -> None:
    pin(writer, REFUND)
    assert find(writer, REFUND)["pinned"] == 1 and writer.rows("proposals") == []
    pin(writer, REFUND, ["u1"])
    assert units(writer, REFUND) == ["u1", "u4", "u5"]
    with pytest.raises(WorkspaceError, match="u99"):
        pin(writer, REFUND, ["u99"])


def test_first_letters_name_a_pain_point_when_they_name_one_only(writer: Writer) -> None:
    assert find(writer, "0cour")["painpoint_id"] == COURIER
    assert find(writer, " 1REFUND ")["painpoint_id"] == REFUND
    bear(writer, [{"painpoint_id": "0COURT", "title": "", "titles": [], "units": 1}], None)
    with pytest.raises(WorkspaceError, match="2 pain points begin so"):
        find(writer, "0COUR")
    for name in ("0", "", "9ABCDE"):
        with pytest.raises(WorkspaceError, match="no such pain point"):
            find(writer, name)


def test_a_proposal_that_is_turned_down_is_gone_for_good(writer: Writer) -> None:
    assert reject(writer, CRASH, REFUND) == (CRASH, REFUND)
    writer.insert("proposals", [{"addition": 1, "kind": "split", "painpoint_id": COURIER, "other": None, "share": 0.4}])
    assert reject(writer, COURIER) == (COURIER, None)
    assert writer.rows("proposals") == []
    decided = rulings_of(writer)
    assert (decided.apart, decided.whole) == ({frozenset((REFUND, CRASH))}, {COURIER})
    assert decided.touched == {COURIER, REFUND, CRASH}
    assert events(writer) == [(CRASH, "kept apart from", REFUND), (COURIER, "kept whole", None)]
    for wrong in ((COURIER, None), (COURIER, CRASH)):
        with pytest.raises(WorkspaceError, match="is proposed"):
            reject(writer, *wrong)


def test_what_is_kept_apart_stays_so_when_one_side_is_merged_into_a_third(writer: Writer) -> None:
    split(writer, COURIER, ["u2"], {"painpoint_id": "9NEW", "title": "غذا سرد بود", "titles": [], "units": 1})
    merge(writer, "9NEW", REFUND)
    assert rulings_of(writer).apart == {frozenset((COURIER, REFUND))}
    merge(writer, COURIER, REFUND)
    assert rulings_of(writer).apart == frozenset()


def test_units_that_were_merged_or_pinned_are_bound_and_the_pin_is_told(writer: Writer) -> None:
    merge(writer, REFUND, CRASH)
    pin(writer, COURIER, ["u6"])
    pin(writer, COURIER)
    placed = {row["unit_id"]: (row["painpoint_id"], row["placed_by"]) for row in writer.rows("placements")}
    assert [placed[unit] for unit in ("u4", "u5", "u6", "u7")] == [
        (CRASH, "person"), (CRASH, "person"), (COURIER, "person"), (CRASH, "machine")]
    assert events(writer) == [(REFUND, "merged into", CRASH), (COURIER, "units pinned", None),
                              (COURIER, "pinned", None)]
    assert rulings_of(writer).pinned == {COURIER}


def test_a_title_is_due_when_there_is_twice_as_much_or_a_part_was_taken_and_no_person_gave_it(writer: Writer) -> None:
    rename(writer, REFUND, "Возврат не приходит")
    pin(writer, CRASH)
    points, sizes = writer.rows("painpoints"), {COURIER: 6, REFUND: 9, CRASH: 9}
    assert titles_due(points, sizes, ()) == {COURIER}
    assert titles_due(points, {COURIER: 5}, ()) == set()
    assert titles_due(points, {}, (COURIER, REFUND)) == {COURIER}


@pytest.mark.parametrize("title", ["پیک دیر می‌رسد", "المندوب يتأخر", "Курьер опаздывает", "The courier is late"])
def test_a_title_found_anew_is_kept_with_its_event_once(writer: Writer, title: str) -> None:
    found = {"painpoint_id": COURIER, "title": title, "titles": [{"lang": "xx", "title": title}], "units": 6}
    for _ in range(2):
        retitle(writer, [found], 7)
    row = find(writer, COURIER)
    assert (row["title"], row["titled"], row["named_by"]) == (title, 6, "machine")
    told = [event for event in writer.rows("lineage") if event["event"] == "retitled"]
    assert [(event["painpoint_id"], event["detail"], event["addition"]) for event in told] == [(COURIER, title, 7)]


@pytest.mark.parametrize("additions, settled", [(8, False), (9, True)])
def test_a_machine_parts_only_what_is_young(writer: Writer, additions: int, settled: bool) -> None:
    bear(writer, [{"painpoint_id": "5YOUNG", "title": "صف طولانی", "titles": [], "units": 4}], 1)
    writer.insert("additions", [{"number": number, "made": "then", "inputs": "[]", "documents": 1, "units": 1,
                                 "note": "{}"} for number in range(1, additions + 1)])
    assert ("5YOUNG" in rulings_of(writer).touched) is settled
