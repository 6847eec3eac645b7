"""Points of a neighbour graph spread out on the plane by t-SNE, the same on every run.

Van der Maaten & Hinton 2008, with the repulsion of all pairs summed on a grid by Fourier transform (Linderman et al.
2019), so that a step costs as good as linear time. scikit-learn's own sums in parallel, in an order that changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

_EXAGGERATION, _EARLY, _STEPS = 12.0, 150, 450
_SETTLING = 60
_SPACING, _WIDEST = 0.5, 384
"""Cells of the grid are half as wide as the reach of a point's repulsion, unless there would be more than this."""


def spread(graph: csr_array, start: np.ndarray, *, held: np.ndarray | None = None, steps: int | None = None
           ) -> np.ndarray:
    """Places (n, 2) float64 for the rows of a ``graph`` (n, n) of affinities, beginning at ``start`` (n, 2).

    The graph is symmetric; or some rows are ``held`` (n,) where they start and it has the links of the others alone,
    which find their places among them in a few ``steps``.
    """
    import numpy as np

    count = len(start)
    place = np.array(start, np.float64)
    links = _Links(graph)
    grid = _Repulsion()
    free = np.ones(count, bool) if held is None else ~held
    speed, gain = np.zeros_like(place), np.ones_like(place)
    rate = max(count / (4 * _EXAGGERATION), min(count / 8, 50.0))
    early = _EARLY if held is None else 0
    for step in range(steps or (_EARLY + _STEPS if held is None else _SETTLING)):
        pull = _EXAGGERATION if step < early else 1.0
        slope = 4.0 * (pull * links.attraction(place) - grid.push(place))
        slope[~free] = 0.0
        with_it = np.sign(slope) == np.sign(speed)
        gain = np.maximum(np.where(with_it, gain * 0.8, gain + 0.2), 0.01)
        speed = (0.5 if step < early else 0.8) * speed - rate * gain * slope
        # A step longer than the reach of attraction throws a point out of its neighbourhood for good.
        length = np.sqrt((speed ** 2).sum(1, keepdims=True))
        speed *= np.minimum(1.0, 5.0 / np.maximum(length, 1e-12))
        place[free] += speed[free]
        if held is None:
            place -= place.mean(0)
    return place


class _Links:
    """The affinities as a list of links, which sum to one."""

    def __init__(self, graph: csr_array) -> None:
        import numpy as np

        ordered = graph.tocsr()
        ordered.sort_indices()
        self.count = graph.shape[0]
        self.start = np.repeat(np.arange(self.count), np.diff(ordered.indptr))
        self.end = ordered.indices
        linked = max(int((np.diff(ordered.indptr) > 0).sum()), 1)
        self.share = ordered.data * (linked / self.count / max(float(ordered.data.sum()), 1e-12))

    def attraction(self, place: np.ndarray) -> np.ndarray:
        """Where the neighbours of every point pull it from: (n, 2)."""
        import numpy as np

        across, down = place[:, 0], place[:, 1]
        dx, dy = across[self.start] - across[self.end], down[self.start] - down[self.end]
        force = self.share / (1.0 + dx * dx + dy * dy)
        return np.stack([np.bincount(self.start, force * dx, self.count),
                         np.bincount(self.start, force * dy, self.count)], 1)


class _Repulsion:
    """What all points do to each other, on a grid that grows with the room they take."""

    def __init__(self) -> None:
        self._size, self._spacing = 0, 0.0

    def push(self, place: np.ndarray) -> np.ndarray:
        """How strongly and where to all others push every point: (n, 2)."""
        import numpy as np
        from scipy.fft import irfft2, rfft2

        low = place.min(0)
        self._fit(float((place - low).max()))
        size, twice = self._size, 2 * self._size
        cell = (place - low) / self._spacing + 1.0
        corner = np.rint(cell).astype(np.int64) - 1
        weights = _bells(cell - corner - 1.0)
        where = [((corner[:, 0] + i) * size + corner[:, 1] + j, weights[:, 0, i] * weights[:, 1, j])
                 for i in range(3) for j in range(3)]
        mass = np.bincount(np.concatenate([at for at, _ in where]), np.concatenate([w for _, w in where]), size * size)
        wave = rfft2(mass.reshape(size, size), (twice, twice))
        fields = [irfft2(wave * kernel, (twice, twice))[:size, :size].reshape(-1) for kernel in self._kernels]
        nearness, across, down = (sum(field[at] * weight for at, weight in where) for field in fields)
        total = max(float(np.sum(nearness)) - self._own(weights), 1e-12)
        return np.stack([across, down], 1) / total

    def _fit(self, span: float) -> None:
        import numpy as np
        from scipy.fft import irfft2, next_fast_len, rfft2

        wished = max(min(_SPACING, span / 8), span / _WIDEST, 1e-3)
        # By whole powers of two, or the kernels would be made anew at every step.
        spacing = _SPACING * 2.0 ** np.ceil(np.log2(wished / _SPACING))
        cells = int(np.ceil(span / spacing)) + 4
        if cells <= self._size <= 3 * cells and spacing == self._spacing:
            return
        size = next_fast_len(int(cells * 1.3), real=True)
        offset = np.minimum(np.arange(2 * size), 2 * size - np.arange(2 * size)) * spacing
        signed = np.where(np.arange(2 * size) <= size, 1.0, -1.0) * offset
        near = 1.0 / (1.0 + offset[:, None] ** 2 + offset[None, :] ** 2)
        # Handing a point's mass to nodes blurs it, and so does reading a field off them; twice on either axis.
        blur = 0.75 + 0.25 * np.cos(np.pi * np.arange(2 * size) / size)
        sharpened = 1.0 / (blur[:, None] * blur[None, :size + 1]) ** 2
        self._kernels = [rfft2(kernel) * sharpened
                         for kernel in (near, near ** 2 * signed[:, None], near ** 2 * signed[None, :])]
        self._size, self._spacing = size, spacing
        self._near = irfft2(self._kernels[0], (2 * size, 2 * size))[:3, :3]

    def _own(self, weights: np.ndarray) -> float:
        """What points contribute to their own nearness through the grid."""
        import numpy as np

        far = np.abs(np.arange(3)[:, None] - np.arange(3)[None, :])
        table = self._near[far[:, None, :, None], far[None, :, None, :]]
        pairs = np.einsum("ni,nj->nij", weights[:, 0], weights[:, 1]).reshape(len(weights), 9)
        return float(np.einsum("na,ab,nb->", pairs, table.reshape(9, 9), pairs, optimize=True))


def _bells(offset: np.ndarray) -> np.ndarray:
    """How much of a point at ``offset`` (n, 2), -0.5..0.5 from its node, goes to each of three nodes: (n, 2, 3)."""
    import numpy as np

    return np.stack([0.5 * (0.5 - offset) ** 2, 0.75 - offset ** 2, 0.5 * (0.5 + offset) ** 2], 2)
