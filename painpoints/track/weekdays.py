"""Weekdays: what a week of given days would have brought, so that a weekend or a half week is no trend."""

from __future__ import annotations

import numpy as np
import polars as pl

from painpoints.errors import ColumnError
from painpoints.track.small_counts import Array

#: mentions for which the weekday pattern of all pain points together stands in
_SHRINK = 20.0
#: the same, for even weekdays
_SHRINK_ALL = 50.0


def weekday_exposure(daily: pl.DataFrame) -> pl.DataFrame:
    """(painpoint_id, week, documents, volume, exposure): weekly counts with the volume that the weekdays make of it.

    ``daily`` is what ``daily_counts`` gives. ``exposure`` is the sum over days of volume times the weekday factor of
    the pain point: the share of that weekday's documents that have it, over the share of all days. Factors come from
    the weeks before alone, and lean on all pain points together where there are few mentions. In a week with the usual
    days the exposure is about the volume; in one cut short it is not, where a pain point comes on certain days.
    Raises ColumnError without these columns.
    """
    missing = [name for name in ("painpoint_id", "week", "day", "documents", "volume") if name not in daily.columns]
    if missing:
        raise ColumnError(f"daily counts: no column {', '.join(missing)}.",
                          hint="Make them with painpoints.track.daily_counts.")
    points, weeks = daily["painpoint_id"].unique().sort(), daily["week"].unique().sort()
    at = (points.search_sorted(daily["painpoint_id"]).to_numpy(), weeks.search_sorted(daily["week"]).to_numpy(),
          daily["day"].dt.weekday().to_numpy() - 1)
    documents, volume = np.zeros((len(points), len(weeks), 7)), np.zeros((len(points), len(weeks), 7))
    documents[at], volume[at] = daily["documents"], daily["volume"]
    exposure = (volume * weekday_factors(documents, volume)).sum(axis=2)
    return pl.DataFrame({
        "painpoint_id": np.repeat(points.to_numpy(), len(weeks)), "week": pl.concat([weeks] * max(len(points), 1)),
        "documents": documents.sum(axis=2).astype(np.int64).ravel(),
        "volume": volume.sum(axis=2).astype(np.int64).ravel(), "exposure": exposure.ravel(),
    }, schema={"painpoint_id": pl.Utf8, "week": pl.Date, "documents": pl.Int64, "volume": pl.Int64,
               "exposure": pl.Float64}) if len(points) else pl.DataFrame(
        schema={"painpoint_id": pl.Utf8, "week": pl.Date, "documents": pl.Int64, "volume": pl.Int64,
                "exposure": pl.Float64})


def weekday_factors(documents: Array, volume: Array) -> Array:
    """(n, weeks, 7): the factor of each pain point and weekday, as the weeks before have it; 1 where they say nothing.

    ``documents`` and ``volume`` are (n, weeks, 7), Monday first. Over the weekdays, weighted by their volume, factors
    have mean 1.
    """
    seen, load = _before(documents), _before(volume)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.nan_to_num(seen.sum(axis=2) / load.sum(axis=2))
        expected = share[:, :, None] * load
        common = (seen.sum(axis=0) + _SHRINK_ALL) / (expected.sum(axis=0) + _SHRINK_ALL)
        factors = (seen + _SHRINK * common) / (expected + _SHRINK)
        mean = (factors * load).sum(axis=2) / load.sum(axis=2)
    return np.asarray(factors / np.where(np.isfinite(mean) & (mean > 0), mean, 1.0)[:, :, None])


def _before(values: Array) -> Array:
    """Sums over all earlier weeks."""
    return np.asarray(np.cumsum(values, axis=1) - values)
