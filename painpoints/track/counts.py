"""Counts of pain points by day and week in which one author, or one text copied many times, speaks once."""

from __future__ import annotations

import polars as pl

from painpoints.errors import ColumnError, UsageError

DAILY = pl.Schema({"painpoint_id": pl.Utf8, "week": pl.Date, "day": pl.Date, "documents": pl.Int64, "volume": pl.Int64})
WEEKLY = pl.Schema({"painpoint_id": pl.Utf8, "week": pl.Date, "documents": pl.Int64, "volume": pl.Int64})
_COLUMNS = {"documents": ("doc_id", "time"), "units": ("doc_id", "painpoint_id", "weight")}


def weekly_counts(documents: pl.DataFrame, units: pl.DataFrame, *, week_start: int = 0,
                  zone: str = "UTC") -> pl.DataFrame:
    """(painpoint_id, week, documents, volume): every pain point in every week from the first document to the last.

    ``documents`` has doc_id, time (null where unknown; those take no part) and author_key (may be absent or null: then
    each document has an author of its own); ``units`` has doc_id, painpoint_id (null where none) and weight (0 for a
    copy of a text counted elsewhere). In a week an author counts once for a pain point and once for the volume; a
    document whose units are all copies counts for neither. ``week_start`` is the weekday on which weeks begin, 0 for
    Monday, 5 for Saturday; days begin at midnight in ``zone``.
    Raises ColumnError without these columns, UsageError for a week_start outside 0 .. 6.
    """
    daily = daily_counts(documents, units, week_start=week_start, zone=zone)
    return (daily.group_by("painpoint_id", "week").agg(pl.col("documents", "volume").sum())
            .select(WEEKLY.names()).sort("painpoint_id", "week"))


def daily_counts(documents: pl.DataFrame, units: pl.DataFrame, *, week_start: int = 0,
                 zone: str = "UTC") -> pl.DataFrame:
    """(painpoint_id, week, day, documents, volume): every pain point on every day from the first to the last document.

    As :func:`weekly_counts`; who speaks several times in a week is counted on the first day.
    """
    if week_start not in range(7):
        raise UsageError(f"week_start is {week_start}.", hint="Give 0 (Monday) to 6 (Sunday).")
    for name, frame in (("documents", documents), ("units", units)):
        missing = [column for column in _COLUMNS[name] if column not in frame.columns]
        if missing:
            raise ColumnError(f"{name}: no column {', '.join(missing)}.", hint="Counts over time need it.")
    speaking = voices(documents, units, week_start=week_start, zone=zone)
    said = (units.filter(pl.col("painpoint_id").is_not_null() & (pl.col("weight") > 0))
            .select("doc_id", "painpoint_id").unique().join(speaking, on="doc_id"))
    if speaking.is_empty():
        return pl.DataFrame(schema=DAILY)
    volume = _first_days(speaking, []).rename({"documents": "volume"})
    counts = _first_days(said, ["painpoint_id"])
    first, last = speaking["day"].min(), speaking["day"].max()
    days = pl.DataFrame({"day": pl.date_range(first, last, eager=True)})  # type: ignore[arg-type]
    points = said.select(pl.col("painpoint_id").unique().sort())
    return (points.join(days, how="cross").with_columns(week=_week(pl.col("day"), week_start))
            .join(counts, on=["painpoint_id", "day"], how="left").join(volume, on="day", how="left")
            .with_columns(pl.col("documents", "volume").fill_null(0).cast(pl.Int64))
            .select(DAILY.names()).sort("painpoint_id", "day"))


def _week(day: pl.Expr, week_start: int) -> pl.Expr:
    return day - pl.duration(days=(day.dt.weekday() - 1 - week_start) % 7)


def voices(documents: pl.DataFrame, units: pl.DataFrame, *, week_start: int = 0, zone: str = "UTC") -> pl.DataFrame:
    """(doc_id, voice, day, week) of each dated document that is no copy; what counts is a voice in a week.

    The frames are those of :func:`weekly_counts`.
    """
    copies = units.group_by("doc_id").agg(most=pl.col("weight").max()).filter(pl.col("most") == 0)
    voice = pl.concat_str(pl.lit("document "), "doc_id")
    if "author_key" in documents.columns:
        voice = pl.coalesce(pl.concat_str(pl.lit("author "), "author_key"), voice)
    time = pl.col("time")
    local = time.dt.convert_time_zone(zone) if documents.schema["time"].time_zone else time  # type: ignore[attr-defined]
    dated = documents.filter(time.is_not_null()).join(copies, on="doc_id", how="anti")
    return (dated.select("doc_id", voice=voice, day=local.dt.date())
            .unique("doc_id", keep="first", maintain_order=True).with_columns(week=_week(pl.col("day"), week_start)))


def _first_days(voices: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """How many voices spoke on each day, each once a week, on its first day."""
    return (voices.group_by(*by, "voice", "week").agg(pl.col("day").min())
            .group_by(*by, "day").agg(documents=pl.len().cast(pl.Int64)))
