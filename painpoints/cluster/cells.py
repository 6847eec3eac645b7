"""Neighbours of very many vectors among a pool that is parted into cells: only the nearest cells are looked into.

For votes and strength, where one neighbour more or less decides nothing. The cells come from a few rounds of k-means
that begin with rows evenly spaced in the pool's own order, so that the same pool has the same cells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints.cluster.neighbours import Neighbours
from painpoints.cluster.sums import blocks, cluster_sums, members_of

if TYPE_CHECKING:
    import numpy as np

PROBES = 12
_ROUNDS = 3
_ROWS = 32_768
_FEW = 4_096


def near_cells(vectors: np.ndarray, rows: np.ndarray, pool: np.ndarray, k: int) -> Neighbours:
    """The ``k`` nearest rows of ``pool`` (m, d) for the ``rows`` of ``vectors``, in the `PROBES` cells nearest to each.

    Small pools are searched whole. Similarities are ranked as those of `painpoints.cluster.neighbours.nearest`.
    """
    import numpy as np
    import torch

    k = min(k, len(pool))
    index, similarity = np.zeros((len(rows), k), np.int32), np.zeros((len(rows), k), np.float32)
    cells = _cells(pool) if len(pool) > _FEW else [np.arange(len(pool))]
    middles = np.stack([_unit(pool[cell].sum(0)) for cell in cells])
    parts = [torch.from_numpy(np.ascontiguousarray(pool[cell])) for cell in cells]
    probes = min(PROBES, len(cells))
    for part in blocks(len(rows), _ROWS):
        asked = torch.from_numpy(np.ascontiguousarray(vectors[rows[part]]))
        count = len(asked)
        probed = np.argpartition(-(asked.numpy() @ middles.T), probes - 1, axis=1)[:, :probes]
        near = np.full((count, probes * k), -2.0, np.float32)
        who = np.zeros((count, probes * k), np.int64)
        order = np.argsort(probed, axis=None, kind="stable")
        edges = np.searchsorted(probed.reshape(-1)[order], np.arange(len(cells) + 1))
        for cell, members in enumerate(cells):
            row, turn = np.divmod(order[edges[cell]:edges[cell + 1]], probes)
            take = min(k, len(members))
            if not len(row) or not take:
                continue
            best = (asked[row] @ parts[cell].T).topk(take, dim=1)
            place = turn[:, None] * k + np.arange(take)
            near[row[:, None], place] = best.values.numpy()
            who[row[:, None], place] = members[best.indices.numpy()]
        rank = np.rint(near * 1e5).astype(np.int64) * len(pool) - who
        chosen = np.argpartition(-rank, k - 1, axis=1)[:, :k]
        chosen = np.take_along_axis(chosen, np.argsort(-np.take_along_axis(rank, chosen, 1), axis=1), 1)
        index[part] = np.take_along_axis(who, chosen, 1)
        similarity[part] = np.take_along_axis(near, chosen, 1)
    return Neighbours(index, similarity)


def _cells(pool: np.ndarray) -> list[np.ndarray]:
    """The rows of each cell, about as many cells as rows a cell."""
    import numpy as np

    count = round(len(pool) ** 0.5)
    middles = pool[np.linspace(0, len(pool) - 1, count).astype(np.int64)]
    for _ in range(_ROUNDS):
        of = np.concatenate([np.round(pool[part] @ middles.T, 5).argmax(1) for part in blocks(len(pool))])
        sums = cluster_sums(pool, of, count)
        middles = np.stack([_unit(total) for total in sums]).astype(np.float32)
    return [cell for cell in members_of(of) if len(cell)]


def _unit(vector: np.ndarray) -> np.ndarray:
    import numpy as np

    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), np.float32)
