"""One way back for all that a person does: in the queue and to pain points, the last first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from painpoints.errors import ConflictError, UsageError
from painpoints.pipeline import Workspace
from painpoints.track import Undone, bear
from painpoints.triage import Change, Queue, undo_last

POINTS = {"0COURIER": "پیک دیر رسید", "1REFUND": "Возврат не приходит"}
DOCS = ("d1aaaa", "d2bbbb")


@pytest.fixture
def shop(tmp_path: Path, database: str | None) -> Iterator[Workspace]:
    """A workspace with two comments and two pain points, without their texts."""
    with Workspace.create(tmp_path / "shop", database=database) as made:
        with made.folder.state.writing() as state:
            state.insert("documents", [{"doc_id": doc, "addition": 1} for doc in DOCS])
            bear(state, [{"painpoint_id": key, "title": title, "titles": [], "units": 1}
                         for key, title in POINTS.items()], 1)
        yield made


def tables(shop: Workspace) -> dict[str, Any]:
    with shop.folder.state.reading() as state:
        return {"painpoints": state.rows("painpoints"),
                "triage": [(row["doc_id"], row["status"], row["note"]) for row in state.rows("triage")]}


def told(undone: Change | Undone) -> str:
    return f"{undone.kind} {undone.painpoint_id}" if isinstance(undone, Undone) else undone.after[0].doc_id


def test_what_was_done_last_is_taken_back_first_whatever_it_was(shop: Workspace) -> None:
    queue = Queue(shop.folder.state, "sara")
    shop.rename("0COURIER", "Late", queue.who)
    queue.done(DOCS)
    queue.note([DOCS[1]], "یادداشت")
    shop.retire("1REFUND", queue.who)
    shop.merge("1REFUND", "0COURIER", queue.who)
    queue.mute([DOCS[0]])
    found = [told(undo_last(shop, "sara")) for _ in range(6)]
    assert found == [DOCS[0], "merge 1REFUND", "retire 1REFUND", DOCS[1], DOCS[0], "rename 0COURIER"]
    assert {row["title"] for row in tables(shop)["painpoints"]} == set(POINTS.values())
    assert {status for _, status, _ in tables(shop)["triage"]} == {"new"}
    with pytest.raises(UsageError, match="sara has changed nothing"):
        undo_last(shop, "sara")


def test_each_takes_back_only_what_is_their_own_however_the_name_is_spelt(shop: Workspace) -> None:
    shop.rename("0COURIER", "x", "علي")
    Queue(shop.folder.state, "omar").done([DOCS[0]])
    assert told(undo_last(shop, "علی")) == "rename 0COURIER"
    assert Queue(shop.folder.state, "علی").who == "علي"
    with pytest.raises(UsageError):
        undo_last(shop, "علی")
    assert told(undo_last(shop, "omar")) == DOCS[0]


def test_an_edit_upon_which_somebody_has_built_is_not_passed_over(shop: Workspace) -> None:
    Queue(shop.folder.state, "sara").done([DOCS[0]])
    shop.rename("0COURIER", "one", "sara")
    shop.rename("0COURIER", "two", "omar")
    before = tables(shop)
    with pytest.raises(ConflictError, match=r"0COURIER: changed by omar meanwhile \(rename 0COURIER\)"):
        undo_last(shop, "sara")
    assert tables(shop) == before
