"""Turns brought together by conversation on the disk, so that memory does not grow with the file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from itertools import groupby
from typing import Any, Self

_CHUNK = 2000


class Spool:
    """Cells of turns by conversation; an unnamed database, which SQLite holds in memory while it is small and else in
    a file that nobody else sees and that is gone afterwards."""

    def __init__(self) -> None:
        self._store = sqlite3.connect("")
        self._store.execute("CREATE TABLE turn (conversation INTEGER, number INTEGER, cells TEXT)")
        self._batch: list[tuple[int, int, str]] = []

    def put(self, conversation: int, number: int, cells: dict[str, Any]) -> None:
        """Keep a turn of a conversation; ``number`` is its place in the file."""
        self._batch.append((conversation, number, json.dumps(cells)))
        if len(self._batch) >= _CHUNK:
            self._flush()

    def groups(self) -> Iterator[tuple[int, list[tuple[int, dict[str, Any]]]]]:
        """(conversation, its (number, cells)), both in ascending order."""
        self._flush()
        stored = self._store.execute("SELECT conversation, number, cells FROM turn ORDER BY conversation, number")
        for conversation, rows in groupby(stored, key=lambda row: row[0]):
            yield conversation, [(number, json.loads(cells)) for _, number, cells in rows]

    def _flush(self) -> None:
        self._store.executemany("INSERT INTO turn VALUES (?, ?, ?)", self._batch)
        self._batch.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._store.close()
