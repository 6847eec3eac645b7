"""The proof of the simulated team finds nothing where nothing is wrong, and everything that can go wrong."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from painpoints.errors import ConflictError
from painpoints.store import State
from painpoints.triage import Change, Opinions, Queue

if TYPE_CHECKING:
    from painpoints.store.address import Address

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "replay.py"
ONE, TWO = "3fa2c1d09b7e6a54", "b0c41e22aa917f03"
UNIT = f"{ONE}-0"
Row = dict[str, Any]


@pytest.fixture(scope="module")
def replay() -> Iterator[ModuleType]:
    found = importlib.util.spec_from_file_location("replay", SCRIPT)
    assert found and found.loader
    module = importlib.util.module_from_spec(found)
    sys.modules["replay"] = module
    found.loader.exec_module(module)
    yield module
    del sys.modules["replay"]


class Morning:
    """What three people did, what they were answered, and what it became."""

    def __init__(self, replay: ModuleType, state: State) -> None:
        self.state, self.replay = state, replay
        self.requests: list[Any] = []
        known = Opinions(lambda ids: dict.fromkeys(ids, ONE), {
            "sentiment": {code: (code,) for code in ("neg", "neu", "pos")}, "problem": {}, "touchpoint": {},
            "stage": {}})
        self.people = {who: Queue(state, who, known) for who in ("sara", "علی", "Мария")}
        self.start = self._now(0)

    def _now(self, number: int) -> Any:
        return self.replay.replay_of(*self.ends, number)

    @property
    def ends(self) -> tuple[list[Row], list[Row]]:
        with self.state.reading() as state:
            return state.rows("triage"), state.rows("corrections")

    def did(self, who: str, action: str, seen: Mapping[str, int | None], call: Callable[[Queue], Change],
            **more: Any) -> None:
        try:
            made = call(self.people[who])
        except ConflictError:
            self.requests.append(self.replay.Request(who, action, 409, False, seen, **more))
            return
        after = [entry.as_dict() for entry in made.after]
        self.requests.append(self.replay.Request(who, action, 200, made.number is not None, seen, number=made.number,
                                                 after=after if action != "correct" else (), **more))

    @property
    def history(self) -> list[Row]:
        return self.people["sara"].history()

    def faults(self, *, history: Sequence[Row] | None = None, requests: Sequence[Any] | None = None,
               ends: Sequence[Row] | None = None, corrections: Sequence[Row] | None = None) -> list[str]:
        stands, corrected = self.ends
        found: list[str] = self.replay.proved(
            self.start, self.history if history is None else history,
            self.requests if requests is None else requests, stands if ends is None else ends,
            corrected if corrections is None else corrections).faults
        return found


@pytest.fixture
def morning(replay: ModuleType, address: Address) -> Iterator[Morning]:
    state = State(address)
    state.migrate("2026-11-22T00:00:00+00:00")
    with state.writing() as writer:
        writer.insert("documents", [{"doc_id": key, "addition": 1} for key in (ONE, TWO)])
    made = Morning(replay, state)
    made.did("sara", "take", {ONE: 0, TWO: 0}, lambda q: q.assign([f"{ONE}@0", f"{TWO}@0"], "sara"))
    made.did("علی", "done", {ONE: 0}, lambda q: q.done([f"{ONE}@0"]))
    made.did("علی", "wait", {ONE: None}, lambda q: q.wait([ONE]))
    made.did("علی", "done", {ONE: 1}, lambda q: q.done([f"{ONE}@1"], "زنگ زدم"), note="زنگ زدم")
    made.did("Мария", "correct", {ONE: 2}, lambda q: q.correct([UNIT], "sentiment", "pos", {ONE: 2}), units=[UNIT],
             value="sentiment:pos")
    made.did("Мария", "done", {ONE: 3}, lambda q: q.done([f"{ONE}@3"]))
    made.did("sara", "mute", {TWO: 1}, lambda q: q.mute([f"{TWO}@1"]))
    made.did("sara", "undo", {}, lambda q: q.undo())
    made.did("Мария", "undo", {}, lambda q: q.undo())
    yield made
    state.close()


def test_a_morning_in_which_all_went_well_has_no_faults(morning: Morning) -> None:
    assert [request.status for request in morning.requests].count(409) == 2
    assert [request.effect for request in morning.requests].count(False) == 3
    assert morning.faults() == []


def test_what_is_in_the_history_and_nobody_was_told_of_is_found(morning: Morning) -> None:
    for number, request in enumerate(morning.requests):
        if request.effect:
            some = [*morning.requests[:number], *morning.requests[number + 1:]]
            assert morning.faults(requests=some), request.action


def test_what_was_answered_with_success_and_is_not_in_the_history_is_found(morning: Morning) -> None:
    twice = [*morning.requests, morning.requests[0]]
    assert any("not in the history" in fault for fault in morning.faults(requests=twice))


def test_a_refused_change_that_was_made_all_the_same_is_found(morning: Morning) -> None:
    refused = [replace(request, status=409, effect=False) if request.action == "mute" else request
               for request in morning.requests]
    assert morning.faults(requests=refused)


def test_work_done_over_another_s_without_having_seen_it_is_a_lost_update(morning: Morning) -> None:
    for action, seen in (("done", {ONE: 0}), ("done", {ONE: None}), ("correct", {ONE: 1})):
        blind = [replace(request, seen=seen) if request.effect and request.action == action else request
                 for request in morning.requests]
        assert any("LOST UPDATE" in fault for fault in morning.faults(requests=blind)), (action, seen)


@pytest.mark.parametrize(("name", "value"), [
    ("who", "Мария"), ("before", "waiting"), ("after", "muted"), ("doc_id", TWO), ("number", 40), ("change", 40)])
def test_a_row_that_says_something_else_is_found(morning: Morning, name: str, value: object) -> None:
    rows = [dict(row) for row in morning.history]
    done = next(row for row in rows if row["after"] == "done")
    done[name] = value
    assert morning.faults(history=rows)


def test_a_row_that_is_missing_is_found(morning: Morning) -> None:
    rows = morning.history
    for number in range(len(rows)):
        assert morning.faults(history=[*rows[:number], *rows[number + 1:]]), number


@pytest.mark.parametrize(("name", "value"), [("status", "new"), ("assignee", None), ("note", None), ("version", 9),
                                             ("changed_by", "sara")])
def test_an_end_that_the_history_does_not_lead_to_is_found(morning: Morning, name: str, value: object) -> None:
    ends = [{**row, name: value} if row["doc_id"] == ONE else row for row in morning.ends[0]]
    assert any("stands otherwise" in fault for fault in morning.faults(ends=ends))
    assert morning.faults(ends=ends[:1])


def test_a_correction_that_the_history_does_not_lead_to_is_found(morning: Morning) -> None:
    said = [{"unit_id": UNIT, "field": "sentiment", "value": "pos"}]
    assert any("correction" in fault for fault in morning.faults(corrections=said))


def test_an_answer_that_told_of_something_else_is_found(morning: Morning) -> None:
    for more in ({"number": 40}, {"after": [{**morning.requests[0].after[0], "version": 7}]}):
        told = [replace(morning.requests[0], **more), *morning.requests[1:]]
        assert any("was told to" in fault for fault in morning.faults(requests=told))
