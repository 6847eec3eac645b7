"""Customer satisfaction (CSAT) and net promoter score (NPS) from ratings, where the ratings allow it."""

from __future__ import annotations

from typing import Any

import polars as pl

from painpoints.report.intervals import mean_interval
from painpoints.report.segmentation import column_of, groups_of
from painpoints.store import RunData

SATISFIED = 0.75
MIN_RATINGS = 10
NPS_SCALE = "0-10"

_SCHEMA = {
    "group": pl.Utf8, "ratings": pl.Int64, "mean": pl.Float64, "mean_low": pl.Float64, "mean_high": pl.Float64,
    "csat": pl.Float64, "csat_low": pl.Float64, "csat_high": pl.Float64, "csat_reason": pl.Utf8,
    "nps_ratings": pl.Int64, "nps": pl.Float64, "nps_low": pl.Float64, "nps_high": pl.Float64, "nps_reason": pl.Utf8,
}


def satisfaction(run: RunData, by: str | None = None) -> pl.DataFrame:
    """One row for all ratings (``group`` null), then one a group of ``by``.

    Columns: group, ratings, mean (on a 1-5 scale) with interval, csat (share of ratings at or above 4 of 5, or its
    equivalent on another scale: 8 of 10, 75 of 100) with interval, nps (share of 9-10 less share of 0-6, -1..1) with
    interval, from ratings given on a 0-10 scale only. Where a figure is null, ``csat_reason`` or ``nps_reason`` says
    why: ``no_ratings``, ``few_ratings`` (under ten) or ``no_nps_scale``. Every rated text counts, copies included:
    two customers may well write the same words. Raises UsageError when there is no such column.
    """
    columns: list[pl.Expr] = [pl.col("rating"), pl.col("rating_scale")]
    rows = [_row(None, run.documents.select(columns).filter(pl.col("rating").is_not_null()))]
    if by is not None:
        name = column_of(run, by)
        rated = _with_group(run, name).filter(pl.col("rating").is_not_null())
        rows += [_row(group, rated.filter(pl.col("group") == group)) for group in groups_of(run, name)]
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


def distribution(run: RunData) -> list[int]:
    """How many ratings fall on 1, 2, 3, 4 and 5 of 5 (other scales rounded to the nearest)."""
    stars = run.documents.select(((pl.col("rating") * 4).round() + 1).cast(pl.Int64).alias("s")).drop_nulls()
    counts = dict(stars.group_by("s").len().iter_rows())
    return [int(counts.get(star, 0)) for star in range(1, 6)]


def _with_group(run: RunData, column: str) -> pl.DataFrame:
    if column != "lang":
        return run.documents.select("rating", "rating_scale", pl.col(column).cast(pl.Utf8).alias("group"))
    # A text's language is the one most of its units are in.
    lang = run.units.group_by("doc_id", "lang").len().sort(["len", "lang"], descending=[True, False]).unique(
        "doc_id", keep="first", maintain_order=True).select("doc_id", pl.col("lang").alias("group"))
    return run.documents.select("doc_id", "rating", "rating_scale").join(lang, on="doc_id").drop("doc_id")


def _row(group: str | None, rated: pl.DataFrame) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(_SCHEMA)
    values = rated["rating"].to_list()
    nps = rated.filter(pl.col("rating_scale") == NPS_SCALE)["rating"].to_list()
    row.update(group=group, ratings=len(values), nps_ratings=len(nps))
    if len(values) < MIN_RATINGS:
        row["csat_reason"] = "few_ratings" if values else "no_ratings"
    else:
        row["mean"], row["mean_low"], row["mean_high"] = (1 + 4 * v for v in mean_interval(values))
        row["csat"], row["csat_low"], row["csat_high"] = mean_interval(
            [float(v >= SATISFIED - 1e-9) for v in values])
    if len(nps) < MIN_RATINGS:
        row["nps_reason"] = "few_ratings" if nps else "no_nps_scale" if values else "no_ratings"
    else:
        score = [1.0 if round(v * 10) >= 9 else 0.0 if round(v * 10) <= 6 else 0.5 for v in nps]
        row["nps"], row["nps_low"], row["nps_high"] = (2 * v - 1 for v in mean_interval(score))
    return row
