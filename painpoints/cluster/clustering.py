"""Problem units to clusters: aligned vectors, neighbour graph, dense seeds, communities, vote, centres, merging.

The result depends on the set of units only, not on their order: rows are put into a canonical order first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from painpoints.cluster.alignment import align
from painpoints.cluster.growth import firmness, grow
from painpoints.cluster.neighbours import LOOKED_UP, Neighbours, nearest
from painpoints.cluster.passes import Pass, grow_in_passes
from painpoints.cluster.proximity import nearest_cosine
from painpoints.cluster.settings import ClusterSettings
from painpoints.cluster.sums import blocks, members_of

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Clustering:
    """``labels`` (n,) int64, -1 = unassigned, biggest cluster first; ``strength`` (n,) float32 in 0..1;
    ``distance`` (n,) float32: cosine distance to the nearest cluster's centre; ``vectors`` (n, d) as clustered;
    ``neighbours`` among the rows, maybe more than were used; ``floor``: the similarity under which a vote counts
    nothing; ``passes``: the sample and the rest that were clustered, the others being assigned, none where all units
    were clustered together."""

    labels: np.ndarray
    strength: np.ndarray
    distance: np.ndarray
    vectors: np.ndarray
    neighbours: Neighbours
    floor: float
    passes: tuple[Pass, ...] = ()

    @property
    def sampled(self) -> int:
        """How many units were clustered together with others, in one sample or more."""
        import numpy as np

        return len(np.unique(np.concatenate([one.all for one in self.passes]))) if self.passes else len(self.labels)


def cluster_units(vectors: np.ndarray, langs: Sequence[str], keys: Sequence[str],
                  settings: ClusterSettings | None = None,
                  language_means: Mapping[str, np.ndarray] | None = None) -> Clustering:
    """Clusters of ``vectors`` (n, d) in languages ``langs``; ``keys`` (unique) fix the canonical order.

    Up to ``settings.exact`` units every pair is looked at; beyond, a sample is clustered, the others are assigned, and
    what is left over is clustered once more.
    """
    import numpy as np

    settings = settings or ClusterSettings()
    order = np.array(sorted(range(len(keys)), key=keys.__getitem__), np.int64)
    sorted_already = bool((order == np.arange(len(order))).all())
    spoken = np.asarray(langs)[order]
    aligned = align(vectors if sorted_already else vectors[order], spoken, language_means)
    del vectors  # as large as all that is left to do, and held by nobody else where a caller has made them for this
    passes: list[Pass] = []
    if len(aligned) <= settings.exact:
        around = nearest(aligned, round(LOOKED_UP * settings.neighbours))
        grown = grow(aligned, around, settings)
    else:
        grown, around, passes = grow_in_passes(aligned, spoken, [keys[row] for row in order.tolist()], settings)
    labels = _biggest_first(grown.labels)
    strength, distance = firmness(around, grown, settings), _distances(aligned, labels, bool(passes))
    if sorted_already:
        return Clustering(labels, strength, distance, aligned, around, grown.floor, tuple(passes))
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    around = Neighbours(order[around.index[back]].astype(np.int32), around.similarity[back])
    return Clustering(labels[back], strength[back], distance[back], aligned[back], around, grown.floor,
                      tuple(Pass(order[one.rows], one.neighbours, order[one.all]) for one in passes))


def _biggest_first(labels: np.ndarray) -> np.ndarray:
    import numpy as np

    names, first, sizes = np.unique(labels[labels >= 0], return_index=True, return_counts=True)
    if not len(names):
        return labels
    rank = np.lexsort((first, -sizes))
    new = np.full(int(names.max()) + 1, -1, np.int64)
    new[names[rank]] = np.arange(len(names))
    return np.where(labels >= 0, new[np.maximum(labels, 0)], -1)


def centres(aligned: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The mean of each cluster's vectors, L2-normalised: (k, d) float32."""
    import numpy as np

    found = np.array([aligned[rows].mean(0) for rows in members_of(labels)], np.float32).reshape(-1, aligned.shape[1])
    return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9))


def _distances(aligned: np.ndarray, labels: np.ndarray, many: bool) -> np.ndarray:
    import numpy as np

    if not (labels >= 0).any():
        return np.full(len(labels), np.nan, np.float32)
    middle = centres(aligned, labels)
    if many:
        return np.asarray(1.0 - nearest_cosine(aligned, middle), np.float32)
    return np.concatenate([1.0 - (aligned[part] @ middle.T).max(1) for part in blocks(len(aligned))]).astype(np.float32)
