"""A table to be exported: typed values with codes, and how people are to read them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from painpoints.report.edition import Edition

TEXT, NUMBER, SHARE, MOMENT, DAY, FLAG = KINDS = ("text", "number", "share", "moment", "day", "flag")
RAW = "raw"
"""The kind of a column that only programs read: it goes into Parquet alone."""
_PAGE = 5000
_UNSEEN = "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\ufffe\uffff]"
Shown = Callable[[pl.Series], pl.Series]


@dataclass(frozen=True)
class Column:
    """A column by its ``name``, its ``heading`` in words, the ``kind`` of its values (`KINDS` or `RAW`) and its
    ``width`` in characters; ``shown`` turns codes into words."""

    name: str
    heading: str
    kind: str = TEXT
    width: int = 16
    shown: Shown | None = None


@dataclass(frozen=True)
class Table:
    """``frame`` with its ``columns``, called ``title`` in words; times are shown in ``zone``."""

    title: str
    frame: pl.DataFrame
    columns: tuple[Column, ...]
    edition: Edition
    zone: str

    @property
    def read(self) -> tuple[Column, ...]:
        """The columns that people read."""
        return tuple(column for column in self.columns if column.kind != RAW)

    def raw(self) -> pl.DataFrame:
        """All columns, typed, with their codes."""
        return self.frame.select(column.name for column in self.columns)

    def pages(self, size: int = _PAGE) -> Iterator[pl.DataFrame]:
        """The table as people read it, ``size`` rows at a time: names for codes, times of ``zone`` without a zone,
        texts without control characters."""
        for start in range(0, len(self.frame), size):
            part = self.frame.slice(start, size)
            yield pl.DataFrame([self._words(column, part[column.name]) for column in self.read])

    def _words(self, column: Column, values: pl.Series) -> pl.Series:
        if column.shown is not None:
            values = column.shown(values)
        if column.kind == MOMENT:
            values = values.dt.convert_time_zone(self.zone).dt.replace_time_zone(None)
        elif column.kind == FLAG:
            words = {True: self.edition.say("sheet.yes"), False: self.edition.say("sheet.no")}
            values = values.replace_strict(words, return_dtype=pl.Utf8)
        elif column.kind in (NUMBER, SHARE) and values.dtype.is_float():
            values = values.cast(pl.Float64).fill_nan(None).round(6)
        elif column.kind == TEXT:
            values = values.cast(pl.Utf8).str.replace_all(_UNSEEN, "")
        return values.alias(column.name)


def naming(names: Mapping[str, str]) -> Shown:
    """What puts ``names`` in the place of codes; a code without a name stays."""
    known = {code: plain(name) for code, name in names.items()}
    return lambda values: values.replace(list(known), list(known.values())) if known else values


def plain(text: str) -> str:
    """``text`` without what no file holds: lone surrogates and control characters."""
    return "".join(letter for letter in text if letter in "\t\n\r" or unicodedata.category(letter) not in ("Cc", "Cs"))
