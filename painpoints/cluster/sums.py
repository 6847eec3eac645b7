"""Sums over clusters in one pass over the rows, in blocks, so that very many rows need little memory."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

BLOCK = 65_536


def blocks(count: int, size: int = BLOCK) -> Iterator[slice]:
    """Slices that cover ``count`` rows."""
    for start in range(0, count, size):
        yield slice(start, min(start + size, count))


def cluster_sums(rows: np.ndarray, place: np.ndarray, clusters: int) -> np.ndarray:
    """The sum of the ``rows`` (n, d) of each cluster: (clusters, d) float64; ``place`` (n,) is -1 for rows in none."""
    import numpy as np
    from scipy.sparse import csr_array

    sums = np.zeros((clusters, rows.shape[1]))
    double = np.empty((min(BLOCK, len(rows)), rows.shape[1]))
    for part in blocks(len(rows)):
        inside = np.flatnonzero(place[part] >= 0)
        mine = double[:len(place[part])]
        np.copyto(mine, rows[part])
        member = csr_array((np.ones(len(inside)), (place[part][inside], inside)), shape=(clusters, len(mine)))
        sums += member @ mine
    return sums


def cluster_squares(rows: np.ndarray, place: np.ndarray, clusters: int) -> np.ndarray:
    """The sum of the squared lengths of the ``rows`` of each cluster: (clusters,) float64."""
    import numpy as np

    square = np.zeros(clusters)
    for part in blocks(len(rows)):
        inside = np.flatnonzero(place[part] >= 0)
        mine = rows[part][inside]
        np.add.at(square, place[part][inside], np.einsum("nd,nd->n", mine, mine, dtype=np.float64))
    return square


def members_of(labels: np.ndarray) -> list[np.ndarray]:
    """The rows of each cluster 0..k-1, ascending."""
    import numpy as np

    order = np.argsort(labels, kind="stable")
    edges = np.searchsorted(labels[order], np.arange(int(labels.max(initial=-1)) + 2))
    return [order[start:end] for start, end in pairwise(edges)]
