"""Clusters that the statistics cannot tell apart, made one.

Two samples of the same pain have the same true centre. Found centres are blurred by the spread of their members, so the
likeness of two clusters is corrected for it: the mean cosine between their members over the geometric mean of that
within each (the correction for attenuation of Spearman 1904). It is 1 for two halves of one cluster, whatever their
size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints.cluster.sums import blocks, cluster_squares, cluster_sums

if TYPE_CHECKING:
    import numpy as np


def merge(aligned: np.ndarray, labels: np.ndarray, alike: float) -> np.ndarray:
    """``labels`` (n,) of the ``aligned`` (n, d) vectors, the two likest clusters made one until no likeness reaches
    ``alike``."""
    import numpy as np

    inside = labels >= 0
    names, place = np.unique(labels[inside], return_inverse=True)
    if len(names) < 2:
        return labels
    size = np.bincount(place).astype(np.float64)
    of = np.full(len(labels), -1, np.int64)
    of[inside] = place
    sums = cluster_sums(aligned, of, len(names))
    square = cluster_squares(aligned, of, len(names))
    cross = sums @ sums.T
    home = np.arange(len(names))
    likeness = np.empty_like(cross)
    for part in blocks(len(names), _ROWS):
        likeness[part] = _likeness(cross, size, square, home[part])
    # The likest of each, kept up to date: looking through all pairs for every merger is too slow for thousands.
    to = likeness.argmax(1)
    most = likeness[np.arange(len(names)), to]
    while True:
        row = int(most.argmax())
        if most[row] < alike:
            break
        one, other = min(row, int(to[row])), max(row, int(to[row]))
        home[home == other] = one
        cross[one] += cross[other]
        cross[:, one] += cross[:, other]
        size[one] += size[other]
        square[one] += square[other]
        size[other] = 0
        fresh = _likeness(cross, size, square, np.array([one]))[0]
        likeness[one], likeness[:, one] = fresh, fresh
        likeness[other], likeness[:, other] = -1.0, -1.0
        liker = (fresh > most) | ((fresh == most) & (one < to))
        stale = (to == one) | (to == other)
        stale[[one, other]] = True
        to[liker], most[liker] = one, fresh[liker]
        again = np.flatnonzero(stale)
        to[again] = likeness[again].argmax(1)
        most[again] = likeness[again, to[again]]
    found = labels.copy()
    found[inside] = names[home[place]]
    return found


_ROWS = 512


def _likeness(cross: np.ndarray, size: np.ndarray, square: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Corrected likeness of the clusters ``rows`` (m,) to all (m, k); -1 to itself and for emptied ones.

    ``cross`` holds the products of the clusters' sums, ``square`` the sums of their members' squared lengths.
    """
    import numpy as np

    pairs = np.maximum(size * (size - 1), 1)
    within = np.maximum((np.diag(cross) - square) / pairs, 1e-3)
    between = cross[rows] / np.maximum(np.outer(size[rows], size), 1)
    found = np.round(between / np.sqrt(np.outer(within[rows], within)), 6)
    found[np.arange(len(rows)), rows] = -1.0
    found[:, size == 0] = -1.0
    found[size[rows] == 0] = -1.0
    return np.asarray(found)
