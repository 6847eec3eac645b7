"""New pain points, and places for what a clustering finds beside the known ones.

A pain point is born of a cluster that comes back when some units are left out, in one of two ways. *Leftovers*: most of
its units have no place, after new ones have joined what is known by vote. *Novelty*: most of its units are new (or had
no place before), far more than their share in all units would bring by chance, and it is not where most units of a
known pain point lie; these are then taken together even where the vote, which sees each by itself, has put some of
them into a wider pain point that is known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from painpoints.cluster import Clustering, painpoint_id
from painpoints.track.rulings import Rulings

if TYPE_CHECKING:
    import numpy as np

MOST = 0.5
"""Share of a cluster that decides whose it is, and of a pain point that must lie in a cluster to be called there."""
CHANCE = 1e-3
"""Probability under which so many newcomers in a cluster are no chance (binomial, one-sided)."""


def new_id(unit_ids: Sequence[str], taken: Collection[str], strength: Sequence[float] | None = None) -> str:
    """An id that is not ``taken``, the same for the same units."""
    import polars as pl

    members = pl.DataFrame({"unit_id": list(unit_ids), "strength": strength or [0.0] * len(unit_ids)})
    name = painpoint_id(members)
    while name in taken:  # the same units once made a pain point that people gave away
        members = members.with_columns(pl.col("unit_id") + "'")
        name = painpoint_id(members)
    return name


def settle(places: list[str | None], strength: np.ndarray, before: Sequence[str | None], own: np.ndarray,
           found: Clustering, steady: np.ndarray, unit_ids: Sequence[str], least: int, taken: set[str],
           rulings: Rulings) -> list[str]:
    """Gives the unplaced units of each cluster to a new pain point or to the one whose the cluster is, in ``places``
    and ``strength``; the new ids.

    ``before`` are the places before any unit joined by vote, ``own`` the rows that ``found`` clustered, ``steady`` (k,)
    says which clusters may be born. Where two or more known pain points share a cluster, or people keep its two apart,
    each unit goes to the nearest of them.
    """
    import numpy as np

    rare = _unlikely(found.labels, np.array([before[row] is None for row in own.tolist()], bool))
    at_home = _homes(found.labels, [before[row] for row in own.tolist()], least)
    born = []
    for label in range(int(found.labels.max(initial=-1)) + 1):
        inside = np.flatnonzero(found.labels == label).tolist()
        newcomers = [at for at in inside if before[own[at]] is None]
        free = [at for at in inside if places[own[at]] is None]
        enough = max(least, MOST * len(inside))
        novel = rare[label] and label not in at_home and len(newcomers) >= enough
        founders = newcomers if novel else free if len(free) >= enough else []
        if founders and steady[label]:
            name = new_id([unit_ids[own[at]] for at in founders], taken, [float(found.strength[at]) for at in founders])
            taken.add(name)
            born.append(name)
            _put(places, strength, own, found, founders, [name] * len(founders))
        elif free:
            held = Counter(name for at in inside if (name := places[own[at]]) is not None)
            names = _sharers(held, len(inside), least, rulings)
            if names:
                _put(places, strength, own, found, free, _nearest_of(names, places, own, found.vectors, free))
    return born


def _homes(labels: np.ndarray, before: Sequence[str | None], least: int) -> set[int]:
    """The clusters in which most units of a known pain point lie: what is new there is more of it, however much."""
    size = Counter(name for name in before if name is not None)
    lies = Counter((name, label) for name, label in zip(before, labels.tolist(), strict=True)
                   if name is not None and label >= 0)
    return {label for (name, label), count in lies.items() if count >= max(least, MOST * size[name])}


def _unlikely(labels: np.ndarray, newcomer: np.ndarray) -> np.ndarray:
    """Which clusters (k,) hold more newcomers than chance brings; none where all units are."""
    import numpy as np
    from scipy.stats import binom

    inside = labels >= 0
    clusters = int(labels.max(initial=-1)) + 1
    if newcomer.all():
        return np.zeros(clusters, bool)
    size = np.bincount(labels[inside], minlength=clusters)
    fresh = np.bincount(labels[inside & newcomer], minlength=clusters)
    return np.asarray(binom.sf(fresh - 1, size, newcomer.mean()) <= CHANCE)


def _put(places: list[str | None], strength: np.ndarray, own: np.ndarray, found: Clustering, asking: Sequence[int],
         names: Sequence[str]) -> None:
    for at, name in zip(asking, names, strict=True):
        places[own[at]], strength[own[at]] = name, float(found.strength[at])


def _sharers(held: Mapping[str, int], size: int, least: int, rulings: Rulings) -> list[str]:
    """The known pain points that the unplaced units of a cluster of ``size`` may go to, the biggest first."""
    ranked = sorted(held, key=lambda name: (-held[name], name))
    if sum(held.values()) < MOST * size:
        return []
    alone = held[ranked[0]] >= MOST * size
    return [name for name in ranked if name == ranked[0] or (
        held[name] >= least and (not alone or frozenset((name, ranked[0])) in rulings.apart))]


def _nearest_of(names: Sequence[str], places: Sequence[str | None], own: np.ndarray, vectors: np.ndarray,
                asking: Sequence[int]) -> list[str]:
    """Which of ``names`` has its centre nearest to each of the rows ``asking`` of ``vectors``."""
    import numpy as np

    if len(names) == 1:
        return [names[0]] * len(asking)
    centres = np.stack([vectors[[at for at, row in enumerate(own.tolist()) if places[row] == name]].mean(0)
                        for name in names])
    centres /= np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-9)
    return [names[at] for at in np.round(vectors[list(asking)] @ centres.T, 6).argmax(1).tolist()]
