"""Hashtags as the words they are made of, for models; the way back to the tag as it was written stays."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from .marks import FOLDER
from .normalisation import Normalised

_TAG = re.compile(r"(?<![\w&/])[#＃](?=[\w\u200c]*[^\W\d_])([\w\u200c]+)")
_PIECES = re.compile(
    r"^[a-zа-яё][A-ZА-ЯЁ][a-zа-яё]+|[A-ZА-ЯЁ]{2,}(?=[A-ZА-ЯЁ][a-zа-яё])|[A-ZА-ЯЁ]?[a-zа-яё]+|[A-ZА-ЯЁ]+"
    r"|[^\W\d_A-Za-zА-Яа-яЁё]+(?:\u200c[^\W\d_A-Za-z]+)*|\d+")
_LONG, _SHORT, _MOST = 7, 3, 5
_KNOWN_LENGTH = 8
_EDGE = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_SPLIT = ("en", "ru", "fa", "ar")


def tags_in_words(normalised: Normalised, lang: str) -> Normalised:
    """The text with each hashtag as words: "#CustomerService" reads "Customer Service". The words of a tag point at
    the letters of the tag, the first at its sign."""
    text = normalised.text
    if "#" not in text and "＃" not in text:
        return normalised
    pieces: list[str] = []
    offsets: list[int] = []
    at = 0
    for tag in _TAG.finditer(text):
        words = tag_words(tag[1], lang)
        if not words:
            continue
        pieces.append(text[at:tag.start()])
        offsets += normalised.offsets[at:tag.start()]
        for number, (start, end) in enumerate(words):
            first, last = tag.start(1) + start, tag.start(1) + end
            if number:
                pieces.append(" ")
                offsets.append(normalised.offsets[first])
            pieces.append(text[first:last])
            offsets += normalised.offsets[first:last]
            if not number:
                offsets[-(last - first)] = normalised.offsets[tag.start()]
        at = tag.end()
    pieces.append(text[at:])
    offsets += normalised.offsets[at:]
    return Normalised("".join(pieces), offsets)


@lru_cache(maxsize=20_000)
def tag_words(tag: str, lang: str) -> tuple[tuple[int, int], ...]:
    """Where the words of a tag (without its sign) are: parted by underscores, capitals and digits, and where many
    letters run together, by words that are known. A tag that cannot be parted is one word."""
    found: list[tuple[int, int]] = []
    for piece in _PIECES.finditer(tag):
        start, word = piece.start(), piece[0]
        for first, last in _run_together(word.lower(), lang) or [(0, len(word))]:
            found.append((start + first, start + last))
    return tuple(found)


def _run_together(word: str, lang: str) -> list[tuple[int, int]] | None:
    """The fewest known words that a run of letters is made of, None where it is one, or none are."""
    known = _known(lang if lang in _SPLIT and not word.isascii() else "en" if word.isascii() else "")
    if len(word) < _LONG or word in known:
        return None
    # How many words, how many short ones among them, and where the last begins.
    best: list[tuple[int, int, int] | None] = [(0, 0, 0), *[None] * len(word)]
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - 18), end):
            before = best[start]
            if before is None or end - start < 2 or word[start:end] not in known:
                continue
            tried = (before[0] + 1, before[1] + (end - start < _SHORT), start)
            now = best[end]
            if now is None or tried[:2] < now[:2]:
                best[end] = tried
    last = best[-1]
    if last is None or last[0] > _MOST or last[1] > last[0] // 2:
        return None
    cut: list[tuple[int, int]] = []
    at = len(word)
    while at:
        step = best[at]
        assert step is not None
        cut.append((step[2], at))
        at = step[2]
    return cut[::-1]


@lru_cache(maxsize=8)
def _known(lang: str) -> frozenset[str]:
    """Words of a language that are known from the model of sentence ends, and those of tags."""
    if not lang:
        return frozenset()
    words = set((Path(__file__).parent / "data" / "tagwords" / f"{lang}.txt").read_text("utf-8").split())
    for line in (FOLDER / f"{lang}.tsv").read_text("utf-8").splitlines():
        feature = line.split("\t", 1)[0]
        if feature[:2] in ("a ", "b ", "c ", "d "):
            word = _EDGE.sub("", feature[2:])
            if _SHORT <= len(word) <= _KNOWN_LENGTH and word.isalpha():
                words.add(word)
    return frozenset(words)
