"""Clusters of very many units: a sample is clustered exactly, the others go to what it shows, and what does not sit
firmly there is clustered once more, all of it.

A pain of fifty units in a million has three in a sample of sixty thousand, too few to be seen, and is taken for the
edge of a greater one. Among all that is left over when the hearts of the great pains are taken out it stands whole.
Neighbours within this rest come from cells, since every pair would be too many.
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
"""Share of its neighbours' vote from which a unit is not clustered again."""
OUTER = 0.3
"""Share of a cluster's members, the farthest from its centre, that are clustered again all the same: a rare pain beside
a great one is taken for its edge."""
MOST = 10
"""The rest that is clustered is at most so many times a sample."""
REST_PROBES = 6
"""Cells of the rest that are looked into for neighbours within it."""
EDGE, ISLAND = 0.5, 0.9
"""A cluster of the rest with this share of its members' neighbours in the sample in one cluster is that one's edge,
unless its members have nearly all their neighbours in the rest among themselves. Among 100,000 made units with samples
of 6,000, 1,453 clusters of 932 families become 1,297, at the same AMI (.77) and with as many rare pains found."""
GROWS = 0.25
"""Power of the number of units with which clusters must be liker to be one: among a million, ``normal`` is as fine as
``fine`` among 60,000. On intents of two sets, clustered from samples of a quarter and a sixteenth, it comes near to the
AMI of clustering them whole (.82 and .84 for .83; .85 and .85 for .85); none at all costs .01 to .03, and twice the
power tears banking questions apart."""


@dataclass(frozen=True)
class Pass:
    """``rows`` (m,) ascending that were clustered together, and the ``neighbours`` of each among them; with them
    ``all`` (n,) ascending that were, where ``rows`` are but a part."""

    rows: np.ndarray
    neighbours: Neighbours
    all: np.ndarray


def grow_in_passes(aligned: np.ndarray, langs: np.ndarray, keys: Sequence[str], settings: ClusterSettings
                   ) -> tuple[Grown, Neighbours, list[Pass]]:
    """Clusters of ``aligned`` vectors (n, d) in canonical order; some neighbours of each row; the passes it took."""
    import numpy as np

    count, links = len(aligned), settings.neighbours
    alike = alike_among(count, settings)
    around = Neighbours(np.zeros((count, links), np.int32), np.zeros((count, links), np.float32))
    rows = draw(keys, langs, settings.exact)
    others = np.delete(np.arange(count), rows)
    labels, seeded = np.full(count, -1, np.int64), np.zeros(count, bool)
    firm = np.zeros(count, bool)

    pool = aligned[rows]
    found = nearest(pool, round(LOOKED_UP * links))
    grown = grow(pool, found, settings, alike)
    of = _numbered(grown.labels)
    middle = _middles(pool, of)
    usual, closeness = _usual(pool, of, middle)
    near = first(found, links)
    voted = vote(near, of, grown.floor, 0.0)
    firm[rows] = (voted.labels == of) & (voted.strength >= SETTLED) & (closeness >= usual[of]) & (of >= 0)
    _take(around, rows, near, rows)
    labels[rows], seeded[rows] = of, grown.seeded
    share = member_share(near, of, grown.floor, settings)
    del pool
    near = near_cells(aligned, others, rows, links)
    labels[others], firm[others] = _fitting(aligned, others, near, of, middle, usual, grown.floor, settings, share)
    _take(around, others, near, rows)
    passes = [Pass(rows, found, rows)]

    left = np.flatnonzero(~firm)
    if len(left) > MOST * settings.exact:
        left = left[draw([keys[row] for row in left.tolist()], langs[left], MOST * settings.exact, 1)]
    if len(left) >= 2 * settings.least:
        found = near_cells(aligned, left, left, round(LOOKED_UP * links), REST_PROBES)
        again = grow(aligned[left], found, settings, alike)
        rest = _without_edges(_numbered(again.labels), labels[around.index[left]], found)
        new = rest >= 0
        _take(around, left[new], Neighbours(found.index[new, :links], found.similarity[new, :links]), left)
        seeded[left] = np.where(new, again.seeded, seeded[left])
        labels[left] = np.where(new, rest + int(of.max(initial=-1)) + 1, labels[left])
    labels = told_apart(aligned, labels, settings, alike)
    if len(left) >= 2 * settings.least:
        passes.append(_shown(left, found, rows, labels, settings))
    return Grown(labels, seeded, grown.floor), around, passes


def alike_among(count: int, settings: ClusterSettings) -> float:
    """The likeness from which two of the clusters of ``count`` units are one.

    The more clusters, the likelier are the two likest, though they be none: a likeness that joins what is one among
    tens of thousands of units joins what is not among a million.
    """
    return 1.0 - (1.0 - settings.alike) * float(min(1.0, settings.exact / count) ** GROWS)


def _numbered(labels: np.ndarray) -> np.ndarray:
    """``labels`` (n,) from 0 without gaps; -1 stays."""
    import numpy as np

    names, of = np.unique(labels, return_inverse=True)
    return np.asarray(of - int(len(names) > 0 and names[0] < 0), np.int64)


def _without_edges(rest: np.ndarray, sampled: np.ndarray, found: Neighbours) -> np.ndarray:
    """The clusters ``rest`` (m,), numbered from 0, without those that are but the edge of a great one: their units are
    -1. ``sampled`` (m, k) are the clusters of each unit's neighbours in the sample, ``found`` those within the rest."""
    import numpy as np

    inside = np.flatnonzero(rest >= 0)
    if not len(inside):
        return rest
    size = np.bincount(rest[inside])
    many = int(sampled.max(initial=-1)) + 2
    pairs, common = np.unique(rest[inside, None] * many + sampled[inside] + 1, return_counts=True)
    cluster, great = np.divmod(pairs, many)
    most = np.zeros(len(size))
    np.maximum.at(most, cluster[great > 0], common[great > 0])
    fellows = (rest[found.index[inside]] == rest[inside, None]).mean(1)
    island = np.bincount(rest[inside], fellows) >= ISLAND * size
    edge = (most >= EDGE * size * sampled.shape[1]) & ~island
    return np.where((rest >= 0) & ~edge[np.maximum(rest, 0)], rest, -1)


def _shown(left: np.ndarray, found: Neighbours, sample: np.ndarray, labels: np.ndarray, settings: ClusterSettings
           ) -> Pass:
    """The pass over the rest, cut down to the clusters that the ``sample`` shows too little of, and their neighbours:
    what there is to know of the others, the sample tells."""
    import numpy as np

    from painpoints.cluster.stability import within

    clusters = int(labels.max(initial=-1)) + 1
    size = np.bincount(labels[sample][labels[sample] >= 0], minlength=clusters)
    unseen = np.flatnonzero(size < 2 * settings.least)
    kept = np.isin(labels[left], unseen)
    kept[found.index[kept].reshape(-1)] = True
    return Pass(left[kept], within(found, kept, found.index.shape[1]), left)


def _take(around: Neighbours, rows: np.ndarray, found: Neighbours, pool: np.ndarray) -> None:
    """Notes the neighbours ``found`` in ``pool`` for ``rows``."""
    width = found.index.shape[1]
    around.index[rows, :width] = pool[found.index]
    around.similarity[rows, :width] = found.similarity


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
