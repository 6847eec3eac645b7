"""A pain point that a machine made too coarse, parted by it when more was heard.

The first weeks hold so little that near matters make one pain point. Later clusterings tell them apart; then the
smaller part becomes a pain point of its own, born of the bigger one, which keeps the id. Only what no person has had a
hand in is parted, in the eight additions after it was founded, and of all units that have a place at most
``MOST_MOVED`` move in one addition.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from painpoints.cluster import Clustering
from painpoints.track.births import new_id
from painpoints.track.rulings import Rulings

if TYPE_CHECKING:
    import numpy as np

MOST_MOVED = 0.03
"""Share of the units with a place that may get another in one addition."""
LEAST_PART = 5
"""Units of the smaller part. Over ten additions of held-out families parting brings purity from .48 to .55 and AMI of
what is placed from .58 to .59 (scripts/bench/identity.json)."""
OWN = 0.5
"""Share of a cluster that must be of one pain point for it to be a part of it."""


@dataclass(frozen=True)
class _Part:
    origin: str
    members: list[int]
    moved: int
    share: float


def part(places: list[str | None], strength: np.ndarray, before: Sequence[str | None], own: np.ndarray,
         found: Clustering, steady: np.ndarray, unit_ids: Sequence[str], taken: set[str], rulings: Rulings
         ) -> dict[str, str]:
    """Moves parts into pain points of their own, in ``places`` and ``strength``; new ids, each with where it came from.

    ``before`` are the places that units had when the addition began, ``own`` the rows that ``found`` clustered,
    ``steady`` (k,) which clusters come back when units are left out.
    """
    left = int(MOST_MOVED * sum(before[row] is not None for row in own.tolist()))
    born = {}
    for one in _parts(places, before, own, found, steady, rulings):
        if one.moved > left:
            continue
        left -= one.moved
        name = new_id([unit_ids[at] for at in one.members], taken)
        taken.add(name)
        born[name] = one.origin
        firm = dict(zip(own.tolist(), found.strength.tolist(), strict=True))
        for at in one.members:
            places[at], strength[at] = name, firm[at]
    return born


def _parts(places: Sequence[str | None], before: Sequence[str | None], own: np.ndarray, found: Clustering,
           steady: np.ndarray, rulings: Rulings) -> list[_Part]:
    """What may be parted, that first which fills its cluster most."""
    size = Counter(found.labels.tolist())
    inside: dict[str, dict[int, list[int]]] = {}
    for row, label in zip(own.tolist(), found.labels.tolist(), strict=True):
        if label >= 0 and (name := places[row]) is not None and name not in rulings.touched:
            inside.setdefault(name, {}).setdefault(label, []).append(row)
    parts = []
    for name, clusters in inside.items():
        ranked = sorted(clusters.items(), key=lambda item: (-len(item[1]), item[0]))
        for label, members in ranked[1:]:
            if steady[label] and len(members) >= max(LEAST_PART, OWN * size[label]):
                moved = sum(before[row] is not None for row in members)
                parts.append(_Part(name, members, moved, len(members) / size[label]))
    return sorted(parts, key=lambda one: (-one.share, -len(one.members), one.origin, one.members[0]))
