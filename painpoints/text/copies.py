"""Which texts are one text with small changes: the near tier of copies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from .shingles import alike, jaccard, neighbours, runs, signatures

NEAR = 0.6
"""Jaccard similarity of letter runs from which two texts are one: about two words exchanged in a hundred letters."""
NEAR_LENGTH = 60
"""Letters from which near texts of different people are copies. What is shorter is said alike by chance."""
OWN_LENGTH = 20
"""The same for texts of one author."""
_BAND = 4
_MARGIN = 0.12


def near_copies(texts: Sequence[str] | pl.Series, order: np.ndarray,
                authors: Sequence[str | None] | pl.Series | None = None) -> np.ndarray:
    """For each of ``texts`` (letters only, see `letters`) the row that it is a copy of, its own where it is none.

    ``order`` (n,) ranks the rows; the first of alike texts is the one the others are copies of, and every copy is
    alike to it itself, not only to another copy. Nothing hangs on the order of the rows. Texts under NEAR_LENGTH are
    copies of their author's own only; ``authors`` may be left out or hold None.
    """
    said = pl.Series(texts, dtype=pl.Utf8)
    who = pl.Series([None] * len(said) if authors is None else authors, dtype=pl.Utf8)
    firsts = np.arange(len(said))
    size = said.str.len_chars().cast(pl.Int64).to_numpy()
    fit = np.flatnonzero((size >= NEAR_LENGTH) | (who.is_not_null().to_numpy() & (size >= OWN_LENGTH)))
    if len(fit) < 2:
        return firsts
    rank = np.empty(len(said), np.int64)
    rank[np.argsort(order, kind="stable")] = np.arange(len(said))
    signed = signatures(said.gather(fit))
    one, two = neighbours(signed, _BAND, rank[fit].astype(np.float64))
    near = alike(signed, one, two) >= NEAR - _MARGIN
    one, two = fit[one[near]], fit[two[near]]
    for members in components(len(said), one, two):
        members = members[np.argsort(rank[members])]
        if len(members) > _GREAT:
            lead = members[:1]
            told = np.searchsorted(fit, members)
            sure = (alike(signed, told, np.broadcast_to(told[:1], told.shape)) >= NEAR + _MARGIN) & (
                np.minimum(size[members], size[lead]) >= NEAR_LENGTH)
            sure[0] = False
            firsts[members[sure]] = lead
            members = members[~sure]
        _lead(firsts, [_Text(*each) for each in zip(members.tolist(), said.gather(members).to_list(),
                                                    who.gather(members).to_list(), strict=True)])
    return firsts


class _Text(NamedTuple):
    row: int
    said: str
    author: str | None


def _lead(firsts: np.ndarray, members: Sequence[_Text]) -> None:
    """Notes for each of ``members``, in order of rank, the first that it is a copy of."""
    leaders: dict[_Text, frozenset[str]] = {}
    for text in members:
        held = runs(text.said)
        leader = next((other for other, theirs in leaders.items() if _may_copy(text, other)
                       and jaccard(held, theirs) >= NEAR), None)
        if leader is not None:
            firsts[text.row] = leader.row
            continue
        if len(leaders) > _LEADERS:
            del leaders[list(leaders)[1]]
        leaders[text] = held


_LEADERS = 20
"""So many leaders of one heap of alike texts are compared with: the first and the latest."""


_GREAT = 2_000
"""Heaps from this size on are compared by their signatures first: what these show to be surely alike is not counted
out."""


def _may_copy(one: _Text, two: _Text) -> bool:
    """Whether two texts are long enough to be copies, or of one author."""
    return min(len(one.said), len(two.said)) >= NEAR_LENGTH or (one.author is not None and one.author == two.author)


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
