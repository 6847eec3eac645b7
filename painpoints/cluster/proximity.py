"""The nearest of a few thousand centres for very many vectors: a coarse look that tells where it may be wrong.

Centres are compared in bfloat16, which takes a quarter of the time. Where the first and the second are closer to each
other than its error allows, the caller looks again in full precision.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints.cluster.search import ERROR, coarse_type
from painpoints.cluster.sums import blocks

if TYPE_CHECKING:
    import numpy as np
    import torch

_CELLS = 32_000_000
FEW = 200
"""Centres up to which the coarse look is not worth bringing torch in for."""


class Centres:
    """The ``middle`` (k, d) float32 vectors of length 1, to be looked at coarsely."""

    def __init__(self, middle: np.ndarray) -> None:
        import numpy as np

        self.middle = np.ascontiguousarray(middle, np.float32)
        self._rough: torch.Tensor | None = None
        if len(middle) > FEW and (coarse := coarse_type()).itemsize < 4:
            import torch

            self._rough = torch.from_numpy(self.middle).to(coarse).T.contiguous()

    def likely(self, rows: np.ndarray, inside: np.ndarray, at: np.ndarray, alone: np.ndarray, margin: float
               ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The nearest centre of each of ``rows`` (n, d), its cosine but for `ERROR`, and which rows (n,) bool have a
        second one so near, but for ``margin``, that it may be the first.

        The rows ``inside`` (m,) have the cosine ``alone`` (m,) to the centre ``at`` (m,), whatever it is.
        """
        import numpy as np

        if self._rough is None:
            return np.zeros(len(rows), np.int64), np.zeros(len(rows), np.float32), np.ones(len(rows), bool)
        import torch

        likeness = torch.from_numpy(np.ascontiguousarray(rows)).to(self._rough.dtype) @ self._rough
        likeness[torch.from_numpy(inside), torch.from_numpy(at)] = torch.from_numpy(alone).to(likeness.dtype)
        best = likeness.topk(2, dim=1)
        value = best.values.float().numpy()
        return best.indices[:, 0].numpy(), value[:, 0], value[:, 0] - value[:, 1] <= 2 * ERROR + margin


def nearest_cosine(vectors: np.ndarray, middle: np.ndarray) -> np.ndarray:
    """The cosine of each of ``vectors`` (n, d) to the nearest of the centres ``middle`` (k, d): (n,) float32."""
    import numpy as np

    centres, none = Centres(middle), np.zeros(0, np.int64)
    found = np.zeros(len(vectors), np.float32)
    for part in blocks(len(vectors), max(1024, _CELLS // max(1, len(middle)))):
        rows = vectors[part]
        first, _, doubtful = centres.likely(rows, none, none, none.astype(np.float32), 0.0)
        found[part] = np.einsum("nd,nd->n", rows, centres.middle[first])
        found[part][doubtful] = (rows[doubtful] @ centres.middle.T).max(1)
    return found
