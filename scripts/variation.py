"""Texts like given ones, but in other words: what large inputs are made of for benchmarks of growth."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable

_WORD = re.compile(r"[^\W\d_]+")
SHARE = 0.4
"""How many of the words of a text are exchanged: with so many, no text is a near copy of the one it was made of."""

Words = dict[tuple[str, int], list[str]]


def words_of(texts: Iterable[tuple[str, str]]) -> Words:
    """The words of ``texts`` (language, text), as often as they come, by language and length."""
    found: Words = defaultdict(list)
    for lang, text in texts:
        for word in _WORD.findall(text):
            found[lang, len(word)].append(word)
    return dict(found)


def varied(text: str, lang: str, words: Words, rng: random.Random) -> str:
    """``text`` with some of its words exchanged for as long ones of ``lang``: every character keeps its place."""
    def other(match: re.Match[str]) -> str:
        word = match.group()
        return rng.choice(words.get((lang, len(word)), [word])) if rng.random() < SHARE else word

    return _WORD.sub(other, text)
