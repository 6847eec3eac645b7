"""Opinion units of a text: where each begins and ends."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from .boundaries import bullets, items, lines, sections, sentences
from .clauses import clauses
from .cues import cues_for
from .symbols import EMOJI, HAS_LETTER, PICTOGRAPH


class Span(NamedTuple):
    """A half-open range of characters."""

    start: int
    end: int


_LEFT = re.compile(rf"(?:[\s.!?؟…۔;؛,،:：•·▪●■►✓✔*=|\-–—_)\]}}»”>\u200b-\u200f\ufeff]|{EMOJI})+")
_RIGHT = "".join(map(chr, filter(lambda code: chr(code).isspace(), range(0x3001)))) + (
    ".!?؟…۔;؛,،:：•·*=|-–—_([{<«“\u200b\u200c\u200d\u200e\u200f\ufeff")
_HAS_WORD = re.compile(r"[^\W_]")
_ENDS_EMOJI = re.compile(f"[{PICTOGRAPH}\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
_EMOJI_TAIL = re.compile(rf"(?:\s*{EMOJI})+\s*$")


class Block(NamedTuple):
    """A range that typing sets apart (a line, a bullet point, an item of a list), and what the rules find in it.

    ``units`` are the rules' units in order. ``whole`` blocks are one item each and are never cut further.
    """

    start: int
    end: int
    whole: bool
    units: tuple[Span, ...]


def segment(text: str, lang: str | None = None, *, boundaries: Iterable[int] = (), as_list: bool = False) -> list[Span]:
    """The opinion units of ``text`` in order: non-empty, apart, without the marks between them.

    A unit is one opinion about one thing. Lines, bullets, closing marks and emoji divide in every language;
    contrasts, openers and new subjects in those that have cue words (``data/segmentation``): fa, ar, ru, en.
    ``boundaries`` are characters at which a unit has to begin; ``as_list`` takes the text for a list of
    praise or blame, one unit an item. Text in headers belongs to no unit.
    """
    return [unit for block in blocks(text, lang, boundaries=boundaries, as_list=as_list) for unit in block.units]


def blocks(text: str, lang: str | None = None, *, boundaries: Iterable[int] = (), as_list: bool = False) -> list[Block]:
    """The ranges of ``text`` that no unit crosses, each with its units by the rules; arguments as for `segment`."""
    hard = sorted({0, len(text), *(at for at in boundaries if 0 < at < len(text))})
    found: list[Block] = []
    for start, end in pairwise(hard):
        for line_start, line_end in lines(text, start, end):
            for first, last, whole in _points(text, line_start, line_end, as_list):
                inner = [(first, last)] if whole else _ranges(text, first, last, lang)
                units = tuple(span for a, b in inner if (span := trimmed(text, a, b)) is not None)
                if units:
                    found.append(Block(first, last, whole, units))
    if not found and text.strip() and not HAS_LETTER.search(text):  # emoji, figures or marks are all there is
        span = Span(len(text) - len(text.lstrip()), len(text.rstrip()))
        return [Block(span.start, span.end, True, (span,))]
    return found


def _points(text: str, start: int, end: int, as_list: bool) -> Iterator[tuple[int, int, bool]]:
    for section_start, section_end, listed in sections(text, start, end):
        for point_start, point_end in bullets(text, section_start, section_end):
            found = items(text, point_start, point_end) if listed or as_list else None
            if found is None:
                yield point_start, point_end, False
            else:
                yield from ((first, last, True) for first, last in found)


def _ranges(text: str, start: int, end: int, lang: str | None) -> Iterator[tuple[int, int]]:
    cues = cues_for(lang or "")
    for first, last in sentences(text, start, end, cues):
        yield from clauses(text, first, last, lang or "")


def trimmed(text: str, start: int, end: int) -> Span | None:
    """The range without marks, spaces and emoji at its edges; None when no letter or digit is left."""
    left = _LEFT.match(text, start, end)
    first = left.end() if left else start
    whole = text[first:end]
    shown = whole.rstrip()
    ends_emoji = shown and not shown.isascii() and _ENDS_EMOJI.match(shown[-1])
    tail = _EMOJI_TAIL.search(text, first, end) if ends_emoji else None
    last = first + len((whole if tail is None else text[first : tail.start()]).rstrip(_RIGHT))
    if first >= last or not _HAS_WORD.search(text, first, last):
        return None
    if tail and tail.start() - last <= 1 and len(text[first:last].split()) <= 2:  # "Graphics 🔥": the predicate
        last = tail.start() + len(tail[0].rstrip())
    return Span(first, last)
