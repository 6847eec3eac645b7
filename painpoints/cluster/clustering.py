"""Problem units to clusters: aligned vectors, dense seeds, assignment by vote, merging.

The result depends on the set of units only, not on their order: rows are put into a canonical order first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from painpoints.cluster.alignment import align
from painpoints.cluster.assignment import vote
from painpoints.cluster.merging import merge_alike
from painpoints.cluster.neighbours import Neighbours, nearest
from painpoints.cluster.seeds import dense_seeds
from painpoints.errors import UsageError

if TYPE_CHECKING:
    import numpy as np

DETAILS: Mapping[str, float] = {"coarse": 2.0, "normal": 1.0, "fine": 0.6}
"""What ``--detail`` multiplies the smallest cluster size with."""


@dataclass(frozen=True)
class ClusterSettings:
    """How to cluster; the defaults are the best on held-out pain families (model card of the projection).

    ``neighbours`` links per unit; ``core`` the neighbour that measures density; ``least`` the smallest pain point
    there may be; ``agreement`` the share of the neighbours' vote a unit needs to join; ``nearness`` the quantile of
    all neighbour similarities under which a vote counts nothing; ``mixing`` above which two clusters are one.
    """

    detail: str = "normal"
    neighbours: int = 15
    core: int = 4
    least: int = 4
    agreement: float = 0.35
    nearness: float = 0.25
    mixing: float = 0.45
    method: str = "leaf"

    def smallest(self, count: int) -> int:
        """Units that make a cluster out of ``count``: grows with the square root."""
        if self.detail not in DETAILS:
            raise UsageError(f"No level of detail {self.detail!r}.", hint=f"Known: {', '.join(DETAILS)}.")
        return max(self.least, round(0.2 * count**0.5 * DETAILS[self.detail]))


@dataclass(frozen=True)
class Clustering:
    """``labels`` (n,) int64, -1 = unassigned, biggest cluster first; ``strength`` (n,) float32 in 0..1;
    ``distance`` (n,) float32: cosine distance to the nearest cluster's centre; ``vectors`` (n, d) as clustered."""

    labels: np.ndarray
    strength: np.ndarray
    distance: np.ndarray
    vectors: np.ndarray


def cluster_units(vectors: np.ndarray, langs: Sequence[str], keys: Sequence[str],
                  settings: ClusterSettings | None = None,
                  language_means: Mapping[str, np.ndarray] | None = None) -> Clustering:
    """Clusters of ``vectors`` (n, d) in languages ``langs``; ``keys`` (unique) fix the canonical order."""
    import numpy as np

    settings = settings or ClusterSettings()
    order = np.array(sorted(range(len(keys)), key=keys.__getitem__), np.int64)
    aligned = align(vectors[order], [langs[i] for i in order], language_means)
    labels, strength = _cluster(aligned, settings)
    labels = _biggest_first(labels)
    distance = _distances(aligned, labels)
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    return Clustering(labels[back], strength[back], distance[back], aligned[back])


def _cluster(aligned: np.ndarray, settings: ClusterSettings) -> tuple[np.ndarray, np.ndarray]:
    import numpy as np

    count = len(aligned)
    smallest = settings.smallest(count)
    if count < 2 * smallest:
        return np.full(count, -1, np.int64), np.zeros(count, np.float32)
    graph = nearest(aligned, settings.neighbours)
    labels = dense_seeds(graph, smallest, settings.core, settings.method)
    seeded = labels >= 0
    if not seeded.any():
        return labels, np.zeros(count, np.float32)
    labels = merge_alike(graph, labels, settings.mixing)
    floor = float(np.quantile(graph.similarity, settings.nearness))
    # Seeds vote first among themselves only, so that a border unit sees clusters and not the unassigned around it.
    pool = np.flatnonzero(seeded)
    found = nearest(aligned[~seeded], settings.neighbours, aligned[pool])
    joined = vote(Neighbours(found.index, found.similarity), labels[pool], floor, settings.agreement)
    labels[~seeded] = joined.labels
    labels = merge_alike(graph, labels, settings.mixing)
    support = vote(graph, labels, floor, 0.0)
    own = np.where(support.labels == labels, support.strength, support.strength * 0.5)
    strength = np.where(labels >= 0, np.where(seeded, np.maximum(own, 0.5), own), 0.0)
    return _drop_small(labels, settings.least), strength.astype(np.float32)


def _drop_small(labels: np.ndarray, least: int) -> np.ndarray:
    import numpy as np

    names, sizes = np.unique(labels[labels >= 0], return_counts=True)
    return np.where(np.isin(labels, names[sizes >= least]), labels, -1)


def _biggest_first(labels: np.ndarray) -> np.ndarray:
    import numpy as np

    names, first, sizes = np.unique(labels[labels >= 0], return_index=True, return_counts=True)
    if not len(names):
        return labels
    rank = np.lexsort((first, -sizes))
    new = np.full(int(names.max()) + 1, -1, np.int64)
    new[names[rank]] = np.arange(len(names))
    return np.where(labels >= 0, new[np.maximum(labels, 0)], -1)


def _distances(aligned: np.ndarray, labels: np.ndarray) -> np.ndarray:
    import numpy as np

    count = int(labels.max(initial=-1)) + 1
    if not count:
        return np.full(len(labels), np.nan, np.float32)
    centres = np.stack([aligned[labels == k].mean(0) for k in range(count)])
    centres /= np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-9)
    return np.asarray(1.0 - (aligned @ centres.T).max(1), np.float32)
