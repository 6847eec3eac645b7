"""Neighbours of very many vectors among a pool that is parted into cells: only the nearest cells are looked into.

For votes and density, where one neighbour more or less decides nothing. The cells come from a few rounds of k-means
that begin with rows evenly spaced in the pool's own order, so that the same pool has the same cells. The look is
coarse; the first it finds are put into order by their exact cosines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints.cluster.neighbours import Neighbours
from painpoints.cluster.search import coarse_type
from painpoints.cluster.sums import blocks, cluster_sums, members_of

if TYPE_CHECKING:
    import numpy as np
    import torch

PROBES = 10
"""Cells that are looked into."""
_ROUNDS, _LEARNED = 3, 65_536
_ROWS, _CHECKED, _MORE = 8_192, 1_024, 4
_FEW = 4_096


def near_cells(vectors: np.ndarray, rows: np.ndarray, pool: np.ndarray, k: int, probes: int = PROBES) -> Neighbours:
    """The ``k`` nearest of the rows ``pool`` (m,) of ``vectors``, numbered 0..m-1, for each of its ``rows`` (n,), in
    the ``probes`` cells nearest to it; never a row itself.

    Small pools are searched whole. Similarities are ranked as those of `painpoints.cluster.neighbours.nearest`; where
    fewer than ``k`` are found, row 0 stands at -2.
    """
    import numpy as np
    import torch

    k = min(k, len(pool))
    index, similarity = np.zeros((len(rows), k), np.int32), np.full((len(rows), k), -2.0, np.float32)
    if not len(pool):
        return Neighbours(index, similarity)
    exact = torch.from_numpy(vectors)
    cells = _Cells(exact, pool)
    for part in blocks(len(rows), _ROWS):
        asked = rows[part]
        place = cells.likely(exact[asked].to(coarse_type()), probes, k + 1 + _MORE)
        for some in blocks(len(asked), _CHECKED):
            candidates = pool[np.maximum(place[some], 0)]
            near = torch.bmm(exact[candidates], exact[asked[some], :, None])[:, :, 0].numpy()
            near[(place[some] < 0) | (candidates == asked[some, None])] = -2.0
            rank = np.rint(near * 1e5).astype(np.int64) * len(pool) - place[some]
            order = np.argsort(-rank, axis=1)[:, :k]
            into = slice(part.start + some.start, part.start + some.stop)
            similarity[into, :order.shape[1]] = np.take_along_axis(near, order, 1)
            index[into, :order.shape[1]] = np.take_along_axis(place[some], order, 1)
    index[similarity == -2.0] = 0
    return Neighbours(index, similarity)


class _Cells:
    """The rows of a pool by cell; none has more than twice as many as there are on average."""

    def __init__(self, exact: torch.Tensor, pool: np.ndarray) -> None:
        import numpy as np
        import torch

        middles, members = _parted(exact.numpy(), pool)
        self._width = max(1, min(len(pool), 2 * len(pool) // len(members)))
        parts = [-(-len(cell) // self._width) for cell in members]
        self._cells = [part for cell, many in zip(members, parts, strict=True) if many
                       for part in np.array_split(cell, many)]
        self._starts = np.cumsum([0, *map(len, self._cells)])
        self._order = np.concatenate(self._cells)
        # Zeros fill cells up: they come after everything that is near.
        self._inside = torch.zeros(len(self._cells), exact.shape[1], self._width, dtype=coarse_type())
        for inside, cell in zip(self._inside, self._cells, strict=True):
            inside[:, :len(cell)] = exact[pool[cell]].T
        self._middles = torch.from_numpy(np.repeat(middles, parts, axis=0)).to(coarse_type()).T.contiguous()
        self._scores = torch.zeros(0)

    def likely(self, asked: torch.Tensor, probes: int, wide: int) -> np.ndarray:
        """The ``wide`` rows of the pool (n, wide) that seem nearest to each of the vectors ``asked`` (n, d), in no
        order; -1 where there are fewer."""
        import numpy as np
        import torch

        probes, width = min(probes, len(self._cells)), self._width
        probed = (asked @ self._middles).topk(probes, dim=1, sorted=False).indices.reshape(-1).numpy()
        if len(self._scores) != len(probed):
            self._scores = torch.zeros(len(probed), width, dtype=asked.dtype)
        scores = self._scores
        order = np.argsort(probed, kind="stable")
        edges = np.searchsorted(probed[order], np.arange(len(self._cells) + 1))
        for cell, inside in enumerate(self._inside):
            turn = torch.from_numpy(order[edges[cell]:edges[cell + 1]])
            if len(turn):
                scores.index_copy_(0, turn, asked[turn // probes] @ inside)
        best = scores.view(len(asked), -1).topk(min(wide, probes * width), dim=1, sorted=False).indices.numpy()
        at, place = np.divmod(best, width)
        chosen = np.take_along_axis(probed.reshape(-1, probes), at, 1)
        there = self._starts[chosen] + place
        return np.where(there < self._starts[chosen + 1], self._order[np.minimum(there, len(self._order) - 1)], -1)


def _parted(vectors: np.ndarray, pool: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
    """The middles (c, d) float32 of the cells of the ``pool`` and the rows of each, about as many cells as rows a
    cell."""
    import numpy as np

    if len(pool) <= _FEW:
        return np.zeros((1, vectors.shape[1]), np.float32), [np.arange(len(pool))]
    learned = pool[np.linspace(0, len(pool) - 1, min(len(pool), _LEARNED)).astype(np.int64)]
    count = round(len(pool) ** 0.5)
    middles = vectors[learned[np.linspace(0, len(learned) - 1, count).astype(np.int64)]]
    lines = vectors[learned]
    for _ in range(_ROUNDS):
        sums = cluster_sums(lines, _homes(vectors, learned, middles), count)
        middles = np.asarray(sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9), np.float32)
    members = members_of(np.append(_homes(vectors, pool, middles), count))[:count]
    return middles, members


def _homes(vectors: np.ndarray, rows: np.ndarray, middles: np.ndarray) -> np.ndarray:
    """The nearest of the ``middles``, at a coarse look, for each of the ``rows``: (n,) int64."""
    import numpy as np
    import torch

    exact, rough = torch.from_numpy(vectors), torch.from_numpy(middles).to(coarse_type()).T.contiguous()
    found = np.zeros(len(rows), np.int64)
    for part in blocks(len(rows), _ROWS):
        found[part] = (exact[rows[part]].to(rough.dtype) @ rough).max(1).indices.numpy()
    return found
