"""When to abstain: split conformal prediction, a floor per language for every task.

On texts held out from training, the floor is the probability that the true label reaches in at least ``coverage`` of
the cases (Vovk et al. 2005; the score is one minus the probability of the true label, Sadinle et al. 2019). The labels
that reach the floor form the prediction set of a unit, which holds the truth with probability ``coverage``, whatever
the model is worth, for texts like those it was fitted on. Exactly one label in the set: the judgement is certain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from painpoints.classify.calibration import ANY_LANGUAGE, by_language

if TYPE_CHECKING:
    import numpy as np


def fit_floor(true_label: np.ndarray, coverage: float) -> float:
    """The floor that a share ``coverage`` of true labels reaches, from their probabilities ``true_label`` (n,).

    With n texts it is the ceil((n + 1) coverage)-th largest; 0, at which every label stays, when n is too small.
    """
    import numpy as np

    rank = int(np.ceil((len(true_label) + 1) * coverage))
    if rank > len(true_label):
        return 0.0
    return float(np.sort(true_label)[::-1][rank - 1])


def fit_floors(true_label: np.ndarray, langs: Sequence[str], coverage: float, least: int = 100) -> dict[str, float]:
    """Floor of each language with at least ``least`` rows; ``*`` is the lowest of them and of all together."""
    import numpy as np

    of = np.asarray(langs)
    fitted = {}
    for lang in sorted(set(langs)):
        rows = of == lang
        if rows.sum() >= least:
            fitted[lang] = fit_floor(true_label[rows], coverage)
    fitted[ANY_LANGUAGE] = min([fit_floor(true_label, coverage), *fitted.values()])
    return fitted


def prediction_sets(probabilities: np.ndarray, floors: Mapping[str, float], langs: Sequence[str]) -> np.ndarray:
    """Which labels (n, k) stay possible, bool, given ``probabilities`` (n, k)."""
    import numpy as np

    return np.asarray(probabilities >= by_language(floors, langs)[:, None])


def single(sets: np.ndarray) -> np.ndarray:
    """Which units (n,) have exactly one label left in ``sets`` (n, k)."""
    import numpy as np

    return np.asarray(sets.sum(1) == 1)
