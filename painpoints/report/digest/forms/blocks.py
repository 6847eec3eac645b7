"""What a digest consists of once it is worded and before it has a form.

Every text is a phrase in the digest's language; foreign text in it stands between isolates.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Tone = Literal["bad", "good", "plain"]


@dataclass(frozen=True)
class Mark:
    """An arrow and the words that say the same; ``text`` alone is enough to understand it."""

    arrow: str
    text: str
    tone: Tone = "plain"


@dataclass(frozen=True)
class Spoken:
    """A customer's own words with the language's code, its direction, and who spoke when."""

    text: str
    lang: str
    rtl: bool
    source: str


@dataclass(frozen=True)
class Spark:
    """Columns of 0..1, oldest first (null: a week without feedback), what to say of them, and a word beside them."""

    levels: tuple[float | None, ...]
    label: str
    title: str


@dataclass(frozen=True)
class Card:
    """A pain point: rank (where it is a ranking), title, status, marks, facts in a row, weeks, quotes, a note."""

    painpoint_id: str
    title: str
    status: str
    tone: Tone
    rank: str | None = None
    marks: tuple[Mark, ...] = ()
    facts: str = ""
    spark: Spark | None = None
    quotes: tuple[Spoken, ...] = ()
    note: str | None = None


@dataclass(frozen=True)
class Cards:
    """Pain points under a heading of their own (or none)."""

    title: str | None
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Cell:
    """A cell: its text, a smaller line, an arrow, and a balance of -1..1 to draw."""

    text: str
    small: str | None = None
    mark: Mark | None = None
    balance: float | None = None


@dataclass(frozen=True)
class Group:
    """Rows under one heading (or none); the first cell of a row is its head."""

    title: str | None
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Table:
    """A table with its caption and column heads."""

    caption: str
    head: tuple[str, ...]
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Words:
    """A paragraph; ``small`` where it explains."""

    text: str
    small: bool = False


@dataclass(frozen=True)
class Quotes:
    """Customers' words under a label."""

    label: str
    quotes: tuple[Spoken, ...]


@dataclass(frozen=True)
class Task:
    """What a person may decide, with commands under their labels."""

    text: str
    commands: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class Items:
    """A list of tasks or plain lines, under a heading of its own (or none)."""

    items: tuple[Task, ...]
    title: str | None = None


Block = Words | Cards | Table | Quotes | Items


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it; ``key`` is the same in all languages."""

    key: str
    title: str
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True)
class Page:
    """A whole digest in one language."""

    lang: str
    rtl: bool
    overline: str
    title: str
    compared: str | None
    segment: str | None
    lead: tuple[str, ...]
    sections: tuple[Section, ...] = field(default=())
