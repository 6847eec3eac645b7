"""Clusters of very many units: a sample is clustered exactly, the others go to what it shows, and what fits nowhere is
sampled again.

A pain of fifty units in a million has three in a sample of sixty thousand, too few to be seen. It has most of its units
left over when the great pains are taken out, and is dense there: so the rest makes a sample of its own, as often as a
pass still finds something.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from painpoints.cluster.assignment import vote
from painpoints.cluster.cells import near_cells
from painpoints.cluster.growth import Grown, grow, member_share, told_apart
from painpoints.cluster.neighbours import LOOKED_UP, Neighbours, first, nearest
from painpoints.cluster.sampling import draw
from painpoints.cluster.settings import ClusterSettings
from painpoints.cluster.sums import blocks, cluster_sums, members_of

if TYPE_CHECKING:
    import numpy as np

SETTLED = 0.5
"""Share of its neighbours' vote from which a unit is not sampled again."""
OUTER = 0.3
"""Share of a cluster's members, the farthest from its centre, that are sampled again all the same: a rare pain beside a
great one is taken for its edge."""
MOST = 3
"""Passes at most."""


@dataclass(frozen=True)
class Pass:
    """``rows`` (m,) ascending that were clustered together, and the ``neighbours`` of each among them."""

    rows: np.ndarray
    neighbours: Neighbours


def grow_in_passes(aligned: np.ndarray, langs: np.ndarray, keys: Sequence[str], settings: ClusterSettings
                   ) -> tuple[Grown, Neighbours, list[Pass]]:
    """Clusters of ``aligned`` vectors (n, d) in canonical order; some neighbours of each row; the passes it took."""
    import numpy as np

    count, links = len(aligned), settings.neighbours
    labels, seeded = np.full(count, -1, np.int64), np.zeros(count, bool)
    around = Neighbours(np.zeros((count, links), np.int32), np.zeros((count, links), np.float32))
    passes: list[Pass] = []
    floor, clusters = float("nan"), 0
    left = np.arange(count)
    while len(passes) < MOST and len(left) >= 2 * settings.least:
        chosen = draw([keys[row] for row in left.tolist()], langs[left], settings.exact, len(passes))
        rows, others = left[chosen], np.delete(left, chosen)
        pool = aligned[rows]
        found = nearest(pool, round(LOOKED_UP * links))
        grown = grow(pool, found, settings)
        if not passes:
            floor = grown.floor
        elif not (grown.labels >= 0).any():
            break
        names, of = np.unique(grown.labels, return_inverse=True)
        of -= int(names[0] < 0)
        near = first(found, links)
        middle = _middles(pool, of)
        usual, closeness = _usual(pool, of, middle)
        voted = vote(near, of, grown.floor, 0.0)
        firm = np.zeros(len(left), bool)
        firm[chosen] = (voted.labels == of) & (voted.strength >= SETTLED) & (closeness >= usual[of]) & (of >= 0)
        _take(around, rows, near, rows, None if not passes else of >= 0)
        seeded[rows] = np.where(of >= 0, grown.seeded, seeded[rows])
        labels[rows] = np.where(of >= 0, of + clusters, labels[rows])
        if len(others):
            near = near_cells(aligned, others, rows, links)
            home, sure = _fitting(aligned, others, near, of, middle, usual, grown.floor, settings,
                                  member_share(first(found, links), of, grown.floor, settings))
            _take(around, others, near, rows, None if not passes else home >= 0)
            labels[others] = np.where(home >= 0, home + clusters, labels[others])
            rest = np.ones(len(left), bool)
            rest[chosen] = False
            firm[rest] = sure
        clusters += int(of.max(initial=-1)) + 1
        passes.append(Pass(rows, found))
        left = left[~firm]
        if not len(others):
            break
    return Grown(told_apart(aligned, labels, settings), seeded, floor), around, passes


def _take(around: Neighbours, rows: np.ndarray, found: Neighbours, pool: np.ndarray, where: np.ndarray | None) -> None:
    """Notes the neighbours ``found`` in ``pool`` for ``rows``, those only for which ``where`` holds."""
    kept = slice(None) if where is None else where
    width = found.index.shape[1]
    around.index[rows[kept], :width] = pool[found.index[kept]]
    around.similarity[rows[kept], :width] = found.similarity[kept]


def _middles(pool: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The centre of each cluster of ``pool``: (k, d) float32; a row of zeros where there is none."""
    import numpy as np

    sums = cluster_sums(pool, labels, max(1, int(labels.max(initial=-1)) + 1))
    return np.asarray(sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9), np.float32)


def _usual(pool: np.ndarray, labels: np.ndarray, middle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The cosine to its centre that a share of `OUTER` of each cluster's members has not, and that of every row."""
    import numpy as np

    closeness = np.einsum("nd,nd->n", pool, middle[np.maximum(labels, 0)])
    return np.array([np.quantile(closeness[rows], OUTER) for rows in members_of(labels)] or [0.0]), closeness


def _fitting(aligned: np.ndarray, others: np.ndarray, near: Neighbours, labels: np.ndarray, middle: np.ndarray,
             usual: np.ndarray, floor: float, settings: ClusterSettings, threshold: float
             ) -> tuple[np.ndarray, np.ndarray]:
    """The cluster that each of the ``others`` fits, by the vote of its neighbours and nearness to the centre, -1 for
    none; and whether it is settled there."""
    import numpy as np

    home, sure = np.full(len(others), -1, np.int64), np.zeros(len(others), bool)
    for part in blocks(len(others)):
        voted = vote(Neighbours(near.index[part], near.similarity[part]), labels, floor, threshold)
        own = np.einsum("nd,nd->n", aligned[others[part]], middle[np.maximum(voted.labels, 0)])
        fits = (voted.labels >= 0) & (own >= settings.closeness)
        home[part] = np.where(fits, voted.labels, -1)
        sure[part] = fits & (voted.strength >= SETTLED) & (own >= usual[voted.labels])
    return home, sure
