"""Which pain point a unit belongs to, so that pain points stay the same ones from one addition to the next.

What was placed stays where it is, but for parts that prove to be another matter (``parting``). New units first join
known pain points by vote; then everything is clustered afresh, and that clustering only proposes: a firm cluster most
of whose units had no place becomes a new pain point (``births``), unplaced units in a cluster that mostly belongs to a
known one join it, and where known ones lie together or apart, a merge or a split is proposed to people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from painpoints.cluster import UNSTABLE, ClusterSettings, cluster_units, join_known, measure_stability
from painpoints.track.births import MOST, settle
from painpoints.track.parting import part
from painpoints.track.rulings import Rulings

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

FIRM = 0.45
"""Cosine to the centre that a unit needs to be counted to a cluster here: what founds a pain point must be surer than
what may be shown of a single run (``ClusterSettings.closeness``)."""
REFITS = 4
"""Subsamples by which it is measured whether a cluster is firm enough to be born or parted."""
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

    settings, rulings = settings or ClusterSettings(), rulings or Rulings()
    order, ordered, rows, places, strength, keys, langs, unit_ids, counts = in_order(units, vectors)
    before = list(places)
    barred = barring(unit_ids, keys, rulings)
    follow_copies(places, strength, keys)
    keep_out(places, strength, before, barred)
    known = list(places)
    unplaced = np.array([place is None for place in places], bool)
    join(places, strength, rows, langs, counts, ordered["fresh"].to_numpy() & unplaced, settings, language_means)
    keep_out(places, strength, before, barred)
    own = np.flatnonzero(counts)
    careful = replace(settings, closeness=max(settings.closeness, FIRM))
    mine = [unit_ids[i] for i in own]
    found = cluster_units(rows[own], [langs[i] for i in own], mine, careful, language_means)
    steady = measure_stability(found, mine, careful, REFITS).clusters >= UNSTABLE
    taken = set(rulings.taken)
    born = settle(places, strength, known, own, found, steady, unit_ids, settings.least, taken, rulings)
    keep_out(places, strength, before, barred)
    parted = part(places, strength, before, own, found, steady, unit_ids, taken, rulings)
    copies_go_along(places, strength, known, keys, counts, ~counts)
    born += sorted(parted)
    proposals = proposals_of([places[i] for i in own], found.labels, settings.least, set(born), rulings)
    follow_copies(places, strength, keys)
    keep_out(places, strength, before, barred)
    return as_given(order, Identified(places, strength, born, proposals, spread(found.vectors, own, rows), parted))


class Ordered(NamedTuple):
    """Units by unit_id, whatever order they came in: ``order`` (n,) their rows as given, the ``units`` and their
    ``vectors`` in order, and what is worked on; ``counts`` (n,) is false for copies."""

    order: np.ndarray
    units: pl.DataFrame
    vectors: np.ndarray
    places: list[str | None]
    strength: np.ndarray
    keys: list[str]
    langs: list[str]
    unit_ids: list[str]
    counts: np.ndarray


def in_order(units: pl.DataFrame, vectors: np.ndarray) -> Ordered:
    """``units`` and ``vectors`` in an order that does not depend on theirs."""
    import numpy as np
    import polars as pl

    order = np.array(units.with_row_index("place").sort("unit_id")["place"].to_numpy(), np.int64)
    ordered = units[order.tolist()]
    return Ordered(
        order, ordered, vectors[order], ordered["painpoint_id"].to_list(),
        ordered["strength"].cast(pl.Float64).fill_null(0.0).to_numpy().copy(), ordered["key"].to_list(),
        ordered["lang"].to_list(), ordered["unit_id"].to_list(), (ordered["weight"] > 0).to_numpy())


def as_given(order: np.ndarray, found: Identified) -> Identified:
    """``found`` of units in ``order`` (`in_order`), in the order in which they were given."""
    import numpy as np

    back = np.argsort(order)
    return replace(found, places=[found.places[i] for i in back], strength=found.strength[back],
                   vectors=found.vectors[back])


def spread(vectors: np.ndarray, own: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """``vectors`` at the rows ``own`` of an array like ``rows``, zero elsewhere."""
    import numpy as np

    found = np.zeros_like(rows)
    found[own] = vectors
    return found


def halves(aligned: np.ndarray) -> np.ndarray:
    """Which (n,) bool of a pain point's vectors (n, d) make the smaller of its two halves."""
    import numpy as np
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(1):  # where others keep the processors busy, threads wait for each other
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


def follow_copies(places: list[str | None], strength: np.ndarray, keys: Sequence[str]) -> None:
    """Puts units that say word for word what a placed one says where that one is."""
    firmest: dict[str, tuple[float, str]] = {}
    for name, share, key in zip(places, strength.tolist(), keys, strict=True):
        if name is not None and (key not in firmest or share > firmest[key][0]):
            firmest[key] = (share, name)
    for at, key in enumerate(keys):
        if places[at] is None and key in firmest:
            strength[at], places[at] = firmest[key]


def barring(unit_ids: Sequence[str], keys: Sequence[str], rulings: Rulings) -> dict[int, frozenset[str]]:
    """By row, the pain points that people took it out of, or what says the same word for word."""
    if not rulings.out:
        return {}
    said: dict[str, frozenset[str]] = {}
    for unit, key in zip(unit_ids, keys, strict=True):
        if unit in rulings.out:
            said[key] = said.get(key, frozenset()) | rulings.out[unit]
    return {at: said[key] for at, key in enumerate(keys) if key in said}


def keep_out(places: list[str | None], strength: np.ndarray, before: Sequence[str | None],
             barred: Mapping[int, frozenset[str]]) -> None:
    """Puts units back to where they were ``before`` that have come to where they are ``barred`` from."""
    for at, names in barred.items():
        if places[at] != before[at] and places[at] in names:
            places[at], strength[at] = before[at], 0.0 if before[at] is None else strength[at]


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
