"""The queue: whose hands a comment is in, who did what, and nobody's change lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from painpoints.errors import ConflictError, PainpointsError, UsageError, WorkspaceError
from painpoints.store import State
from painpoints.store.address import file_address
from painpoints.triage import Change, Entry, Queue

if TYPE_CHECKING:
    from painpoints.store.address import Address

IDS = ["3fa2c1d09b7e6a54", "3fa2d7709b7e6a54", "b0c41e22aa917f03", "e1e1e1e1e1e1e1e1"]
FIRST, TWIN, THIRD, LAST = IDS
Open = Callable[[str], Queue]


@pytest.fixture
def state(address: Address) -> Iterator[State]:
    made = State(address)
    made.migrate("2026-11-22T00:00:00+00:00")
    with made.writing() as writer:
        writer.insert("documents", [{"doc_id": key, "addition": 1} for key in IDS])
    yield made
    made.close()


@pytest.fixture
def as_(state: State) -> Open:
    return lambda who: Queue(state, who)


def stand(queue: Queue, key: str) -> tuple[str, str | None, str | None, int]:
    entry = queue.entry(key)
    return entry.status, entry.assignee, entry.note, entry.version


def test_what_nobody_touched_is_new_and_has_no_row(as_: Open) -> None:
    sara = as_("sara")
    assert sara.entries() == [] and stand(sara, FIRST) == ("new", None, None, 0)
    assert sara.history() == [] and sara.people() == []


@pytest.mark.parametrize(("act", "status", "holder"), [
    (lambda q: q.assign([FIRST], "علی"), "mine", "علی"), (lambda q: q.done([FIRST]), "done", "sara"),
    (lambda q: q.wait([FIRST]), "waiting", "sara"), (lambda q: q.mute([FIRST]), "muted", None)])
def test_each_change_says_where_a_comment_is_and_in_whose_hands(as_: Open, act: Callable[[Queue], Change], status: str,
                                                              holder: str | None) -> None:
    sara = as_("sara")
    (after,) = act(sara).after
    assert (after.status, after.assignee, after.version, after.changed_by) == (status, holder, 1, "sara")
    assert sara.entries() == [after] == [sara.entry(FIRST)]


def test_a_comment_goes_from_hand_to_hand_and_its_history_says_so(as_: Open) -> None:
    as_("sara").assign([FIRST], "Ali", note="asks for her money")
    as_("Ali").wait([FIRST])
    as_("Ali").done([FIRST], note="")
    as_("sara").reopen([f"{FIRST}@3"])
    assert stand(as_("sara"), FIRST) == ("new", None, None, 4)
    told = [(row["who"], row["field"], row["before"], row["after"]) for row in as_("x").history(FIRST)]
    assert told == [("sara", "status", "new", "mine"), ("sara", "assignee", None, "Ali"),
                    ("sara", "note", None, "asks for her money"), ("Ali", "status", "mine", "waiting"),
                    ("Ali", "status", "waiting", "done"), ("Ali", "note", "asks for her money", None),
                    ("sara", "status", "done", "new"), ("sara", "assignee", "Ali", None)]
    assert [row["number"] for row in as_("x").history(since=6)] == [7, 8]


def test_the_first_letters_of_an_id_are_enough_where_they_tell_it_apart(as_: Open) -> None:
    assert [e.doc_id for e in as_("sara").done(["B0C4", f" {TWIN[:5]} "]).after] == [TWIN, THIRD]
    with pytest.raises(WorkspaceError, match="more than one") as caught:
        as_("sara").done(["3fa2"])
    assert caught.value.hint == "Write more of the id."
    for name, why in (("b0c", "too short"), ("ffff", "no such comment"), ("%%%%", "no such"), ("____", "no such")):
        with pytest.raises(WorkspaceError, match=why):
            as_("sara").done([name])
    for name in ("", "@2", f"{FIRST}@", f"{FIRST}@x"):
        with pytest.raises(UsageError, match="names no comment"):
            as_("sara").done([name])
    with pytest.raises(UsageError, match="No comment is named"):
        as_("sara").done([])


def test_one_wrong_id_among_many_changes_none(as_: Open) -> None:
    with pytest.raises(WorkspaceError):
        as_("sara").done([FIRST, "ffff", THIRD])
    as_("ali").mute([THIRD])
    with pytest.raises(ConflictError):
        as_("sara").done([FIRST, f"{THIRD}@0"])
    assert stand(as_("sara"), FIRST)[3] == 0 and len(as_("sara").history()) == 1


def test_a_change_that_saw_an_older_version_is_refused_and_tells_who_was_first(as_: Open) -> None:
    as_("Сара").assign([f"{FIRST}@0"], "Сара")
    with pytest.raises(ConflictError, match="changed by Сара meanwhile") as caught:
        as_("Ali").done([f"{FIRST}@0"])
    assert FIRST in str(caught.value.hint) and caught.value.exit_code == 1
    with pytest.raises(ConflictError, match="is new"):
        as_("Ali").done([f"{THIRD}@2"])
    assert stand(as_("Ali"), FIRST) == ("mine", "Сара", None, 1)
    assert as_("Ali").done([f"{FIRST}@1"]).after[0].version == 2


def test_without_a_version_hands_are_kept_off_what_another_has(as_: Open) -> None:
    as_("sara").wait([FIRST])
    as_("sara").mute([TWIN])
    as_("sara").assign([THIRD], "ali")
    as_("sara").note([LAST], "seen on the phone")
    for key in (FIRST, TWIN):
        with pytest.raises(ConflictError, match="sara has it") as caught:
            as_("ali").done([key])
        assert f"{key}@1" in str(caught.value.hint)
    assert as_("ali").done([THIRD]).after[0].assignee == "ali"
    assert as_("ali").done([LAST]).after[0].note == "seen on the phone"
    assert as_("ali").done([f"{FIRST}@1"]).after[0].assignee == "sara"


@pytest.mark.parametrize(("one", "other"), [("ياسمين كريمي", "یاسمین کریمی"), ("آرزو", "ارزو"), ("می‌نا", "مینا"),
                                            ("Артём", "артем"), ("Zoë", "zoe"), ("agent ۱", "Agent 1")])
def test_one_person_is_one_however_the_name_is_spelt(as_: Open, one: str, other: str) -> None:
    as_(one).assign([FIRST], one)
    assert as_(other).who == one and as_(other).done([FIRST]).after[0].changed_by == one
    assert as_("sara").assign([THIRD], other).after[0].assignee == one
    assert as_("sara").people() == sorted([one, "sara"])
    as_(other).undo()


def test_names_that_differ_are_not_one(as_: Open) -> None:
    as_("agent 1").assign([FIRST], "agent 1")
    with pytest.raises(ConflictError):
        as_("agent 2").done([FIRST])


@pytest.mark.parametrize("name", ["", "  ", "!?", "a\x1b[31mb", "sa\u202era", "a" * 81])
def test_what_is_no_name_is_refused(as_: Open, name: str) -> None:
    with pytest.raises(UsageError):
        as_(name)
    with pytest.raises(UsageError):
        as_("sara").assign([FIRST], name)


def test_who_is_at_work_comes_from_the_option_then_the_variable_then_the_login(
        state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "login")
    assert Queue(state).who == "login"
    monkeypatch.setenv("PAINPOINTS_USER", "variable")
    assert (Queue(state).who, Queue(state, "option").who) == ("variable", "option")


def test_what_is_so_already_is_no_change(as_: Open) -> None:
    sara = as_("sara")
    sara.done([FIRST])
    again = sara.done([FIRST, FIRST[:7]])
    assert (again.number, again.after, [e.doc_id for e in again.same]) == (None, (), [FIRST])
    assert len(sara.done([FIRST, THIRD]).after) == 1 and stand(sara, FIRST)[3] == 1


def test_notes_are_replaced_kept_and_taken_away(as_: Open) -> None:
    sara, text = as_("sara"), "زنگ زدم؛ <b>جواب</b> نداد\nзавтра"
    sara.note([FIRST], text)
    sara.reopen([FIRST])
    assert stand(sara, FIRST)[2] == text
    assert sara.note([FIRST], "  ").after[0].note is None
    with pytest.raises(UsageError, match="too long"):
        sara.note([FIRST], "x" * 2001)


def test_undo_takes_back_a_whole_change_then_the_one_before(as_: Open) -> None:
    sara = as_("sara")
    sara.assign(IDS, "ali", note="together")
    sara.done([f"{FIRST}@1", f"{THIRD}@1"])
    back = sara.undo()
    assert [(e.doc_id, e.status, e.assignee, e.version) for e in back.after] == [
        (FIRST, "mine", "ali", 3), (THIRD, "mine", "ali", 3)] and back.made
    assert {stand(sara, key)[:3] for key in IDS} == {("mine", "ali", "together")}
    sara.undo()
    assert {stand(sara, key)[:3] for key in IDS} == {("new", None, None)}
    with pytest.raises(UsageError, match="nothing that could be undone"):
        sara.undo()
    sara.mute([FIRST])
    assert sara.undo().after[0].status == "new"
    assert [row["after"] for row in sara.history(FIRST) if row["field"] == "status"] == [
        "mine", "done", "mine", "new", "muted", "new"]


def test_undo_is_of_ones_own_and_leaves_alone_what_a_colleague_changed_since(as_: Open) -> None:
    sara, ali = as_("sara"), as_("ali")
    sara.done([FIRST, THIRD])
    with pytest.raises(UsageError, match="ali has changed nothing"):
        ali.undo()
    ali.reopen([f"{THIRD}@1"])
    ali.note([f"{FIRST}@1"], "of another field")
    back = sara.undo()
    assert [e.doc_id for e in back.after] == [FIRST] and [e.doc_id for e in back.left] == [THIRD]
    assert stand(sara, FIRST)[:3] == ("new", None, "of another field")
    assert stand(sara, THIRD)[:2] == ("new", None)


def test_undo_is_refused_when_all_was_changed_since_and_granted_when_that_was_undone(as_: Open) -> None:
    sara, ali = as_("sara"), as_("ali")
    sara.done([FIRST])
    ali.mute([f"{FIRST}@1"])
    with pytest.raises(ConflictError, match="changed by ali meanwhile"):
        sara.undo()
    ali.undo()
    assert sara.undo().after[0].status == "new"
    ali.done([FIRST])
    sara.reopen([f"{FIRST}@5"])
    sara.done([FIRST])
    with pytest.raises(ConflictError):
        ali.undo()
    assert stand(ali, FIRST)[:2] == ("done", "sara")


def test_what_an_undoing_left_alone_still_lies_over_what_was_before_it(as_: Open) -> None:
    sara, ali = as_("sara"), as_("ali")
    sara.mute([FIRST])
    ali.reopen([f"{FIRST}@1", TWIN])
    ali.mute([TWIN, f"{FIRST}@2"])
    sara.wait([f"{FIRST}@3"])
    assert [e.doc_id for e in ali.undo().left] == [FIRST]
    sara.undo()
    assert stand(sara, FIRST)[0] == "muted"
    with pytest.raises(ConflictError, match="changed by ali"):
        sara.undo()
    assert stand(sara, FIRST)[:2] == ("muted", None)


def test_of_many_who_grab_a_comment_at_once_one_gets_it(address: Address, state: State) -> None:
    got, refused = [], []
    start = threading.Barrier(6)

    def grab(who: str) -> None:
        own = State(address)
        try:
            queue = Queue(own, who)
            start.wait()
            for key in IDS:
                try:
                    got.append((key, queue.assign([f"{key}@0"], who).after[0].assignee))
                except ConflictError as error:
                    refused.append(error)
        except PainpointsError as error:
            got.append(("failed", str(error)))
        finally:
            own.close()

    threads = [threading.Thread(target=grab, args=(f"agent {number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    final = {entry.doc_id: entry.assignee for entry in Queue(state, "lead").entries()}
    assert sorted(got) == sorted(final.items()) and set(final) == set(IDS)
    assert len(refused) == 5 * len(IDS)
    rows = Queue(state, "lead").history()
    assert [row["number"] for row in rows] == list(range(1, 2 * len(IDS) + 1))


def test_the_queue_goes_on_while_an_addition_holds_the_workspace(state: State) -> None:
    with state.alone():
        assert Queue(State(state.address), "sara").done([FIRST]).after[0].status == "done"


def test_five_hundred_comments_are_one_change(state: State) -> None:
    names = [f"{number:016x}" for number in range(500)]
    with state.writing() as writer:
        writer.insert("documents", [{"doc_id": name, "addition": 2} for name in names])
    sara = Queue(state, "sara")
    assert len(sara.done(names).after) == 500 and len(sara.undo().after) == 500
    assert {entry.status for entry in sara.entries()} == {"new"}


ACTS: dict[str, Callable[[Queue, list[str]], Any]] = {
    "take": lambda queue, names: queue.assign(names, queue.who),
    "give": lambda queue, names: queue.assign(names, "مینا"),
    "done": Queue.done, "mute": Queue.mute, "wait": Queue.wait, "reopen": Queue.reopen,
    "note": lambda queue, names: queue.note(names, f"от {queue.who}"), "undo": lambda queue, names: queue.undo()}
STEPS = st.tuples(st.sampled_from(["sara", "Али"]), st.sampled_from(sorted(ACTS)),
                  st.sets(st.sampled_from(IDS), min_size=1), st.booleans())


@settings(max_examples=15, deadline=None)
@given(st.lists(STEPS, max_size=10))
def test_whatever_two_people_do_the_history_tells_it_and_undoing_all_leads_back(steps: list[Any]) -> None:
    with TemporaryDirectory() as folder:
        state = State(file_address(Path(folder) / "state.sqlite"))
        state.migrate("then")
        with state.writing() as writer:
            writer.insert("documents", [{"doc_id": key, "addition": 1} for key in IDS])
        for who, act, keys, looked in steps:
            queue = Queue(state, who)
            names = [f"{key}@{queue.entry(key).version}" if looked else key for key in sorted(keys)]
            try:
                ACTS[act](queue, names)
            except (ConflictError, UsageError):
                continue
        replayed(Queue(state, "lead"))
        while (last := last_to_change(Queue(state, "lead"))) is not None:
            try:
                assert Queue(state, last).undo().after
            except ConflictError:
                break
        left = Queue(state, "lead").entries()
        state.close()
    # Who undid while another's change lay over it, left that comment to the other for good.
    parted = any(act == "undo" for _, act, _, _ in steps)
    assert parted or {(entry.status, entry.assignee, entry.note) for entry in left} <= {("new", None, None)}


def replayed(queue: Queue) -> None:
    """Goes through the history again and meets what stands."""
    now: dict[str, dict[str, Any]] = {key: {"status": "new", "assignee": None, "note": None} for key in IDS}
    changes: dict[str, set[int]] = {key: set() for key in IDS}
    for row in queue.history():
        assert now[row["doc_id"]][row["field"]] == row["before"] != row["after"]
        now[row["doc_id"]][row["field"]] = row["after"]
        changes[row["doc_id"]].add(row["change"])
    standing: dict[str, Entry] = {entry.doc_id: entry for entry in queue.entries()}
    for key in IDS:
        entry = standing.get(key, Entry(key))
        assert (entry.status, entry.assignee, entry.note, entry.version) == (
            *(now[key][field] for field in ("status", "assignee", "note")), len(changes[key]))


def last_to_change(queue: Queue) -> str | None:
    """Whose change is the last that stands."""
    rows = queue.history()
    gone = {row["undoes"] for row in rows}
    return next((row["who"] for row in reversed(rows) if row["undoes"] is None and row["change"] not in gone), None)
