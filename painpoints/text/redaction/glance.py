"""A first look at a text that tells which detectors can find anything in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

_WORD = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\d+")
_ARABIC = re.compile("[\u0621-\u06ff]")


class Glance:
    """What a text drawn on the canvas is made of: its runs of letters and its runs of digits."""

    def __init__(self, drawn: str) -> None:
        self.drawn = drawn
        self.digits = [len(run) for run in _DIGITS.findall(drawn)]

    @cached_property
    def words(self) -> frozenset[str]:
        """The runs of letters, each once."""
        return frozenset(_WORD.findall(self.drawn))


@dataclass(frozen=True, slots=True)
class Gate:
    """Passes every text that holds one of some words, and of the others all but a few."""

    whole: frozenset[str]
    parts: tuple[str, ...]

    @classmethod
    def of(cls, entries: Iterable[str], *, joined: Iterable[str] = ("",), inflected: bool = False) -> Gate:
        """The gate of words drawn on the canvas, of which a star ends those with any ending.

        ``joined`` are what may be written together with a word before it; ``inflected`` says that words of the Arabic
        script may have more before and behind them.
        """
        whole, parts = set(), set()
        for entry in entries:
            runs = _WORD.findall(entry)
            if not runs:
                continue
            if any(sign.isdigit() for sign in entry) and entry.isalnum():
                parts.add(entry)
                continue
            if (entry.endswith("*") and len(runs) == 1) or (inflected and _ARABIC.match(runs[0])):
                parts.add(runs[0])
            else:
                firsts = {"".join(runs[:count]) for count in range(1, len(runs) + 1)}
                whole |= {before + first for first in firsts for before in joined}
                if entry.endswith("*"):
                    parts.add("".join(runs))
        return cls(frozenset(whole), tuple(sorted(parts)))

    def passes(self, glance: Glance) -> bool:
        """Whether a text may hold one of the words."""
        if not glance.words.isdisjoint(self.whole):
            return True
        drawn = glance.drawn
        for part in self.parts:  # noqa: SIM110 - a generator would cost more than what it runs over
            if part in drawn:
                return True
        return False
