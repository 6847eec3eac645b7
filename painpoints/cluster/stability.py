"""How steady clusters are: whether they come back when some of the units are left out.

Each cluster is compared with its likeness in clusterings of seeded subsamples (Hennig 2007, "Cluster-wise assessment of
cluster stability"): the Jaccard index of the two, best match, mean over subsamples. Under .5 a cluster dissolves about
as often as it comes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from painpoints.cluster.clustering import Clustering
from painpoints.cluster.growth import grow
from painpoints.cluster.neighbours import Neighbours
from painpoints.cluster.passes import alike_among
from painpoints.cluster.settings import ClusterSettings

if TYPE_CHECKING:
    import numpy as np

UNSTABLE = 0.5
"""Pain points of less stability are marked as shaky."""

SHARE = 0.8
"""Share of the units in a subsample."""

REFITS, FEWEST, FULL_CARE = 8, 3, 8_000
"""Subsamples up to ``FULL_CARE`` units; above it fewer, in inverse proportion to the units, but never under three."""


@dataclass(frozen=True)
class Stability:
    """``clusters`` (k,) float64 in 0..1: how far each cluster comes back; ``agreement``: the mean adjusted Rand index
    of the clusterings with that of all units, units in no cluster counting as one more; over ``refits`` subsamples."""

    clusters: np.ndarray
    agreement: float
    refits: int


def measure_stability(clustering: Clustering, keys: Sequence[str], settings: ClusterSettings | None = None,
                      refits: int | None = None, seed: int = 0) -> Stability:
    """Stability of a ``clustering`` of units called ``keys`` made with ``settings``; the same in any row order.

    A subsample of 80 % finds its neighbours among those already looked up, in the vectors as aligned, with
    neighbourhoods and the smallest cluster scaled down alike, so that its clustering costs no second search. There are
    8 of them up to 8,000 units and 3 from 20,000 on, which adds less time than the clustering itself took.
    """
    import numpy as np

    settings = settings or ClusterSettings()
    labels = clustering.labels
    count, clusters = len(labels), int(labels.max(initial=-1)) + 1
    if not clusters or refits == 0:
        return Stability(np.full(clusters, np.nan), float("nan"), 0)
    order = np.array(sorted(range(count), key=keys.__getitem__), np.int64)
    place = np.empty_like(order)
    place[order] = np.arange(count)
    measured = []
    for one in clustering.passes or [None]:
        if one is None:
            rows, found = order, Neighbours(place[clustering.neighbours.index[order]],
                                            clustering.neighbours.similarity[order])
        else:
            rows, found = one.rows, one.neighbours
        many = refits if refits is not None else max(FEWEST, min(REFITS, REFITS * FULL_CARE // max(1, len(rows))))
        alike, agreement = _refitted(clustering.vectors[rows], labels[rows], found, clusters, settings, many, seed,
                                     alike_among(count, settings))
        measured.append((np.bincount(labels[rows][labels[rows] >= 0], minlength=clusters), alike, agreement, many))
    if len(measured) == 1:
        return Stability(np.nan_to_num(measured[0][1]), measured[0][2], measured[0][3])
    # Each sample speaks for a cluster by the members that it has of it.
    weight = np.stack([np.where(np.isfinite(alike), size, 0) for size, alike, _, _ in measured])
    mean = np.divide((weight * np.nan_to_num([alike for _, alike, _, _ in measured])).sum(0), weight.sum(0),
                     out=np.zeros(clusters), where=weight.sum(0) > 0)
    agreements = np.average([one[2] for one in measured], weights=[one[0].sum() + 1 for one in measured])
    return Stability(mean, float(agreements), measured[0][3])


def _refitted(vectors: np.ndarray, labels: np.ndarray, found: Neighbours, clusters: int, settings: ClusterSettings,
              refits: int, seed: int, alike_from: float) -> tuple[np.ndarray, float]:
    """How alike each of ``clusters`` is to its likeness in ``refits`` subsamples (k,), NaN where it was in none, and
    the mean agreement; clusters as like as ``alike_from`` are one."""
    import numpy as np

    count = len(labels)
    smaller = replace(settings, neighbours=max(2, round(SHARE * settings.neighbours)),
                      least=max(2, int(SHARE * settings.least)))
    rng = np.random.default_rng(seed)
    alike, agreements = np.full((refits, clusters), np.nan), []
    for at in range(refits):
        keep = np.zeros(count, bool)
        keep[rng.permutation(count)[:round(SHARE * count)]] = True
        again = grow(vectors[keep], within(found, keep, smaller.neighbours), smaller, alike_from).labels
        alike[at] = jaccard(labels[keep], again, clusters)
        agreements.append(_agreement(labels[keep], again))
    seen = np.isfinite(alike)
    mean = np.divide(np.where(seen, alike, 0.0).sum(0), seen.sum(0), out=np.full(clusters, np.nan),
                     where=seen.any(0))
    return mean, float(np.mean(agreements))


def within(found: Neighbours, keep: np.ndarray, k: int) -> Neighbours:
    """The ``k`` nearest of ``found`` neighbours that are in ``keep`` (n,) bool, for its rows, numbered anew.

    Where fewer than ``k`` are left, the last one is repeated; where none is, the row stands for itself at 0.
    """
    import numpy as np

    number = np.cumsum(keep) - 1
    index, similarity = found.index[keep], found.similarity[keep]
    left = keep[index]
    count = left.sum(1)
    k = min(k, index.shape[1])
    kept_first = np.argsort(~left, axis=1, kind="stable")
    take = np.take_along_axis(kept_first, np.minimum(np.arange(k), np.maximum(count - 1, 0)[:, None]), 1)
    near = number[np.take_along_axis(index, take, 1)]
    alone = count == 0
    near[alone] = np.flatnonzero(alone)[:, None]
    return Neighbours(near.astype(np.int32), np.where(alone[:, None], 0.0, np.take_along_axis(similarity, take, 1)
                                                      ).astype(np.float32))


def jaccard(labels: np.ndarray, others: np.ndarray, clusters: int) -> np.ndarray:
    """The best Jaccard index of each of ``clusters`` with a cluster of ``others``: (clusters,), NaN where it is empty.

    ``labels`` and ``others`` (n,), -1 for none, are of the same units.
    """
    import numpy as np

    size = np.bincount(labels[labels >= 0], minlength=clusters)
    best = np.where(size > 0, 0.0, np.nan)
    both = (labels >= 0) & (others >= 0)
    if not both.any():
        return best
    other_size = np.bincount(others[others >= 0])
    pairs, common = np.unique(labels[both] * len(other_size) + others[both], return_counts=True)
    one, other = np.divmod(pairs, len(other_size))
    np.maximum.at(best, one, common / (size[one] + other_size[other] - common))
    return best


def _agreement(labels: np.ndarray, others: np.ndarray) -> float:
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(labels, others))
