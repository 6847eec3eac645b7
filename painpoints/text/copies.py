"""Which texts are one text with small changes: the near tier of copies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .shingles import alike, jaccard, neighbours, runs, signatures

NEAR = 0.6
"""Jaccard similarity of letter runs from which two texts are one: about two words exchanged in a hundred letters."""
NEAR_LENGTH = 60
"""Letters from which near texts of different people are copies. What is shorter is said alike by chance."""
OWN_LENGTH = 20
"""The same for texts of one author."""
_BAND = 4
_MARGIN = 0.12


def near_copies(texts: Sequence[str], order: np.ndarray, authors: Sequence[str | None] | None = None) -> np.ndarray:
    """For each of ``texts`` (letters only, see `letters`) the row that it is a copy of, its own where it is none.

    ``order`` (n,) ranks the rows; the first of alike texts is the one the others are copies of, and every copy is
    alike to it itself, not only to another copy. Nothing hangs on the order of the rows. Texts under NEAR_LENGTH are
    copies of their author's own only; ``authors`` may be left out or hold None.
    """
    firsts = np.arange(len(texts))
    size = np.array([len(text) for text in texts], int)
    known = np.array([False if authors is None else name is not None for name in authors or [None] * len(texts)], bool)
    fit = np.flatnonzero((size >= NEAR_LENGTH) | (known & (size >= OWN_LENGTH)))
    if len(fit) < 2:
        return firsts
    rank = np.empty(len(texts), np.int64)
    rank[np.argsort(order, kind="stable")] = np.arange(len(texts))
    signed = signatures([texts[at] for at in fit.tolist()])
    one, two = neighbours(signed, _BAND, rank[fit].astype(np.float64))
    near = alike(signed, one, two) >= NEAR - _MARGIN
    one, two = fit[one[near]], fit[two[near]]
    return _led(texts, rank, one, two, authors, size)


def _led(texts: Sequence[str], rank: np.ndarray, one: np.ndarray, two: np.ndarray,
         authors: Sequence[str | None] | None, size: np.ndarray) -> np.ndarray:
    firsts = np.arange(len(texts))
    for members in components(len(texts), one, two):
        members = members[np.argsort(rank[members])]
        held = {int(at): runs(texts[at]) for at in members}
        leaders: list[int] = []
        for at in map(int, members):
            leader = next((other for other in leaders if _copied(at, other, held, authors, size)), None)
            if leader is None:
                leaders.append(at)
            else:
                firsts[at] = leader
            leaders = leaders[:1] + leaders[1:][-_LEADERS:]
    return firsts


_LEADERS = 20
"""So many leaders of one heap of alike texts are compared with: the first and the latest."""


def _copied(at: int, other: int, held: dict[int, frozenset[str]], authors: Sequence[str | None] | None,
            size: np.ndarray) -> bool:
    if min(size[at], size[other]) < NEAR_LENGTH and (
            authors is None or authors[at] is None or authors[at] != authors[other]):
        return False
    return jaccard(held[at], held[other]) >= NEAR


def components(count: int, one: np.ndarray, two: np.ndarray) -> list[np.ndarray]:
    """The rows of 0..``count`` that the pairs (``one``, ``two``) join, each heap of at least two sorted."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if not len(one):
        return []
    graph = coo_array((np.ones(len(one), bool), (one, two)), shape=(count, count))
    labels = connected_components(graph, directed=False)[1]
    joined = np.unique(np.concatenate([one, two]))
    order = joined[np.argsort(labels[joined], kind="stable")]
    return np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)
