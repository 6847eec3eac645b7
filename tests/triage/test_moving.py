"""Moves of opinions between pain points: what they are in the history, and that nobody overwrites another unseen."""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import pytest

from painpoints.errors import BusyError, ConflictError
from painpoints.triage import Live, Move, Moving, Queue, opinions, undo_last

if TYPE_CHECKING:
    from painpoints.pipeline import Workspace

PARCEL, FIRE = "0PARCEL0000000000000000000", "2FIRE000000000000000000000"


def fires(shop: Workspace) -> list[tuple[str, str]]:
    """Opinions in one pain point, with their comments."""
    units = shop.data().units.filter(painpoint_id=FIRE).unique("doc_id").sort("unit_id")
    return list(units.select("unit_id", "doc_id").iter_rows())


def ways(moves: list[Move]) -> list[tuple[str, str, int | None, str | None, str | None]]:
    return [(move.who, move.kind, move.undoes, move.before, move.after) for move in moves]


def test_moves_are_told_in_their_order_and_only_once(written_shop: Workspace) -> None:
    (unit, doc), *_ = fires(written_shop)
    moving = Moving(written_shop.folder.state)
    assert moving.of([unit]) == []
    Queue(written_shop.folder.state, "sara").note([doc], "یک")
    written_shop.pin(PARCEL, [unit], "sara")
    assert ways(moving.of([unit])) == [("sara", "pin", None, FIRE, PARCEL)]
    written_shop.pin(PARCEL, [unit], "omar")
    written_shop.release([unit], "omar")
    new = written_shop.gather([unit], "Новая точка", "علی")
    written_shop.undo_edit("علی")
    number = written_shop.edits()[-1]["undoes"]
    expected = [("sara", "pin", None, FIRE, PARCEL), ("omar", "release", None, PARCEL, None),
                ("علی", "gather", None, None, new), ("علی", "undo", number, new, None)]
    assert ways(moving.of([unit])) == ways(Moving(written_shop.folder.state).of([unit])) == expected
    assert {move.follows for move in moving.of([unit])} == {1}
    assert moving.title(new) == "Новая точка" and moving.title("9NONE") == "9NONE"


def test_copies_that_went_along_tell_it_too(written_shop: Workspace) -> None:
    units = written_shop.data().units
    key = units.filter(painpoint_id=FIRE).group_by("key").len().filter(len=2)["key"][0]
    one, other = units.filter(key=key)["unit_id"]
    written_shop.pin(PARCEL, [one], "sara")
    assert [move.unit_id for move in Moving(written_shop.folder.state).of([one, other])] == sorted([one, other])


def test_the_version_counts_what_is_said_of_single_opinions_and_its_undoing(written_shop: Workspace) -> None:
    (unit, doc), (_, elsewhere), *_ = fires(written_shop)
    state, live = written_shop.folder.state, Live(written_shop)
    try:
        queue = Queue(state, "sara", opinions(written_shop, live.now().data))
        written_shop.pin(PARCEL, [unit], queue.who, partial(queue.placing, seen={doc: 0}))
        assert [live.now().entry(key).version for key in (doc, elsewhere)] == [1, 0]
        assert (live.now().entry(doc).status, live.now().entry(doc).changed_by) == ("new", "sara")
        with pytest.raises(ConflictError, match="changed by sara meanwhile"):
            Queue(state, "omar").done([f"{doc}@0"])
        undo_last(written_shop, "sara")
        assert live.now().entry(doc).version == queue.entry(doc).version == 2
        assert live.now().entry(doc) == queue.entry(doc)
        # Nobody looked in between, and all is where it was.
        written_shop.pin(PARCEL, [unit], queue.who, queue.placing)
        undo_last(written_shop, "sara")
        assert live.now().entry(doc) == queue.entry(doc) and queue.entry(doc).version == 4
    finally:
        live.close()


def test_a_refused_move_leaves_everything_as_it_was(written_shop: Workspace) -> None:
    (unit, doc), *_ = fires(written_shop)
    Queue(written_shop.folder.state, "omar").note([doc], "مرّ بي")
    queue = Queue(written_shop.folder.state, "sara", opinions(written_shop))
    assert queue.who == "sara"
    for edit in (partial(written_shop.pin, PARCEL, [unit]), partial(written_shop.release, [unit])):
        with pytest.raises(ConflictError, match=f"{doc}: changed by omar meanwhile; nothing was changed"):
            edit("sara", partial(queue.placing, seen={doc: 0}))
    assert written_shop.edits() == [] and queue.entry(doc).version == 1
    assert Moving(written_shop.folder.state).of([unit]) == []


def test_of_two_who_saw_the_same_version_one_is_refused_whatever_each_does(written_shop: Workspace) -> None:
    known = opinions(written_shop, written_shop.data())
    state = written_shop.folder.state
    for unit, doc in fires(written_shop)[:6]:
        # What goes along with a copy has a version by then.
        seen, start, done = Queue(state).entry(doc).version, threading.Barrier(3), list[str]()

        def place(who: str, point: str, unit: str = unit, seen: dict[str, int] = {doc: seen},  # noqa: B006
                  start: threading.Barrier = start, done: list[str] = done) -> None:
            queue = Queue(state, who, known)
            assert queue.who == who
            start.wait()
            with suppress(ConflictError, BusyError):
                written_shop.pin(point, [unit], who, partial(queue.placing, seen=seen))
                done.append(who)

        def correct(unit: str = unit, seen: dict[str, int] = {doc: seen},  # noqa: B006
                    start: threading.Barrier = start, done: list[str] = done) -> None:
            queue = Queue(state, "omar", known)
            assert queue.who == "omar"
            start.wait()
            with suppress(ConflictError, BusyError):
                queue.correct([unit], "sentiment", "pos", seen)
                done.append("omar")

        threads = [threading.Thread(target=place, args=one) for one in (("sara", PARCEL), ("علی", FIRE))]
        threads.append(threading.Thread(target=correct))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(done) == 1
        entry = Queue(state).entry(doc)
        assert (entry.version, entry.changed_by) == (seen + 1, done[0])
