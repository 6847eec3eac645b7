"""The units whose words are read: all of small clusters, a bounded number of great ones.

What a cluster is about shows in a thousand units as well as in a hundred thousand, and reading words is slow. How
much is read depends on the number of clusters, not on that of units. Up to `MOST` units of a cluster and language and
`ALL` in all, every unit is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from painpoints.cluster.quotes import clearness
from painpoints.cluster.sums import members_of

MOST = 1_000
"""Units of a cluster and language that are read, at most: the most central ones and, of the others, those with the
smallest unit_ids (hashes)."""
ALL = 60_000
"""Clustered units that are read, at most, as long as `CENTRAL` of each cluster and language are: then the most of each
is set lower than `MOST`."""
CENTRAL = 30
"""Units of a cluster and language that titles are made of."""
BACKGROUND = 20_000
"""Units outside every cluster that are read, at most; the smallest unit_ids (hashes) are taken."""

Members = dict[int, dict[str, np.ndarray]]
"""Cluster to language to rows, ascending; clusters and languages in sorted order."""


@dataclass(frozen=True)
class Excerpt:
    """Units to be read, one after the other: their ``rows`` (m,) ascending, ``texts``, ``langs`` and ``labels`` (m,),
    -1 outside every cluster; how ``central`` (m,) each is to its cluster and the other languages there, 0..1.

    ``share`` holds, for clusters and languages that are read in part, how many units each read one stands for.
    """

    rows: np.ndarray
    texts: list[str]
    langs: list[str]
    labels: np.ndarray
    central: np.ndarray
    share: Mapping[tuple[int, str], float]


def excerpt(units: pl.DataFrame, vectors: np.ndarray) -> Excerpt:
    """What is to be read of ``units`` with ``cluster``, ``vectors`` (n, d) aligned with them; copies are not read."""
    labels = counted_labels(units)
    members = members_by_language(labels, units["lang"].to_list())
    central = np.zeros(len(units))
    for cluster, rows in enumerate(members_of(labels)):
        if len(rows):
            near = agreement(members[cluster], vectors)
            clear = clearness(units[rows.tolist()], vectors[rows].astype(np.float64))
            central[rows] = clear * (0.6 + 0.4 * np.array([near[row] for row in rows.tolist()]))
    return chosen(units, labels, members, central)


def chosen(units: pl.DataFrame, labels: np.ndarray, members: Members, central: np.ndarray, *, most: int = MOST,
           in_all: int = ALL) -> Excerpt:
    """The same where it is known how ``central`` (n,) each unit is; at most ``most`` of each of ``members``' clusters
    and languages, and ``in_all`` of all these."""
    ids = units["unit_id"].to_list()
    pools = {(cluster, lang): rows for cluster, by_lang in members.items() for lang, rows in by_lang.items()}
    most = min(most, _filled(np.array([len(rows) for rows in pools.values()], np.int64), in_all))
    wanted = np.zeros(len(ids), bool)
    share = {}
    for place, rows in pools.items():
        if len(rows) > most:
            share[place] = len(rows) / most
            first = rows[np.lexsort((rows, -central[rows]))[:CENTRAL]]
            others = sorted(np.setdiff1d(rows, first).tolist(), key=ids.__getitem__)
            rows = np.concatenate([first, np.array(others[:most - CENTRAL], np.int64)])
        wanted[rows] = True
    outside = np.flatnonzero((labels < 0) & (units["weight"].to_numpy() > 0))
    if len(outside) > BACKGROUND:
        outside = np.array(sorted(outside.tolist(), key=ids.__getitem__)[:BACKGROUND])
    wanted[outside] = True
    rows = np.flatnonzero(wanted)
    read = units[["model_text", "lang"]].filter(pl.Series(wanted))
    return Excerpt(rows, read["model_text"].to_list(), read["lang"].to_list(), labels[rows], central[rows], share)


def counted_labels(units: pl.DataFrame) -> np.ndarray:
    """The cluster of each of ``units``, (n,) int64, -1 for those in none and for copies."""
    clusters = units["cluster"].cast(pl.Int64).fill_null(-1).to_numpy()
    return np.where(units["weight"].to_numpy() > 0, clusters, -1)


def members_by_language(labels: np.ndarray, langs: list[str]) -> Members:
    """The rows of each cluster of ``labels`` (n,), -1 for none, by language."""
    names, of = np.unique(np.array(langs, dtype=np.str_), return_inverse=True)
    found: Members = {}
    for cluster, rows in enumerate(members_of(labels)):
        if len(rows):
            found[cluster] = {str(names[lang]): rows[of[rows] == lang] for lang in np.unique(of[rows]).tolist()}
    return found


def agreement(members: Mapping[str, np.ndarray], vectors: np.ndarray) -> dict[int, float]:
    """How close each unit lies to the cluster's other languages: its rank within its language, 0..1."""
    found: dict[int, float] = {}
    for lang, rows in members.items():
        others = [np.mean(vectors[rest], axis=0) for other, rest in members.items() if other != lang]
        if not others or len(rows) == 1:
            found.update(dict.fromkeys(rows.tolist(), 1.0))
            continue
        similarity = vectors[rows] @ np.mean(others, axis=0)
        ranks = np.argsort(np.argsort(similarity, kind="stable"), kind="stable")
        found.update({row: rank / (len(rows) - 1) for row, rank in zip(rows.tolist(), ranks.tolist(), strict=True)})
    return found


def _filled(sizes: np.ndarray, in_all: int) -> int:
    """The most of each of ``sizes`` that may be taken for ``in_all`` together; `CENTRAL` at least."""
    low, high = CENTRAL, max(CENTRAL, int(sizes.max(initial=0)))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if int(np.minimum(sizes, middle).sum()) <= in_all else (low, middle - 1)
    return low
