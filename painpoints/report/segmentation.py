"""How groups of customers fare: by product, source, language or any other column."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from painpoints.errors import UsageError
from painpoints.report.journeymap import MEASURED, experience, measure
from painpoints.store import RunData

MAX_GROUPS = 12


def column_of(run: RunData, name: str) -> str:
    """The full name of the column called ``name``: ``product`` stands for ``meta.product``.

    Raises UsageError naming the columns there are.
    """
    known = ["lang", *(c for c in run.documents.columns if c == "source" or c.startswith("meta."))]
    for candidate in (name, f"meta.{name}"):
        if candidate in known:
            return candidate
    raise UsageError(f"No column {name!r} to compare by.", hint=f"There are: {', '.join(known)}.")


def grouped(run: RunData, column: str, read: Sequence[str] = MEASURED) -> pl.DataFrame:
    """The columns ``read`` of the counted units with their group in ``group``; units whose group is unknown are left
    out."""
    units = experience(run, read)
    if column == "lang":
        return units.with_columns(pl.col("lang").alias("group")).filter(pl.col("group").is_not_null())
    groups = run.documents.select("doc_id", pl.col(column).cast(pl.Utf8).alias("group")).drop_nulls()
    return units.join(groups.filter(pl.col("group").str.strip_chars() != ""), on="doc_id", how="inner")


def groups_of(run: RunData, column: str) -> list[str]:
    """The values of ``column`` with opinions, most texts first, at most twelve."""
    counts = grouped(run, column, ("doc_id", "lang")).group_by("group").agg(pl.col("doc_id").n_unique().alias("n"))
    return counts.sort(["n", "group"], descending=[True, False])["group"].head(MAX_GROUPS).to_list()


def segments(run: RunData, column: str) -> pl.DataFrame:
    """One row a segment, most texts first, at most twelve.

    Columns: segment, documents, units, share (of all texts with opinions), net, net_low, net_high (-1..1),
    problem_share, problem_low, problem_high, harm, harm_low, harm_high, painpoints (ids, most texts first, up to 3).
    Raises UsageError when there is no such column.
    """
    name = column_of(run, column)
    units = grouped(run, name)
    kept = groups_of(run, name)
    units = units.filter(pl.col("group").is_in(kept))
    total = max(1, int(experience(run, ["doc_id"])["doc_id"].n_unique()))
    top = units.filter(pl.col("painpoint_id").is_not_null()).group_by("group", "painpoint_id").agg(
        pl.col("doc_id").n_unique().alias("n")).sort(["n", "painpoint_id"], descending=[True, False]).group_by(
        "group", maintain_order=True).agg(pl.col("painpoint_id").head(3).alias("painpoints"))
    place = {value: index for index, value in enumerate(kept)}
    return measure(units, "group").join(top, on="group", how="left").with_columns(
        (pl.col("documents") / total).alias("share"),
        pl.col("painpoints").fill_null(pl.lit([], dtype=pl.List(pl.Utf8))),
    ).sort(pl.col("group").replace_strict(place, default=len(place), return_dtype=pl.Int64)).select(
        pl.col("group").alias("segment"), "documents", "units", "share", "net", "net_low", "net_high",
        "problem_share", "problem_low", "problem_high", "harm", "harm_low", "harm_high", "painpoints")


def default_segment(run: RunData) -> str | None:
    """The first of product, source and language that has two groups or more, or None."""
    known = [c for c in ("meta.product", "source") if c in run.documents.columns]
    return next((name for name in [*known, "lang"] if len(groups_of(run, name)) > 1), None)


def compared(run: RunData, segment: str | None) -> list[str]:
    """The columns that consistency is looked at by: source, language, channel, product and the chosen segment."""
    names = [c for c in ("source", "meta.product", segment) if c and c in run.documents.columns]
    return list(dict.fromkeys([*names, "lang", "channel"]))
