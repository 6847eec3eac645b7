"""New units to clusters that are known: the vote of their neighbours, asked as firmly as the clusters' own members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from painpoints.cluster.alignment import shrunk_means, without_means
from painpoints.cluster.assignment import Assignment, vote
from painpoints.cluster.clustering import centres
from painpoints.cluster.growth import member_share
from painpoints.cluster.neighbours import nearest
from painpoints.cluster.settings import ClusterSettings

if TYPE_CHECKING:
    import numpy as np

def join_known(vectors: np.ndarray, langs: Sequence[str], known: np.ndarray, known_langs: Sequence[str],
               labels: np.ndarray, settings: ClusterSettings | None = None,
               language_means: Mapping[str, np.ndarray] | None = None) -> Assignment:
    """The clusters of ``vectors`` (m, d), each by itself, among those of ``known`` (n, d), whose ``labels`` (n,) are
    0..k-1, or -1 in no cluster.

    A vote needs the share that nine in ten members have for their own cluster, and a unit must lie as near to the
    centre as members do. Known vectors come in an order that does not hang on the input's.
    """
    import numpy as np

    settings = settings or ClusterSettings()
    if not len(vectors) or labels.max(initial=-1) < 0:
        return Assignment(np.full(len(vectors), -1, np.int64), np.zeros(len(vectors), np.float32),
                          np.full(len(vectors), np.nan, np.float32))
    means = shrunk_means(np.concatenate([known, vectors]), [*known_langs, *langs], language_means)
    pool = without_means(known, known_langs, means)
    around = nearest(pool, _links(pool, settings.neighbours))
    floor = float(np.quantile(around.similarity, settings.nearness))
    return place(without_means(vectors, langs, means), pool, labels, centres(pool, labels), floor,
                 member_share(around, labels, floor, settings), settings)


def place(vectors: np.ndarray, pool: np.ndarray, labels: np.ndarray, middles: np.ndarray, floor: float,
          threshold: float, settings: ClusterSettings) -> Assignment:
    """The clusters of aligned ``vectors`` (m, d): those whose members among the nearest of ``pool`` (n, d) hold
    ``threshold`` of the vote, if their centre (of ``middles``, (k, d)) is as near as members must be."""
    import numpy as np

    voted = vote(nearest(vectors, _links(pool, settings.neighbours), pool), labels, floor, threshold)
    if not len(middles):
        return Assignment(voted.labels, voted.strength, np.full(len(vectors), np.nan, np.float32))
    near = vectors @ middles.T
    fits = (voted.labels >= 0) & (near[np.arange(len(vectors)), voted.labels] >= settings.closeness)
    return Assignment(np.where(fits, voted.labels, -1), np.where(fits, voted.strength, np.float32(0.0)),
                      (1.0 - near.max(1)).astype(np.float32))


def _links(pool: np.ndarray, neighbours: int) -> int:
    return min(neighbours, max(1, len(pool) // 2))
