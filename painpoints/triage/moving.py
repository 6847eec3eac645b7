"""How opinions came from one pain point to another, beside what was done with their comments in the queue."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from painpoints.store import State
from painpoints.track import moves_after


@dataclass(frozen=True)
class Move:
    """An opinion that ``who`` moved, ``before`` and ``after`` by the ids of pain points (None: in none), after row
    ``follows`` of the queue's history; ``undoes`` names the edit that was taken back by it."""

    number: int
    made: str
    who: str
    kind: str
    undoes: int | None
    follows: int
    unit_id: str
    before: str | None
    after: str | None

    def as_dict(self) -> dict[str, Any]:
        """The same, for JSON."""
        return asdict(self)


class Moving:
    """All moves of a workspace, of which each call reads what is new. It may be asked by many threads at once."""

    def __init__(self, state: State) -> None:
        self._state, self._lock, self._last = state, threading.Lock(), 0
        self._rows: dict[int, Mapping[str, Any]] = {}
        self._of: dict[str, list[tuple[int, str | None, str | None]]] = {}
        self._titles: dict[str, str] = {}

    def of(self, unit_ids: Collection[str]) -> list[Move]:
        """The moves of opinions, in order."""
        with self._lock:
            self._read()
            ways = sorted((number, unit, before, after) for unit in unit_ids
                          for number, before, after in self._of.get(unit, ()))
            return [self._move(*way) for way in ways]

    def title(self, painpoint_id: str) -> str:
        """What a pain point is called, or was when an edit took it away; its id where that is not known."""
        with self._state.reading() as state:
            known = state.rows_with("painpoints", "painpoint_id", [painpoint_id])
        return str(known[0]["title"]) if known else self._titles.get(painpoint_id, painpoint_id)

    def _read(self) -> None:
        with self._state.reading() as state:
            new = moves_after(state, self._last)
        for moves in new:
            self._last = moves.row["number"]
            self._titles.update(moves.titles)
            if moves.units:
                self._rows[self._last] = moves.row
            for unit, (before, after) in moves.units.items():
                self._of.setdefault(unit, []).append((self._last, before, after))

    def _move(self, number: int, unit: str, before: str | None, after: str | None) -> Move:
        row = self._rows[number]
        return Move(number, row["made"], row["who"], row["kind"], row["undoes"], row["follows"], unit, before, after)
