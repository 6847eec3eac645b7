"""A line of a long comment: the stretch that shows most of what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Span = tuple[int, int]


@dataclass(frozen=True)
class Excerpt:
    """``text`` is the slice ``start:end`` of the original; ``spans`` are counted from its own first letter."""

    text: str
    start: int
    end: int
    spans: tuple[Span, ...]


def excerpt(text: str, spans: Sequence[Span], width: int = 120) -> Excerpt:
    """At most ``width`` letters of ``text`` around the places that hold most of ``spans`` (in order, not touching).

    Whole words where the text has spaces; the first hit is whole even where it is longer than ``width``.
    """
    best = max(range(len(spans)), key=lambda first: (_within(spans, first, width), -first), default=None)
    if best is None:
        start, end = 0, min(len(text), width)
    else:
        last = best + max(_within(spans, best, width), 1) - 1
        said = (spans[best][0], spans[last][1])
        room = max(width - (said[1] - said[0]), 0)
        start = max(min(said[0] - room // 2, len(text) - width), 0)
        start = min(start, said[0])
        end = max(min(start + width, len(text)), said[1])
    start, end = _to_words(text, start, end, spans[best] if best is not None else (0, 0))
    inside = tuple((a - start, b - start) for a, b in spans if start <= a and b <= end)
    return Excerpt(text[start:end], start, end, inside)


def _within(spans: Sequence[Span], first: int, width: int) -> int:
    """How many of the spans from ``first`` on end within ``width`` letters of its start."""
    return sum(1 for _, end in spans[first:] if end - spans[first][0] <= width)


def _to_words(text: str, start: int, end: int, kept: Span) -> Span:
    """The slice without half words at its ends, as long as ``kept`` stays whole."""
    if 0 < start < len(text) and not text[start - 1].isspace():
        later = next((i + 1 for i in range(start, kept[0]) if text[i].isspace()), start)
        start = later if later <= kept[0] else start
    if 0 < end < len(text) and not text[end].isspace():
        end = next((i for i in range(end - 1, max(kept[1], start) - 1, -1) if text[i].isspace()), end)
    return start, end
