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
from typing import Any

import numpy as np

from painpoints.cluster.excerpts import Excerpt
from painpoints.cluster.lexicon import load_lexicon
from painpoints.cluster.spans import without_joined_and
from painpoints.cluster.words import Word, read_words

LONGEST = 4
TOP = 6
LEAST_LIFT = 1.5
LONGER, ONCE = 0.8, 0.6
"""What a further word adds to a phrase that several units share; what a phrase of one unit keeps."""
ENOUGH = 3

_QUESTION = re.compile("[?؟]")

Key = tuple[str, ...]
Reading = list[list[Word]]


@dataclass(frozen=True)
class Readings:
    """The ``words`` of units, with their ``labels`` (n,) int64, -1 outside every cluster, their ``langs`` and whether
    each ``asks`` a question; ``share`` as in `Excerpt`."""

    words: list[Reading]
    labels: np.ndarray
    langs: list[str]
    asks: list[bool]
    share: Mapping[tuple[int, str], float]

    def of_language(self, lang: str) -> Iterator[tuple[int, Reading]]:
        """Cluster and words of each unit of one language."""
        for cluster, spoken, reading in zip(self.labels.tolist(), self.langs, self.words, strict=True):
            if spoken == lang:
                yield cluster, reading


def read_units(asked: Excerpt, known: Mapping[tuple[str, str], Reading] | None = None) -> Readings:
    """The words of the units that are to be read; ``known`` holds those of texts and languages already read."""
    known = known or {}
    words = [known[said] if said in known else read_words(*said) for said in zip(asked.texts, asked.langs, strict=True)]
    return Readings(words, asked.labels, asked.langs, [bool(_QUESTION.search(text)) for text in asked.texts],
                    asked.share)


def keyphrases(readings: Readings, top: int = TOP) -> dict[int, dict[str, list[str]]]:
    """Per cluster and language the ``top`` phrases, best first, none containing another."""
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
    for cluster, reading in readings.of_language(lang):
        sizes[cluster] += 1
        phrases = dict(candidate_phrases(reading, lang))
        everywhere.update(phrases.keys())
        if cluster >= 0:
            inside[cluster].update(phrases.keys())
            for key, surface in phrases.items():
                surfaces[key][surface] += 1
    common = unread_too(everywhere, inside, readings.share, lang)
    units = sum(sizes.values()) + sum(
        (share - 1) * sizes[cluster] for (cluster, spoken), share in readings.share.items() if spoken == lang)
    said = words_said(readings, lang)
    mean = sum(map(sum, (c.values() for c in inside.values()))) / max(1, len(inside))
    best: dict[int, list[str]] = {}
    for cluster in sorted(inside):
        weights: dict[Key, float] = {}
        for key, count in inside[cluster].items():
            lift = (count / sizes[cluster]) / (common[key] / units)
            if lift < LEAST_LIFT and len(inside) > 2:
                continue  # as common everywhere: a product or brand name, or how people talk
            weights[key] = count * math.log(1 + mean / common[key])
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


def unread_too(read: Mapping[Any, int], inside: Mapping[int, Mapping[Any, int]], share: Mapping[tuple[int, str], float],
               lang: str) -> Mapping[Any, float]:
    """How often everything was ``read``, as if all units of the clusters had been of which only a ``share`` was.

    ``inside`` holds what was read of each cluster.
    """
    found: dict[Any, float] = dict(read)
    for (cluster, spoken), many in share.items():
        if spoken == lang:
            for key, count in inside.get(cluster, {}).items():
                found[key] += (many - 1) * count
    return found


def words_said(readings: Readings, lang: str) -> frozenset[str]:
    """All words of the units of one language, folded."""
    return frozenset(w.traits.folded for _, reading in readings.of_language(lang) for stretch in reading
                     for w in stretch)


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
