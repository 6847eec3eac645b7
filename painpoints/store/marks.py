"""What tells one moment of a state from another, in one short question."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sqlalchemy import Connection

_ASKED = """
    SELECT (SELECT count(*) FROM additions), (SELECT max(number) FROM additions), (SELECT max(made) FROM additions),
           (SELECT value FROM meta WHERE name = 'generation'), (SELECT value FROM meta WHERE name = 'settings'),
           (SELECT count(*) FROM forgotten),
           (SELECT max(number) FROM lineage), (SELECT max(number) FROM proposals), (SELECT count(*) FROM proposals),
           (SELECT max(number) FROM edits), (SELECT max(number) FROM triage_history)"""
_FACTS, _POINTS = 6, 9


class Marks(NamedTuple):
    """``facts``: what was added and forgotten, and which judgements hold; ``points``: what became of pain points; the
    last ``edit`` of them by a person, and the last row of the queue's ``history`` (0: none)."""

    facts: tuple[object, ...]
    points: tuple[object, ...]
    edit: int
    history: int


def marks(connection: Connection) -> Marks:
    """The marks of the view that ``connection`` has."""
    from sqlalchemy import text

    found = tuple(connection.execute(text(_ASKED)).one())
    return Marks(found[:_FACTS], found[_FACTS:_POINTS], int(found[-2] or 0), int(found[-1] or 0))
