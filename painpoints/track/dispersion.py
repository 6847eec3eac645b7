"""Over-dispersion of weekly counts: how much more they vary from week to week than chance alone would have it."""

from __future__ import annotations

import numpy as np

from painpoints.track.small_counts import Array

#: before any data: a spread of 22 % of the rate from week to week, worth this many weeks of a large pain point
PRIOR, PRIOR_WEEKS = 0.05, 20
#: a pain point with fewer mentions a week says nothing on this
LEAST_MEAN = 0.5
#: weeks apart: neighbours alone would miss noise that lives on for a week or two
LAGS = (2, 3)
MOST_MEMORY = 0.5
_ROUNDS = 5


def estimate_dispersion(counts: Array, exposure: Array, caution: float = 0.0,
                        lags: tuple[int, ...] = LAGS) -> tuple[Array, float]:
    """Dispersion of each pain point, (n,), variance = mean + dispersion * mean^2; and memory, for all of them.

    ``counts`` and ``exposure`` are (n, weeks), or (n, days) with ``lags`` of whole weeks. From differences of weeks two
    and three apart (``lags``), so that a lasting rise or fall does not pass for noise; drawn to what all pain points
    have together, the more the fewer mentions there are; ``caution`` adds that many standard errors. ``memory``
    (0 .. MOST_MEMORY) is the correlation of the noise of neighbouring weeks.
    """
    safe = np.where(exposure > 0, exposure, 1.0)
    rate, chance = counts / safe, counts / safe ** 2
    near, near_pairs = _excess(rate, chance, exposure, 1)
    excess, pairs = (sum(parts) for parts in zip(*(_excess(rate, chance, exposure, lag) for lag in lags), strict=True))
    weeks = (exposure > 0).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        level = np.nan_to_num(counts.sum(axis=1) / exposure.sum(axis=1))
        mean = np.nan_to_num(counts.sum(axis=1) / weeks)
        own = np.nan_to_num(excess / (2 * pairs * level ** 2), posinf=0.0)
        noise = np.nan_to_num(1 / mean, posinf=np.inf)
    heard = (mean >= LEAST_MEAN) & (pairs > 0)
    together = PRIOR
    for _ in range(_ROUNDS):
        information = np.where(heard, weeks / (3 * (noise + together) ** 2), 0.0)
        given = PRIOR_WEEKS / (3 * (PRIOR + together) ** 2)
        together = max(float((information @ own + given * PRIOR) / (information.sum() + given)), 1e-3)
    strength = 1 / together ** 2
    shrunk = (information * own + strength * together) / (information + strength)
    dispersion = np.maximum(shrunk, together / 4) + caution / np.sqrt(information + strength)
    with np.errstate(divide="ignore", invalid="ignore"):
        own_near = np.nan_to_num(near / (2 * near_pairs * level ** 2), posinf=0.0)
    far = float(information @ own + given * together)
    memory = 1 - float(information @ own_near + given * together) / max(far, 1e-9) if far > 0 else 0.0
    return np.asarray(dispersion), float(np.clip(memory, 0.0, MOST_MEMORY))


def _excess(rate: Array, chance: Array, exposure: Array, lag: int) -> tuple[Array, Array]:
    """Per pain point: squared differences of weeks ``lag`` apart, beyond what chance gives, and how many there are."""
    usable = (exposure[:, lag:] > 0) & (exposure[:, :-lag] > 0)
    gap = (rate[:, lag:] - rate[:, :-lag]) ** 2 - chance[:, lag:] - chance[:, :-lag]
    return np.where(usable, gap, 0.0).sum(axis=1), usable.sum(axis=1)
