"""Clusters grown from a neighbour graph: dense seeds, communities, vote, centres, merging.

HDBSCAN alone leaves most of the neighbour graph out or joins close neighbours; communities of the graph alone take
every one-off in. Seeds hold the communities together, centres draw their borders, and clusters that cannot be told
apart are made one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from painpoints.cluster.assignment import support, vote
from painpoints.cluster.communities import communities
from painpoints.cluster.merging import merge
from painpoints.cluster.neighbours import Neighbours, first, shared_neighbours, strongest
from painpoints.cluster.refinement import refine
from painpoints.cluster.seeds import dense_seeds
from painpoints.cluster.settings import ClusterSettings
from painpoints.cluster.sums import blocks, cluster_sums

if TYPE_CHECKING:
    import numpy as np

RESOLUTION, USUAL = 7.0, 900
"""Resolution of the communities, for `USUAL` units. Modularity joins more the more there is, so it grows with the
square root of the number of units; what it cuts too finely is merged again."""

LEAST_ALIKE = 0.12
"""Mean cosine between the members of a cluster; scattered vectors have about 0."""


MEMBERS = 0.1
"""Share of a cluster's members that may have less of the vote than is asked of new units."""


@dataclass(frozen=True)
class Grown:
    """``labels`` (n,) int64, -1 in none; ``seeded`` (n,) bool: in a dense seed; ``floor``: the similarity under which a
    vote counts nothing, NaN where there were too few units for a cluster."""

    labels: np.ndarray
    seeded: np.ndarray
    floor: float


def grow(aligned: np.ndarray, found: Neighbours, settings: ClusterSettings, alike: float | None = None) -> Grown:
    """Clusters of ``aligned`` vectors (n, d) in canonical order, of which ``found`` are the neighbours; those as like
    as ``alike`` (default: by the level of detail) are one."""
    import numpy as np

    count = len(aligned)
    _ = settings.alike  # raises for a level of detail there is not
    if count < 2 * settings.least:
        return Grown(np.full(count, -1, np.int64), np.zeros(count, bool), float("nan"))
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
    labels = refine(aligned, labels, settings.closeness, settings.least, len(aligned) > settings.exact)
    return Grown(told_apart(aligned, labels, settings, alike), seeded, floor)


def told_apart(aligned: np.ndarray, labels: np.ndarray, settings: ClusterSettings, alike: float | None = None
               ) -> np.ndarray:
    """``labels`` (n,) with clusters that are one made one, every unit at its nearest centre, loose ones let go."""
    merged = merge(aligned, labels, settings.alike if alike is None else alike)
    many = len(aligned) > settings.exact
    return _drop_loose(aligned, refine(aligned, merged, settings.closeness, settings.least, many))


def firmness(found: Neighbours, grown: Grown, settings: ClusterSettings) -> np.ndarray:
    """How firmly each unit sits in its cluster: (n,) float32 in 0..1, 0 outside.

    The share of its neighbours' vote for its cluster, dense seeds counting as half sure.
    """
    import numpy as np

    labels = grown.labels
    near = first(found, min(settings.neighbours, len(labels) // 2))
    share = np.concatenate([np.zeros(0, np.float32), *(
        support(Neighbours(near.index[part], near.similarity[part]), labels, grown.floor, labels[part])
        for part in blocks(len(labels)))])
    strength = np.where(labels >= 0, np.where(grown.seeded, 0.5 + share / 2, np.maximum(share, 0.01)), 0.0)
    return strength.astype(np.float32)


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


def member_share(around: Neighbours, labels: np.ndarray, floor: float, settings: ClusterSettings) -> float:
    """The share of the vote that nine in ten members have for their cluster, none voting for itself."""
    import numpy as np

    member = labels >= 0
    if not member.any():
        return settings.agreement
    own = vote(around, labels, floor, 0.0)
    share = np.where(own.labels == labels, own.strength, 0.0)[member]
    return max(settings.agreement, float(np.quantile(share, MEMBERS)))
