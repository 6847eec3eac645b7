"""How units stand in a new space to the groups they came in, and how much of the old space the new one keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from painpoints.cluster.assignment import support, vote
from painpoints.cluster.clustering import Clustering, centres
from painpoints.cluster.neighbours import first, nearest
from painpoints.cluster.settings import ClusterSettings

if TYPE_CHECKING:
    import numpy as np

AROUND, SAMPLED = 10, 2000


@dataclass(frozen=True)
class Standing:
    """Of every unit (n,): ``share`` of its neighbours' vote for its own group, ``near`` its cosine to that group's
    centre (0 and -1 without a group); ``other``: the group that wins the vote (-1: none), its ``other_share`` and the
    cosine ``other_near`` to its centre."""

    share: np.ndarray
    near: np.ndarray
    other: np.ndarray
    other_share: np.ndarray
    other_near: np.ndarray


def standings(clustering: Clustering, groups: np.ndarray, settings: ClusterSettings | None = None) -> Standing:
    """How the units of ``clustering`` stand to ``groups`` (n,), 0 .. k-1 without gaps, -1 for none; a unit has no vote
    on itself."""
    import numpy as np

    settings = settings or ClusterSettings()
    count = len(groups)
    if not count or not (groups >= 0).any():
        return Standing(np.zeros(count), np.full(count, -1.0), np.full(count, -1), np.zeros(count),
                        np.full(count, -1.0))
    around = first(clustering.neighbours, settings.neighbours)
    floor = clustering.floor if np.isfinite(clustering.floor) else -1.0
    voted = vote(around, groups, floor, 0.0)
    near = clustering.vectors @ centres(clustering.vectors, groups).T
    rows = np.arange(count)
    return Standing(support(around, groups, floor), np.where(groups >= 0, near[rows, groups], -1.0), voted.labels,
                    voted.strength, np.where(voted.labels >= 0, near[rows, voted.labels], -1.0))


def agreement(before: np.ndarray, after: np.ndarray) -> float:
    """The mean share of the ten nearest neighbours that units have in common ``before`` and ``after`` ((n, d) each, of
    the same units, languages' means removed); NaN for fewer than two units. At most 2,000 units are asked."""
    import numpy as np

    if len(before) < 2:
        return float("nan")
    asked = np.unique(np.linspace(0, len(before) - 1, min(SAMPLED, len(before))).astype(np.int64))
    found = [nearest(space[asked], AROUND + 1, space).index for space in (before, after)]
    shares = []
    for row, one, other in zip(asked.tolist(), *found, strict=True):
        mine, others = ([at for at in index.tolist() if at != row][:AROUND] for index in (one, other))
        shares.append(len(set(mine) & set(others)) / len(mine))
    return float(np.mean(shares))
