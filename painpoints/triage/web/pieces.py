"""A comment's text as it is read: without mark-up, in pieces, with its opinions and the words that were searched for.

Offsets are those of the original text; `strip_markup` knows the way from the one to the other.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from painpoints.errors import UsageError
from painpoints.read import Stripped, strip_markup
from painpoints.triage.excerpts import excerpt
from painpoints.triage.marking import marked
from painpoints.triage.searching import highlight

Span = tuple[int, int]
EXCERPT = 190


@dataclass(frozen=True)
class Piece:
    """A stretch of text; ``found``: it answers the search; ``urgent``: it is what makes the comment urgent."""

    text: str
    found: bool = False
    urgent: bool = False


@dataclass(frozen=True)
class Passage:
    """Pieces that belong together: those of one opinion (``unit``), or of what stands between opinions (None)."""

    unit: Mapping[str, Any] | None
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Text:
    """A text to be read: ``plain`` without mark-up; ``original`` where that is another text, else None."""

    plain: str
    original: str | None
    passages: tuple[Passage, ...]


def readable(raw: str, units: Sequence[Mapping[str, Any]], words: str = "") -> Text:
    """``raw`` with its ``units`` (start, end), in order, and what answers ``words``."""
    stripped = strip_markup(raw)
    hits = found_in(stripped.text, words)
    passages, at = [], 0
    for unit in sorted(units, key=lambda unit: (unit["start"], unit["end"])):
        start, end = _plain_span(stripped, unit["start"], unit["end"])
        start = max(start, at)
        if end <= start:
            continue
        passages += [Passage(None, _split(stripped.text, at, start, hits))] if start > at else []
        passages.append(Passage(unit, _split(stripped.text, start, end, hits)))
        at = end
    if at < len(stripped.text):
        passages.append(Passage(None, _split(stripped.text, at, len(stripped.text), hits)))
    return Text(stripped.text, raw if stripped.text.strip() != raw.strip() else None, tuple(passages))


def line(raw: str, unit: Span | None, words: str = "", width: int = EXCERPT) -> tuple[Piece, ...]:
    """A line of ``raw``: around the words that were searched for, or else around its most urgent opinion."""
    stripped = strip_markup(raw)
    hits = found_in(stripped.text, words)
    if hits:
        cut = excerpt(stripped.text, hits, width)
        pieces = _split(cut.text, 0, len(cut.text), cut.spans)
        before = (Piece("… "),) if cut.start else ()
        return (*before, *pieces, *((Piece(" …"),) if cut.end < len(stripped.text) else ()))
    if unit is None:
        cut = excerpt(stripped.text, (), width)
        return (Piece(cut.text), *((Piece(" …"),) if cut.end < len(stripped.text) else ()))
    parts = marked(stripped.text, *_plain_span(stripped, *unit), width)
    return tuple(piece for piece in (Piece(parts.before), Piece(parts.unit, urgent=True), Piece(parts.after))
                 if piece.text)


def found_in(text: str, words: str) -> Sequence[Span]:
    """The slices of ``text`` that answer ``words``; none where these ask for nothing."""
    if not words:
        return ()
    try:
        return highlight(text, words)
    except UsageError:
        return ()


def _plain_span(stripped: Stripped, start: int, end: int) -> Span:
    """Where the raw slice stands in the text without mark-up."""
    first = bisect_left(stripped.offsets, start, 0, len(stripped.text))
    return first, max(first, bisect_left(stripped.offsets, end, 0, len(stripped.text)))


def _split(text: str, start: int, end: int, hits: Sequence[Span]) -> tuple[Piece, ...]:
    """``text[start:end]`` with the parts of ``hits`` in it."""
    pieces, at = [], start
    for a, b in hits:
        low, high = max(a, at), min(b, end)
        if low >= high:
            continue
        pieces += [Piece(text[at:low])] if low > at else []
        pieces.append(Piece(text[low:high], found=True))
        at = high
    return (*pieces, *((Piece(text[at:end]),) if at < end else ()))
