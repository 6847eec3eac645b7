"""Rows of CSV and its relatives, read so that one broken quote cannot swallow the rest of the file."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

_RECORD_LINES = 2000
_RECORD_CHARACTERS = 24_000_000
_MEND_LINES = 30


@dataclass(frozen=True, slots=True)
class Dialect:
    """How fields are set apart; `escape` when quotes inside a field are written ``\\"``."""

    delimiter: str
    quote: str = '"'
    escape: bool = False
    spaced: bool = False  # a space after the delimiter is not part of the field


class Record(NamedTuple):
    """The fields of a record, or None with the code of what is wrong; `raw` only where something is."""

    fields: list[str] | None
    raw: str = ""
    code: str = ""
    mended: bool = False


class _RunawayError(Exception):
    """A quoted field went on for longer than any field does."""


def records(lines: Iterable[str], dialect: Dialect, width: int | None = None) -> Iterator[Record]:
    """The records of the lines, blank lines left out.

    A quoted field may hold line breaks. Where quoting breaks the rules, the record is mended if that gives
    `width` fields, else given back as ``broken_quoting``; reading goes on with the next line, whatever an unclosed
    quote would have taken with it.
    """
    csv.field_size_limit(2**31 - 1)
    reader = _RecordReader(iter(lines), dialect, width)
    while (record := reader.next()) is not None:
        yield record


class _RecordReader:
    def __init__(self, lines: Iterator[str], dialect: Dialect, width: int | None) -> None:
        self._lines = lines
        self._dialect = dialect
        self._width = width
        self._returned: deque[str] = deque()
        delimiter = re.escape(dialect.delimiter)
        quote = re.escape(dialect.quote)
        self._closing = re.compile(rf"{quote}[ \t]*(?={delimiter}|[\r\n]*\Z)")

    def _take(self) -> str | None:
        return self._returned.popleft() if self._returned else next(self._lines, None)

    def next(self) -> Record | None:
        while True:
            line = self._take()
            if line is None:
                return None
            if line.strip(" \t\r\n") or (self._dialect.delimiter == "\t" and line.strip(" \r\n")):
                break
        if self._dialect.quote not in line and not self._dialect.escape:
            fields = line.rstrip("\r\n").split(self._dialect.delimiter)
            return Record([field.lstrip(" ") for field in fields] if self._dialect.spaced else fields)
        return self._quoted(line)

    def _quoted(self, first: str) -> Record:
        taken = [first]
        try:
            fields = next(self._csv(self._feed(taken)))
        except (csv.Error, _RunawayError):
            return self._mend(taken)
        if len(taken) == 1 or self._width is None:
            return Record(fields)
        if len(fields) != self._width or self._swallowed(taken):
            looks_own = any(self._is_record(line, taken[0]) for line in taken[1:])
            return self._mend(taken) if looks_own else Record(fields)
        return Record(fields)

    def _csv(self, lines: Iterable[str]) -> Iterator[list[str]]:
        dialect = self._dialect
        return csv.reader(lines, delimiter=dialect.delimiter, quotechar=dialect.quote, strict=True,
                          escapechar="\\" if dialect.escape else None, skipinitialspace=dialect.spaced)

    def _feed(self, taken: list[str]) -> Iterator[str]:
        yield taken[0]
        characters = len(taken[0])
        while (line := self._take()) is not None:
            taken.append(line)
            characters += len(line)
            if len(taken) > _RECORD_LINES or characters > _RECORD_CHARACTERS:
                raise _RunawayError
            yield line

    def _swallowed(self, taken: list[str]) -> bool:
        """Whether the lines inside one quoted field are records themselves."""
        inner = taken[1:-1]
        return self._width is not None and self._width >= 3 and len(inner) >= 2 and all(
            self._is_record(line, taken[0]) for line in inner)

    def _is_record(self, line: str, other: str) -> bool:
        """Whether the line has all fields and begins like another record does ("17" like "9", "a-3" like "b-12").

        The number of fields alone would not do: prose has commas too.
        """
        if self._width is None or self._width < 2:
            return False
        try:
            fields = next(self._csv([line]))
        except (csv.Error, StopIteration):
            fields, unclosed = self._leniently(line)
            if unclosed:
                return False
        return len(fields) == self._width and _shape(fields[0]) == _shape(self._leniently(other)[0][0])

    def _mend(self, taken: list[str]) -> Record:
        """The shortest run of lines that makes a whole record when inner quotes are taken as they stand."""
        joined = ""
        for count, line in enumerate(taken[:_MEND_LINES], 1):
            if count > 1 and self._is_record(line, taken[0]):
                break
            joined += line
            fields, unclosed = self._leniently(joined)
            if not unclosed and (self._width is None or len(fields) == self._width):
                self._returned.extendleft(reversed(taken[count:]))
                return Record(fields, joined, mended=True)
        self._returned.extendleft(reversed(taken[1:]))
        fields, _ = self._leniently(taken[0])
        if self._width is not None and len(fields) == self._width:
            return Record(fields, taken[0], mended=True)
        return Record(None, taken[0].rstrip("\r\n"), "broken_quoting")

    def _leniently(self, text: str) -> tuple[list[str], bool]:
        """Fields where only a quote before a delimiter closes, and whether a quote stayed open (taken as text)."""
        quote, delimiter = self._dialect.quote, self._dialect.delimiter
        text = text.rstrip("\r\n")
        fields: list[str] = []
        unclosed = False
        at = 0
        while True:
            start = at
            if text.startswith(quote, at):
                closing = self._closing.search(text, at + 1)
                if closing is not None:
                    fields.append(text[at + 1:closing.start()].replace(quote * 2, quote))
                    at = closing.end()
                    if at >= len(text):
                        return fields, unclosed
                    at += len(delimiter)
                    continue
                unclosed = True
                start = at + 1
            end = text.find(delimiter, at)
            fields.append(text[start:end] if end >= 0 else text[start:])
            if end < 0:
                return fields, unclosed
            at = end + len(delimiter)


def _shape(field: str) -> str:
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "0", field.strip()))


def sniff(text: str, header_score: dict[str, int] | None = None) -> Dialect | None:
    """The dialect of a sample, or None where no delimiter cuts it into the same columns over and over.

    `header_score` gives, by delimiter, how many known column names it finds in the first line.
    """
    known = header_score or {}
    lines = text.splitlines(keepends=True)[:400]
    quote, escape = _quoting(text, lines)
    best: tuple[float, Dialect] | None = None
    for rank, delimiter in enumerate(",;\t|^~¦؛\x1e\x01:"):
        if delimiter not in text:
            continue
        if rank > 3 and known.get(delimiter, 0) < 2:
            continue
        spaced = text.count(f"{delimiter} {quote}") > text.count(f"{delimiter}{quote}")
        dialect = Dialect(delimiter, quote, escape, spaced)
        found = [len(record.fields) if record.fields else 0 for record in records(lines, dialect)]
        if not found:
            continue
        first = found[0]
        widths: dict[int, int] = {}
        for width in found:
            widths[width] = widths.get(width, 0) + 1
        common = max(widths, key=lambda width: (widths[width], width))
        named = known.get(delimiter, 0)
        if named and first >= 2 and widths.get(first, 0) >= 0.3 * len(found):
            common = first
        share = widths[common] / len(found)
        if named >= 2 and min(found) >= first >= 2:  # texts with bare delimiters in them under a header that has a say
            common, share = first, max(share, 0.3)
        if common < 2 or (first != common and len(found) > 1 and share < 0.9):
            continue
        if share < (0.3 if known.get(delimiter, 0) else 0.7):
            continue
        score = share + 0.05 * min(common, 10) + 0.5 * known.get(delimiter, 0) - 0.01 * rank
        if best is None or score > best[0]:
            best = (score, dialect)
    return best[1] if best else None


def _quoting(text: str, lines: list[str]) -> tuple[str, bool]:
    filled = [line.strip() for line in lines if line.strip()]
    single = sum(1 for line in filled if line.startswith("'") and line.endswith("'"))
    quote = "'" if '"' not in text and filled and single >= 0.8 * len(filled) else '"'
    escaped = text.count("\\" + quote)
    return quote, escaped > 0 and escaped >= text.count(quote * 2) - text.count(f",{quote * 2},")
