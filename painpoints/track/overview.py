"""How the pain points of one run moved: first and last mention, weekly counts, and the status of the last week."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from painpoints.track.counts import daily_counts
from painpoints.track.trends import latest_status, weekly_trends
from painpoints.track.weekdays import weekday_exposure

UNDATED = "undated"
LOOKED_BACK = timedelta(weeks=104)
"""Weeks before these say nothing about the status of the last one."""
STRAY_SHARE, STRAY_GAP = 0.005, timedelta(weeks=26)
_MADE = ("first_seen", "last_seen", "trend", "status")


def with_trends(points: pl.DataFrame, units: pl.DataFrame, documents: pl.DataFrame, *, week_start: int = 0,
                zone: str = "UTC") -> pl.DataFrame:
    """``points`` with first_seen, last_seen, ``trend`` (a list of week, documents, volume without gaps) and ``status``:
    that of ``painpoints.track.weekly_trends`` in the last week, ``undated`` where no document of one has a time.

    ``documents``, ``units``, ``week_start`` and ``zone`` are as in ``painpoints.track.weekly_counts``.
    """
    if points.is_empty():
        return points
    dated = documents.filter(pl.col("time").is_not_null())
    said = units.filter(pl.col("painpoint_id").is_not_null() & (pl.col("weight") > 0)).select("doc_id", "painpoint_id")
    seen = said.join(dated.select("doc_id", "time"), on="doc_id").group_by("painpoint_id").agg(
        first_seen=pl.col("time").min(), last_seen=pl.col("time").max())
    found = points.select("painpoint_id").join(seen, on="painpoint_id", how="left", maintain_order="left")
    believed = without_strays(dated)
    daily = daily_counts(believed, units, week_start=week_start, zone=zone)
    weekly = daily.group_by("painpoint_id", "week").agg(pl.col("documents", "volume").sum()).sort("week")
    lists = weekly.group_by("painpoint_id").agg(trend=pl.struct("week", "documents", "volume"))
    recent = daily.filter(pl.col("week") > pl.col("week").max() - LOOKED_BACK)
    status = latest_status(weekly_trends(weekday_exposure(recent)))
    table = found.join(lists, on="painpoint_id", how="left", maintain_order="left").with_columns(
        status=pl.col("painpoint_id").replace_strict(status, default=UNDATED, return_dtype=pl.Utf8))
    return points.with_columns(table[name].cast(points.schema[name]) for name in _MADE)


def without_strays(documents: pl.DataFrame) -> pl.DataFrame:
    """``documents`` (with a ``time`` each) without those few at either end that lie half a year from all others.

    A mistyped year would else make of the last week one in which every pain point had gone.
    """
    times: list[datetime] = documents["time"].sort().to_list()
    most = max(1, int(STRAY_SHARE * len(times)))
    first, last = 0, len(times) - 1
    for at in range(1, min(most, last) + 1):
        if times[at] - times[at - 1] >= STRAY_GAP:
            first = at
        if times[len(times) - at] - times[len(times) - at - 1] >= STRAY_GAP:
            last = len(times) - at - 1
    if last <= first:
        return documents
    return documents.filter(pl.col("time").is_between(times[first], times[last]))
