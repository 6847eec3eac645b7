"""Titles of clusters: in every language present, a few words of customers that say what went wrong.

Nothing is made up: a title is a run of words out of one unit. Candidates are the clause-like spans of a cluster's most
central problem units. A candidate is worth

    form x (how near its vector lies to the cluster and not to another one
            + how much of the cluster's vocabulary its words carry) x how central its unit is

Vocabulary is class-based TF-IDF of words: the share of the cluster's units that say a word times how rare the word is
elsewhere. Central also means near to the cluster's other languages. Without an encoder the unit's own vector stands in
for that of the span.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from painpoints.cluster.excerpts import CENTRAL, Excerpt, Members
from painpoints.cluster.phrases import Readings, unread_too
from painpoints.cluster.spans import Span, title_spans, unowned

ENCODED, FEWEST, MOST = 6000, 4, 16
"""Spans that are encoded: in all, and at least and at most for a cluster and language."""
_RIVAL = 0.5
_NEARNESS = 0.8
_OTHERS = 0.6
"""What nearness to the cluster's other languages counts, beside nearness to the span's own."""
_FORM = 1.3
"""The power of the form: above 1, an ill-formed span near the middle gives way to a well-formed one a little off."""
_SPREAD = 0.25
"""Differences in nearness below this are not blown up."""
_QUESTION = 0.7
_UNSHARED, _ALONE = 0.3, 0.15
"""How much of its form a span loses when nobody else says its words, in the language and in the cluster."""
_ENOUGH = 4
"""Units of a cluster and language from which on one customer's details are told from what several say."""
_SILENT, _PLAIN = 0.8, 0.8
"""How much of its score a span loses when, read alone, it complains of nothing ("five weeks have passed"),
and how sure of the surest a complaint is plain enough."""

Scores = dict[str, float]
Encode = Callable[[Sequence[str], Sequence[str]], tuple[np.ndarray, np.ndarray]]
"""Texts and their languages to (n, d) vectors in the space that was clustered, language means removed or not, and to
how surely (n,) a text, read alone, complains of a problem."""


@dataclass(frozen=True)
class Candidate:
    """A span that could be a title, the row of its unit, and its score."""

    span: Span
    row: int
    score: float


Pools = dict[tuple[int, str], list[Candidate]]
"""Cluster and language to candidates."""


@dataclass(frozen=True)
class Wording:
    """What the words of clusters tell: ``phrases`` (as ``keyphrases`` gives them), ``candidates`` for titles, and all
    words ``said`` in each language, folded."""

    phrases: Mapping[int, Mapping[str, Sequence[str]]]
    candidates: Pools
    said: Mapping[str, frozenset[str]]


def title_candidates(readings: Readings, asked: Excerpt) -> Pools:
    """For each cluster and language the spans that could be its title, the best first, so many as are to be encoded.

    ``readings`` are those of the units in ``asked``.
    """
    places: dict[tuple[int, str], list[int]] = {}
    for at, place in enumerate(zip(readings.labels.tolist(), readings.langs, strict=True)):
        if place[0] >= 0:
            places.setdefault(place, []).append(at)
    vocabulary = {lang: word_weights(readings, lang) for lang in sorted(set(readings.langs))}
    each = max(FEWEST, min(MOST, ENCODED // max(1, len(places))))
    return {(cluster, lang): _varied(candidates(readings, asked, places[cluster, lang], vocabulary[lang]), each)
            for cluster, lang in sorted(places)}


def titles(told: Wording, members: Members, vectors: np.ndarray, encode: Encode | None = None
           ) -> dict[int, dict[str, str]]:
    """Cluster to language to title; no two clusters share a title in one language.

    ``members`` (of all units, read or not) and ``vectors`` (n, d) are of the units that ``told`` is about. Its phrases
    are what a title falls back on, and what tells two like titles apart. Larger clusters choose first.
    """
    pools = _by_nearness({place: told.candidates.get(place, []) for place in _places(members)}, members, vectors,
                         encode)
    found: dict[int, dict[str, str]] = {cluster: {} for cluster in members}
    taken: dict[str, set[frozenset[str]]] = {}
    for cluster in sorted(members, key=lambda c: (-sum(map(len, members[c].values())), c)):
        for lang in members[cluster]:
            used = taken.setdefault(lang, set())
            title = _first_free(pools[cluster, lang], told.phrases.get(cluster, {}).get(lang, ()), used)
            if title is not None:
                found[cluster][lang] = unowned(title, lang, told.said[lang])
    return found


def _places(members: Members) -> list[tuple[int, str]]:
    return [(cluster, lang) for cluster in members for lang in members[cluster]]


@dataclass(frozen=True)
class Vocabulary:
    """Of one language: cluster to word key to weight (0..1), and the keys that more than one unit says.

    ``common`` holds those that more than one unit of a cluster says, where it has units enough to tell.
    """

    weights: Mapping[int, Scores]
    shared: frozenset[str]
    common: Mapping[int, frozenset[str]]


def word_weights(readings: Readings, lang: str) -> Vocabulary:
    """The weight of each word in each cluster: the share of its units that say it times how rare it is elsewhere."""
    everywhere: Counter[str] = Counter()
    inside: dict[int, Counter[str]] = {}
    sizes: Counter[int] = Counter()
    for cluster, reading in readings.of_language(lang):
        keys = {w.key for stretch in reading for w in stretch if w.traits.content or w.traits.negation}
        everywhere.update(keys)
        sizes[cluster] += 1
        if cluster >= 0:
            inside.setdefault(cluster, Counter()).update(keys)
    common = unread_too(everywhere, inside, readings.share, lang)
    mean = sum(sum(c.values()) for c in inside.values()) / max(1, len(inside))
    found: dict[int, Scores] = {}
    for cluster, counts in inside.items():
        raw = {key: count / sizes[cluster] * math.log(1 + mean / common[key]) for key, count in counts.items()}
        top = max(raw.values(), default=1.0)
        found[cluster] = {key: value / top for key, value in raw.items()}
    return Vocabulary(found, frozenset(key for key, count in everywhere.items() if count > 1),
                      {cluster: frozenset(key for key, count in counts.items() if count > 1)
                       for cluster, counts in inside.items() if sizes[cluster] >= _ENOUGH})


def candidates(readings: Readings, asked: Excerpt, places: Sequence[int], vocabulary: Vocabulary) -> list[Candidate]:
    """The spans that could be a title, best first, each text once, of the most central of the units at ``places``.

    These are of one cluster and language. Spans in a foreign script (Finglish, Arabizi) come only when there are no
    others.
    """
    cluster, lang = int(readings.labels[places[0]]), readings.langs[places[0]]
    weights, common = vocabulary.weights.get(cluster, {}), vocabulary.common.get(cluster)
    reach = sum(sorted(weights.values(), reverse=True)[:3]) or 1.0
    central = {at: float(asked.central[at]) for at in places}
    nearest = sorted(places, key=lambda at: (-central[at], at))[:CENTRAL]
    for foreign in (False, True):
        best: dict[str, Candidate] = {}
        for at in nearest:
            for span in title_spans(readings.words[at], lang, foreign=foreign):
                # What nobody else says is often misspelt or a name.
                shared = len(span.keys & vocabulary.shared) / len(span.keys)
                alone = len(span.keys - common) / len(span.keys) if common is not None else 0.0
                form = span.form * (1 - _UNSHARED * (1 - shared)) * (1 - _ALONE * alone)
                form *= _QUESTION if readings.asks[at] else 1.0
                # a set's order differs from process to process, and with it a plain sum
                topic = min(1.0, math.fsum(weights.get(key, 0.0) for key in span.keys) / reach)
                score = form * (0.15 + topic) * central[at]
                if span.text not in best or score > best[span.text].score:
                    best[span.text] = Candidate(replace(span, form=form), int(asked.rows[at]), score)
        if best:
            break
    return sorted(best.values(), key=lambda c: (-c.score, c.span.text))


def _varied(pool: Sequence[Candidate], most: int) -> list[Candidate]:
    """The best candidates, three out of one unit; more where there are few units."""
    chosen: list[Candidate] = []
    from_unit: Counter[int] = Counter()
    share = max(3, most // max(1, len({candidate.row for candidate in pool})))
    for candidate in pool:
        if from_unit[candidate.row] < share:
            from_unit[candidate.row] += 1
            chosen.append(candidate)
            if len(chosen) == most:
                break
    return chosen


def _by_nearness(pools: Pools, members: Members, vectors: np.ndarray, encode: Encode | None) -> Pools:
    clusters = sorted(members)
    at = {cluster: place for place, cluster in enumerate(clusters)}
    # Each language counts alike in the middle of a cluster, however many units it has.
    own = {(c, lang): _unit(vectors[rows].mean(axis=0)) for c in clusters for lang, rows in members[c].items()}
    centres = np.stack([_mean([own[c, lang] for lang in members[c]]) for c in clusters]) \
        if clusters else np.zeros((0, vectors.shape[1]))
    middles = {(c, lang): _middle(own, c, lang, list(members[c])) for c, lang in own}
    flat = [(place, candidate) for place in sorted(pools) for candidate in pools[place]]
    if encode is not None and flat:
        langs = [lang for (_, lang), _ in flat]
        encoded, telling = encode([c.span.text for _, c in flat], langs)
        spans = _centred(np.array(encoded, np.float64), np.array(langs), np.array([c for (c, _), _ in flat]))
    else:
        spans = vectors[[c.row for _, c in flat]].astype(np.float64)
        telling = np.ones(len(flat))
    ranked: Pools = {place: [] for place in pools}
    near: dict[tuple[int, str], list[float]] = {place: [] for place in pools}
    told: dict[tuple[int, str], list[float]] = {place: [] for place in pools}
    for ((cluster, lang), _), vector, problem in zip(flat, spans, telling, strict=True):
        told[cluster, lang].append(float(problem))
        similarity = centres @ vector
        rivals = np.delete(similarity, at[cluster])
        near[cluster, lang].append(float(middles[cluster, lang] @ vector - _RIVAL * max(0.0, rivals.max(initial=0.0))))
    for place, pool in pools.items():
        if pool:
            high = max(near[place])
            low = min(*near[place], high - _SPREAD)
            top = max(c.score for c in pool) or 1.0
            clearest = max(told[place]) or 1.0
            for candidate, value, problem in zip(pool, near[place], told[place], strict=True):
                nearness = (value - low) / (high - low)
                score = _NEARNESS * nearness * candidate.span.form ** _FORM
                score += (1 - _NEARNESS) * candidate.score / top
                plain = min(1.0, problem / (_PLAIN * clearest))
                ranked[place].append(replace(candidate, score=score * (1 - _SILENT * (1 - plain))))
            ranked[place].sort(key=lambda c: (-c.score, c.span.text))
    return ranked


def _middle(own: Mapping[tuple[int, str], np.ndarray], cluster: int, lang: str, langs: Sequence[str]) -> np.ndarray:
    """Where a title of ``lang`` should lie: what the other languages say, more than what its own does."""
    others = [own[cluster, other] for other in langs if other != lang]
    return _unit((1 - _OTHERS) * own[cluster, lang] + _OTHERS * _mean(others)) if others else own[cluster, lang]


def _mean(vectors: Sequence[np.ndarray]) -> np.ndarray:
    return _unit(np.mean(vectors, axis=0))


def _centred(spans: np.ndarray, langs: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    # Short spans lie apart from whole units and languages apart from each other; their own means take both out. The
    # mean over few clusters is rather what those are about, and must stay.
    for lang in np.unique(langs):
        mine = langs == lang
        count = len(np.unique(clusters[mine]))
        spans[mine] -= spans[mine].mean(axis=0) * (count - 1) / (count + 2)
    return np.asarray(spans / np.maximum(np.linalg.norm(spans, axis=1, keepdims=True), 1e-9))


def _unit(vector: np.ndarray) -> np.ndarray:
    length = float(np.linalg.norm(vector))
    return vector / length if length > 0 else vector


def _same(title: str) -> str:
    return re.sub(r"\W+", " ", title.casefold()).strip()


def _first_free(ranked: Sequence[Candidate], phrases: Sequence[str], taken: set[frozenset[str]]) -> str | None:
    """The best title whose content no other cluster has; failing that, the best with a phrase that sets it apart."""
    for candidate in ranked:
        if candidate.span.keys not in taken and frozenset([_same(candidate.span.text)]) not in taken:
            taken.update((candidate.span.keys, frozenset([_same(candidate.span.text)])))
            return candidate.span.text
    plain = [phrase[0].upper() + phrase[1:] for phrase in sorted(phrases, key=lambda p: " " not in p)]
    apart = [f"{ranked[0].span.text} ({phrase})" for phrase in phrases] if ranked else []
    for title in [*apart, *plain]:
        if frozenset([_same(title)]) not in taken:
            taken.add(frozenset([_same(title)]))
            return title
    return None
