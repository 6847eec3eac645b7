"""Temperatures that make probabilities honest, and the figures that say how honest they are.

Temperature scaling after Guo et al. 2017; expected calibration error with equal-width bins after Naeini et al. 2015.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

ANY_LANGUAGE = "*"
"""Key of the value that serves languages without one of their own."""


def softmax(logits: np.ndarray, temperature: np.ndarray | float = 1.0) -> np.ndarray:
    """Probabilities, (n, k), of ``logits`` (n, k) divided by ``temperature`` (a number or (n,))."""
    import numpy as np

    scaled = logits / np.reshape(temperature, (-1, 1))
    scaled = scaled - scaled.max(1, keepdims=True)
    powers = np.exp(scaled)
    return np.asarray(powers / powers.sum(1, keepdims=True))


def by_language(values: Mapping[str, float], langs: Sequence[str]) -> np.ndarray:
    """One value a unit, (n,) float64: the one of its language, else the one kept under ``*``."""
    import numpy as np

    return np.array([values.get(lang, values[ANY_LANGUAGE]) for lang in langs], np.float64)


def fit_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """Temperature in 0.3 .. 6 with the least negative log-likelihood of ``labels`` (n,) under ``logits`` (n, k)."""
    import numpy as np
    from scipy.optimize import minimize_scalar

    rows = np.arange(len(labels))

    def loss(log_temperature: float) -> float:
        chosen = softmax(logits, float(np.exp(log_temperature)))[rows, labels]
        return float(-np.log(np.maximum(chosen, 1e-12)).mean())

    found = minimize_scalar(loss, bounds=(np.log(0.3), np.log(6.0)), method="bounded")
    return float(np.exp(found.x))


def fit_temperatures(logits: np.ndarray, labels: np.ndarray, langs: Sequence[str],
                     least: int = 100) -> dict[str, float]:
    """Temperature of each language with at least ``least`` rows, and of all together under ``*``."""
    import numpy as np

    of = np.asarray(langs)
    fitted = {ANY_LANGUAGE: fit_temperature(logits, labels)}
    for lang in sorted(set(langs)):
        rows = of == lang
        if rows.sum() >= least:
            fitted[lang] = fit_temperature(logits[rows], labels[rows])
    return fitted


def expected_calibration_error(confidence: np.ndarray, correct: np.ndarray, bins: int = 15) -> float:
    """Mean gap between ``confidence`` (n,) and accuracy over equal-width bins, weighted by their size."""
    import numpy as np

    index = np.minimum((confidence * bins).astype(int), bins - 1)
    total = 0.0
    for b in range(bins):
        rows = index == b
        if rows.any():
            total += rows.mean() * abs(float(confidence[rows].mean()) - float(correct[rows].mean()))
    return float(total)


def brier_score(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Mean squared distance of ``probabilities`` (n, k) from the one-hot ``labels`` (n,); 0 is perfect, 2 the worst."""
    import numpy as np

    target = np.zeros_like(probabilities)
    target[np.arange(len(labels)), labels] = 1.0
    return float(((probabilities - target) ** 2).sum(1).mean())
