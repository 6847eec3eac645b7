"""Words of many texts at once, as numbers: the hash of each, and of the runs of letters in it.

Everything is done on one array of all characters. The hash of a run is a polynomial of its letters modulo 2^64, read
off running sums, so that a run costs the same however long it is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

RUNS = (3, 4)
"""Lengths of the runs of letters that stand for a word nobody taught, its two edges counted as letters."""
_PLANES = 0x20000
_OUT, _GAP, _MARK, _LETTER, _UNMET = range(5)
_UNREAD = "'’ʼ`´\u0640\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
"""Apostrophes, the stroke that draws a word out, tones of skin."""
_NON_JOINER = "\u200c"
_FOLDED = str.maketrans("أإآٱىё", "اااايе")
_BEGIN, _END = 0x110000, 0x110001
_STEP, _BACK = 0x9E3779B97F4A7C15, 0xF1DE83E19937733D
"""An odd number and its inverse modulo 2^64."""


@dataclass(frozen=True)
class Words:
    """Word i has the hash ``hashes[i]``, stands in text ``texts[i]`` and begins at its character ``starts[i]``. Its
    letters, folded, are ``letters[first[i]:last[i]]``."""

    hashes: np.ndarray
    texts: np.ndarray
    starts: np.ndarray
    letters: np.ndarray
    first: np.ndarray
    last: np.ndarray


def read_words(texts: Sequence[str]) -> Words:
    """The words of ``texts`` in order: runs of letters and digits in lower case without vowel signs; every other mark
    and emoji is a word of its own."""
    import numpy as np

    lengths = np.array([len(text) for text in texts], np.int64) + 1
    codes = np.frombuffer(("\n".join(texts) + "\n").encode("utf-32-le", "surrogatepass"), np.uint32)
    plain = np.minimum(codes, _PLANES - 1)
    folds, kinds = _alphabet(plain)
    kind = kinds[plain]
    kept = np.flatnonzero(kind != _OUT)
    kind = kind[kept]
    letters = folds[plain[kept]]
    inside = kind == _LETTER
    begins = kind >= _MARK
    begins[1:] &= ~(inside[1:] & inside[:-1])
    first = np.flatnonzero(begins)
    edges = np.flatnonzero(begins | ~inside)
    last = np.append(edges, len(kind))[np.searchsorted(edges, first, side="right")]
    text_edges = np.concatenate([[0], np.cumsum(lengths)]) if len(texts) else np.zeros(1, np.int64)
    places = kept[first]
    of = np.searchsorted(text_edges, places, side="right") - 1
    return Words(_run_hashes(letters, first, last), of, places - text_edges[of], letters, first, last)


def letter_runs(words: Words, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Hashes of the runs of `RUNS` letters in each of the words ``chosen``, and how many each word has."""
    import numpy as np

    lengths = (words.last - words.first)[chosen]
    ends = np.cumsum(lengths + 2)
    starts = ends - lengths - 2
    framed = np.empty(int(ends[-1]) if len(ends) else 0, np.uint32)
    framed[starts], framed[ends - 1] = _BEGIN, _END
    own = np.ones(len(framed), bool)
    own[starts] = own[ends - 1] = False
    framed[own] = words.letters[ranges(words.first[chosen], lengths)]
    counts = np.stack([np.maximum(lengths + 3 - run, 0) for run in RUNS], 1)
    begin = ranges(np.repeat(starts, len(RUNS)), counts.ravel())
    size = np.repeat(np.tile(np.array(RUNS), len(chosen)), counts.ravel())
    return _run_hashes(framed, begin, begin + size), counts.sum(1)


def ranges(starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """The numbers ``start, start + 1, ...`` of every range, one range after the other."""
    import numpy as np

    before = np.cumsum(lengths) - lengths
    return np.asarray(np.arange(int(lengths.sum())) + np.repeat(starts - before, lengths))


def _run_hashes(letters: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    import numpy as np

    powers = np.full(len(letters) + 1, _STEP, np.uint64)
    back = np.full(len(letters) + 1, _BACK, np.uint64)
    powers[0] = back[0] = 1
    powers, back = np.multiply.accumulate(powers), np.multiply.accumulate(back)
    sums = np.zeros(len(letters) + 1, np.uint64)
    np.cumsum(_stirred(letters.astype(np.uint64) + np.uint64(1)) * powers[:-1], out=sums[1:])
    return _stirred((sums[last] - sums[first]) * back[first])


def _stirred(values: np.ndarray) -> np.ndarray:
    """``values`` with every bit depending on all bits (after Steele et al. 2014, splitmix64)."""
    import numpy as np

    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(values ^ (values >> np.uint64(31)))


@cache
def _tables() -> tuple[np.ndarray, np.ndarray]:
    """Of every character the letter it is folded to, and what it is in a word; filled as characters are met."""
    import numpy as np

    return np.arange(_PLANES, dtype=np.uint32), np.full(_PLANES, _UNMET, np.uint8)


def _alphabet(met: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`_tables` with all characters in ``met``."""
    import numpy as np

    folds, kinds = _tables()
    for code in np.unique(met[kinds[met] == _UNMET]).tolist():
        char = chr(code)
        kinds[code] = _kind(char)
        plain = str(unicodedata.digit(char)) if char.isdecimal() else char.lower().translate(_FOLDED)
        if kinds[code] == _LETTER and len(plain) == 1:
            folds[code] = ord(plain)
    return folds, kinds


def _kind(char: str) -> int:
    category = unicodedata.category(char)
    if char == _NON_JOINER or category[0] == "Z" or category == "Cc":
        return _GAP
    if category[0] == "M" or category in ("Cf", "Cs") or char in _UNREAD:
        return _OUT
    return _LETTER if category[0] in "LN" else _MARK
