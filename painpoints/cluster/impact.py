"""Impact of pain points: one number from 0 to 100, its parts, and 95 % intervals for all of them.

For pain point p over all documents D (copies left out)::

    reach        share of documents that have p; Wilson interval
    negativity   mean p_neg of the units of p
    rating_loss  mean rating of documents without p minus that of documents with p, in points of a 1-5 scale;
                 only with 8 or more rated documents on each side
    severity     1 - (1 - negativity) * (1 - max(0, rating_loss) / 4)        0..1
    impact       100 * severity * log(1 + reach / 0.001) / log(1 + 1 / 0.001)

Both factors only rise: more people, blacker words or more points lost never lower the impact. Reach counts by its
logarithm because pains spread over orders of magnitude: from 1 % to 2 % of documents counts about as much as from 5 %
to 10 %. Where ratings are missing severity is negativity alone. Intervals of negativity, rating_loss and impact come
from 400 Poisson-bootstrap resamples of documents (Hanley and MacGibbon 2006) with a fixed seed; documents without any
pain point differ only in their rating, so they are drawn as groups, which gives the same distribution.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

RESAMPLES = 400
LEAST_RATED = 8
SMALLEST_REACH = 0.001
SEED = 20240229
_CELLS = 4_000_000
_Z = 1.959963984540054

FORMULA = (
    "Impact (0-100) = 100 x severity x scaled reach. Reach is the share of documents that have the pain point, on a "
    "logarithmic scale on which 0.1 % gives 0.10, 1 % gives 0.35, 10 % gives 0.67 and 100 % gives 1. Severity is the "
    "mean probability that its opinions are negative, raised by the rating points lost where at least 8 documents on "
    "each side carry a rating: 1 - (1 - negativity) x (1 - points lost / 4). Intervals (95 %) come from 400 bootstrap "
    "resamples of documents."
)


@dataclass(frozen=True)
class Impact:
    """Measures of K pain points, each a (K,) float64 array; ``rating_loss*`` is NaN where ratings do not allow it."""

    documents: np.ndarray
    reach: np.ndarray
    reach_low: np.ndarray
    reach_high: np.ndarray
    negativity: np.ndarray
    negativity_low: np.ndarray
    negativity_high: np.ndarray
    rating_loss: np.ndarray
    rating_loss_low: np.ndarray
    rating_loss_high: np.ndarray
    severity: np.ndarray
    impact: np.ndarray
    impact_low: np.ndarray
    impact_high: np.ndarray


def measure_impact(document: np.ndarray, painpoint: np.ndarray, p_neg: np.ndarray, rating: np.ndarray,
                   count: int) -> Impact:
    """The impact of ``count`` pain points.

    One entry a unit: ``document`` (m,) row of its document, ``painpoint`` (m,) in 0..count-1, ``p_neg`` (m,) in 0..1.
    ``rating`` (n_documents,) is 0..1, NaN where there is none. The same input gives the same result; another order of
    documents changes only which resamples are drawn.
    """
    rated = ~np.isnan(rating)
    evidence = _evidence(document, painpoint, p_neg, rated, np.where(rated, 1 + 4 * np.nan_to_num(rating), 0.0), count)
    total = len(rating)
    point = _statistics(np.ones((1, total)), evidence)
    enough = (point.rated_with[0] >= LEAST_RATED) & (rated.sum() - point.rated_with[0] >= LEAST_RATED)
    loss = np.where(enough, point.loss[0], np.nan)
    drawn = _resample(evidence)
    # A resample without the pain point says nothing of its negativity or loss: the estimate stands in.
    negativity = np.where(np.isnan(drawn.negativity), point.negativity, drawn.negativity)
    losses = np.where(enough, np.where(np.isnan(drawn.loss), point.loss, drawn.loss), np.nan)

    severity = severity_of(point.negativity[0], loss)
    impact = impact_of(severity, point.reach[0])
    documents = np.asarray(evidence.has.sum(axis=0)).ravel()
    reach_low, reach_high = wilson(documents, total)
    impact_low, impact_high = _interval(impact_of(severity_of(negativity, losses), drawn.reach), impact)
    negativity_low, negativity_high = _interval(negativity, point.negativity[0])
    loss_low, loss_high = _interval(losses, loss)
    return Impact(documents, point.reach[0], reach_low, reach_high, point.negativity[0], negativity_low,
                  negativity_high, loss, loss_low, loss_high, severity, impact, impact_low, impact_high)


def severity_of(negativity: np.ndarray, rating_loss: np.ndarray) -> np.ndarray:
    """Severity (0..1) from negativity (0..1) and rating points lost (NaN: unknown)."""
    lost = np.clip(np.nan_to_num(rating_loss) / 4, 0, 1)
    return np.asarray(1 - (1 - negativity) * (1 - lost))


def impact_of(severity: np.ndarray, reach: np.ndarray) -> np.ndarray:
    """Impact (0..100) from severity (0..1) and reach (0..1)."""
    return np.asarray(100 * severity * np.log1p(reach / SMALLEST_REACH) / math.log1p(1 / SMALLEST_REACH))


def wilson(hits: np.ndarray, total: int) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's (1927) 95 % interval of ``hits / total``; (0, 1) without trials."""
    if total == 0:
        return np.zeros(len(hits)), np.ones(len(hits))
    share, square = hits / total, _Z * _Z
    centre = share + square / (2 * total)
    half = _Z * np.sqrt(share * (1 - share) / total + square / (4 * total * total))
    scale = 1 + square / total
    return np.maximum(0, np.where(hits == 0, 0, (centre - half) / scale)), np.minimum(1, (centre + half) / scale)


@dataclass(frozen=True)
class _Evidence:
    """Sparse (n_documents, K): number of units, sum of p_neg, 0/1 of having it. Per document: whether rated, stars."""

    units: Any
    negative: Any
    has: Any
    rated: np.ndarray
    stars: np.ndarray


@dataclass(frozen=True)
class _Statistics:
    """(B, K) arrays, one row a resample."""

    reach: np.ndarray
    negativity: np.ndarray
    loss: np.ndarray
    rated_with: np.ndarray


def _evidence(document: np.ndarray, painpoint: np.ndarray, p_neg: np.ndarray, rated: np.ndarray, stars: np.ndarray,
              count: int) -> _Evidence:
    from scipy import sparse

    shape = (len(rated), count)
    units = sparse.coo_array((np.ones(len(document)), (document, painpoint)), shape).tocsr()
    negative = sparse.coo_array((p_neg.astype(np.float64), (document, painpoint)), shape).tocsr()
    has = units.copy()
    has.data[:] = 1.0
    return _Evidence(units, negative, has, rated, stars)


def _statistics(weights: np.ndarray, evidence: _Evidence) -> _Statistics:
    has, stars = evidence.has, evidence.stars
    documents = weights.sum(axis=1, keepdims=True)
    scored = weights * evidence.rated
    rated_all, stars_all = scored.sum(axis=1, keepdims=True), (weights @ stars)[:, None]
    rated_with, stars_with = scored @ has, (weights * stars) @ has
    with np.errstate(invalid="ignore", divide="ignore"):
        reach = np.where(documents > 0, (weights @ has) / documents, 0.0)
        negativity = (weights @ evidence.negative) / (weights @ evidence.units)
        loss = (stars_all - stars_with) / (rated_all - rated_with) - stars_with / rated_with
    return _Statistics(reach, negativity, np.where(np.isfinite(loss), loss, np.nan), rated_with)


def _resample(evidence: _Evidence) -> _Statistics:
    from scipy import sparse

    rng = np.random.default_rng(SEED)
    touched = np.flatnonzero(np.diff(evidence.has.indptr) > 0)
    free = np.setdiff1d(np.arange(len(evidence.rated)), touched)
    groups, sizes = np.unique(np.column_stack([evidence.rated[free], evidence.stars[free]]), axis=0, return_counts=True)
    nothing = sparse.csr_array((len(sizes), evidence.has.shape[1]))
    units, negative, has = (sparse.vstack([matrix[touched], nothing]).tocsr()
                            for matrix in (evidence.units, evidence.negative, evidence.has))
    grouped = _Evidence(units, negative, has, np.concatenate([evidence.rated[touched], groups[:, 0] > 0]),
                        np.concatenate([evidence.stars[touched], groups[:, 1]]))
    batch = max(1, _CELLS // max(1, len(touched) + len(sizes)))
    parts = []
    for start in range(0, RESAMPLES, batch):
        many = min(batch, RESAMPLES - start)
        weights = np.hstack([rng.poisson(1.0, (many, len(touched))), rng.poisson(sizes, (many, len(sizes)))])
        parts.append(_statistics(weights.astype(np.float64), grouped))
    return _Statistics(*(np.concatenate([getattr(part, name) for part in parts])
                         for name in ("reach", "negativity", "loss", "rated_with")))


def _interval(drawn: np.ndarray, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    return np.fmin(low, point), np.fmax(high, point)
