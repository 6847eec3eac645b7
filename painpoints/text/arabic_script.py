"""Persian or Arabic: what the letters of a few words say."""

from __future__ import annotations

import re
from functools import lru_cache
from operator import add
from pathlib import Path

from .symbols import ARABIC

#: letter groups and their weights (above zero: Persian), written by scripts/train_arabic_script.py
TABLE = Path(__file__).parent / "data" / "persian_arabic.tsv"

_WORD = re.compile(f"[{ARABIC}]+")
_MARKS = re.compile("[\u064b-\u065f\u0670\u0640\u200b-\u200f]+")
_FOLD = str.maketrans("يىكڪہھ", "ییککهه")


def words_of(text: str) -> list[str]:
    """The words in the Arabic script, without marks and ZWNJ, Arabic and Persian ی and ک the same."""
    return _WORD.findall(_MARKS.sub("", text).translate(_FOLD))


def groups(word: str) -> set[str]:
    """The groups of two to four letters in a word (``^`` and ``$`` are its edges), and the word itself."""
    edged = f"^{word}$"
    pairs = list(map(add, edged, edged[1:]))
    triples = list(map(add, pairs, edged[2:]))
    return {*pairs, *triples, *map(add, triples, edged[3:]), edged}


def persian_log_odds(words: list[str]) -> float:
    """How much likelier Persian is than Arabic (natural log of the odds) for ``words`` of Arabic letters alone."""
    return sum(map(_word_log_odds, words))


@lru_cache(maxsize=50_000)
def _word_log_odds(word: str) -> float:
    table = _table()
    return sum(map(table.__getitem__, sorted(groups(word.translate(_FOLD)) & table.keys())), 0.0)


@lru_cache(maxsize=1)
def _table() -> dict[str, float]:
    rows = (line.split("\t") for line in TABLE.read_text("utf-8").splitlines())
    return {group: float(weight) for group, weight in rows}
