"""Which pain point a unit belongs to in the space of another model, so that pain points outlive the model.

Everything is clustered afresh in the new space, and the clusters are matched with the known pain points one to one, so
that as many units as can be are in both. A unit keeps its pain point unless three witnesses speak for one other: its
cluster is matched to it, most of its neighbours' votes go to it, and its centre is nearer. It loses its place only
where nothing speaks for it: no cluster, no vote of a neighbour, further from the centre than 19 in 20 are. What people
placed or pinned stays, and a pain point that would lose more than half of its units loses none: that is for people to
decide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from painpoints.cluster import UNSTABLE, Clustering, ClusterSettings, cluster_units, measure_stability, standings
from painpoints.track.births import MOST, settle
from painpoints.track.identity import (
    REFITS,
    Identified,
    Proposal,
    as_given,
    barring,
    copies_go_along,
    follow_copies,
    in_order,
    join,
    keep_out,
    proposals_of,
    ranked,
    spread,
)
from painpoints.track.rulings import Rulings

if TYPE_CHECKING:
    import numpy as np
    import polars as pl


FAR = 0.05
"""Share of the units that count as far from their centre; what is near differs from space to space."""


@dataclass(frozen=True)
class _Space:
    """Counted units (rows ``own`` of all) as clustered in the new space, their old pain points numbered."""

    own: np.ndarray
    clustering: Clustering
    names: list[str]
    groups: np.ndarray
    home: dict[int, int]


def remap(units: pl.DataFrame, vectors: np.ndarray, rulings: Rulings | None = None,
          settings: ClusterSettings | None = None, language_means: Mapping[str, np.ndarray] | None = None
          ) -> Identified:
    """The place of each of ``units`` (as for `identify`, and placed_by) by their ``vectors`` (n, d) in another space.

    The order of rows does not matter.
    """
    import numpy as np

    settings, rulings = settings or ClusterSettings(), rulings or Rulings()
    order, ordered, rows, places, strength, keys, langs, unit_ids, counts = in_order(units, vectors)
    bound = (ordered["placed_by"] == "person").fill_null(False).to_numpy() | np.isin(
        np.array([place or "" for place in places]), sorted(rulings.pinned))
    space = _space(places, rows, langs, unit_ids, counts, settings, language_means)
    before = list(places)
    dissolved = _move(places, strength, space, bound, settings)
    copies_go_along(places, strength, before, keys, counts & ~bound, ~counts & ~bound)
    barred = barring(unit_ids, keys, rulings)
    keep_out(places, strength, before, barred)
    unplaced = np.array([place is None for place in places], bool)
    join(places, strength, rows, langs, counts, unplaced, settings, language_means)
    keep_out(places, strength, before, barred)
    found, own = space.clustering, space.own
    firm = measure_stability(found, [unit_ids[i] for i in own], settings, REFITS).clusters >= UNSTABLE
    # In another space every unit is as new as any other.
    born = settle(places, strength, [None] * len(places), own, found, firm, unit_ids, settings.least,
                  set(rulings.taken), rulings)
    keep_out(places, strength, before, barred)
    proposals = proposals_of([places[i] for i in own], found.labels, settings.least, set(born), rulings)
    follow_copies(places, strength, keys)
    keep_out(places, strength, before, barred)
    return as_given(order, Identified(places, strength, born, _with_dissolved(proposals, dissolved, rulings),
                                      spread(found.vectors, own, rows)))


def _space(places: Sequence[str | None], rows: np.ndarray, langs: Sequence[str], unit_ids: Sequence[str],
           counts: np.ndarray, settings: ClusterSettings, language_means: Mapping[str, np.ndarray] | None) -> _Space:
    import numpy as np

    own = np.flatnonzero(counts)
    found = cluster_units(rows[own], [langs[i] for i in own.tolist()], [unit_ids[i] for i in own.tolist()], settings,
                          language_means)
    held = [places[i] for i in own.tolist()]
    names = sorted({name for name in held if name is not None})
    number = {name: at for at, name in enumerate(names)}
    groups = np.array([-1 if name is None else number[name] for name in held], np.int64)
    return _Space(own, found, names, groups, _matched(found.labels, groups))


def _matched(labels: np.ndarray, groups: np.ndarray) -> dict[int, int]:
    """Clusters to groups, one to one, so that as many units as can be are in both."""
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    overlap = np.zeros((int(labels.max(initial=-1)) + 1, int(groups.max(initial=-1)) + 1))
    both = (labels >= 0) & (groups >= 0)
    np.add.at(overlap, (labels[both], groups[both]), 1)
    return {int(a): int(b) for a, b in zip(*linear_sum_assignment(-overlap), strict=True) if overlap[a, b] > 0}


def _move(places: list[str | None], strength: np.ndarray, space: _Space, bound: np.ndarray, settings: ClusterSettings
          ) -> dict[str, tuple[str, float]]:
    """Moves what the new space clearly puts elsewhere, in ``places`` and ``strength``; the pain points that would lose
    most of their units and so lose none, each with where most would go and what share would."""
    import numpy as np

    labels, groups, own = space.clustering.labels, space.groups, space.own
    stands = standings(space.clustering, groups, settings)
    home = np.array([space.home.get(label, -1) for label in labels.tolist()], np.int64)
    free = (groups >= 0) & ~bound[own]
    elsewhere = (free & (home >= 0) & (home != groups) & (stands.other == home) & (stands.other_share >= MOST)
                 & (stands.other_near > stands.near))
    far = min(settings.closeness, float(np.quantile(stands.near[groups >= 0], FAR))) if len(space.names) else 0.0
    lost = free & (labels < 0) & (stands.share == 0) & (stands.near < far)
    size = np.bincount(groups[groups >= 0], minlength=len(space.names))
    leaving = np.bincount(groups[elsewhere | lost], minlength=len(space.names))
    held = leaving > MOST * size
    dissolved = {}
    for group in np.flatnonzero(held).tolist():
        goals = Counter(home[elsewhere & (groups == group)].tolist())
        if goals:
            goal, count = min(goals.items(), key=lambda item: (-item[1], item[0]))
            dissolved[space.names[group]] = (space.names[goal], count / int(size[group]))
    goes = (groups >= 0) & ~held[np.maximum(groups, 0)] if len(held) else free
    for at in np.flatnonzero(groups >= 0).tolist():
        if elsewhere[at] and goes[at]:
            places[own[at]], strength[own[at]] = space.names[home[at]], float(stands.other_share[at])
        elif lost[at] and goes[at]:
            places[own[at]], strength[own[at]] = None, 0.0
        elif not bound[own[at]]:
            strength[own[at]] = float(space.clustering.strength[at] if home[at] == groups[at] else stands.share[at])
    return dissolved


def _with_dissolved(proposals: Sequence[Proposal], dissolved: Mapping[str, tuple[str, float]], rulings: Rulings
                    ) -> list[Proposal]:
    known = {frozenset((one.painpoint_id, one.other)) for one in proposals if one.kind == "merge"} | rulings.apart
    more = [Proposal("merge", name, goal, share) for name, (goal, share) in dissolved.items()
            if frozenset((name, goal)) not in known and not {name, goal} & rulings.fixed]
    return ranked([*proposals, *more])
