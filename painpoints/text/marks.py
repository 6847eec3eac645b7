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
#: weights are written with two decimals
HUNDREDTHS = 100
#: words of a language whose sway is remembered; the next one clears them
MOST_SWAYS = 30_000
_LONGEST, _MOST_REMAINING = 20, 6


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
        "l " + str(_length(length)),
        "m " + str(min(len(words) - i, _MOST_REMAINING)),
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


class Sway:
    """What one folded word adds to the log odds (in hundredths), by where it stands from the place asked about: right
    ``before`` or ``after`` it, ``second`` before, ``following`` the one after; and what pairs it is in add."""

    __slots__ = ("after", "after_ends", "before", "before_ends", "end", "ending", "ends_pair", "following",
                 "following_pair", "second", "second_pair", "word")

    def __init__(self, word: str, table: SwayTable) -> None:
        of = table.single
        self.word, self.end, self.ending = word, word[-2:], word[-3:]
        self.before = of["b"].get(word, 0) + of["x"].get(self.ending, 0)
        self.after = of["a"].get(word, 0) + of["y"].get(self.ending, 0) + of["w"].get(word[:3], 0)
        self.second = of["c"].get(word, 0)
        self.following = of["d"].get(word, 0) + of["z"].get(self.ending, 0)
        self.second_pair = table.pairs["p"].get(word)  # by the word right before
        self.following_pair = table.pairs["q"].get(word)  # of the word right after, by the following
        self.after_ends = table.pairs["r"].get(word)  # of the word right after, by the end of that before
        self.before_ends = table.pairs["s"].get(word)  # of the word right before, by the end of that after
        self.ends_pair = table.pairs["t"].get(self.ending)  # of the end of the word before, by that after


class SwayTable(dict[str, Sway]):
    """The sways of a language's words in hundredths, which add up exactly in any order; made as words are met."""

    def __init__(self, lang: str, at_comma: bool) -> None:
        super().__init__()
        self.single: dict[str, dict[str, int]] = {kind: {} for kind in "abcdwxyzlm"}
        self.pairs: dict[str, dict[str, dict[str, int]]] = {kind: {} for kind in "pqrst"}
        for feature, weights in _table(lang).items():
            weight = round(weights[at_comma] * HUNDREDTHS)
            if feature[:1] in self.pairs:
                kind, one, two = feature.split(" ")
                place, other = (two, one) if kind == "r" else (one, two)
                self.pairs[kind].setdefault(place, {})[other] = weight
            elif feature == "<bias>":
                bias = weight
            else:
                self.single[feature[0]][feature[2:]] = weight
        self._lengths = [bias + self.single["l"].get(str(_length(n)), 0) for n in range(_LONGEST + 1)]
        self._remaining = [self.single["m"].get(str(n), 0) for n in range(_MOST_REMAINING + 1)]
        self.start, self.stop = self["^"], self["$"]

    def __missing__(self, word: str) -> Sway:
        if len(self) >= MOST_SWAYS:
            self.clear()
        self[word] = sway = Sway(word, self)
        return sway

    def log_odds(self, second: Sway, before: Sway, after: Sway, following: Sway, length: int, remaining: int) -> int:
        """`end_log_odds` in hundredths, ``length`` words after the sentence's first and ``remaining`` words before its
        end; ``second`` is `start` and ``following`` is `stop` where there is no such word."""
        return self.of_words(second, before, after, following) + self.of_place(length, remaining)

    def of_place(self, length: int, remaining: int) -> int:
        """What the place in the sentence adds to `log_odds`."""
        return (self._lengths[length if length < _LONGEST else _LONGEST]
                + self._remaining[remaining if remaining < _MOST_REMAINING else _MOST_REMAINING])

    def of_words(self, second: Sway, before: Sway, after: Sway, following: Sway) -> int:
        """What the words add to `log_odds`."""
        total = before.before + after.after + second.second + following.following
        if second.second_pair is not None:
            total += second.second_pair.get(before.word, 0)
        if after.following_pair is not None:
            total += after.following_pair.get(following.word, 0)
        if after.after_ends is not None:
            total += after.after_ends.get(before.end, 0)
        if before.before_ends is not None:
            total += before.before_ends.get(after.end, 0)
        if before.ends_pair is not None:
            total += before.ends_pair.get(after.ending, 0)
        return total


@lru_cache(maxsize=8)
def sways(lang: str, at_comma: bool) -> SwayTable:
    """The words of ``lang`` as they sway the odds at a comma, or where no mark stands."""
    return SwayTable(lang, at_comma)


def _length(words: int) -> int:
    """The step of the scale that tells how long a sentence is by now."""
    return words if words < 8 else 8 + min((words - 8) // 4, 3)


@lru_cache(maxsize=8)
def _table(lang: str) -> dict[str, Weights]:
    table: dict[str, Weights] = {}
    for line in (FOLDER / f"{lang}.tsv").read_text("utf-8").splitlines():
        feature, bare, comma = line.split("\t")
        table[feature] = (float(bare), float(comma))
    return table
