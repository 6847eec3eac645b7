"""What hangs on everything is worked out once for all who ask, anew for what is otherwise, not held for longer."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest

from painpoints.triage.web.kept import MOST, Kept


class Data:
    """Something that answers hang on."""


def test_the_same_question_of_the_same_thing_is_worked_out_once() -> None:
    kept, data, asked = Kept(), Data(), []
    for key in ("fa", "fa", "en", "fa"):
        assert kept.get(data, key, lambda key=key: asked.append(key) or key.upper()) == key.upper()  # type: ignore[misc]
    assert asked == ["fa", "en"]


def test_of_something_else_it_is_worked_out_anew_and_the_former_is_let_go() -> None:
    kept, first = Kept(), Data()
    gone = weakref.ref(first)
    assert kept.get(first, "fa", lambda: 1) == 1
    second = Data()
    assert kept.get(second, "fa", lambda: 2) == 2
    del first
    gc.collect()
    assert gone() is None and kept.get(second, "fa", lambda: 3) == 2


def test_a_former_thing_is_not_answered_with_what_belongs_to_a_later_one() -> None:
    kept, first, second = Kept(), Data(), Data()
    assert [kept.get(data, "fa", lambda data=data: data) for data in (first, second, first)] == [  # type: ignore[misc]
        first, second, first]


def test_who_asks_meanwhile_waits_for_the_same_answer() -> None:
    kept, data, begun, gate, found = Kept(), Data(), threading.Event(), threading.Event(), []

    def slow() -> object:
        begun.set()
        assert gate.wait(5)
        return object()

    threads = [threading.Thread(target=lambda: found.append(kept.get(data, "fa", slow))) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert begun.wait(5)
    gate.set()
    for thread in threads:
        thread.join()
    assert len(found) == 4 and len(set(map(id, found))) == 1


def test_what_failed_is_told_and_tried_again() -> None:
    kept, data = Kept(), Data()
    with pytest.raises(ZeroDivisionError):
        kept.get(data, "fa", lambda: 1 // 0)
    assert kept.get(data, "fa", lambda: 2) == 2


def test_only_the_last_questions_are_kept() -> None:
    kept, data = Kept(), Data()
    for number in range(MOST + 1):
        kept.get(data, number, lambda number=number: number)  # type: ignore[misc]
    assert kept.get(data, 0, lambda: "anew") == "anew" and kept.get(data, MOST, lambda: "anew") == MOST
