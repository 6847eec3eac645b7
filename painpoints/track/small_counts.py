"""Statistics of small counts: exact intervals, a two-window test that knows over-dispersion, false discovery rates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

#: concentrations above this are taken for the binomial
_BINOMIAL = 1e-7
_TINY = 1e-17


def poisson_interval(counts: Array, level: float = 0.95) -> tuple[Array, Array]:
    """Lower and upper ends for the mean of each Poisson count, exact (Garwood 1936); 0 counts begin at 0."""
    from scipy.stats import chi2

    counts = np.asarray(counts, np.float64)
    tail = (1 - level) / 2
    low = np.where(counts > 0, chi2.ppf(tail, 2 * np.maximum(counts, 0.5)) / 2, 0.0)
    return low, chi2.ppf(1 - tail, 2 * counts + 2) / 2


def concentration(exposure: Array, weeks: Array, exposure_0: Array, weeks_0: Array, dispersion: Array) -> Array:
    """1 / (a + b) of the beta-binomial that splits a total between two windows; 0 without over-dispersion.

    Weekly counts with mean m and variance m + dispersion * m^2, given their sum, are split by a beta-binomial whose a :
    b is that of the exposures. ``weeks`` are the effective numbers of weeks. Exact where weeks weigh alike (Robinson
    and Smyth 2008); else the variance of the log ratio is matched.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        kappa = (1 / exposure + 1 / exposure_0) / (1 / weeks + 1 / weeks_0) * (exposure + exposure_0)
        return np.asarray(np.nan_to_num(np.asarray(dispersion) / kappa, nan=0.0, posinf=0.0))


def split_test(count: Array, count_0: Array, share: Array, inverse: Array) -> tuple[Array, Array]:
    """P(at least ``count``) and P(at most ``count``) of ``count + count_0``, where ``share`` of them is expected.

    ``inverse`` is :func:`concentration`; with 0 this is the exact conditional binomial test of two Poisson rates
    (Przyborowski and Wilenski 1940). Shares outside (0, 1) and totals of 0 give 1, 1.
    """
    count, count_0, share, inverse = np.broadcast_arrays(*(np.asarray(x, np.float64) for x in
                                                           (count, count_0, share, inverse)))
    upper, lower = np.ones(count.shape), np.ones(count.shape)
    total = count + count_0
    known = (total > 0) & (share > 0) & (share < 1)
    k, n, s, inv = count[known], total[known], share[known], inverse[known]
    if not k.size:
        return upper, lower
    here = np.exp(_log_mass(k, n, s, inv))
    above = k > n * s
    # The tail away from the mean is summed, the other one is what is left.
    tail = here * _tail(np.where(above, k, n - k), n, np.where(above, s, 1 - s), inv)
    upper[known] = np.clip(np.where(above, tail, 1 - tail + here), 0, 1)
    lower[known] = np.clip(np.where(above, 1 - tail + here, tail), 0, 1)
    return upper, lower


def ratio_interval(count: Array, count_0: Array, exposure: Array, exposure_0: Array, inverse: Array,
                   level: float = 0.95) -> tuple[Array, Array, Array]:
    """Ratio of two rates with its interval: Clopper and Pearson's, with counts deflated by the over-dispersion.

    The ratio is null (NaN) without exposure or where both counts are 0, and infinite where only ``count_0`` is.
    """
    from scipy.stats import beta

    count, count_0, inverse = (np.asarray(x, np.float64) for x in (count, count_0, inverse))
    total = count + count_0
    inflation = (1 + total * inverse) / (1 + inverse)
    a, b = count / inflation, count_0 / inflation
    tail = (1 - level) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        low = np.where(count > 0, beta.ppf(tail, np.maximum(a, _TINY), b + 1), 0.0)
        high = np.where(count_0 > 0, beta.ppf(1 - tail, a + 1, np.maximum(b, _TINY)), 1.0)
        odds = np.asarray(exposure_0, np.float64) / exposure
        ratios = np.stack([count / count_0, low / (1 - low), high / (1 - high)]) * odds
    known = (total > 0) & (np.asarray(exposure) > 0) & (np.asarray(exposure_0) > 0)
    estimate, bottom, top = np.where(known, ratios, np.nan)
    return estimate, bottom, top


def q_values(p: Array, tested: Array) -> Array:
    """The smallest false discovery rate at which each is found (Benjamini and Hochberg 1995), 1 if not ``tested``."""
    from scipy.stats import false_discovery_control

    q = np.ones(len(p))
    q[tested] = false_discovery_control(np.asarray(p, np.float64)[tested])
    return q


def one_p_value(p: Array, weights: Sequence[float]) -> Array:
    """One p value from those of several windows, (windows, n) -> (n,): Bonferroni's; ``weights`` add up to 1."""
    return np.asarray(np.minimum((p / np.array(weights)[:, None]).min(axis=0), 1.0))


def _log_mass(k: Array, n: Array, share: Array, inverse: Array) -> Array:
    """Log probability of ``k`` of ``n``; binomial where ``inverse`` is about 0."""
    from scipy.special import betaln, gammaln

    plain = k * np.log(share) + (n - k) * np.log1p(-share)
    spread = np.maximum(inverse, _BINOMIAL)
    a, b = share / spread, (1 - share) / spread
    mixed = betaln(k + a, n - k + b) - betaln(a, b)
    choose = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return np.asarray(choose + np.where(inverse < _BINOMIAL, plain, mixed))


def _tail(k: Array, n: Array, share: Array, inverse: Array) -> Array:
    """Sum of P(j) / P(k) over j = k .. n, by the ratio of neighbours; k is at or above the mean, so that terms fall."""
    total, term, j = np.ones(k.shape), np.ones(k.shape), k.copy()
    while (live := (term > _TINY * total) & (j < n)).any():
        factor = (n - j) * (j * inverse + share) / ((j + 1) * (np.maximum(n - j - 1, 0) * inverse + 1 - share))
        term = np.where(live, term * factor, 0.0)
        total += term
        j += 1
    return total
