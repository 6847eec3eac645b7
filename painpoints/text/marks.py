"""How likely a sentence ends between two words where no full stop says so."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

#: weights per language, written by scripts/train_marks.py: feature, weight without a mark, weight at a comma
FOLDER = Path(__file__).parent / "data" / "marks"

_DIGITS = re.compile(r"\d+")
_FOLD = str.maketrans("يىكأإآةё", "ییکااا" + "ه" + "е")
Weights = tuple[float, float]


@lru_cache(maxsize=100_000)
def fold_word(word: str) -> str:
    """The word as the model looks it up: lower case, look-alike letters one, digits as 0, no ZWNJ."""
    return _DIGITS.sub("0", word.lower().translate(_FOLD).replace("\u200c", "").replace("’", "'"))


def features(words: list[str], i: int, begin: int = 0) -> list[str]:
    """What is known about the place before ``words[i]`` (folded) in a unit that began at ``begin``."""
    before, after = words[i - 1], words[i]
    second = words[i - 2] if i - 2 >= begin else "^"
    following = words[i + 1] if i + 1 < len(words) else "$"
    length = i - begin
    return [
        "b " + before, "a " + after, "c " + second, "d " + following,
        "x " + before[-3:], "y " + after[-3:], "z " + following[-3:], "w " + after[:3],
        "p " + second + " " + before, "q " + after + " " + following,
        "r " + before[-2:] + " " + after, "s " + before + " " + after[-2:], "t " + before[-3:] + " " + after[-3:],
        "l " + str(length if length < 8 else 8 + min((length - 8) // 4, 3)),
        "m " + str(min(len(words) - i, 6)),
    ]  # fmt: skip


def end_log_odds(words: list[str], i: int, lang: str) -> Weights:
    """Log odds that a sentence begun at ``words[0]`` ends before ``words[i]``: with nothing there, with a comma."""
    table = _table(lang)
    bare, comma = table["<bias>"]
    for feature in features(words, i):
        found = table.get(feature)
        if found is not None:
            bare += found[0]
            comma += found[1]
    return bare, comma


@lru_cache(maxsize=8)
def _table(lang: str) -> dict[str, Weights]:
    table: dict[str, Weights] = {}
    for line in (FOLDER / f"{lang}.tsv").read_text("utf-8").splitlines():
        feature, bare, comma = line.split("\t")
        table[feature] = (float(bare), float(comma))
    return table
