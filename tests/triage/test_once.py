"""A value is worked out once for each object, and no object waits for another."""

from __future__ import annotations

import threading

from painpoints.triage.once import once


class Slow:
    def __init__(self, gate: threading.Event) -> None:
        self.gate, self.times = gate, 0

    @once
    def value(self) -> int:
        """What it is."""
        self.times += 1
        assert self.gate.wait(5)
        return self.times


def open_gate() -> threading.Event:
    gate = threading.Event()
    gate.set()
    return gate


def test_it_is_worked_out_at_the_first_look_and_kept() -> None:
    one = Slow(open_gate())
    assert one.times == 0 and (one.value, one.value, one.times) == (1, 1, 1)
    assert Slow.value.__doc__ == "What it is."


def test_another_object_does_not_wait_for_one_that_is_worked_out() -> None:
    gate = threading.Event()
    waiting = Slow(gate)
    thread = threading.Thread(target=lambda: waiting.value)
    thread.start()
    try:
        assert Slow(open_gate()).value == 1 and thread.is_alive()
    finally:
        gate.set()
        thread.join()
