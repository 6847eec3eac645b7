"""The audit log: who did what, in order, nothing lost between several at once."""

from __future__ import annotations

import threading

from painpoints.store import State
from painpoints.triage import audit_rows, record_audit


def test_what_was_done_is_told_in_order_and_from_a_number_on(state: State) -> None:
    record_audit(state, "سارا", "queue done", ["3fa2c1d0", "b0c41e22"])
    record_audit(state, "Ali", "export", (), {"rows": 12, "format": "csv"})
    first, second = audit_rows(state)
    assert (first["number"], first["who"], first["action"], first["objects"], first["detail"]) == (
        1, "سارا", "queue done", ["3fa2c1d0", "b0c41e22"], {})
    assert second["objects"] == [] and second["detail"] == {"rows": 12, "format": "csv"}
    assert audit_rows(state, 1) == [second] and audit_rows(state, 2) == []


def test_of_many_objects_the_first_are_named_and_all_are_counted(state: State) -> None:
    record_audit(state, "sara", "queue done", [f"{n:016x}" for n in range(500)])
    (row,) = audit_rows(state)
    assert len(row["objects"]) == 20 and row["detail"] == {"objects": 500}


def test_nothing_is_lost_when_several_write_at_once(state: State) -> None:
    def work(who: str) -> None:
        for _ in range(10):
            record_audit(state, who, "queue done")

    threads = [threading.Thread(target=work, args=(f"agent {n}",)) for n in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    rows = audit_rows(state)
    assert [row["number"] for row in rows] == list(range(1, 41))
    assert {sum(row["who"] == f"agent {n}" for row in rows) for n in range(4)} == {10}
