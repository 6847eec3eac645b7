"""Problem units to clusters: aligned vectors, neighbour graph, dense seeds, communities, vote, centres, merging.

HDBSCAN alone leaves most of the neighbour graph out or joins close neighbours; communities of the graph alone take
every one-off in. Seeds hold the communities together, centres draw their borders, and clusters that cannot be told
apart are made one.

The result depends on the set of units only, not on their order: rows are put into a canonical order first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from painpoints.cluster.alignment import align
from painpoints.cluster.assignment import support, vote
from painpoints.cluster.communities import communities
from painpoints.cluster.merging import merge
from painpoints.cluster.neighbours import Neighbours, first, nearest, shared_neighbours, strongest
from painpoints.cluster.refinement import refine
from painpoints.cluster.seeds import dense_seeds
from painpoints.cluster.sums import blocks, cluster_sums, members_of
from painpoints.errors import UsageError

if TYPE_CHECKING:
    import numpy as np

DETAILS: Mapping[str, float] = {"coarse": 0.6, "normal": 0.7, "fine": 0.85}
"""Corrected likeness from which two clusters are one, by level of detail. On banking questions in two languages (19
held-out intents, 2,500 texts) merging at the normal level brought 96 clusters to 42 and AMI from .63 to .71."""

RESOLUTION, USUAL = 7.0, 900
"""Resolution of the communities, for `USUAL` units. Modularity joins more the more there is, so it grows with the
square root of the number of units; what it cuts too finely is merged again."""

LEAST_ALIKE = 0.12
"""Mean cosine between the members of a cluster; scattered vectors have about 0."""

LOOKED_UP = 1.6
"""Neighbours looked up for each one used, so that subsamples find theirs without another search."""


@dataclass(frozen=True)
class ClusterSettings:
    """How to cluster; the defaults did best on pain families kept for calibration (model card of the projection).

    ``detail`` coarse, normal or fine; ``neighbours`` links per unit; ``least`` the smallest pain point there may be;
    ``seed`` and ``core`` the smallest dense seed and the neighbour that measures its density; ``agreement`` the share
    of its neighbours' vote that a unit outside the seeds needs for its community; ``nearness`` the quantile of all
    neighbour similarities under which a vote counts nothing; ``closeness`` the cosine to a cluster's centre that its
    units need.
    """

    detail: str = "normal"
    neighbours: int = 8
    least: int = 4
    seed: int = 3
    core: int = 1
    agreement: float = 0.2
    nearness: float = 0.1
    closeness: float = 0.375

    @property
    def alike(self) -> float:
        """Likeness from which two clusters are one; raises UsageError for an unknown level of detail."""
        if self.detail not in DETAILS:
            raise UsageError(f"No level of detail {self.detail!r}.", hint=f"Known: {', '.join(DETAILS)}.")
        return DETAILS[self.detail]


@dataclass(frozen=True)
class Clustering:
    """``labels`` (n,) int64, -1 = unassigned, biggest cluster first; ``strength`` (n,) float32 in 0..1;
    ``distance`` (n,) float32: cosine distance to the nearest cluster's centre; ``vectors`` (n, d) as clustered;
    ``neighbours`` among the rows, more than were used; ``floor``: the similarity under which a vote counts nothing."""

    labels: np.ndarray
    strength: np.ndarray
    distance: np.ndarray
    vectors: np.ndarray
    neighbours: Neighbours
    floor: float


def cluster_units(vectors: np.ndarray, langs: Sequence[str], keys: Sequence[str],
                  settings: ClusterSettings | None = None,
                  language_means: Mapping[str, np.ndarray] | None = None) -> Clustering:
    """Clusters of ``vectors`` (n, d) in languages ``langs``; ``keys`` (unique) fix the canonical order."""
    import numpy as np

    settings = settings or ClusterSettings()
    order = np.array(sorted(range(len(keys)), key=keys.__getitem__), np.int64)
    aligned = align(vectors[order], [langs[i] for i in order], language_means)
    found = nearest(aligned, round(LOOKED_UP * settings.neighbours))
    labels, strength, floor = cluster_graph(aligned, found, settings)
    labels = _biggest_first(labels)
    distance = _distances(aligned, labels)
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    around = Neighbours(order[found.index[back]].astype(np.int32), found.similarity[back])
    return Clustering(labels[back], strength[back], distance[back], aligned[back], around, floor)


def cluster_graph(aligned: np.ndarray, found: Neighbours, settings: ClusterSettings
                  ) -> tuple[np.ndarray, np.ndarray, float]:
    """Labels, strengths and floor of ``aligned`` vectors in canonical order, of which ``found`` are the neighbours."""
    import numpy as np

    count = len(aligned)
    alike = settings.alike
    if count < 2 * settings.least:
        return np.full(count, -1, np.int64), np.zeros(count, np.float32), float("nan")
    found = first(found, min(settings.neighbours, count // 2))
    graph = shared_neighbours(found)
    links = min(10, found.index.shape[1])
    seeds = dense_seeds(strongest(graph, aligned, links), settings.seed, settings.core)
    labels = communities(graph, seeds, RESOLUTION * (count / USUAL) ** 0.5)
    seeded = seeds >= 0
    inside = np.where(seeded, labels, -1)
    floor = float(np.quantile(found.similarity, settings.nearness))
    votes = vote(found, inside, floor, settings.agreement)
    joined = ~seeded & (votes.labels == labels)
    labels = _drop_small(np.where(seeded | joined, labels, -1), settings.least)
    labels = refine(aligned, labels, settings.closeness, settings.least)
    labels = refine(aligned, merge(aligned, labels, alike), settings.closeness, settings.least)
    labels = _drop_loose(aligned, labels)
    # How firmly a unit sits: the share of its neighbours' vote for its cluster, dense seeds counting as half sure.
    share = support(found, labels, floor)
    strength = np.where(labels >= 0, np.where(seeded, 0.5 + share / 2, np.maximum(share, 0.01)), 0.0)
    return labels, strength.astype(np.float32), floor


def _drop_loose(aligned: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """``labels`` without clusters whose members are hardly more alike than chance: seeds of noise that grew."""
    import numpy as np

    clusters = int(labels.max(initial=-1)) + 1
    if not clusters:
        return labels
    size = np.maximum(np.bincount(labels[labels >= 0], minlength=clusters), 2)
    alike = (np.square(cluster_sums(aligned, labels, clusters)).sum(1) - size) / (size * (size - 1))
    return np.where((labels >= 0) & (alike[np.maximum(labels, 0)] < LEAST_ALIKE), -1, labels)


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


def centres(aligned: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The mean of each cluster's vectors, L2-normalised: (k, d) float32."""
    import numpy as np

    found = np.array([aligned[rows].mean(0) for rows in members_of(labels)], np.float32).reshape(-1, aligned.shape[1])
    return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9))


def _distances(aligned: np.ndarray, labels: np.ndarray) -> np.ndarray:
    import numpy as np

    if not (labels >= 0).any():
        return np.full(len(labels), np.nan, np.float32)
    middle = centres(aligned, labels).T
    return np.concatenate([1.0 - (aligned[part] @ middle).max(1) for part in blocks(len(aligned))]).astype(np.float32)
