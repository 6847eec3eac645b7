"""A comment among those it belongs with: what was said before and after, by whom, and what the customer said elsewhere.

Authors are told apart by a pseudonym. Their names are shown only where the workspace keeps them (``show_authors``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from painpoints.errors import WorkspaceError
from painpoints.read import AUTHOR, BRAND
from painpoints.triage.threads import Threads

if TYPE_CHECKING:
    from painpoints.store import WorkspaceData

PSEUDONYM = 4


@dataclass(frozen=True)
class Message:
    """One comment of a conversation; of an answer that stands in another's row ``doc_id`` is None.

    ``time`` is None where the input had none. ``side`` is customer, brand or None (not told), ``pseudonym`` tells
    authors apart, ``author`` is the name where it may be shown. ``answers`` is the comment that it answers.
    ``skipped``: so many before it are not shown.
    """

    doc_id: str | None
    text: str
    time: datetime | None
    side: str | None
    pseudonym: str | None
    author: str | None
    chosen: bool = False
    answers: str | None = None
    skipped: int = 0


@dataclass(frozen=True)
class Conversation:
    """``messages`` in order of time, of ``total`` in the conversation; after the last one ``later`` are not shown.

    ``same_customer`` is what the same author wrote elsewhere, in order of time, of ``elsewhere`` comments.
    ``lost``: the comment answers one that is not here.
    """

    messages: tuple[Message, ...]
    total: int
    later: int
    same_customer: tuple[Message, ...]
    elsewhere: int
    lost: bool

    @property
    def alone(self) -> bool:
        """Whether there is nothing to show beside the comment itself."""
        return len(self.messages) == 1 and not self.same_customer


def conversation(data: WorkspaceData, doc_id: str, *, most: int = 20, threads: Threads | None = None) -> Conversation:
    """The conversation around a comment: at most ``most`` comments of it, and as many of the same customer.

    ``threads`` is the index over ``data.documents``; who asks more than once keeps it. Of a long conversation those are
    shown that the comment answers, what began it, what answers it, and those nearest in time. Raises WorkspaceError for
    a comment that is not there.
    """
    index = Threads(data.with_brand()) if threads is None else threads
    row = index.row(doc_id)
    if row is None:
        raise WorkspaceError(f"{doc_id}: no such comment.", hint="painpoints triage WORKSPACE lists them.")
    together = index.together(row)
    shown = _window(index, row, together, most)
    named = bool(data.settings.get("show_authors"))
    messages = _messages(index, shown, row, named)
    places = np.flatnonzero(np.isin(together, shown))
    gaps = np.diff(places, prepend=-1) - 1
    messages = [replace(message, skipped=int(gap)) for message, gap in zip(messages, gaps, strict=True)]
    own = index.by_author(row) if index.side(row) != BRAND else np.array([row])
    elsewhere = own[~np.isin(own, together)]
    near = _nearest(elsewhere, int(np.searchsorted(index.moments[elsewhere], index.moments[row])), most)
    later = len(together) - 1 - int(places[-1])
    return Conversation(tuple(_with_answers(index, shown, messages)), len(together), later,
                        tuple(_messages(index, near, row, named)), len(elsewhere), row in index.lost)


def _window(index: Threads, row: int, together: np.ndarray[Any, Any], most: int) -> np.ndarray[Any, Any]:
    """At most ``most`` rows of a conversation, the chosen one among them, in order of time."""
    if len(together) <= most:
        return together
    above = index.ancestors(row, most)
    below = together[index.parents[together] == row]
    wanted = dict.fromkeys([row, *above[:most // 3], int(together[0]), *map(int, below[:most // 3])])
    place = int(np.flatnonzero(together == row)[0])
    for near in _by_distance(together, place):
        if len(wanted) >= most:
            break
        wanted.setdefault(near)
    return together[np.isin(together, list(wanted)[:most])]


def _by_distance(rows: np.ndarray[Any, Any], place: int) -> Iterable[int]:
    """The rows around ``place``, the nearest first, one before and one after in turn."""
    for step in range(1, len(rows)):
        for at in (place - step, place + step):
            if 0 <= at < len(rows):
                yield int(rows[at])


def _nearest(rows: np.ndarray[Any, Any], place: int, most: int) -> np.ndarray[Any, Any]:
    """At most ``most`` of ``rows`` around the ``place`` between them."""
    start = max(0, min(place - most // 2, len(rows) - most))
    return rows[start:start + most]


def _messages(index: Threads, rows: np.ndarray[Any, Any], chosen: int, named: bool) -> list[Message]:
    found = index.documents[rows.tolist()]
    answered = index.parents[rows]
    ids = index.documents["doc_id"]
    messages = []
    for at, row, parent in zip(found.iter_rows(named=True), rows, answered, strict=True):
        key = at.get("author_key")
        messages.append(Message(
            at["doc_id"], at["text"], at["time"] if at.get("dated", True) else None, index.side(int(row)),
            None if key is None else key[:PSEUDONYM], at.get(AUTHOR) if named else None, chosen=int(row) == chosen,
            answers=None if parent < 0 else str(ids[int(parent)])))
    return messages


def _with_answers(index: Threads, rows: np.ndarray[Any, Any], messages: list[Message]) -> Iterable[Message]:
    """The messages, each with what the brand answered in its own row."""
    for row, message in zip(rows, messages, strict=True):
        yield message
        for name in index.columns["answer"]:
            text = index.documents[name][int(row)]
            if text is not None and message.side != BRAND:
                yield Message(None, text, None, BRAND, None, None, answers=message.doc_id)
