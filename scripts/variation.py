"""Texts like given ones, but in other words: what large inputs are made of for benchmarks of growth."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl

_WORD = re.compile(r"[^\W\d_]+")
SHARE = 0.6
"""How many of the words of a text are exchanged: with so many, no text is a near copy of the one it was made of, and
all that come of one share too little to be a possible campaign."""

MOVED = 0.02
"""Spread of what is added to each of the dimensions of a vector, which has length one."""
DAYS = 182
"""Days over which what comes again is spread."""

Words = dict[tuple[str, int], list[str]]


def words_of(texts: Iterable[tuple[str, str]]) -> Words:
    """The words of ``texts`` (language, text), as often as they come, by language and length."""
    found: Words = defaultdict(list)
    for lang, text in texts:
        for word in _WORD.findall(text):
            found[lang, len(word)].append(word)
    return dict(found)


class Texts:
    """Texts to be said in other words, many at once: `varied`. ``langs`` are those of ``texts``, None as ""."""

    def __init__(self, texts: Sequence[str | None], langs: Sequence[str], words: Words) -> None:
        given = [text or "" for text in texts]
        self.edges = np.cumsum([0, *(len(text) for text in given)])
        """Where each text begins in all of them joined, and where the last one ends."""
        self._letters = _letters("".join(given))
        places = defaultdict(list)
        for text, lang, first in zip(given, langs, self.edges.tolist(), strict=False):
            for match in _WORD.finditer(text):
                places[lang, match.end() - match.start()].append(first + match.start())
        self._places = [(np.array(places[key]), _letters("".join(words[key])).reshape(-1, key[1]))
                        for key in sorted(places) if key in words]

    def varied(self, rng: np.random.Generator) -> str:
        """All texts joined, with some words exchanged for as long ones of their language, drawn as often as they
        come: every character keeps its place."""
        letters = self._letters.copy()
        for places, known in self._places:
            chosen = places[rng.random(len(places)) < SHARE]
            letters[chosen[:, None] + np.arange(known.shape[1])] = known[rng.integers(0, len(known), len(chosen))]
        return letters.tobytes().decode("utf-32-le", "surrogatepass")

    def each(self, rng: np.random.Generator) -> list[str]:
        """`varied`, text by text."""
        whole, edges = self.varied(rng), self.edges.tolist()
        return [whole[first:last] for first, last in itertools.pairwise(edges)]


def _letters(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


class Again:
    """Judged ``units`` and their ``documents``, which come again and again: `coming`."""

    def __init__(self, documents: pl.DataFrame, units: pl.DataFrame, words: Words) -> None:
        self._documents, self._units = documents, units
        lang = dict(units.select("doc_id", "lang").iter_rows())
        self._texts = Texts(documents["text"].to_list(), [lang.get(doc, "und") for doc in documents["doc_id"]], words)
        row = pl.Series(np.arange(len(documents)))
        begins = self._texts.edges[units["doc_id"].replace_strict(documents["doc_id"], row).to_numpy()]
        self._spans = np.stack([begins + units["start"].to_numpy(), begins + units["end"].to_numpy()], 1).tolist()
        # What a model read may be another text than what somebody wrote.
        self._apart = units.select((pl.col("text") != pl.col("model_text")).arg_true()).to_series()
        apart = units[self._apart.to_numpy()]
        self._read = Texts(apart["model_text"].to_list(), apart["lang"].to_list(), words)

    def coming(self, turn: int) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Documents and units under the ids, at the times and in the words of their ``turn``-th coming; the first, 0,
        is what was given."""
        if turn == 0:
            return self._documents, self._units
        rng = np.random.default_rng(turn)
        shift = rng.integers(-DAYS // 2, DAYS // 2, len(self._documents)) * 86_400_000_000
        time = self._documents["time"]
        whole, edges = self._texts.varied(rng), self._texts.edges.tolist()
        texts = [whole[first:last] for first, last in itertools.pairwise(edges)]
        said = [whole[first:last] for first, last in self._spans]
        read = pl.Series(said, dtype=pl.Utf8).scatter(self._apart, self._read.each(rng))
        keys = [_digest(text.lower()) for text in said]
        return self._documents.with_columns(
            _anew(self._documents["doc_id"], turn), _anew(self._documents["author_key"], turn),
            pl.Series("text", texts, pl.Utf8),
            time=(time + pl.Series(shift).cast(pl.Duration("us"))).clip(time.min(), time.max())), \
            self._units.with_columns(
                _anew(self._units["doc_id"], turn), _anew(self._units["unit_id"], turn),
                pl.Series("text", said, pl.Utf8), read.alias("model_text"), pl.Series("key", keys, pl.Utf8))


def _anew(ids: pl.Series, turn: int) -> pl.Series:
    return pl.Series(ids.name, [None if key is None else _digest(f"{turn} {key}") for key in ids.to_list()], pl.Utf8)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf8", "surrogatepass"), digest_size=8).hexdigest()


def moved(vectors: np.ndarray, seed: int | Sequence[int]) -> np.ndarray:
    """``vectors`` (n, d) a little elsewhere, of length one."""
    rng = np.random.default_rng(seed)
    there = vectors + np.float32(MOVED) * rng.standard_normal(vectors.shape, np.float32)
    return np.asarray(there / np.linalg.norm(there, axis=1, keepdims=True), np.float32)
