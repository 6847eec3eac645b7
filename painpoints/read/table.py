"""A table before its columns mean anything: names, rows that can be read again and again, facts about its form."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Row(NamedTuple):
    """A data row; `values` may be shorter than the columns when later rows brought new ones."""

    number: int
    values: Sequence[object]


class BadRow(NamedTuple):
    """A data row that could not be taken apart; `fields` is kept where their number is all that is wrong."""

    number: int
    code: str
    words: str
    raw: str
    fields: list[str] | None = None


@dataclass(slots=True)
class Table:
    """`columns` may grow while `rows()` is read (JSON Lines); `notes` go into the plan. `above` are the lines before
    the first row, the header among them, and `escape` says that quotes in fields are written ``\\"``."""

    columns: list[str]
    rows: Callable[[], Iterator[Row | BadRow]]
    format: str
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    header: bool = True
    sheet: str | None = None
    notes: list[str] = field(default_factory=list)
    above: Sequence[Sequence[object]] = field(default_factory=list)
    escape: bool = False
    preset: str | None = None


_NULLS = frozenset({"", "nan", "NaN", "NAN", "null", "NULL", "Null", "\\N", "#N/A", "N/A", "n/a", "<NA>", "None", "NaT",
                    "#VALUE!", "#REF!", "#DIV/0!"})


def cell_text(value: object) -> str | None:
    """The cell as text, or None where nothing stands there (also "NULL", "NaN", "N/A" and their like)."""
    if isinstance(value, str):
        return None if value in _NULLS or value.isspace() else value
    if value is None or value != value:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace") or None
    if isinstance(value, list | tuple):
        if all(isinstance(item, str) for item in value):
            return "\n".join(value) or None
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, default=str) if value else None
    return str(value)


def finite(value: float) -> bool:
    """A number that is neither NaN nor infinite."""
    return math.isfinite(value)


def named_columns(names: Sequence[object]) -> list[str]:
    """Column names without doubles or blanks: a second "text" is "text_2", a nameless one "column_3"."""
    taken: set[str] = set()
    columns: list[str] = []
    for position, raw in enumerate(names, 1):
        text = cell_text(raw)
        name = text.strip().strip("\ufeff") if text else ""
        name = name or f"column_{position}"
        candidate, count = name, 1
        while candidate in taken:
            count += 1
            candidate = f"{name}_{count}"
        taken.add(candidate)
        columns.append(candidate)
    return columns


def joined_at(fields: list[str], place: int, width: int, delimiter: str) -> list[str]:
    """The fields with the surplus over `width` put together in column `place`."""
    after = place + len(fields) - width + 1
    return [*fields[:place], delimiter.join(fields[place:after]), *fields[after:]]


def sample_rows(
    table: Table, text_place: int | None = None, keep: int = 2000, most_characters: int = 12_000_000
) -> tuple[list[list[object]], int]:
    """Rows spread evenly over the table (over its first 12 million characters), and how many were looked at.

    Deterministic: every k-th row, where k doubles whenever twice `keep` rows have come together. Long cells are
    cut, as the sample only has to show what a column is. Rows with surplus fields are taken to have them in column
    `text_place`, if one is given.
    """
    kept: list[list[object]] = []
    step, seen, characters = 1, 0, 0
    for row in table.rows():
        if isinstance(row, BadRow):
            if text_place is None or row.fields is None or len(row.fields) <= len(table.columns):
                continue
            values: Sequence[object] = joined_at(row.fields, text_place, len(table.columns), table.delimiter or ",")
        else:
            values = row.values
        characters += sum(len(value) for value in values if isinstance(value, str))
        if seen % step == 0:
            kept.append([value[:2000] if isinstance(value, str) else value for value in values])
            if len(kept) >= 2 * keep:
                kept = kept[::2]
                step *= 2
        seen += 1
        if characters > most_characters:
            break
    width = len(table.columns)
    return [values + [None] * (width - len(values)) for values in kept], seen
