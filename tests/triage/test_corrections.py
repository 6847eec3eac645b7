"""What people say of single opinions: one change for many, nobody's word lost, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING

import pytest

from painpoints.errors import ConflictError, UsageError, WorkspaceError
from painpoints.store import State
from painpoints.triage import MACHINE, Correction, Opinions, Queue

if TYPE_CHECKING:
    from painpoints.store.address import Address

FA, AR, RU, EN = "fa00fa00fa00fa00", "a4a4a4a4a4a4a4a4", "4000400040004000", "e000e000e000e000"
UNITS = {f"{at}{key[1:]}": key for key in (FA, AR, RU, EN) for at in "12"}
FIRST, SECOND = (f"{at}{FA[1:]}" for at in "12")
VALUES = {"sentiment": {"neg": ("negative",), "neu": (), "pos": ()}, "problem": {"yes": (), "no": ()},
          "touchpoint": {"delivery": ("ارسال", "Доставка"), "app": ("برنامه",), "none": ()},
          "stage": {"before": (), "during": ("هنگام خرید",), "after": (), "none": ()}}
Open = Callable[[str], Queue]


def documents(unit_ids: Collection[str]) -> Mapping[str, str]:
    return {unit: UNITS[unit] for unit in unit_ids if unit in UNITS}


@pytest.fixture
def state(address: Address) -> Iterator[State]:
    made = State(address)
    made.migrate("2026-11-22T00:00:00+00:00")
    with made.writing() as writer:
        writer.insert("documents", [{"doc_id": key, "addition": 1} for key in (FA, AR, RU, EN)])
    yield made
    made.close()


@pytest.fixture
def as_(state: State) -> Open:
    return lambda who: Queue(state, who, Opinions(documents, VALUES))


def held(state: State) -> dict[tuple[str, str], tuple[str, str]]:
    with state.reading() as reader:
        return {(row["unit_id"], row["field"]): (row["value"], row["who"]) for row in reader.rows("corrections")}


def test_many_opinions_of_many_comments_are_one_change(as_: Open, state: State) -> None:
    change = as_("sara").correct([FIRST, SECOND, *(unit for unit in UNITS if UNITS[unit] == RU)], "problem", "no")
    assert change.number is not None and len(change.corrected) == 4
    assert [(entry.doc_id, entry.status, entry.version) for entry in change.after] == [(RU, "new", 1), (FA, "new", 1)]
    assert change.corrected[0] == Correction(min(UNITS), UNITS[min(UNITS)], "problem", None, "no")
    assert set(held(state).values()) == {("no", "sara")} and len(held(state)) == 4
    history = as_("x").history(FA)
    assert [(row["unit_id"], row["field"], row["before"], row["after"], row["change"]) for row in history] == [
        (FIRST, "problem", None, "no", change.number), (SECOND, "problem", None, "no", change.number)]


@pytest.mark.parametrize(("field", "value", "code"), [
    ("sentiment", "negative", "neg"), ("touchpoint", "ارسال", "delivery"), ("touchpoint", "доставка", "delivery"),
    ("touchpoint", "none", "none"), ("stage", "هنگام خريد", "during"), ("problem", "yes", "yes")])
def test_values_go_by_their_names_too(as_: Open, state: State, field: str, value: str, code: str) -> None:
    as_("علی").correct([FIRST], field, value)
    assert held(state) == {(FIRST, field): (code, "علی")}


def test_what_there_is_not_is_told(as_: Open, state: State) -> None:
    sara = as_("sara")
    for units, field, value, error, said in (
            ([FIRST], "mood", "neg", UsageError, "cannot be corrected"),
            ([FIRST], "sentiment", "angry", UsageError, "--sentiment cannot be 'angry'"),
            ([FIRST], "stage", "delivery", UsageError, "--stage cannot be"),
            ([], "problem", "no", UsageError, "No opinion"), (["ffff"], "problem", "no", WorkspaceError, "no such")):
        with pytest.raises(error, match=said):
            sara.correct(units, field, value)
    with pytest.raises(UsageError, match="knows no opinions"):
        Queue(state, "sara").correct([FIRST], "problem", "no")
    assert held(state) == {} and sara.entries() == []


def test_what_was_said_already_is_no_change(as_: Open) -> None:
    as_("sara").correct([FIRST], "problem", "no")
    again = as_("ali").correct([FIRST], "problem", "no")
    assert again.number is None and again.corrected == () and [entry.doc_id for entry in again.same] == [FA]
    assert as_("x").entry(FA).version == 1


def test_undo_restores_what_people_or_the_machine_said_before(as_: Open, state: State) -> None:
    sara, ali = as_("sara"), as_("ali")
    sara.correct([FIRST], "sentiment", "pos")
    ali.correct([FIRST, SECOND], "sentiment", "neu", {FA: 1})
    assert held(state) == {(FIRST, "sentiment"): ("neu", "ali"), (SECOND, "sentiment"): ("neu", "ali")}
    undone = ali.undo()
    assert {c.unit_id: (c.before, c.after) for c in undone.corrected} == {FIRST: ("neu", "pos"), SECOND: ("neu", None)}
    assert held(state) == {(FIRST, "sentiment"): ("pos", "sara")}
    assert sara.undo().corrected[0].after is None and held(state) == {}
    assert as_("x").entry(FA).version == 4
    with pytest.raises(UsageError, match="changed nothing"):
        sara.undo()


def test_undo_goes_back_through_statuses_and_corrections_in_one_order(as_: Open, state: State) -> None:
    sara = as_("sara")
    sara.done([FA])
    sara.correct([FIRST], "touchpoint", "app")
    sara.note([FA], "asked again")
    assert sara.undo().after[0].note is None and len(held(state)) == 1
    assert sara.undo().corrected and held(state) == {} and sara.entry(FA).status == "done"
    assert sara.undo().after[0].status == "new"


def test_one_field_of_one_opinion_changed_since_does_not_keep_the_others_from_being_undone(as_: Open, state: State
                                                                                          ) -> None:
    sara, ali = as_("sara"), as_("ali")
    russian = next(unit for unit in UNITS if UNITS[unit] == RU)
    sara.correct([FIRST, russian], "sentiment", "pos")
    ali.correct([FIRST], "touchpoint", "app")
    ali.correct([SECOND], "sentiment", "neg")
    assert len(sara.undo().corrected) == 2
    sara.correct([FIRST, russian], "sentiment", "pos")
    ali.correct([FIRST], "sentiment", "neg", {FA: ali.entry(FA).version})
    undone = sara.undo()
    assert [c.unit_id for c in undone.corrected] == [russian] and [entry.doc_id for entry in undone.left] == [FA]
    sara.correct([FIRST], "sentiment", "neu", {FA: sara.entry(FA).version})
    ali.correct([FIRST], "sentiment", "pos", {FA: sara.entry(FA).version})
    with pytest.raises(ConflictError, match="changed by ali meanwhile"):
        sara.undo()


def test_two_people_never_overwrite_each_other_unseen(as_: Open, state: State) -> None:
    sara, ali = as_("sara"), as_("ali")
    sara.correct([FIRST], "sentiment", "pos")
    with pytest.raises(ConflictError, match="sara says pos") as caught:
        ali.correct([FIRST, f"1{EN[1:]}"], "sentiment", "neg")
    assert caught.value.hint is not None and f"{FA}@1" in caught.value.hint
    with pytest.raises(ConflictError, match="changed meanwhile"):
        ali.correct([SECOND], "sentiment", "neg", {FA: 0})
    assert held(state) == {(FIRST, "sentiment"): ("pos", "sara")}
    ali.correct([FIRST], "touchpoint", "app")
    ali.correct([FIRST], "sentiment", "neg", {FA: 2})
    assert held(state)[FIRST, "sentiment"] == ("neg", "ali")
    with pytest.raises(ConflictError):
        sara.done([f"{FA}@2"])


def test_a_correction_takes_a_comment_out_of_nobody_s_hands(as_: Open) -> None:
    as_("ali").assign([FA], "ali")
    as_("sara").correct([FIRST], "problem", "no")
    assert (as_("x").entry(FA).status, as_("x").entry(FA).assignee) == ("mine", "ali")


def test_the_machine_has_the_word_again(as_: Open, state: State) -> None:
    sara = as_("sara")
    sara.correct([FIRST], "stage", "after")
    change = sara.correct([FIRST], "stage", MACHINE)
    assert held(state) == {} and (change.corrected[0].before, change.corrected[0].after) == ("after", None)
    assert sara.correct([FIRST], "stage", MACHINE).number is None
    sara.undo()
    assert held(state) == {(FIRST, "stage"): ("after", "sara")}
