"""Which pain point a unit belongs to, so that pain points stay the same ones from one addition to the next.

What was placed stays where it is, but for parts that prove to be another matter (``parting``). New units first join
known pain points by vote; then everything is clustered afresh, and that clustering only proposes: a cluster most of
whose units had no place becomes a new pain point, unplaced units in a cluster that mostly belongs to a known one join
it, and where known ones lie together or apart, a merge or a split is proposed to people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from painpoints.cluster import Clustering, ClusterSettings, cluster_units, join_known
from painpoints.track.births import new_id
from painpoints.track.parting import part
from painpoints.track.rulings import Rulings

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

MOST = 0.5
"""Share of a cluster that decides whose it is, and of a pain point that must lie in a cluster to be called there."""
PART = 0.3
"""Share of a pain point that each of two clusters must hold for a split to be proposed."""


@dataclass(frozen=True)
class Proposal:
    """What a person may decide: ``kind`` merge (of ``painpoint_id`` and ``other``) or split (``other`` is None);
    ``share`` in 0..1 of the smaller part that speaks for it."""

    kind: str
    painpoint_id: str
    other: str | None
    share: float


@dataclass(frozen=True)
class Identified:
    """``places`` (n,): the pain point of every unit, None for none; ``strength`` (n,) in 0..1; ``born``: ids that are
    new, in order; ``proposals``; ``vectors`` (n, d) with the languages' means removed; ``parted``: those of the born
    that are parts of a known one, with its id."""

    places: list[str | None]
    strength: np.ndarray
    born: list[str]
    proposals: list[Proposal]
    vectors: np.ndarray
    parted: Mapping[str, str] = field(default_factory=dict)


def identify(units: pl.DataFrame, vectors: np.ndarray, rulings: Rulings | None = None,
             settings: ClusterSettings | None = None, language_means: Mapping[str, np.ndarray] | None = None
             ) -> Identified:
    """The place of every one of ``units``: unit_id, lang, key, weight (0: a copy, which follows its first), fresh
    (Bool: not looked at before), painpoint_id (null: none yet) and strength.

    ``vectors`` (n, d) are L2-normalised. The order of rows does not matter.
    """
    import numpy as np
    import polars as pl

    settings, rulings = settings or ClusterSettings(), rulings or Rulings()
    order = canonical_order(units)
    ordered, rows = units[order.tolist()], vectors[order]
    places: list[str | None] = ordered["painpoint_id"].to_list()
    strength = ordered["strength"].cast(pl.Float64).fill_null(0.0).to_numpy().copy()
    keys, langs, unit_ids = (ordered[name].to_list() for name in ("key", "lang", "unit_id"))
    counts = (ordered["weight"] > 0).to_numpy()
    before = list(places)
    follow_copies(places, strength, keys)
    known = list(places)
    unplaced = np.array([place is None for place in places], bool)
    join(places, strength, rows, langs, counts, ordered["fresh"].to_numpy() & unplaced, settings, language_means)
    own = np.flatnonzero(counts)
    found = cluster_units(rows[own], [langs[i] for i in own], [unit_ids[i] for i in own], settings, language_means)
    taken = set(rulings.taken)
    born = settle(places, strength, own, found, unit_ids, settings.least, taken, rulings)
    parted = part(places, strength, before, own, found, unit_ids, taken, rulings)
    copies_go_along(places, strength, known, keys, counts, ~counts)
    born += sorted(parted)
    proposals = proposals_of([places[i] for i in own], found.labels, settings.least, set(born), rulings)
    follow_copies(places, strength, keys)
    aligned = np.zeros_like(rows)
    aligned[own] = found.vectors
    back = np.argsort(order)
    return Identified([places[i] for i in back], strength[back], born, proposals, aligned[back], parted)


def canonical_order(units: pl.DataFrame) -> np.ndarray:
    """The rows of ``units`` by unit_id."""
    import numpy as np

    return np.array(units.with_row_index("place").sort("unit_id")["place"].to_numpy(), np.int64)


def halves(aligned: np.ndarray) -> np.ndarray:
    """Which (n,) bool of a pain point's vectors (n, d) make the smaller of its two halves."""
    import numpy as np
    from sklearn.cluster import KMeans

    side = KMeans(2, n_init=8, random_state=0).fit_predict(aligned.astype(np.float64))
    return np.asarray(side == (0 if (side == 0).sum() * 2 <= len(side) else 1))


def join(places: list[str | None], strength: np.ndarray, rows: np.ndarray, langs: Sequence[str], counts: np.ndarray,
         asking: np.ndarray, settings: ClusterSettings, language_means: Mapping[str, np.ndarray] | None) -> None:
    """Puts units that are ``asking`` (n,) for a place into known pain points, in ``places`` and ``strength``."""
    import numpy as np

    new, pool = np.flatnonzero(counts & asking), np.flatnonzero(counts & ~asking)
    names = sorted({place for place in places if place is not None})
    number = {name: at for at, name in enumerate(names)}
    held = [places[i] for i in pool.tolist()]
    labels = np.array([-1 if name is None else number[name] for name in held], np.int64)
    # All units of a pain point may be copies of one that is no longer counted: then it has no number in the pool.
    present, dense = np.unique(labels[labels >= 0], return_inverse=True)
    voted = [names[at] for at in present.tolist()]
    labels[labels >= 0] = dense
    joined = join_known(rows[new], [langs[i] for i in new.tolist()], rows[pool], [langs[i] for i in pool.tolist()],
                        labels, settings, language_means)
    for at, label, share in zip(new.tolist(), joined.labels.tolist(), joined.strength.tolist(), strict=True):
        if label >= 0:
            places[at], strength[at] = voted[label], share


def settle(places: list[str | None], strength: np.ndarray, own: np.ndarray, found: Clustering,
           unit_ids: Sequence[str], least: int, taken: set[str], rulings: Rulings) -> list[str]:
    """Gives the unplaced units of each cluster to a new pain point or to the one whose the cluster is; the new ids.

    Where two or more known ones share a cluster, or people keep its two apart, each unit goes to the nearest of them.
    """
    import numpy as np

    labels, firm = found.labels, found.strength
    born = []
    for label in range(int(labels.max(initial=-1)) + 1):
        inside = np.flatnonzero(labels == label)
        free = [at for at in inside.tolist() if places[own[at]] is None]
        held = Counter(name for at in inside.tolist() if (name := places[own[at]]) is not None)
        if not free:
            continue
        if len(free) >= least and len(free) >= MOST * len(inside):
            names = [new_id([unit_ids[own[at]] for at in free], taken, [float(firm[at]) for at in free])]
            taken.update(names)
            born += names
        else:
            names = _sharers(held, len(inside), least, rulings)
        if names:
            nearest = _nearest_of(names, places, own, found.vectors, free)
            for at, name in zip(free, nearest, strict=True):
                places[own[at]], strength[own[at]] = name, float(firm[at])
    return born


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


def follow_copies(places: list[str | None], strength: np.ndarray, keys: Sequence[str]) -> None:
    """Puts units that say word for word what a placed one says where that one is."""
    firmest: dict[str, tuple[float, str]] = {}
    for name, share, key in zip(places, strength.tolist(), keys, strict=True):
        if name is not None and (key not in firmest or share > firmest[key][0]):
            firmest[key] = (share, name)
    for at, key in enumerate(keys):
        if places[at] is None and key in firmest:
            strength[at], places[at] = firmest[key]


def copies_go_along(places: list[str | None], strength: np.ndarray, before: Sequence[str | None], keys: Sequence[str],
                     firsts: np.ndarray, copies: np.ndarray) -> None:
    """Moves copies with the one that is counted for them, where they were together ``before``."""
    import numpy as np

    moved = {(keys[at], before[at]): at for at in np.flatnonzero(firsts).tolist() if places[at] != before[at]}
    for at in np.flatnonzero(copies).tolist():
        if (first := moved.get((keys[at], before[at]))) is not None:
            places[at], strength[at] = places[first], strength[first]


def proposals_of(places: Sequence[str | None], labels: np.ndarray, least: int, born: Collection[str],
                 rulings: Rulings) -> list[Proposal]:
    """What the clustering ``labels`` (n,) proposes about units in ``places``; nothing of what was ``born`` just now or
    of what people have settled."""
    size = Counter(name for name in places if name is not None)
    lies: dict[str, Counter[int]] = {name: Counter() for name in size}
    for name, label in zip(places, labels.tolist(), strict=True):
        if name is not None and label >= 0:
            lies[name][label] += 1
    home: dict[int, list[str]] = {}
    found = []
    for name in sorted(set(size) - set(born) - rulings.fixed):
        parts = lies[name].most_common()
        if parts and parts[0][1] >= MOST * size[name]:
            home.setdefault(parts[0][0], []).append(name)
        big = [count for _, count in parts if count >= max(least, PART * size[name])]
        if len(big) > 1 and name not in rulings.whole:
            found.append(Proposal("split", name, None, big[1] / size[name]))
    for label, names in home.items():
        first = max(names, key=lambda name: (size[name], name))
        found += [Proposal("merge", name, first, lies[name][label] / size[name]) for name in names
                  if name != first and frozenset((name, first)) not in rulings.apart]
    return ranked(found)


def ranked(proposals: Iterable[Proposal]) -> list[Proposal]:
    """``proposals``, those first for which most speaks."""
    return sorted(proposals, key=lambda p: (-p.share, p.kind, p.painpoint_id, p.other or ""))
