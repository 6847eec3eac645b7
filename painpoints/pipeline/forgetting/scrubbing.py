"""Texts and JSON in the state without what tells of a person: rows and entries go, words in free text are replaced."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from painpoints.pipeline.forgetting.factfiles import Gone
from painpoints.pipeline.forgetting.traces import Traces
from painpoints.store import Noted

_PLACED = ("unit_id", "doc_id")


class Scrubber:
    """Takes out ``gone`` and what ``traces`` tell of; of pain points, those that were ``removed``, and whose titles
    were made anew (``titles``: what each is now called, by what it was called)."""

    def __init__(self, gone: Gone, traces: Traces, removed: Collection[str], titles: Mapping[str, str]) -> None:
        self._gone, self._traces, self._removed, self._titles = gone, traces, frozenset(removed), titles

    def text(self, said: str | None) -> str | None:
        """``said`` without it; JSON stays JSON."""
        if not said:
            return said
        if said[0] in "[{":
            try:
                value = json.loads(said)
            except ValueError:
                return self._plain(said)
            clean = self.value(value)
            return said if clean == value else json.dumps(clean, ensure_ascii=False)
        return self._plain(said)

    def value(self, said: Any) -> Any:
        """As `text`, for what JSON holds: entries that are about somebody who is gone are left out."""
        if isinstance(said, str):
            return self._plain(said)
        if isinstance(said, list):
            return [self.value(one) for one in said if not self._about(one)]
        if isinstance(said, dict):
            return {self._plain(name): self.value(one) for name, one in said.items()
                    if not self._is_gone(name) and not self._about(one)}
        return said

    def undo(self, kept: dict[str, Any]) -> dict[str, Any]:
        """What an edit keeps for being undone, so that undoing it brings back neither opinions, nor pain points that
        were removed, nor titles of old."""
        tables = {}
        for name, was in kept.get("tables", {}).items():
            noted = Noted.from_dict(was)
            for rows in (noted.added, noted.removed, noted.changed):
                for key in [key for key, row in rows.items() if self._goes(name, key, row)]:
                    del rows[key]
            for row in (*noted.added.values(), *noted.removed.values()):
                row.update({field: self._titled(value) for field, value in row.items() if isinstance(value, str)})
            for fields in noted.changed.values():
                fields.update({field: (self._titled(old), self._titled(new)) for field, (old, new) in fields.items()})
            if noted:
                tables[name] = noted.as_dict()
        return {**kept, "tables": tables} if "tables" in kept else kept

    def _goes(self, table: str, key: Any, row: Mapping[str, Any]) -> bool:
        if key in self._gone.unit_ids or any(self._is_gone(row.get(name)) for name in _PLACED):
            return True
        named = (row.get("painpoint_id"), row.get("other")) if table in ("bonds", "proposals") else ()
        return (table == "painpoints" and key in self._removed) or any(isinstance(name, str) and name in self._removed
                                                                       for name in named)

    def _titled(self, said: Any) -> Any:
        return self.text(said) if isinstance(said, str) else said

    def _about(self, one: Any) -> bool:
        """Whether an entry is about nothing else than what is gone."""
        if isinstance(one, dict):
            return any(self._is_gone(one.get(name)) for name in _PLACED)
        return self._is_gone(one)

    def _is_gone(self, name: Any) -> bool:
        return isinstance(name, str) and (name in self._gone.doc_ids or name in self._gone.unit_ids)

    def _plain(self, said: str) -> str:
        if said in self._titles:
            return self._titles[said]
        return self._traces.without(said) if self._traces.found_in(said, cell=True) else said
