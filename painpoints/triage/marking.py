"""A text cut to size around the words that matter in it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SPACES = re.compile(r"\s+")
# Control and direction characters; the zero-width (non-)joiner stays, Persian words and emoji need it.
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
                       r"\u200b\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]")
_CUT = "…"


@dataclass(frozen=True)
class Marked:
    """What stands ``before`` the words that matter, these (``unit``) and what comes ``after``; spaces are kept where
    the parts meet, and "…" says where something was left out."""

    before: str
    unit: str
    after: str

    @property
    def text(self) -> str:
        """The parts as one."""
        return self.before + self.unit + self.after


def marked(text: str, start: int, end: int, most: int | None = None) -> Marked:
    """``text[start:end]`` and of the rest as much as fits into ``most`` characters, cut between words, on one line.

    The words that matter are cut only where they alone are longer.
    """
    start, end = max(0, min(start, len(text))), max(0, min(end, len(text)))
    before, unit, after = _one_line(text[:start]).lstrip(), _one_line(text[start:end]), _one_line(text[end:]).rstrip()
    # A space at the edge of the unit belongs to what is around it.
    before += " " * (unit[:1] == " " and bool(before) and before[-1] != " ")
    after = " " * (unit[-1:] == " " and bool(after) and after[0] != " ") + after
    unit = unit.strip()
    if most is None or len(before) + len(unit) + len(after) <= most:
        return Marked(before, unit, after)
    room = most - len(unit)
    if room < 0:
        return Marked(f"{_CUT} " if before.strip() else "", _head(unit, most), f" {_CUT}" if after.strip() else "")
    ahead = min(len(after), max(room - len(before), (room + 1) // 2))
    return Marked(_tail(before, room - ahead), unit, _head(after, ahead))


def _one_line(text: str) -> str:
    return _SPACES.sub(" ", _CONTROLS.sub("", text))


def _head(text: str, most: int) -> str:
    """The beginning of ``text``, whole words where there are any."""
    if len(text) <= most:
        return text
    head = text[:max(most - 1, 0)]
    if text[len(head):len(head) + 1] != " " and " " in head.strip():
        head = head[:head.rindex(" ")]
    return head.rstrip() + (_CUT if head.strip() else f" {_CUT}")


def _tail(text: str, most: int) -> str:
    """The end of ``text``, whole words where there are any."""
    if len(text) <= most:
        return text
    tail = text[len(text) - max(most - 1, 0):]
    if text[len(text) - len(tail) - 1:len(text) - len(tail)] != " " and " " in tail.strip():
        tail = tail[tail.index(" "):]
    return (_CUT if tail.strip() else f"{_CUT} ") + tail.lstrip()
