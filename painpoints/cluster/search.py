"""Exact nearest neighbours of very many vectors: a coarse look in bfloat16, and a proof that it missed nothing.

A product of two vectors of length 1 in bfloat16 is at most `ERROR` from the exact one, so a row that the coarse look
left out cannot be nearer than the last one it kept, plus that. Where the wanted neighbours are not all above this mark
(many copies of one text, mostly), the row is told to look at everything.

The look is at fewer numbers than the vectors have: at those along their principal axes, and at one for the length of
what is left. The product of two such lengths is the most that the rest can add (Cauchy & Schwarz), so that what was
said above holds, and half of the work is saved.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from painpoints.cluster.sums import blocks

if TYPE_CHECKING:
    import numpy as np
    import torch

ERROR = 0.006
"""Two factors rounded to 8 bits (2 ** -9 each) and the product rounded again: 3 * 2 ** -9, at most."""
_ROWS, _GROUP, _MORE = 1024, 16, 28
_LEARNED, _STEP = 8_192, 32
_LEFT = 0.0025
"""Share of the squared lengths that may lie beside the axes looked along."""


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
    axes, kept = _axes(exact)
    rough = torch.zeros(columns, kept + 1 if kept else pool.shape[1], dtype=coarse_type())
    for part in blocks(len(pool)):
        rough[part] = _along(exact[part], axes, kept)
    wide = min(columns // _GROUP, k + _MORE)
    index, similarity = np.zeros((len(vectors), k), np.int32), np.zeros((len(vectors), k), np.float32)
    proven = np.zeros(len(vectors), bool)
    # Made once: memory that is new to the process takes as long as what is written into it.
    most = min(_ROWS, len(vectors))
    scores, lines = torch.empty(most, columns, dtype=rough.dtype), torch.empty(most * wide, pool.shape[1])
    for start in range(0, len(vectors), _ROWS):
        rows = slice(start, min(start + _ROWS, len(vectors)))
        near = rough[rows] if own else _along(asked[rows], axes, kept).to(rough.dtype)
        found, edge = _widest(torch.mm(near, rough.T, out=scores[:len(near)]), wide)
        missing = found >= len(pool)
        found[missing] = 0
        torch.index_select(exact, 0, found.reshape(-1), out=lines[:found.numel()])
        cosines = torch.bmm(lines[:found.numel()].view(*found.shape, -1), asked[rows, :, None])[:, :, 0]
        if own:
            missing |= found == torch.arange(rows.start, rows.stop)[:, None]
        cosines[missing] = -2.0
        place, exactly = found.numpy(), cosines.numpy()
        rank = np.rint(exactly * 1e5).astype(np.int64) * len(pool) - place
        order = np.argsort(-rank, axis=1, kind="stable")[:, :k]
        index[rows] = np.take_along_axis(place, order, 1)
        similarity[rows] = np.take_along_axis(exactly, order, 1)
        proven[rows] = similarity[rows, k - 1] > edge.float().numpy() + (ERROR + 2e-5)
    return index, similarity, proven


def _axes(vectors: torch.Tensor) -> tuple[torch.Tensor, int]:
    """Principal axes of ``vectors`` (n, d), as columns (d, d), and how many of the first to look along; 0 where that
    would not be fewer numbers by a quarter."""
    import torch

    width = vectors.shape[1]
    some = vectors[torch.linspace(0, len(vectors) - 1, min(len(vectors), _LEARNED)).long()].double()
    shares, axes = torch.linalg.eigh(some.T @ some)
    left = 1.0 - shares.flip(0).cumsum(0) / shares.sum().clamp(min=1e-12)
    wanted = int((left > _LEFT).sum()) + 1
    kept = -(-(wanted + 1) // _STEP) * _STEP - 1  # one more for the rest
    return axes.flip(1).float(), kept if kept + 1 <= 0.75 * width else 0


def _along(vectors: torch.Tensor, axes: torch.Tensor, kept: int) -> torch.Tensor:
    """``vectors`` (n, d) along the first ``kept`` axes, and the length of the rest: (n, kept + 1); with 0, as they
    are."""
    import torch

    if not kept:
        return vectors
    turned = vectors @ axes
    return torch.cat([turned[:, :kept], turned[:, kept:].norm(dim=1, keepdim=True)], 1)


@cache
def coarse_type() -> torch.dtype:
    """bfloat16 where the processor multiplies it quickly, else float32; torch then has no more threads than it may."""
    import torch

    from painpoints.encode import hardware, usable_cores

    if torch.get_num_threads() > usable_cores():  # products would be wrong
        torch.set_num_threads(usable_cores())
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
