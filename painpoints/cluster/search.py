"""Exact nearest neighbours of very many vectors: a coarse look in bfloat16, and a proof that it missed nothing.

A product of two vectors of length 1 in bfloat16 is at most `ERROR` from the exact one, so a row that the coarse look
left out cannot be nearer than the last one it kept, plus that. Where the wanted neighbours are not all above this mark
(many copies of one text, mostly), the row is told to look at everything.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import torch

ERROR = 0.006
"""Two factors rounded to 8 bits (2 ** -9 each) and the product rounded again: 3 * 2 ** -9, at most."""
_ROWS, _GROUP, _MORE = 1024, 16, 28


def look(vectors: np.ndarray, pool: np.ndarray, k: int, own: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The ``k`` nearest rows of ``pool`` for all ``vectors``: their index (n, k) int32 and cosines (n, k) float32,
    ranked as `painpoints.cluster.neighbours.nearest` ranks; and which rows (n,) bool have proof that they are right.

    With ``own`` the pool are the vectors themselves, and no row is its own neighbour.
    """
    import numpy as np
    import torch

    exact = torch.from_numpy(np.ascontiguousarray(pool, np.float32))
    asked = exact if own else torch.from_numpy(np.ascontiguousarray(vectors, np.float32))
    columns = -(-len(pool) // _GROUP) * _GROUP
    rough = torch.zeros(columns, pool.shape[1], dtype=coarse_type())
    rough[:len(pool)] = exact
    wide = min(columns // _GROUP, k + _MORE)
    index, similarity = np.zeros((len(vectors), k), np.int32), np.zeros((len(vectors), k), np.float32)
    proven = np.zeros(len(vectors), bool)
    for start in range(0, len(vectors), _ROWS):
        rows = slice(start, min(start + _ROWS, len(vectors)))
        found, edge = _widest((rough[rows] if own else asked[rows].to(rough.dtype)) @ rough.T, wide)
        missing = found >= len(pool)
        found[missing] = 0
        cosines = torch.bmm(exact[found], asked[rows, :, None])[:, :, 0]
        if own:
            missing |= found == torch.arange(rows.start, rows.stop)[:, None]
        cosines[missing] = -2.0
        place, near = found.numpy(), cosines.numpy()
        rank = np.rint(near * 1e5).astype(np.int64) * len(pool) - place
        order = np.argsort(-rank, axis=1, kind="stable")[:, :k]
        index[rows] = np.take_along_axis(place, order, 1)
        similarity[rows] = np.take_along_axis(near, order, 1)
        proven[rows] = similarity[rows, k - 1] > edge.float().numpy() + (ERROR + 2e-5)
    return index, similarity, proven


@cache
def coarse_type() -> torch.dtype:
    """bfloat16 where the processor multiplies it quickly, else float32."""
    import torch

    from painpoints.encode import hardware

    quick = {"amx_bf16", "avx512_bf16", "bf16"} & set(hardware().cpu_features)
    return torch.bfloat16 if quick else torch.float32


def _widest(scores: torch.Tensor, wide: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The columns (r, wide) of the ``wide`` greatest ``scores`` (r, c) of each row, and the least of those (r,)."""
    import torch

    # The greatest lie in the groups whose greatest are greatest: most of the row need not be sorted.
    count, columns = scores.shape
    part = columns // _GROUP
    groups = scores.view(count, _GROUP, part).amax(1).topk(wide, dim=1, sorted=False).indices
    among = (groups[:, None, :] + torch.arange(_GROUP)[None, :, None] * part).reshape(count, -1)
    best = scores.gather(1, among).topk(wide, dim=1)
    return among.gather(1, best.indices), best.values[:, -1]
