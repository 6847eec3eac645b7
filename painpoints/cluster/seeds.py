"""Dense seeds: HDBSCAN (Campello et al. 2013) on a neighbour graph, without any projection.

The tree functions are those of the package `hdbscan`; the graph of mutual reachability is ours, so that 70,000 units
need no distance matrix and the result does not depend on chance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints.cluster.neighbours import Neighbours

if TYPE_CHECKING:
    import numpy as np

_APART = 4.0
"""Length of the bridges between parts of the graph; cosine distances end at 2."""


def dense_seeds(neighbours: Neighbours, min_cluster_size: int, core: int, method: str = "leaf") -> np.ndarray:
    """Seed cluster of each row, (n,) int64, -1 where the row lies in no dense part.

    ``core`` is the neighbour whose distance is a row's core distance; ``method`` is ``leaf`` (the finest stable
    parts) or ``eom`` (the most persistent ones).
    """
    import numpy as np
    from hdbscan._hdbscan_linkage import label
    from hdbscan._hdbscan_tree import compute_stability, condense_tree, get_clusters

    count, k = neighbours.index.shape
    none = np.full(count, -1, np.int64)
    if count < 2 * min_cluster_size or k < 1:
        return none
    edges = _spanning_tree(neighbours, min(core, k) - 1)
    tree = condense_tree(label(edges), min_cluster_size)
    if not (tree["child_size"] > 1).any():
        return none
    labels, _, _ = get_clusters(tree, compute_stability(tree), cluster_selection_method=method,
                                allow_single_cluster=False)
    return np.asarray(labels, np.int64)


def _spanning_tree(neighbours: Neighbours, core: int) -> np.ndarray:
    """Edges (n - 1, 3) of the minimum spanning tree by mutual reachability, shortest first."""
    import numpy as np
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

    count, k = neighbours.index.shape
    distance = np.maximum(1.0 - neighbours.similarity.astype(np.float64), 0.0)
    core_distance = distance[:, core]
    start = np.repeat(np.arange(count), k)
    end = neighbours.index.reshape(-1).astype(np.int64)
    reach = np.maximum(distance.reshape(-1), np.maximum(core_distance[start], core_distance[end]))
    # Sparse graphs drop zeros, and equal lengths would leave the tree to chance: add a rank in the last digits.
    low, high = np.minimum(start, end), np.maximum(start, end)
    order = np.lexsort((high, low, np.round(reach, 6)))
    ranked = np.empty(len(order))
    ranked[order] = np.round(reach, 6)[order] + 1e-6 + np.arange(len(order)) * (1e-7 / max(1, len(order)))
    graph = coo_array((ranked, (low, high)), shape=(count, count)).tocsr()
    tree = minimum_spanning_tree(_least_of_both(low, high, ranked, count)).tocoo()
    edges = np.stack([tree.row, tree.col, tree.data], 1).astype(np.float64)
    parts, part = connected_components(graph, directed=False)
    if parts > 1:
        first = np.unique(part, return_index=True)[1]
        bridges = np.stack([np.full(parts - 1, first[0]), first[1:], np.full(parts - 1, _APART)], 1)
        edges = np.concatenate([edges, bridges.astype(np.float64)])
    return edges[np.lexsort((edges[:, 1], edges[:, 0], edges[:, 2]))]


def _least_of_both(low: np.ndarray, high: np.ndarray, length: np.ndarray, count: int) -> object:
    """Sparse graph with one entry a pair; coordinate format would add the two directions up."""
    import numpy as np
    from scipy.sparse import coo_array

    order = np.lexsort((length, high, low))
    low, high, length = low[order], high[order], length[order]
    first = np.ones(len(low), bool)
    first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    return coo_array((length[first], (low[first], high[first])), shape=(count, count)).tocsr()
