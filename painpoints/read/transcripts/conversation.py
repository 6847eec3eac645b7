"""A conversation as its file gives it, before anybody is taken for customer or agent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from painpoints.read.columns import Column
from painpoints.read.table import BadRow

CUSTOMER, AGENT, BOT, SYSTEM, OTHER = "customer", "agent", "bot", "system", "other"
SPEAKERS = (CUSTOMER, AGENT, BOT, SYSTEM, OTHER)

#: Reasons for which a turn is not taken, as the plan words them.
DROPPED = {
    "private_note": "private notes, which the customer never saw",
    "media_only": "with nothing but a picture, sound or file",
    "empty_turn": "without a text",
    "repeat": "that repeat the cue before them",
    "quoted_only": "with nothing but quoted history or a signature",
    "turn_too_long": "longer than a turn may be",
    "attachment": "attachments of mails",
    "deleted": "deleted by who wrote them",
}


@dataclass(slots=True)
class Said:
    """One turn: who speaks as the file names them, what, when (as it stands there), and which of `SPEAKERS` that is
    where the format itself says so."""

    label: str | None
    text: str
    time: object = None
    side: str | None = None


@dataclass(slots=True)
class Conversation:
    """``number`` is its place in the file from 1 on; ``facts`` travel along as columns; ``hints`` tell by label whom
    the format lets one suppose behind it, and why; ``dropped`` counts by the names of `DROPPED`."""

    number: int
    id: str | None
    turns: list[Said]
    facts: dict[str, object] = field(default_factory=dict)
    customer: str | None = None
    hints: dict[str, tuple[str, str]] = field(default_factory=dict)
    dropped: Counter[str] = field(default_factory=Counter)


Found = Iterator[Conversation | BadRow]


@dataclass(slots=True)
class Transcripts:
    """The conversations of one input, which can be gone through again and again; ``notes`` go into the plan."""

    format: str
    conversations: Callable[[], Found]
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    header: bool = True
    sheet: str | None = None
    columns: dict[str, Column] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
