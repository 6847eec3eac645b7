"""Which units edits of pain points moved, from where to where: what the journal keeps for undoing, read as history."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from painpoints.store import Noted, Reader

Ways = Mapping[str, tuple[str | None, str | None]]


@dataclass(frozen=True)
class Moves:
    """An edit: its ``row`` of the state without the way back; its ``kind``, or that of what it undoes; the ``units`` it
    moved, each from and to a pain point; all it has ``touched``, those included that it only made firm; ``titles`` of
    pain points that came or went."""

    row: Mapping[str, Any]
    kind: str
    units: Ways
    touched: frozenset[str]
    titles: Mapping[str, str]


def moves_after(state: Reader, number: int = 0) -> list[Moves]:
    """What each edit that follows ``number`` moved, in order; an undoing moves back what its edit had moved."""
    rows = state.rows_after("edits", number)
    before = state.rows_with("edits", "number", {row["undoes"] for row in rows} - {None})
    done = {row["number"]: row for row in (*before, *rows)}
    return [_moves(row, done.get(row["undoes"], row)) for row in rows]


def _moves(row: Mapping[str, Any], kept: Mapping[str, Any]) -> Moves:
    tables = {name: Noted.from_dict(noted) for name, noted in json.loads(kept["undo"]).get("tables", {}).items()}
    placed, points = (tables.get(name) or Noted("") for name in ("placements", "painpoints"))
    back = row is not kept
    units = {unit: (new, old) if back else (old, new) for unit, fields in placed.changed.items()
             for old, new in [fields.get("painpoint_id", (None, None))] if old != new}
    titles = {row["painpoint_id"]: str(row["title"]) for row in (*points.added.values(), *points.removed.values())}
    return Moves({name: value for name, value in row.items() if name != "undo"}, kept["kind"], units,
                 frozenset(placed.changed), titles)
