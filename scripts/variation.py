"""Texts like given ones, but in other words: what large inputs are made of for benchmarks of growth."""

from __future__ import annotations

import hashlib
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl

_WORD = re.compile(r"[^\W\d_]+")
SHARE = 0.4
"""How many of the words of a text are exchanged: with so many, no text is a near copy of the one it was made of."""

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


def varied(text: str, lang: str, words: Words, rng: random.Random) -> str:
    """``text`` with some of its words exchanged for as long ones of ``lang``: every character keeps its place."""
    def other(match: re.Match[str]) -> str:
        word = match.group()
        return rng.choice(words.get((lang, len(word)), [word])) if rng.random() < SHARE else word

    return _WORD.sub(other, text)


def come_again(documents: pl.DataFrame, units: pl.DataFrame, words: Words, turn: int
               ) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Judged ``units`` and their ``documents`` under the ids, at the times and in the words of their ``turn``-th
    coming."""
    rng = random.Random(turn)
    lang = dict(units.select("doc_id", "lang").iter_rows())
    texts = {doc: varied(text or "", lang.get(doc, "und"), words, rng)
             for doc, text in documents.select("doc_id", "text").iter_rows()}
    shift = np.random.default_rng(turn).integers(-DAYS // 2, DAYS // 2, len(documents)) * 86_400_000_000
    first, last = documents["time"].min(), documents["time"].max()
    again = documents.with_columns(
        _anew("doc_id", turn), _anew("author_key", turn), text=pl.col("doc_id").replace_strict(texts),
        time=(pl.col("time") + pl.Series(shift).cast(pl.Duration("us"))).clip(first, last))
    said, read, keys = [], [], []
    for doc, start_, end, text, model_text, code in units.select(
            "doc_id", "start", "end", "text", "model_text", "lang").iter_rows():
        new = texts[doc][start_:end]
        said.append(new)
        read.append(new if text == model_text else varied(model_text, code, words, rng))
        keys.append(hashlib.blake2b(new.lower().encode("utf8", "surrogatepass"), digest_size=8).hexdigest())
    return again, units.with_columns(
        _anew("doc_id", turn), _anew("unit_id", turn), pl.Series("text", said, pl.Utf8),
        pl.Series("model_text", read, pl.Utf8), pl.Series("key", keys, pl.Utf8))


def _anew(column: str, turn: int) -> pl.Expr:
    return pl.col(column).map_elements(
        lambda value: hashlib.blake2b(f"{turn} {value}".encode(), digest_size=8).hexdigest(), return_dtype=pl.Utf8)


def moved(vectors: np.ndarray, seed: int | Sequence[int]) -> np.ndarray:
    """``vectors`` (n, d) a little elsewhere, of length one."""
    there = vectors + np.random.default_rng(seed).normal(0, MOVED, vectors.shape).astype(np.float32)
    return np.asarray(there / np.linalg.norm(there, axis=1, keepdims=True), np.float32)
