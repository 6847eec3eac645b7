"""Exact nearest neighbours by cosine, the same on every run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from painpoints.cluster.search import look
from painpoints.cluster.sums import blocks

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

LOOKED_UP = 1.6
"""Neighbours looked up for each one used, so that subsamples find theirs without another search."""
_BLOCK = 1024
_MANY = 8_000
"""Rows of a pool from which a coarse look goes first."""
_LINKED = 4_096


@dataclass(frozen=True)
class Neighbours:
    """``index`` (n, k) int32, nearest first and never the row itself; ``similarity`` (n, k) float32 cosines."""

    index: np.ndarray
    similarity: np.ndarray


def nearest(vectors: np.ndarray, k: int, among: np.ndarray | None = None) -> Neighbours:
    """The ``k`` nearest rows of ``among`` (default: ``vectors`` itself, without each row) for every row.

    Vectors are L2-normalised. Similarities are rounded to 1e-5 and ties go to the lower row, so that a change in the
    order of floating-point sums does not change a neighbour.
    """
    import numpy as np

    own = among is None
    pool = vectors if among is None else among
    k = min(k, len(pool) - int(own))
    index = np.zeros((len(vectors), max(k, 0)), np.int32)
    similarity = np.zeros((len(vectors), max(k, 0)), np.float32)
    if k <= 0:
        return Neighbours(index, similarity)
    left = np.arange(len(vectors))
    if len(pool) >= _MANY:
        index, similarity, proven = look(vectors, pool, k, own)
        left = np.flatnonzero(~proven)
    ties = np.arange(len(pool), dtype=np.int64)
    for start in range(0, len(left), _BLOCK):
        rows = left[start:start + _BLOCK]
        block = vectors[rows] @ pool.T
        if own:
            block[np.arange(len(block)), rows] = -2.0
        # One integer carries the rounded similarity and, below it, the row: equal similarities sort by row.
        rank = np.rint(block * 1e5).astype(np.int64) * len(pool) - ties
        best = np.argpartition(-rank, k - 1, axis=1)[:, :k]
        order = np.argsort(-np.take_along_axis(rank, best, 1), axis=1, kind="stable")
        best = np.take_along_axis(best, order, 1)
        index[rows] = best
        similarity[rows] = np.take_along_axis(block, best, 1)
    return Neighbours(index, similarity)


def first(found: Neighbours, k: int) -> Neighbours:
    """The ``k`` nearest of neighbours that were already found."""
    return Neighbours(found.index[:, :k], found.similarity[:, :k])


def shared_neighbours(found: Neighbours) -> csr_array:
    """Symmetric graph (n, n) of neighbour links, weighted by the Jaccard overlap of the two neighbourhoods.

    Overlap evens out what cosines do not: parts of the space where everything is near everything (Jarvis & Patrick
    1973).
    """
    import numpy as np
    from scipy.sparse import csr_array

    count, k = found.index.shape
    start = np.repeat(np.arange(count), k)
    end = found.index.reshape(-1)
    links = csr_array((np.ones(count * k, np.float32), (start, end)), shape=(count, count))
    own = csr_array((np.ones(count, np.float32), (np.arange(count), np.arange(count))), shape=(count, count))
    # A neighbour may stand there twice, where there were too few (painpoints.cluster.stability); it counts once.
    links.data[:] = 1.0
    around = (links + own).tocsr()
    around.data[:] = 1.0
    size = np.diff(around.indptr)
    common = (around @ around.T).multiply(links).tocoo()
    share = common.data / (size[common.row] + size[common.col] - common.data)
    found_shares = csr_array((share.astype(np.float32), (common.row, common.col)), shape=(count, count))
    return csr_array(found_shares.maximum(found_shares.T))


def strongest(graph: csr_array, vectors: np.ndarray, k: int) -> Neighbours:
    """The ``k`` strongest links of every row of a symmetric ``graph`` (n, n), with cosines (weighing 0.3) to break its ties.

    Rows with fewer links are filled with themselves at similarity 0.
    """
    import numpy as np

    count, graph = graph.shape[0], graph.sorted_indices()
    cosines = _cosines(graph, vectors)
    index = np.repeat(np.arange(count, dtype=np.int32)[:, None], k, 1)
    similarity = np.zeros((count, k), np.float32)
    for part in blocks(count, _LINKED):
        edges = slice(graph.indptr[part.start], graph.indptr[part.stop])
        links = np.diff(graph.indptr[part.start:part.stop + 1])
        start, ends = np.repeat(np.arange(part.start, part.stop), links), graph.indices[edges]
        score = graph.data[edges] + 0.3 * cosines[edges]
        order = np.lexsort((ends, -np.round(score, 5), start))
        place = np.arange(len(order)) - np.repeat(np.cumsum(links) - links, links)
        kept = place < k
        order, place = order[kept], place[kept]
        index[start[order], place] = ends[order]
        similarity[start[order], place] = np.clip(score[order] / 1.3, 0.0, 1.0)
    return Neighbours(index, similarity)


def _cosines(graph: csr_array, vectors: np.ndarray) -> np.ndarray:
    """The cosine of the ends of every link of a symmetric ``graph`` (n, n), whose columns are sorted, in the order of its data, float32."""
    import numpy as np
    from scipy.sparse import csr_array

    upper = graph.tocoo()
    wanted = upper.row < upper.col
    start, ends = upper.row[wanted], upper.col[wanted]
    found = np.zeros(graph.nnz, np.float32)
    found[wanted] = np.concatenate([np.zeros(0, np.float32), *(
        np.einsum("nd,nd->n", vectors[ends[part]], vectors[start[part]]) for part in blocks(len(start), _LINKED))])
    # The other half is the same, seen from the other side.
    place = csr_array((np.arange(1, graph.nnz + 1), graph.indices, graph.indptr), shape=graph.shape)
    mirrored = csr_array(place.T).data - 1
    return np.where(upper.row > upper.col, found[mirrored], found)
