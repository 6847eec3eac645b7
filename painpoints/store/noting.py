"""What is changed in the state while somebody listens: rows added and removed, and fields before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from painpoints.store.state import Writer, storable

Row = dict[str, Any]
Columns = dict[str, Any]


@dataclass
class Noted:
    """What became of one table's rows, by their key, as a whole: what was changed and changed back is not there.

    ``changed`` holds for each row the fields that differ, each with what it was and what it is.
    """

    key: str
    added: dict[Any, Row] = field(default_factory=dict)
    removed: dict[Any, Row] = field(default_factory=dict)
    changed: dict[Any, dict[str, tuple[Any, Any]]] = field(default_factory=dict)

    def add(self, row: Mapping[str, Any]) -> None:
        """Notes that ``row`` was added."""
        self.added[row[self.key]] = dict(row)

    def remove(self, row: Mapping[str, Any]) -> None:
        """Notes that ``row`` was removed."""
        known = row[self.key]
        if self.added.pop(known, None) is None:
            was = {name: old for name, (old, _) in self.changed.pop(known, {}).items()}
            self.removed[known] = {**row, **was}

    def change(self, row: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        """Notes that ``row`` became as ``new`` says."""
        known = row[self.key]
        if known in self.added:
            self.added[known].update(new)
            return
        mine = self.changed.setdefault(known, {})
        for name, value in new.items():
            old = mine.pop(name, (row[name], None))[0]
            if old != value:
                mine[name] = (old, value)
        if not mine:
            del self.changed[known]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)

    def as_dict(self) -> dict[str, Any]:
        """The same for JSON: rows that were changed alike stand together, numbers that differ in lists."""
        alike: dict[tuple[Any, ...], list[Any]] = {}
        for known, mine in self.changed.items():
            kind = tuple((name, *(("", "") if _measured(pair) else pair)) for name, pair in sorted(mine.items()))
            alike.setdefault(kind, []).append(known)
        changed = []
        for keys in alike.values():
            fields: dict[str, list[Any]] = {}
            for name, pair in sorted(self.changed[keys[0]].items()):
                fields[name] = list(pair) if not _measured(pair) else [
                    _column([self.changed[known][name][side] for known in keys]) for side in (0, 1)]
            changed.append({"rows": keys, "fields": fields})
        found = {"added": _columns(list(self.added.values())), "removed": _columns(list(self.removed.values())),
                 "changed": changed}
        return {"key": self.key, **{name: value for name, value in found.items() if value}}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Noted:
        """What `as_dict` gave."""
        key = kept["key"]
        noted = cls(key, *({row[key]: row for row in _rows(kept.get(name))} for name in ("added", "removed")))
        for group in kept.get("changed", ()):
            count = len(group["rows"])
            sides = {name: [_spread(side, count) for side in pair] for name, pair in group["fields"].items()}
            for at, known in enumerate(group["rows"]):
                noted.changed[known] = {name: (old[at], new[at]) for name, (old, new) in sides.items()}
        return noted


class NotingWriter(Writer):
    """The ``writer``, listened to: ``noted`` says what it changed in ``tables``, each of which has one key column."""

    def __init__(self, writer: Writer, tables: Iterable[str]) -> None:
        from painpoints.store.schema import METADATA

        super().__init__(writer._connection)
        self._columns = {table: [column.name for column in METADATA.tables[table].columns] for table in tables}
        self.noted = {table: Noted(METADATA.tables[table].primary_key.columns[0].name) for table in self._columns}

    def insert(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """As of `Writer`, noted."""
        rows = self.numbered(table, rows)
        super().insert(table, rows)
        if table in self.noted:
            for row in rows:
                self.noted[table].add({name: storable(row.get(name)) for name in self._columns[table]})

    def change(self, table: str, key: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """As of `Writer`, noted."""
        if table in self.noted:
            before = {row[key]: row for row in self.rows_with(table, key, [row[key] for row in rows])}
            for row in rows:
                if row[key] in before:
                    self.noted[table].change(before[row[key]], {n: storable(v) for n, v in row.items() if n != key})
        super().change(table, key, rows)

    def change_alike(self, table: str, key: str, values: Iterable[Any], new: Mapping[str, Any]) -> None:
        """As of `Writer`, noted."""
        values = list(values)
        if table in self.noted:
            for row in self.rows_with(table, key, values):
                self.noted[table].change(row, {name: storable(value) for name, value in new.items()})
        super().change_alike(table, key, values, new)

    def remove(self, table: str, column: str, values: Iterable[Any]) -> int:
        """As of `Writer`, noted."""
        values = list(values)
        if table in self.noted:
            for row in self.rows_with(table, column, values):
                self.noted[table].remove(row)
        return super().remove(table, column, values)

    def clear(self, table: str) -> None:
        """As of `Writer`, noted."""
        if table in self.noted:
            for row in self.rows(table):
                self.noted[table].remove(row)
        super().clear(table)


def _measured(pair: Sequence[Any]) -> bool:
    return isinstance(pair[0], float) or isinstance(pair[1], float)


def _column(values: list[Any]) -> dict[str, Any]:
    """``values``, once where they are all the same."""
    return {"all": values[0]} if all(value == values[0] for value in values) else {"each": values}


def _spread(side: Any, count: int) -> Sequence[Any]:
    if isinstance(side, dict):
        return side["each"] if "each" in side else [side["all"]] * count
    return [side] * count


def _columns(rows: Sequence[Row]) -> Columns | None:
    if not rows:
        return None
    return {"count": len(rows), "columns": {name: _column([row[name] for row in rows]) for name in rows[0]}}


def _rows(kept: Mapping[str, Any] | None) -> Iterator[Row]:
    if kept is None:
        return
    columns = {name: _spread(side, kept["count"]) for name, side in kept["columns"].items()}
    for at in range(kept["count"]):
        yield {name: values[at] for name, values in columns.items()}
