"""Nearest neighbours of very many vectors, by a coarse look first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints.cluster.neighbours import Neighbours

if TYPE_CHECKING:
    import numpy as np

_BLOCK = 2048
_MORE = 8


def closest(vectors: np.ndarray, k: int) -> Neighbours:
    """The ``k`` nearest other rows of ``vectors`` (n, d), L2-normalised, for every row, nearest first.

    As `nearest`, some ten times as fast and not to the last place: candidates are found in bfloat16, half again as many
    as wanted and eight more, and put into order by their exact cosines. For maps and browsing, not for clustering.
    """
    import numpy as np
    import torch

    count = len(vectors)
    k = min(k, count - 1)
    if k <= 0:
        return Neighbours(np.zeros((count, 0), np.int32), np.zeros((count, 0), np.float32))
    exact = torch.from_numpy(np.ascontiguousarray(vectors, np.float32))
    rough = exact.bfloat16()
    index, similarity = np.zeros((count, k), np.int32), np.zeros((count, k), np.float32)
    wide = min(count, k + k // 2 + _MORE)
    for start in range(0, count, _BLOCK):
        rows = torch.arange(start, min(start + _BLOCK, count))
        candidates = (rough[rows] @ rough.T).topk(wide, dim=1).indices
        cosines = torch.einsum("rd,rcd->rc", exact[rows], exact[candidates])
        cosines[candidates == rows[:, None]] = -2.0
        best = cosines.topk(k, dim=1)
        index[start:start + len(rows)] = candidates.gather(1, best.indices).numpy()
        similarity[start:start + len(rows)] = best.values.numpy()
    return Neighbours(index, similarity)
