"""Opinion units of a text: where each begins and ends."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from .boundaries import bullets, items, lines, sections, sentences
from .clauses import clauses
from .cues import cues_for
from .symbols import EMOJI, HAS_LETTER


class Span(NamedTuple):
    """A half-open range of characters."""

    start: int
    end: int


_LEFT = re.compile(rf"(?:[\s.!?؟…۔;؛,،:：•·▪●■►✓✔*=|\-–—_)\]}}»”>\u200b-\u200f\ufeff]|{EMOJI})+")
_RIGHT = re.compile(r"[\s.!?؟…۔;؛,،:：•·*=|\-–—_(\[{<«“\u200b-\u200f\ufeff]+$")
_HAS_WORD = re.compile(r"[^\W_]")
_EMOJI_TAIL = re.compile(rf"(?:\s*{EMOJI})+\s*$")


def segment(text: str, lang: str | None = None, *, boundaries: Iterable[int] = (), as_list: bool = False) -> list[Span]:
    """The opinion units of ``text`` in order: non-empty, apart, without the marks between them.

    A unit is one opinion about one thing. Lines, bullets, closing marks and emoji divide in every language;
    contrasts, openers and new subjects in those that have cue words (``data/segmentation``): fa, ar, ru, en.
    ``boundaries`` are characters at which a unit has to begin; ``as_list`` takes the text for a list of
    praise or blame, one unit an item. Text in headers belongs to no unit.
    """
    hard = sorted({0, len(text), *(at for at in boundaries if 0 < at < len(text))})
    spans: list[Span] = []
    for start, end in pairwise(hard):
        for line_start, line_end in lines(text, start, end):
            for first, last in _ranges(text, line_start, line_end, lang, as_list):
                span = _trimmed(text, first, last)
                if span is not None:
                    spans.append(span)
    if not spans and text.strip() and not HAS_LETTER.search(text):  # emoji, figures or marks are all there is
        return [Span(len(text) - len(text.lstrip()), len(text.rstrip()))]
    return spans


def _ranges(text: str, start: int, end: int, lang: str | None, as_list: bool) -> Iterator[tuple[int, int]]:
    cues = cues_for(lang or "")
    for section_start, section_end, listed in sections(text, start, end):
        for point_start, point_end in bullets(text, section_start, section_end):
            found = items(text, point_start, point_end) if listed or as_list else None
            if found is not None:
                yield from found
                continue
            for first, last in sentences(text, point_start, point_end, cues):
                if cues is None:
                    yield first, last
                else:
                    yield from clauses(text, first, last, cues, lang or "")


def _trimmed(text: str, start: int, end: int) -> Span | None:
    """The range without marks, spaces and emoji at its edges; None when no letter or digit is left."""
    left = _LEFT.match(text, start, end)
    first = left.end() if left else start
    tail = _EMOJI_TAIL.search(text, first, end)
    last = tail.start() if tail else end
    right = _RIGHT.search(text, first, last)
    last = right.start() if right else last
    if first >= last or not _HAS_WORD.search(text, first, last):
        return None
    if tail and tail.start() - last <= 1 and len(text[first:last].split()) <= 2:  # "Graphics 🔥": the predicate
        last = tail.start() + len(tail[0].rstrip())
    return Span(first, last)
