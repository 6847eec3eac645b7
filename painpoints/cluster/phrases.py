"""Keyphrases of clusters, per language: class-based TF-IDF over phrases of one to four words.

A phrase neither begins nor ends with a stop word and is counted once a unit under the keys of its content words, so
inflected forms add up; the surface shown is the most frequent one. Weight of phrase x in cluster c, after Grootendorst
(2022, BERTopic): ``tf(x, c) * log(1 + A / f(x))`` with tf the units of c that hold x, f the units of the language that
hold x (units outside every cluster included, as background) and A the mean number of phrases a cluster.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from painpoints.cluster.lexicon import load_lexicon
from painpoints.cluster.spans import without_joined_and
from painpoints.cluster.words import Word, read_words

LONGEST = 4
TOP = 6
LEAST_LIFT = 1.5
LONGER, ONCE = 0.8, 0.6
"""What a further word adds to a phrase that several units share; what a phrase of one unit keeps."""
ENOUGH = 3
BACKGROUND = 20_000
"""Units outside every cluster that are read, at most; the smallest unit_ids (hashes) are taken."""

_QUESTION = re.compile("[?؟]")

Key = tuple[str, ...]
Reading = list[list[Word]]


@dataclass(frozen=True)
class Readings:
    """The words of the units that are worth reading. ``words[i]`` is None for the others.

    ``labels`` (n,) int64: cluster, or -1 outside every cluster. ``langs``: language of each unit;
    ``asks``: whether it asks a question.
    """

    words: list[Reading | None]
    labels: np.ndarray
    langs: list[str]
    asks: list[bool]

    @property
    def by_cluster(self) -> dict[int, dict[str, list[int]]]:
        """Cluster to language to rows, clusters and languages in sorted order."""
        found: dict[int, dict[str, list[int]]] = {}
        for row, reading in enumerate(self.words):
            if reading is not None and self.labels[row] >= 0:
                found.setdefault(int(self.labels[row]), {}).setdefault(self.langs[row], []).append(row)
        return {cluster: dict(sorted(found[cluster].items())) for cluster in sorted(found)}


def read_units(units: pl.DataFrame, labels: np.ndarray) -> Readings:
    """The words of all clustered units and of a bounded number of others as background; copies are not read."""
    counted = units["weight"].to_numpy() > 0
    outside = np.flatnonzero(counted & (labels < 0))
    if len(outside) > BACKGROUND:
        ids = units["unit_id"].to_list()
        outside = np.array(sorted(outside, key=lambda row: ids[row])[:BACKGROUND])
    wanted = counted & (labels >= 0)
    wanted[outside] = True
    langs = units["lang"].to_list()
    texts = units["model_text"].to_list()
    words = [read_words(texts[row], langs[row]) if wanted[row] else None for row in range(len(texts))]
    return Readings(words, np.where(counted, labels, -1), langs, [bool(_QUESTION.search(t)) for t in texts])


def keyphrases(units: pl.DataFrame, labels: np.ndarray, readings: Readings | None = None,
               top: int = TOP) -> dict[int, dict[str, list[str]]]:
    """Per cluster and language the ``top`` phrases, best first, none containing another.

    ``labels`` (n,) gives the cluster of each row of ``units`` (-1 for none); ``units`` needs unit_id, lang, model_text
    and weight. Give ``readings`` when the units are already read.
    """
    readings = readings or read_units(units, labels)
    found: dict[int, dict[str, list[str]]] = {}
    for lang in sorted(set(readings.langs)):
        for cluster, phrases in _of_language(readings, lang, top).items():
            found.setdefault(cluster, {})[lang] = phrases
    return dict(sorted(found.items()))


def _of_language(readings: Readings, lang: str, top: int) -> dict[int, list[str]]:
    everywhere: Counter[Key] = Counter()
    inside: dict[int, Counter[Key]] = defaultdict(Counter)
    surfaces: dict[Key, Counter[str]] = defaultdict(Counter)
    sizes: Counter[int] = Counter()
    for row, reading in enumerate(readings.words):
        if reading is None or readings.langs[row] != lang:
            continue
        cluster = int(readings.labels[row])
        sizes[cluster] += 1
        phrases = dict(candidate_phrases(reading, lang))
        everywhere.update(phrases.keys())
        if cluster >= 0:
            inside[cluster].update(phrases.keys())
            for key, surface in phrases.items():
                surfaces[key][surface] += 1
    units = sum(sizes.values())
    said = words_said(readings, lang)
    mean = sum(map(sum, (c.values() for c in inside.values()))) / max(1, len(inside))
    best: dict[int, list[str]] = {}
    for cluster in sorted(inside):
        weights: dict[Key, float] = {}
        for key, count in inside[cluster].items():
            lift = (count / sizes[cluster]) / (everywhere[key] / units)
            if lift < LEAST_LIFT and len(inside) > 2:
                continue  # as common everywhere: a product or brand name, or how people talk
            weights[key] = count * math.log(1 + mean / everywhere[key])
            if count > 1:
                weights[key] *= 1 + LONGER * (len(key) - 1)
            elif sizes[cluster] >= 3:
                # One customer's wording: the longer it is, the less it is everybody's.
                weights[key] *= ONCE / len(key)
        chosen = _diverse(weights, top)
        # What one customer says is only told where nothing is said by several.
        told = [key for key in chosen if inside[cluster][key] > 1] or chosen[:ENOUGH]
        best[cluster] = list(dict.fromkeys(without_joined_and(_shown(surfaces[key]), lang, said) for key in told))
    return best


def words_said(readings: Readings, lang: str) -> frozenset[str]:
    """All words of the units of one language, folded."""
    return frozenset(w.traits.folded for row, reading in enumerate(readings.words)
                     if reading is not None and readings.langs[row] == lang for stretch in reading for w in stretch)


def candidate_phrases(reading: Reading, lang: str) -> Iterator[tuple[Key, str]]:
    """Keys and surfaces of the phrases in one unit that could stand as a keyphrase."""
    for stretch in reading:
        for first, start in enumerate(stretch):
            if start.traits.stop or start.traits.number or not start.traits.native:
                continue
            for length in range(1, min(LONGEST, len(stretch) - first) + 1):
                span = stretch[first:first + length]
                if not span[-1].traits.native or span[-1].traits.number:
                    break
                if _is_phrase(span, lang):
                    yield (tuple(w.key for w in span if not w.traits.stop), " ".join(w.text for w in span))


def _is_phrase(span: Sequence[Word], lang: str) -> bool:
    content = [w for w in span if w.traits.content]
    if not content or span[-1].traits.stop:
        return False
    if len(span) == 1:
        return len(content[0].traits.folded) > 2
    return not span[-1].traits.negation or load_lexicon(lang).negation_closes(span[-1].traits.folded)


def _diverse(weights: Mapping[Key, float], top: int) -> list[Key]:
    chosen: list[Key] = []
    for key in sorted(weights, key=lambda k: (-weights[k], k)):
        mine = set(key)
        if all(_apart(mine, set(other)) for other in chosen):
            chosen.append(key)
            if len(chosen) == top:
                break
    return chosen


def _apart(one: set[str], other: set[str]) -> bool:
    return not (one <= other or other <= one) and len(one & other) / len(one | other) <= 0.34


def _shown(surfaces: Counter[str]) -> str:
    best = max(surfaces.values())
    return min(s for s, count in surfaces.items() if count == best)
