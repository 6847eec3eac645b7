"""When to abstain: thresholds that keep a promised accuracy among what is called certain.

Split calibration: on texts held out from training, per language, the threshold is the lowest confidence above which
accuracy is at least the target with a one-sided 90 % binomial bound (selective classification with guaranteed risk,
Geifman & El-Yaniv 2017).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from painpoints.classify.calibration import ANY_LANGUAGE

if TYPE_CHECKING:
    import numpy as np


def fit_threshold(confidence: np.ndarray, correct: np.ndarray, target: float, *, level: float = 0.9) -> float:
    """Lowest confidence above which accuracy reaches ``target`` with probability ``level``; 1.01 when none does."""
    import numpy as np
    from scipy.stats import beta

    order = np.argsort(-confidence, kind="stable")
    hits = np.cumsum(correct[order].astype(np.int64))
    kept = np.arange(1, len(order) + 1)
    lower = beta.ppf(1 - level, np.maximum(hits, 1e-9), kept - hits + 1)
    good = np.flatnonzero((lower >= target) & (kept >= 30))
    return float(confidence[order][good[-1]]) if len(good) else 1.01


def fit_thresholds(confidence: np.ndarray, correct: np.ndarray, langs: Sequence[str], target: float,
                   least: int = 100) -> dict[str, float]:
    """Threshold of each language with at least ``least`` rows; ``*`` is the strictest of them and of all together."""
    import numpy as np

    of = np.asarray(langs)
    fitted = {}
    for lang in sorted(set(langs)):
        rows = of == lang
        if rows.sum() >= least:
            fitted[lang] = fit_threshold(confidence[rows], correct[rows], target)
    fitted[ANY_LANGUAGE] = max([fit_threshold(confidence, correct, target), *fitted.values()])
    return fitted
