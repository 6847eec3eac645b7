"""How far figures may be off by chance: bootstrap intervals, paired differences, McNemar's test, Holm's correction.

The bootstrap draws documents with replacement, all units of a document together (rows, where no document is given), and
takes percentiles (Efron & Tibshirani 1993). An interval without width means that every resample gave the same figure,
for instance because no row was wrong; it is no proof that none ever will be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

RESAMPLES = 1000
SEED = 20
LEVEL = 0.95
_CELLS = 4_000_000
"""Weights held in memory at a time."""


@dataclass(frozen=True)
class Interval:
    """The middle ``LEVEL`` of a figure's resamples."""

    low: float
    high: float


@dataclass(frozen=True)
class Intervals:
    """Intervals of accuracy and macro-F1, or of their differences; None where one document is all there is."""

    accuracy: Interval | None
    macro_f1: Interval | None


def bootstrap(gold: np.ndarray, predicted: np.ndarray, classes: int, documents: np.ndarray | None = None, *,
              resamples: int = RESAMPLES, seed: int = SEED) -> Intervals:
    """Intervals of accuracy and macro-F1 of ``predicted`` (n,) against ``gold`` (n,).

    ``documents`` (n,) numbers the document of each row; by default every row is one.
    """
    groups, of = _groups(documents, len(gold))
    tallies = _tallies(gold, predicted, classes, groups, of)
    return _intervals(groups, resamples, seed, lambda weights: _figures(weights @ tallies, classes))


def paired_bootstrap(gold: np.ndarray, one: np.ndarray, other: np.ndarray, classes: int,
                     documents: np.ndarray | None = None, *, resamples: int = RESAMPLES, seed: int = SEED) -> Intervals:
    """Intervals of how much ``other`` (n,) exceeds ``one`` (n,), both judged on the same resamples."""
    groups, of = _groups(documents, len(gold))
    first = _tallies(gold, one, classes, groups, of)
    second = _tallies(gold, other, classes, groups, of)

    def differences(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        (accuracy_1, f1_1), (accuracy_2, f1_2) = (_figures(weights @ t, classes) for t in (first, second))
        return accuracy_2 - accuracy_1, f1_2 - f1_1

    return _intervals(groups, resamples, seed, differences)


def mcnemar(only_one: int, only_other: int) -> float:
    """Two-sided mid-p value of McNemar's exact test, from the rows that only one of two judges has right.

    Mid-p keeps the level where the plain exact test is too strict (Fagerland, Lydersen & Laake 2013).
    """
    from scipy.stats import binom

    rows = only_one + only_other
    if not rows:
        return 1.0
    less = min(only_one, only_other)
    return min(1.0, float(2 * binom.cdf(less, rows, 0.5) - binom.pmf(less, rows, 0.5)))


def holm(values: Sequence[float]) -> list[float]:
    """p values corrected for being several, in the order given (Holm 1979)."""
    order = sorted(range(len(values)), key=lambda at: values[at])
    corrected, highest = [0.0] * len(values), 0.0
    for rank, at in enumerate(order):
        highest = max(highest, min(1.0, (len(values) - rank) * values[at]))
        corrected[at] = highest
    return corrected


def _groups(documents: np.ndarray | None, rows: int) -> tuple[int, np.ndarray]:
    """How many documents there are, and the number in 0 .. documents - 1 of each row's."""
    if documents is None:
        return rows, np.arange(rows)
    found, of = np.unique(documents, return_inverse=True)
    return len(found), of


def _tallies(gold: np.ndarray, predicted: np.ndarray, classes: int, groups: int, of: np.ndarray) -> np.ndarray:
    """Per document and class its gold rows, its predictions and its hits, (documents, 3 x classes)."""
    tallies = np.zeros((groups, 3 * classes))
    np.add.at(tallies, (of, gold), 1)
    np.add.at(tallies, (of, classes + predicted), 1)
    right = gold == predicted
    np.add.at(tallies, (of[right], 2 * classes + gold[right]), 1)
    return tallies


def _figures(counts: np.ndarray, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Accuracy (b,) and macro-F1 (b,) of b resamples from their ``counts`` (b, 3 x classes)."""
    gold, said, hits = counts[:, :classes], counts[:, classes:2 * classes], counts[:, 2 * classes:]
    f1 = 2 * hits / np.maximum(gold + said, 1)
    present = gold > 0
    return hits.sum(1) / gold.sum(1), (f1 * present).sum(1) / present.sum(1)


def _intervals(groups: int, resamples: int, seed: int,
               figures: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]) -> Intervals:
    if groups < 2:
        return Intervals(None, None)
    drawn = [figures(weights) for weights in _weights(groups, resamples, seed)]
    return Intervals(*(_middle(np.concatenate(part)) for part in zip(*drawn, strict=True)))


def _weights(groups: int, resamples: int, seed: int) -> Iterator[np.ndarray]:
    """How often each document is drawn, in blocks (b, documents) that together hold ``resamples`` rows."""
    source = np.random.default_rng(seed)
    block = max(1, _CELLS // groups)
    for start in range(0, resamples, block):
        rows = min(block, resamples - start)
        drawn = source.integers(0, groups, (rows, groups))
        drawn += np.arange(rows)[:, None] * groups
        yield np.bincount(drawn.ravel(), minlength=rows * groups).reshape(rows, groups).astype(np.float64)


def _middle(values: np.ndarray) -> Interval:
    edge = (1 - LEVEL) / 2
    low, high = np.quantile(values, (edge, 1 - edge))
    return Interval(float(low), float(high))
