"""The audit log of exports, and tables of opinions and comments without a workspace."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from painpoints.store import State
from painpoints.triage import Wanted, asked_for, note_export

if TYPE_CHECKING:
    from painpoints.store.address import Address


@pytest.fixture
def state(address: Address) -> Iterator[State]:
    made = State(address)
    made.migrate("2026-11-22T00:00:00+00:00")
    yield made
    made.close()


def test_an_export_is_entered_with_who_what_and_how_much(state: State) -> None:
    note_export(state, "سارا", "comments", {"form": "csv", "rows": 12, **asked_for(Wanted(lang="fa", search="نام"))})
    with state.reading() as reader:
        (row,) = reader.rows("audit")
    assert (row["who"], row["action"], row["object"]) == ("سارا", "export", "comments")
    assert json.loads(row["detail"]) == {"form": "csv", "rows": 12, "lang": "fa", "search": True}
    assert "نام" not in row["detail"], "words that were searched for may be a customer's"


def test_exports_at_the_same_time_are_all_entered(state: State) -> None:
    threads = [threading.Thread(target=note_export, args=(state, f"p{n}", "opinions", {})) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with state.reading() as reader:
        rows = reader.rows("audit")
    assert [row["number"] for row in rows] == list(range(1, 9)) and {row["who"] for row in rows} == {
        f"p{n}" for n in range(8)}
