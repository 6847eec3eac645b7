"""New units to clusters that are known: the vote of their neighbours, asked as firmly as the clusters' own members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from painpoints.cluster.alignment import remove, shrunk_means
from painpoints.cluster.assignment import Assignment, vote
from painpoints.cluster.clustering import ClusterSettings, centres
from painpoints.cluster.neighbours import nearest

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
    count, size = len(vectors), int(labels.max(initial=-1)) + 1
    if not count or not size:
        return Assignment(np.full(count, -1, np.int64), np.zeros(count, np.float32),
                          np.full(count, np.nan, np.float32))
    spoken = [*known_langs, *langs]
    means = shrunk_means(np.concatenate([known, vectors]), spoken, language_means)
    pool, mine = remove(known, known_langs, means), remove(vectors, langs, means)
    links = min(settings.neighbours, max(1, len(pool) // 2))
    around = nearest(pool, links)
    floor = float(np.quantile(around.similarity, settings.nearness))
    own = vote(around, labels, floor, 0.0)
    share = np.where(own.labels == labels, own.strength, 0.0)[labels >= 0]
    voted = vote(nearest(mine, links, pool), labels, floor, max(settings.agreement, float(np.quantile(share, 0.1))))
    near = mine @ centres(pool, labels).T
    fits = (voted.labels >= 0) & (near[np.arange(count), voted.labels] >= settings.closeness)
    return Assignment(np.where(fits, voted.labels, -1), np.where(fits, voted.strength, np.float32(0.0)),
                      (1.0 - near.max(1)).astype(np.float32))
