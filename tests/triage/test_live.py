"""A workspace in memory is what it is on disk, whoever changes it, and whoever asks at the same time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from painpoints.errors import EmptyInputError, StorageError
from painpoints.triage import Live, Queue, Snapshot, Wanted, opinions

if TYPE_CHECKING:
    from painpoints.pipeline import Workspace

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
EVERYTHING = Wanted(status=("all",))
Add = Callable[["Workspace", int, int], None]


@pytest.fixture
def live(written_shop: Workspace) -> Iterator[Live]:
    made = Live(written_shop, clock=lambda: NOW, pause=0)
    yield made
    made.close()


@pytest.fixture
def sara(written_shop: Workspace) -> Queue:
    return Queue(written_shop.folder.state, "sara", opinions(written_shop))


def fresh(workspace: Workspace) -> Snapshot:
    return Live(workspace, clock=lambda: NOW).now()


def assert_same(shown: Snapshot, made_anew: Snapshot) -> None:
    """Everything that can be seen is the same."""
    for name in ("documents", "units"):
        ours, theirs = getattr(shown.data, name), getattr(made_anew.data, name)
        assert ours.schema == theirs.schema
        assert [column for column in ours.columns if not ours[column].equals(theirs[column], null_equal=True)] == []
    assert shown.trends.equals(made_anew.trends, null_equal=True)
    assert shown.ranking.frame.equals(made_anew.ranking.frame, null_equal=True)
    assert shown.points == made_anew.points
    assert shown.standing.entries == made_anew.standing.entries
    for wanted in (EVERYTHING, Wanted(status=("mine",)), Wanted(touchpoint="app"), Wanted(uncertain=True)):
        assert shown.listing(wanted, "sara", "ru", limit=None) == made_anew.listing(wanted, "sara", "ru", limit=None)
        assert shown.facets(wanted, "sara") == made_anew.facets(wanted, "sara")
    assert list(shown.data.points) == list(made_anew.data.points)
    assert list(shown.data.lineage) == list(made_anew.data.lineage)


def test_nothing_is_made_anew_while_nothing_changes(live: Live) -> None:
    first = live.now()
    assert live.now() is first and first.changes(first.version) == set()


def test_an_empty_workspace_says_so_until_something_is_added(written_shop: Workspace, add_comments: Add) -> None:
    from painpoints.config import Settings
    from painpoints.pipeline import Workspace

    with Workspace.create(written_shop.path.parent / "empty", Settings()) as empty:
        live = Live(empty, clock=lambda: NOW)
        with pytest.raises(EmptyInputError):
            live.now()
        add_comments(empty, 1, 9)
        assert len(live.now().data.documents) == 9
        live.close()


def test_what_is_done_in_the_queue_is_seen_at_once_and_only_that_changes(live: Live, sara: Queue) -> None:
    before = live.now()
    key = before.listing().rows[0]["doc_id"]
    sara.assign([key], "علی", note="call her")
    after = live.now()
    assert after.version != before.version and after.changes(before.version) == {key}
    assert (after.entry(key).assignee, before.entry(key).status) == ("علی", "new")
    assert after.data is before.data and after.ranking is before.ranking
    Queue(sara._state, "Мария").done([f"{key}@1"])
    assert live.now().changes(before.version) == {key} and live.now().changes(after.version) == {key}
    assert live.now().entry(key).status == "done"


@pytest.mark.parametrize(("field", "value"), [("touchpoint", "app"), ("sentiment", "pos"), ("problem", "no"),
                                              ("stage", "before")])
def test_a_correction_is_seen_at_once_and_everything_follows_from_it(
        live: Live, sara: Queue, written_shop: Workspace, field: str, value: str) -> None:
    before = live.now()
    row = before.listing(Wanted(touchpoint="delivery", search="parcel"), "sara").rows[0]
    unit = before.comment(row["doc_id"])["units"][0]
    sara.correct([unit["unit_id"]], field, value)
    at_once = live.now()
    corrected = at_once.comment(row["doc_id"])["units"][0]
    assert corrected["corrected"] == [field]
    assert {"problem": corrected["is_problem"] is False}.get(field, corrected.get(field) == value)
    changed = at_once.changes(before.version)
    assert changed is not None and row["doc_id"] in changed
    assert_same(live.settled(), fresh(written_shop))
    sara.undo()
    assert_same(live.settled(), fresh(written_shop))


def test_edits_of_pain_points_are_seen_at_once_and_everything_follows_from_them(live: Live, written_shop: Workspace
                                                                             ) -> None:
    before = live.now()
    first, second, third = (point["painpoint_id"] for point in before.points)
    written_shop.rename(first, "چرا دیر می‌رسد")
    renamed = live.now()
    of_first = {row["doc_id"] for row in renamed.listing(Wanted(painpoint=first, status=("all",)), limit=None).rows}
    assert renamed.points[0]["title"] == "چرا دیر می‌رسد" and of_first
    assert of_first <= (renamed.changes(before.version) or set())
    written_shop.merge(second, first)
    merged = live.now()
    assert [point["painpoint_id"] for point in merged.points] == [first, third]
    assert merged.points[0]["units"] == before.points[0]["units"] + before.points[1]["units"]
    assert merged.listing(Wanted(painpoint=second)).found == merged.listing(Wanted(painpoint=first)).found
    written_shop.retire(third)
    assert [point["painpoint_id"] for point in live.now().points] == [first]
    assert_same(live.settled(), fresh(written_shop))


def test_an_addition_is_shown_when_it_is_read_and_waited_for_on_wish(live: Live, written_shop: Workspace, sara: Queue,
                                                                    add_comments: Add) -> None:
    before = live.now()
    add_comments(written_shop, 3, 27)
    old = live.now()
    key = old.listing().rows[0]["doc_id"]
    sara.done([key])
    assert live.now().entry(key).status == "done"
    after = live.now(wait=True)
    assert len(after.data.documents) == len(before.data.documents) + 27 and after.entry(key).status == "done"
    assert after.changes(before.version) is None
    assert_same(live.settled(), fresh(written_shop))


def test_an_addition_that_cannot_be_read_leaves_what_was_and_is_told_to_who_waits(
        live: Live, written_shop: Workspace, add_comments: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    import painpoints.triage.live as module

    before = live.now()
    add_comments(written_shop, 3, 9)

    def broken(*_: object) -> object:
        raise StorageError("the disk is gone.")

    whole = module.pictured
    monkeypatch.setattr(module, "pictured", broken)
    with pytest.raises(StorageError):
        live.now(wait=True)
    assert len(live.now().data.documents) == len(before.data.documents)
    monkeypatch.setattr(module, "pictured", whole)
    monkeypatch.setattr(module, "PATIENCE", 0.0)
    assert len(live.now(wait=True).data.documents) == len(before.data.documents) + 9


def test_after_a_while_comments_are_ranked_by_their_age_of_then(written_shop: Workspace) -> None:
    moments = [NOW]
    live = Live(written_shop, clock=lambda: moments[-1], pause=0)
    before = live.now()
    moments.append(NOW + timedelta(hours=5))
    live.now()
    live.settled()
    after = live.now()
    assert after.picture.at == moments[-1] and after.changes(before.version) is None
    assert_same(after, Live(written_shop, clock=lambda: moments[-1]).now())
    live.close()


def test_many_ask_while_others_work_and_nobody_sees_a_state_that_never_was(live: Live, written_shop: Workspace) -> None:
    keys = [row["doc_id"] for row in live.now().listing(limit=8).rows]
    stop, seen, failures = threading.Event(), list[tuple[int, ...]](), list[BaseException]()

    def ask() -> None:
        last = 0
        try:
            while not stop.is_set():
                shown = live.now()
                versions = [shown.entry(key).version for key in keys]
                # All eight are changed as one change.
                assert len(set(versions)) == 1 and versions[0] >= last
                last = versions[0]
                assert shown.listing(EVERYTHING, "sara", limit=5).counts == shown.facets(EVERYTHING)["status"] | {
                    "mine": shown.listing(EVERYTHING).counts["mine"]}
                seen.append((last,))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    worker = Queue(written_shop.folder.state, "Ali")
    for turn in range(12):
        (worker.mute if turn % 2 else worker.done)(keys)
        if turn == 6:
            written_shop.rename(live.now().points[0]["painpoint_id"], "Late")
    stop.set()
    for thread in threads:
        thread.join()
    assert not failures and seen
    assert live.now().entry(keys[0]).version == 12


def test_another_process_is_seen_too(live: Live, written_shop: Workspace) -> None:
    from painpoints.pipeline import Workspace

    before = live.now()
    key = before.listing().rows[0]["doc_id"]
    with Workspace.open(written_shop.path) as other:
        Queue(other.folder.state, "نور").wait([key])
        other.rename(before.points[0]["painpoint_id"], "Опоздания")
    after = live.now()
    assert after.entry(key).assignee == "نور" and after.points[0]["title"] == "Опоздания"


ACTS = st.lists(st.tuples(st.sampled_from(["assign", "done", "correct", "merge", "rename", "split", "undo"]),
                          st.integers(0, 30)), min_size=1, max_size=6)


@pytest.mark.parametrize("database", [None])
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_whatever_is_done_memory_and_disk_agree(live: Live, written_shop: Workspace, sara: Queue,
                                               acts: list[tuple[str, int]]) -> None:
    from painpoints.errors import PainpointsError

    for act, number in acts:
        shown = live.now()
        key = shown.ranking.frame["doc_id"][number % len(shown.ranking.frame)]
        units = shown.comment(key)["units"]
        points = [point["painpoint_id"] for point in shown.points]
        try:
            if act == "assign":
                sara.assign([f"{key}@{shown.entry(key).version}"], "Ali")
            elif act == "done":
                sara.done([f"{key}@{shown.entry(key).version}"])
            elif act == "correct":
                sara.correct([units[0]["unit_id"]], *(("problem", "no"), ("touchpoint", "app"), ("sentiment", "neg"),
                                                      ("problem", "yes"))[number % 4])
            elif act == "merge" and len(points) > 1:
                written_shop.merge(points[-1], points[0])
            elif act == "rename" and points:
                written_shop.rename(points[0], f"Title {number}")
            elif act == "split" and points:
                placed = shown.data.units.filter(shown.data.units["painpoint_id"] == points[0])["unit_id"].to_list()
                written_shop.split(points[0], placed[:number + 1])
            elif act == "undo":
                sara.undo()
        except PainpointsError:
            pass  # what cannot be done changes nothing
        if number % 3 == 0:
            live.now()
    assert_same(live.settled(), fresh(written_shop))


def test_asking_when_nothing_changed_takes_hardly_any_time(live: Live) -> None:
    live.now()
    began = time.process_time()
    for _ in range(50):
        live.now()
    assert (time.process_time() - began) / 50 < 0.02


def test_somebody_forgotten_is_shown_no_more_and_everybody_else_is(live: Live, written_shop: Workspace) -> None:
    from painpoints.pipeline import WhoToForget

    gone = str(live.now().data.documents["doc_id"][0])
    left = set(live.now().data.documents["doc_id"]) - {gone}
    written_shop.forget(WhoToForget(documents=[gone]), confirm=True)
    shown = live.now(wait=True)
    assert set(shown.data.documents["doc_id"]) == left and gone not in set(shown.data.units["doc_id"])
    assert_same(shown, fresh(written_shop))
