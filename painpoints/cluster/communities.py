"""Communities of the neighbour graph, by modularity (Louvain local moving, Blondel et al. 2008), without chance.

Nodes are visited in their own order and ties go to the lower community, so that the same graph gives the same
communities. Dense seeds enter as one node each: modularity may join seeds, never tear one.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

_PASSES = 30
_LEAST_GAIN = 1e-9


def communities(graph: csr_array, seeds: np.ndarray, resolution: float) -> np.ndarray:
    """Community of each node, (n,) int64 from 0, of the symmetric weighted ``graph`` (n, n).

    ``seeds`` (n,) gives nodes that stay together the same number, -1 to the others. A higher ``resolution`` makes
    more and smaller communities (Reichardt & Bornholdt 2006).
    """
    import numpy as np

    node = seeds.astype(np.int64).copy()
    alone = node < 0
    node[alone] = int(node.max(initial=-1)) + 1 + np.arange(int(alone.sum()))
    node = np.unique(node, return_inverse=True)[1]
    while True:
        collapsed = _collapse(graph, node)
        moved = _move(collapsed, resolution)
        if len(np.unique(moved)) == collapsed.shape[0]:
            return node
        node = np.unique(moved, return_inverse=True)[1][node]


def _collapse(graph: csr_array, node: np.ndarray) -> csr_array:
    import numpy as np
    from scipy.sparse import csr_array

    member = csr_array((np.ones(len(node)), (np.arange(len(node)), node)), shape=(len(node), int(node.max()) + 1))
    return csr_array(member.T @ graph @ member)


def _around(graph: csr_array) -> list[list[tuple[int, float]]]:
    """The other nodes that each is linked to, with the weights of the links."""
    import numpy as np

    coo = graph.tocoo()
    others = coo.row != coo.col
    links = list(zip(coo.col[others].tolist(), coo.data[others].tolist(), strict=True))
    edges = np.searchsorted(coo.row[others], np.arange(graph.shape[0] + 1)).tolist()
    return [links[start:end] for start, end in pairwise(edges)]


def _move(graph: csr_array, resolution: float) -> np.ndarray:
    """Moves single nodes to the neighbouring community with the greatest gain until nothing gains."""
    import numpy as np

    count = graph.shape[0]
    degree = np.asarray(graph.sum(1)).ravel().tolist()
    total = sum(degree)
    community = list(range(count))
    weight = list(degree)
    if total <= 0:
        return np.array(community)
    around = _around(graph)
    penalty = resolution / total
    for _ in range(_PASSES):
        moves = 0
        for at, near in enumerate(around):
            home = community[at]
            links: dict[int, float] = {home: 0.0}
            for other, value in near:
                name = community[other]
                if name in links:
                    links[name] += value
                else:
                    links[name] = value
            own = degree[at]
            weight[home] = left = weight[home] - own
            if len(links) == 1:
                weight[home] = left + own
                continue
            price = penalty * own
            best, most = home, links[home] - price * left
            for name in sorted(links):
                gain = links[name] - price * weight[name]
                if gain > most + _LEAST_GAIN:
                    best, most = name, gain
            weight[best] += own
            if best != home:
                community[at] = best
                moves += 1
        if not moves:
            break
    return np.array(community)
