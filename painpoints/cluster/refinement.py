"""Clusters refined by their centres: a unit lies in the cluster whose centre is nearest, if it is near enough.

A centre averages over languages and ways of speaking, so that nearness to it says more than nearness to single texts.
On calibration families (eight sets of 36 with one-offs, four languages) this brought purity from .57 to .64 and
coverage from .80 to .85.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

ROUNDS = 3


def refine(aligned: np.ndarray, labels: np.ndarray, closeness: float, least: int) -> np.ndarray:
    """``labels`` (n,) after ``ROUNDS`` in which every one of the ``aligned`` (n, d) vectors goes to the nearest centre.

    A unit's own part of its cluster's centre does not count for it. A unit stays outside when the cosine is under
    ``closeness``, a cluster falls apart when it has fewer than ``least`` units.
    """
    import numpy as np

    found = labels.copy()
    rows = np.arange(len(aligned))
    for _ in range(ROUNDS):
        names, place = np.unique(found[found >= 0], return_inverse=True)
        if not len(names):
            break
        inside = np.flatnonzero(found >= 0)
        sums = np.zeros((len(names), aligned.shape[1]))
        np.add.at(sums, place, aligned[inside].astype(np.float64))
        length = np.linalg.norm(sums, axis=1)
        likeness = aligned.astype(np.float64) @ (sums / np.maximum(length, 1e-9)[:, None]).T
        own = likeness[inside, place] * length[place]
        square = np.einsum("nd,nd->n", aligned[inside], aligned[inside], dtype=np.float64)
        others = np.sqrt(np.maximum(length[place] ** 2 - 2 * own + square, 1e-18))
        likeness[inside, place] = (own - square) / others
        # Rounded, so that the order of floating-point sums decides nothing.
        nearest = np.round(likeness, 6).argmax(1)
        near = likeness[rows, nearest] >= closeness
        found = np.where(near, names[nearest], -1)
        kept, sizes = np.unique(found[found >= 0], return_counts=True)
        found = np.where(np.isin(found, kept[sizes >= least]), found, -1)
    return np.asarray(found, np.int64)
