"""Texts as sets of letter runs, and how much two such sets have in common.

MinHash (Broder 1997): the smallest hash of a set under a random order is shared by two sets as often as their Jaccard
similarity says. Runs are of letters alone, so that spaces, ZWNJ, digits and marks make no difference. Plain numpy,
because hashing the runs of all texts at once is as quick as a compiled MinHash that is fed Python strings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import polars as pl

RUN = 5
"""Letters of one run."""
ORDERS = 128
"""Random orders: the similarity that `alike` estimates has a standard error of at most 1 / (2 * sqrt(ORDERS))."""
_CHARACTERS = 100_000
_SEED = 20_261
_LETTERS = dict(zip("يىېكڪٱةەہھ", "یییککاهههه", strict=True))


def letters(texts: pl.Series) -> pl.Series:
    """``texts`` (null as "") down to their letters, in one case and one spelling, without addresses of pages."""
    return (texts.fill_null("").str.normalize("NFKD").str.to_lowercase()
            .str.replace_all(r"https?://\S+", " ").str.replace_all(r"[^\p{L}]+", "")
            .str.replace_many(list(_LETTERS), list(_LETTERS.values())))


def runs(text: str) -> frozenset[str]:
    """The runs of letters in ``text``, itself if it is shorter than one."""
    return frozenset(text[at:at + RUN] for at in range(max(1, len(text) - RUN + 1)))


def jaccard(one: frozenset[str], two: frozenset[str]) -> float:
    """The share of all runs of both that both have."""
    shared = len(one & two)
    return shared / (len(one) + len(two) - shared)


def contained(one: frozenset[str], two: frozenset[str]) -> float:
    """The share of the runs of ``one`` that ``two`` has too."""
    return len(one & two) / len(one)


def signatures(texts: Sequence[str] | pl.Series) -> np.ndarray:
    """MinHash signatures (n, ORDERS) uint32 of ``texts``; a text's own hangs on nothing but its letters."""
    said = pl.Series(texts, dtype=pl.Utf8)
    factors = np.random.default_rng(_SEED).integers(1, 2 ** 63, ORDERS, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    found = np.empty((len(said), ORDERS), np.uint32)
    for first, last in _batches(said):
        hashes, starts = _hashed([text.ljust(RUN, "\0") for text in said[first:last]])
        drawn = np.empty_like(hashes)
        for order, factor in enumerate(factors):
            np.multiply(hashes, factor, out=drawn)
            found[first:last, order] = np.minimum.reduceat(drawn, starts) >> np.uint64(32)
    return found


def alike(signed: np.ndarray, one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """The estimated Jaccard similarity of the rows ``one`` (m,) and ``two`` (m,) of ``signed``."""
    found = np.empty(len(one))
    for at in range(0, len(one), 100_000):
        part = slice(at, at + 100_000)
        found[part] = (signed[one[part]] == signed[two[part]]).mean(1)
    return found


def neighbours(signed: np.ndarray, rows: int, place: np.ndarray, reach: int = 2, span: float | None = None
               ) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of rows that share a band of ``rows`` orders: each with the ``reach`` before it there and with the first.

    ``place`` (n,) is what they are ordered by; with ``span``, no pair lies further apart. So many alike texts make
    a number of pairs that grows as they do, and still all hang together.
    """
    count, pairs = len(signed), np.zeros(0, np.uint64)
    for band in range(0, ORDERS - rows + 1, rows):
        key = _key(signed[:, band:band + rows])
        order = np.lexsort((place, key))
        sorted_key, sorted_place = key[order], place[order]
        steps = [(order[step:], order[:-step], sorted_key[step:] == sorted_key[:-step],
                  sorted_place[step:] - sorted_place[:-step]) for step in range(1, min(reach, len(order) - 1) + 1)]
        head = np.maximum.accumulate(np.where(np.r_[True, sorted_key[1:] != sorted_key[:-1]],
                                              np.arange(len(order)), 0))
        steps.append((order, order[head], head != np.arange(len(order)), sorted_place - sorted_place[head]))
        found = [pairs]
        for later, earlier, same, apart in steps:
            kept = same if span is None else same & (apart <= span)
            found.append(earlier[kept].astype(np.uint64) * np.uint64(count) + later[kept].astype(np.uint64))
        pairs = np.sort(np.concatenate(found))  # numpy's own unique takes minutes for such numbers
        pairs = pairs[np.r_[True, pairs[1:] != pairs[:-1]][:len(pairs)]]  # at once: alike texts meet in every band
    one, two = np.divmod(pairs, np.uint64(max(1, count)))
    return one.astype(np.int64), two.astype(np.int64)


def _key(band: np.ndarray) -> np.ndarray:
    key = np.zeros(len(band), np.uint64)
    for column in band.T:
        key = (key ^ column) * np.uint64(0x9E3779B97F4A7C15)
        key ^= key >> np.uint64(31)
    return key


def _batches(said: pl.Series) -> Iterator[tuple[int, int]]:
    """Where parts of about _CHARACTERS begin and end."""
    part = said.str.len_chars().cum_sum().to_numpy() // _CHARACTERS
    edges = [0, *(np.flatnonzero(np.diff(part)) + 1).tolist(), len(said)]
    return ((first, last) for first, last in pairwise(edges) if first < last)


def _hashed(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Hashes of the runs of ``texts`` one text after the other, and where each text's begin."""
    size = np.array([len(text) for text in texts])
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    count = len(codes) - RUN + 1
    hashes = np.zeros(count, np.uint64)
    for at in range(RUN):
        hashes = hashes * np.uint64(0x9E3779B97F4A7C15) + codes[at:at + count]
    own = np.ones(count, bool)
    ends = np.cumsum(size)
    for back in range(1, RUN):  # runs that reach into the next text
        crossing = ends - back
        own[crossing[crossing < count]] = False
    hashes = hashes[own]
    for shift, factor in ((29, 0xBF58476D1CE4E5B9), (32, 0x94D049BB133111EB)):
        hashes = (hashes ^ (hashes >> np.uint64(shift))) * np.uint64(factor)
    return hashes, np.r_[0, np.cumsum(size - RUN + 1)[:-1]]
