"""Quotes of clusters: what customers wrote, the clearest first, each saying something the others do not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

TOP = 6
OWN_SHARE = 0.10
"""A language with this share of a cluster's units has a quote of its own."""
CONSIDERED = 300
"""Members of a cluster that are compared with one another, at least."""
SHORT, LONG = 5, 40
_DIVERSITY = 0.35
_SAME = 0.97


def quotes(units: pl.DataFrame, vectors: np.ndarray, labels: np.ndarray, authors: Sequence[str | None],
           top: int = TOP) -> dict[int, list[int]]:
    """Rows of ``units`` to quote for each cluster, at most ``top``, best first.

    ``vectors`` (n, d) float32, L2-normalised; ``labels`` (n,), -1 for none; ``authors``: author key of each unit's
    document. Clear means close to the middle of the cluster, negative, a problem, certain and of five to forty words;
    the order is by maximal marginal relevance (Carbonell and Goldstein 1998). No two quotes share a document, an author
    or a text.
    """
    return {int(c): _of_cluster(units, vectors, np.flatnonzero((labels == c) & (units["weight"].to_numpy() > 0)),
                                authors, top)
            for c in np.unique(labels[labels >= 0])}


def _of_cluster(units: pl.DataFrame, vectors: np.ndarray, rows: np.ndarray, authors: Sequence[str | None],
                top: int) -> list[int]:
    if not len(rows):
        return []
    mine = units[rows.tolist()]
    langs, texts, docs = mine["lang"].to_list(), mine["text"].to_list(), mine["doc_id"].to_list()
    keys = mine["key"].to_list() if "key" in mine.columns else texts
    who = [authors[row] for row in rows]
    within = vectors[rows].astype(np.float64)
    clear = clearness(mine, within)
    order = _clearest(clear, langs, mine["unit_id"].to_list())
    at = {i: place for place, i in enumerate(order)}
    pairs = within[order] @ within[order].T
    worth, alike = (1 - _DIVERSITY) * clear[order], np.zeros(len(order))
    left = set(order)
    chosen: list[int] = []
    owed = [lang for lang, count in _counts(langs) if count >= OWN_SHARE * len(rows)]
    while left and len(chosen) < top:
        missing = [lang for lang in owed if lang not in {langs[i] for i in chosen}]
        must = missing and (top - len(chosen) <= len(missing) or chosen)
        pool = [i for i in order if i in left and (not must or langs[i] in missing)]
        if not pool:
            pool = [i for i in order if i in left]
            owed = [lang for lang in owed if lang not in missing]
        places = np.array([at[i] for i in pool])
        best = pool[int((worth[places] - _DIVERSITY * alike[places]).argmax())]
        alike = np.maximum(alike, pairs[:, at[best]]) if chosen else pairs[:, at[best]]
        chosen.append(best)
        left -= {i for i in left if i == best or docs[i] == docs[best] or keys[i] == keys[best]
                 or texts[i] == texts[best] or (who[i] is not None and who[i] == who[best])
                 or pairs[at[i], at[best]] > _SAME}
    return [int(rows[i]) for i in chosen]


def clearness(members: pl.DataFrame, vectors: np.ndarray) -> np.ndarray:
    """How clearly each member of one cluster says what the cluster is about: (n,) float64, 0..1.

    Closeness is measured within each language, so that a language far from the others is not passed over.
    """
    count = len(members)
    closeness = np.zeros(count)
    langs = members["lang"].to_numpy()
    for lang in np.unique(langs):
        of_lang = np.flatnonzero(langs == lang)
        similarity = vectors[of_lang] @ vectors.mean(axis=0)
        spread = similarity.max() - similarity.min()
        closeness[of_lang] = 0.5 + 0.5 * (similarity - similarity.min()) / spread if spread > 1e-9 else 1.0
    words = np.array([len(text.split()) for text in members["text"].to_list()])
    length = np.clip(np.minimum(words / SHORT, LONG / np.maximum(words, 1)), 0.2, 1.0)
    problem = 0.5 * (members["problem_p"].fill_null(0.5) + members["p_neg"].fill_null(0.5)).to_numpy()
    certain = np.where(members["certain"].fill_null(False).to_numpy(), 1.0, 0.8)
    strength = 0.5 + 0.5 * members["strength"].fill_null(0.0).to_numpy()
    return np.asarray(closeness * length * (0.4 + 0.6 * problem) * certain * strength)


def _clearest(clear: np.ndarray, langs: Sequence[str], ids: Sequence[str]) -> list[int]:
    """Members in order of clearness: the clearest of all, and the clearest of each language."""
    order = sorted(range(len(ids)), key=lambda i: (-clear[i], ids[i]))
    chosen, seen = [], dict.fromkeys(langs, 0)
    for place, i in enumerate(order):
        seen[langs[i]] += 1
        if place < CONSIDERED or seen[langs[i]] <= CONSIDERED // 8:
            chosen.append(i)
    return chosen


def _counts(langs: Sequence[str]) -> list[tuple[str, int]]:
    found: dict[str, int] = {}
    for lang in langs:
        found[lang] = found.get(lang, 0) + 1
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))
