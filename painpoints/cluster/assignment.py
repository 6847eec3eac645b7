"""The rest by neighbour vote: a unit joins the cluster its neighbours are in, if they are near and agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from painpoints.cluster.neighbours import Neighbours

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Vote:
    """``labels`` (n,) int64 (-1: fits nowhere), ``strength`` (n,) float32 in 0..1: the winning share of the vote."""

    labels: np.ndarray
    strength: np.ndarray


@dataclass(frozen=True)
class Assignment:
    """``labels`` (n,) int64 (-1: fits nowhere); ``strength`` (n,) float32 in 0..1: the winning share of the vote;
    ``distance`` (n,) float32: cosine distance to the nearest cluster's centre, NaN where there is no cluster."""

    labels: np.ndarray
    strength: np.ndarray
    distance: np.ndarray


def vote(neighbours: Neighbours, labels: np.ndarray, nearness: float, agreement: float) -> Vote:
    """Cluster by vote of the neighbours that have one.

    ``labels`` are those of the neighbours' pool. A vote weighs the neighbour's similarity above ``nearness``;
    neighbours without a cluster vote for none. The winner needs the share ``agreement`` of all votes.
    """
    import numpy as np

    count, k = neighbours.index.shape
    if k == 0 or not count:
        return Vote(np.full(count, -1, np.int64), np.zeros(count, np.float32))
    voted = labels[neighbours.index]
    weight = np.maximum(neighbours.similarity.astype(np.float64) - nearness, 0.0)
    total = weight.sum(1)
    # Sum the weights of equal labels in each row: sort, then take differences of the running sum.
    order = np.argsort(voted, axis=1, kind="stable")
    voted = np.take_along_axis(voted, order, 1)
    weight = np.take_along_axis(weight, order, 1)
    score = (weight[:, :, None] * (voted[:, :, None] == voted[:, None, :])).sum(1)
    score[voted < 0] = 0.0
    best = score.argmax(1)
    rows = np.arange(count)
    share = np.divide(score[rows, best], total, out=np.zeros(count), where=total > 0)
    fits = share >= agreement
    strength = np.where(fits, share, 0.0).astype(np.float32)
    return Vote(np.where(fits & (share > 0), voted[rows, best], -1), strength)


def support(neighbours: Neighbours, labels: np.ndarray, nearness: float, own: np.ndarray | None = None) -> np.ndarray:
    """Share of each row's neighbour vote that goes to its own cluster: (n,) float32 in 0..1, 0 for rows without one.

    ``own`` (n,) are the clusters of the rows where these are not the neighbours' pool.
    """
    import numpy as np

    own = labels if own is None else own
    weight = np.maximum(neighbours.similarity.astype(np.float64) - nearness, 0.0)
    same = (labels[neighbours.index] == own[:, None]) & (own >= 0)[:, None]
    total = weight.sum(1)
    share = np.divide((weight * same).sum(1), total, out=np.zeros(len(own)), where=total > 0)
    return np.asarray(share, np.float32)
