"""Every text that a database holds, whichever table it is in: for whoever has to show that something is not there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from sqlalchemy import Connection

_AT_ONCE = 2000


class Cell(NamedTuple):
    """A text in ``column`` of ``table``."""

    table: str
    column: str
    text: str


def cells(connection: Connection, schema: str | None) -> Iterator[Cell]:
    """All texts in all tables, also in those that no version of ours made; what is no text as the database writes it.

    Numbers and moments are left out: they say nothing of anybody.
    """
    from sqlalchemy import inspect, text

    found = inspect(connection)
    for table in sorted(found.get_table_names(schema=schema)):
        place = f'"{table}"' if schema is None else f'"{schema}"."{table}"'
        named = [column["name"] for column in found.get_columns(table, schema=schema) if not _plain(column["type"])]
        if not named:
            continue
        chosen = ", ".join(f'CAST("{name}" AS TEXT)' for name in named)
        rows = connection.execute(text(f"SELECT {chosen} FROM {place}"))
        while some := rows.fetchmany(_AT_ONCE):
            for row in some:
                yield from (Cell(table, name, value) for name, value in zip(named, row, strict=True) if value)


def _plain(kind: Any) -> bool:
    from sqlalchemy import types

    return isinstance(kind, types.Integer | types.Numeric | types.Boolean | types.DateTime | types.Date)
