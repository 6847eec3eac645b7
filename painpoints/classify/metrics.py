"""Figures of agreement between two sequences of class numbers, all from one confusion matrix.

Rows of a matrix are the gold classes, columns the predicted ones. Definitions are scikit-learn's with
``zero_division=0``, save that macro-F1 averages over the classes that occur in gold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class ClassFigures:
    """How one class is found; ``support`` counts its gold rows, ``predicted`` how often it was said."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int
    predicted: int


def confusion_matrix(gold: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Counts (classes, classes) int64 of ``gold`` (n,) against ``predicted`` (n,), both in 0 .. classes - 1."""
    cells = np.bincount(gold.astype(np.int64) * classes + predicted, minlength=classes * classes)
    return cells.reshape(classes, classes)


def accuracy(confusion: np.ndarray) -> float:
    """Share of rows on the diagonal; 0 for an empty matrix."""
    return float(np.trace(confusion) / max(1, confusion.sum()))


def f1_scores(confusion: np.ndarray) -> np.ndarray:
    """F1 of every class, (classes,) float64; 0 for a class that occurs nowhere."""
    return _ratio(2.0 * np.diag(confusion), confusion.sum(0) + confusion.sum(1))


def macro_f1(confusion: np.ndarray) -> float:
    """Mean F1 over the classes that occur in gold; 0 for an empty matrix."""
    present = confusion.sum(1) > 0
    return float(f1_scores(confusion)[present].mean()) if present.any() else 0.0


def class_figures(confusion: np.ndarray, labels: Sequence[str]) -> tuple[ClassFigures, ...]:
    """Precision, recall and F1 of every class that occurs in gold or among the predictions, in the order given."""
    hits, gold, said = np.diag(confusion), confusion.sum(1), confusion.sum(0)
    precision, recall, f1 = _ratio(hits, said), _ratio(hits, gold), f1_scores(confusion)
    return tuple(ClassFigures(label, float(precision[k]), float(recall[k]), float(f1[k]), int(gold[k]), int(said[k]))
                 for k, label in enumerate(labels) if gold[k] or said[k])


def cohen_kappa(confusion: np.ndarray) -> float | None:
    """Agreement beyond chance (Cohen 1960), None where chance alone explains everything: one class, or no row."""
    total = confusion.sum()
    if not total:
        return None
    expected = float((confusion.sum(0) / total) @ (confusion.sum(1) / total))
    return None if expected >= 1.0 else (accuracy(confusion) - expected) / (1.0 - expected)


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.asarray(np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0))
