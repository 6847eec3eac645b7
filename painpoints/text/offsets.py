"""Edits that remember where every character came from."""

from __future__ import annotations

import re
from collections.abc import Callable

Offsets = list[int] | range
"""A range where nothing was edited."""


def edit(
    text: str, offsets: Offsets, pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str] | str
) -> tuple[str, Offsets]:
    """The text with every match replaced, and for each of its characters the index it had at the source.

    ``offsets`` has ``len(text) + 1`` entries and never falls; so has what comes back. A replacement longer
    than what it replaces repeats the last index; a shorter one keeps the first ones.
    """
    pieces: list[str] = []
    moved: list[int] = []
    done = 0
    for match in pattern.finditer(text):
        new = replace if isinstance(replace, str) else replace(match)
        start, end = match.span()
        if new == text[start:end]:
            continue
        pieces.append(text[done:start])
        pieces.append(new)
        moved += offsets[done:start]
        kept = offsets[start : min(end, start + len(new))]
        moved += kept
        if len(kept) < len(new):
            moved += [kept[-1] if kept else offsets[start]] * (len(new) - len(kept))
        done = end
    if not pieces:
        return text, offsets
    pieces.append(text[done:])
    moved += offsets[done:]
    return "".join(pieces), moved


def compose(outer: Offsets, inner: Offsets) -> Offsets:
    """Offsets from the innermost text straight to the source: ``outer[inner[i]]`` for every character."""
    return [outer[index] for index in inner]
