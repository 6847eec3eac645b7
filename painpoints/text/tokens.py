"""The words of a text as a search knows them, each with its place in the original."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from .fold import fold_key
from .offsets import Offsets, edit
from .symbols import ARABIC
from .zwnj import ZWNJ, part_affixes, tie_spaced_affixes

#: counts up whenever the words of a text are no longer those that an index made earlier holds
TOKENS = 1
LONGEST = 64  # letters of a word that count

_LETTERS = str.maketrans("يىېكڪەہھ", "یییککههه")
# Marks over letters and what nobody sees. The breve of й is part of a letter.
_UNSEEN = re.compile(
    "(?P<short>[иИ]\u0306)"
    "|[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u08d3-\u08ff"
    "\u0640\u00ad\u034f\u061c\u200b\u200d-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]+"
)
_HAS_ARABIC = re.compile(f"[{ARABIC}]")
_PIECE = re.compile(r"[^\W\d_]++|\d++")
# What may stand inside of one word: nothing (iphone13), ZWNJ, apostrophe, underscore, hyphen. Not a hyphen between
# digits, which may be a range; a comma between thousands is none.
_HYPHEN = "[-\u2010\u2011]"
_WORD = re.compile(
    rf"(?:{_PIECE.pattern})(?:(?:{ZWNJ}+|['’ʼ]|_+|(?<!\d){_HYPHEN}|{_HYPHEN}(?!\d)"
    r"|(?<=\d)[,٬](?=\d{3}(?!\d)))?+(?:" + _PIECE.pattern + "))*+"
)


Placed = tuple[str, int, int]
"""Something folded, and the slice (start, end) that it folds."""


class Part(NamedTuple):
    """A folded piece of a word and the slice of the original text that it folds."""

    text: str
    start: int
    end: int


class Token(NamedTuple):
    """A word: its parts, run together in ``text``, and the slice of the original text that it stands for."""

    text: str
    start: int
    end: int
    parts: tuple[Part, ...]


def tokenise(text: str) -> list[Token]:
    """The words of ``text`` folded so that spelling habits meet, in order.

    Beyond what `fold_key` folds, digits are kept, in one script. A word of several parts (ZWNJ, hyphen, apostrophe,
    letters next to digits, a Persian affix, also one with a space before it) is one token that knows its parts.
    """
    plain, offsets = _prepared(text)
    found = []
    for word in _WORD.finditer(plain):
        begin = word.start()
        whole, parts = _read(word[0])
        if parts:
            placed = tuple(Part(part, offsets[begin + start], offsets[begin + end]) for part, start, end in parts)
            found.append(Token(whole, placed[0].start, placed[-1].end, placed))
    return found


def streams(text: str) -> tuple[str, str]:
    """The words of ``text``, and its parts where they are others, each with a space between."""
    read = [_read(word) for word in _WORD.findall(_prepared(text)[0])]
    whole = " ".join([whole for whole, parts in read if parts])
    if all(len(parts) <= 1 for _, parts in read):
        return whole, ""
    return whole, " ".join([part[0] for _, parts in read for part in parts])


def placed_streams(text: str) -> tuple[list[Placed], list[Placed]]:
    """The words of ``text``, and its parts, with their places in it; the same as `tokenise` gives, sooner."""
    plain, offsets = _prepared(text)
    wholes: list[Placed] = []
    parts: list[Placed] = []
    for word in _WORD.finditer(plain):
        whole, found = _read(word[0])
        if found:
            begin = word.start()
            wholes.append((whole, offsets[begin + found[0][1]], offsets[begin + found[-1][2]]))
            parts += [(part, offsets[begin + start], offsets[begin + end]) for part, start, end in found]
    return wholes, parts


def _prepared(text: str) -> tuple[str, Offsets]:
    """The text without what nobody sees, Persian affixes tied, and for each letter its index in ``text``."""
    plain = text.translate(_LETTERS)
    offsets: Offsets = range(len(text) + 1)
    if not plain.isascii():
        plain, offsets = edit(plain, offsets, _UNSEEN, lambda match: "й" if match["short"] else "")
        if _HAS_ARABIC.search(plain):
            plain, offsets = tie_spaced_affixes(plain, offsets)
    return plain, offsets


@lru_cache(maxsize=1 << 17)
def _read(word: str) -> tuple[str, tuple[Placed, ...]]:
    """A word folded, and its folded parts with their places in it."""
    parts = tuple((folded, piece.start() + start, piece.start() + end)
                  for piece in _PIECE.finditer(word) for folded, start, end in _folded(piece[0]))
    return "".join([part for part, _, _ in parts])[:LONGEST], parts


def _folded(piece: str) -> Iterator[Placed]:
    """The parts of a run of letters or digits, folded, with their places in it."""
    if piece[0].isdecimal():
        yield "".join([str(int(digit)) for digit in piece])[:LONGEST], 0, len(piece)
        return
    start = 0
    for part in part_affixes(piece) if _HAS_ARABIC.match(piece) else [piece]:
        folded = fold_key(part).replace(" ", "")[:LONGEST]
        if folded:
            yield folded, start, start + len(part)
        start += len(part)
