"""95 % intervals and tests for shares whose units come in bundles: several opinions, one customer text.

Opinions from one text are not independent, so every share is a ratio of sums over texts, its variance is the
linearised one with texts as clusters (Cochran 1977, ch. 6), and the interval is Wilson's (1927) with the effective
sample size in place of the count (Korn and Graubard 1998). The effective size never exceeds the number of units.
Differences get Newcombe's (1998, method 10) hybrid score interval.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import polars as pl

Z = 1.959963984540054


def wilson(share: float, size: float) -> tuple[float, float]:
    """The Wilson 95 % interval of ``share`` seen in ``size`` independent trials; (0, 1) when there were none."""
    if size <= 0:
        return 0.0, 1.0
    square = Z * Z
    centre = share + square / (2 * size)
    half = Z * math.sqrt(share * (1 - share) / size + square / (4 * size * size))
    scale = 1 + square / size
    # The score interval touches 0 and 1 exactly at the ends; rounding must not move it off them.
    low = 0.0 if share <= 0 else max(0.0, (centre - half) / scale)
    high = 1.0 if share >= 1 else min(1.0, (centre + half) / scale)
    return low, high


def difference(one: float, size_one: float, two: float, size_two: float) -> tuple[float, float]:
    """Newcombe's 95 % interval of the difference of two independent shares, ``one - two``."""
    low_one, high_one = wilson(one, size_one)
    low_two, high_two = wilson(two, size_two)
    gap = one - two
    low = gap - math.hypot(one - low_one, high_two - two)
    high = gap + math.hypot(high_one - one, two - low_two)
    return max(-1.0, low), min(1.0, high)


def two_proportions(one: float, size_one: float, two: float, size_two: float) -> float:
    """The two-sided p value of equal shares (pooled z test); 1 when the pooled share is 0 or 1."""
    pooled = (one * size_one + two * size_two) / (size_one + size_two)
    variance = pooled * (1 - pooled) * (1 / size_one + 1 / size_two)
    if variance <= 0:
        return 1.0
    return math.erfc(abs(one - two) / math.sqrt(2 * variance))


def mean_interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Mean and 95 % interval of independent ``values`` that lie in 0..1 (Wilson with effective size).

    Values between the ends spread less than yes and no would, so the effective size may pass the count, fourfold at
    most.
    """
    count = len(values)
    mean = math.fsum(values) / count
    variance = math.fsum((v - mean) ** 2 for v in values) / max(1, count - 1) / count
    return mean, *wilson(mean, _effective(mean, variance, 4 * count, count))


def grouped_shares(units: pl.DataFrame, by: Sequence[str], shares: Mapping[str, pl.Expr]) -> pl.DataFrame:
    """One row a group: the ``by`` columns, ``units``, ``documents``, and per share its interval.

    ``shares`` maps a name to an expression over ``units`` with values in 0..1; the result holds ``name``,
    ``name_low``, ``name_high`` and ``name_size`` (effective number of units). ``units`` needs ``doc_id``.
    """
    keys = list(by)
    sums = [expr.cast(pl.Float64).sum().alias(f"_s_{name}") for name, expr in shares.items()]
    bundles = units.group_by([*keys, "doc_id"]).agg(pl.len().cast(pl.Float64).alias("_n"), *sums)
    parts = [pl.col("_n").sum(), pl.len().cast(pl.Int64).alias("documents"), (pl.col("_n") ** 2).sum().alias("_nn")]
    for name in shares:
        s = pl.col(f"_s_{name}")
        parts += [s.sum(), (s * s).sum().alias(f"_ss_{name}"), (s * pl.col("_n")).sum().alias(f"_sn_{name}")]
    grouped = bundles.group_by(keys).agg(parts) if keys else bundles.select(parts).filter(pl.col("documents") > 0)
    rows = [_estimates(row, keys, list(shares)) for row in grouped.sort(keys).iter_rows(named=True)] if keys else \
        [_estimates(row, keys, list(shares)) for row in grouped.iter_rows(named=True)]
    schema: dict[str, pl.DataType] = {key: units.schema[key] for key in keys}
    schema |= {"units": pl.Int64(), "documents": pl.Int64()}
    for name in shares:
        schema |= {name: pl.Float64(), f"{name}_low": pl.Float64(), f"{name}_high": pl.Float64(),
                   f"{name}_size": pl.Float64()}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _estimates(row: Mapping[str, float], keys: list[str], names: list[str]) -> list[object]:
    units, documents = row["_n"], row["documents"]
    cells: list[object] = [*(row[key] for key in keys), int(units), int(documents)]
    for name in names:
        share = min(1.0, max(0.0, row[f"_s_{name}"] / units))
        residual = row[f"_ss_{name}"] - 2 * share * row[f"_sn_{name}"] + share * share * row["_nn"]
        correction = documents / (documents - 1) if documents > 1 else 1.0
        size = _effective(share, correction * max(0.0, residual) / (units * units), units, documents)
        cells += [share, *wilson(share, size), size]
    return cells


def _effective(share: float, variance: float, units: float, documents: float) -> float:
    if documents < 2 or variance <= 1e-15:
        # No spread to estimate from: each text counts once.
        return float(documents)
    return float(min(units, max(1.0, share * (1 - share) / variance)))
