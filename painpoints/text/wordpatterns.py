"""Patterns over folded words from lists that people write.

Entries are parted by commas or lines; "*" ends a word anyhow, "..." is up to four words, "(a|b)" is either, ZWNJ is a
space or none. They match in whole words of `fold_words`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from .wordforms import fold_words

PIECE = re.compile(r"\.\.\.|[()|*]|\u200c| +|[^()|*\u200c .]+|\.")


def word_entries(listed: str) -> list[str]:
    """The entries of a list."""
    return [" ".join(entry.split(" ")).strip() for entry in re.split(r"[,\n]", listed) if entry.strip()]


def any_of(entries: Iterable[str]) -> str:
    """A pattern for one of ``entries``, longest first; one that matches nothing where there are none."""
    return "|".join(_pattern(entry) for entry in sorted(set(entries), key=lambda entry: (-len(entry), entry))) or "\x00"


def _pattern(entry: str) -> str:
    spelt = []
    for piece in PIECE.findall(entry.replace(" ... ", "...")):
        if piece == "...":
            spelt.append("(?: [^ .]+){0,4}? ")
        elif piece == "*":
            spelt.append("[^ .,]*")
        elif piece in "()|":
            spelt.append("(?:" if piece == "(" else piece)
        elif piece == "\u200c":
            spelt.append(" ?")
        else:
            spelt.append(re.escape(written_as(piece)))
    return "".join(spelt)


def written_as(piece: str) -> str:
    """The letters that a piece of an entry matches which is neither a bracket nor a placeholder."""
    return " " if piece.isspace() else fold_words(piece).strip()
