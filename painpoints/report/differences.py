"""Consistency: where the same touchpoint is fine in one group of customers and bad in another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl
from scipy.stats import false_discovery_control

from painpoints.report.intervals import difference, grouped_shares, two_proportions
from painpoints.report.journeymap import MEASURED, NEGATIVE, experience
from painpoints.report.segmentation import column_of, grouped, groups_of
from painpoints.store import RunData
from painpoints.taxonomy import NO_STAGE, Taxonomy, load_taxonomy

MIN_UNITS = 10
MIN_DOCUMENTS = 5
FALSE_DISCOVERY_RATE = 0.05
MIN_DIFFERENCE = 0.10

_SCHEMA = {
    "by": pl.Utf8, "place": pl.Utf8, "group": pl.Utf8, "others": pl.Utf8, "units": pl.Int64, "documents": pl.Int64,
    "neg_share": pl.Float64, "other_units": pl.Int64, "other_documents": pl.Int64, "other_neg_share": pl.Float64,
    "difference": pl.Float64, "low": pl.Float64, "high": pl.Float64, "p": pl.Float64, "q": pl.Float64,
    "differs": pl.Boolean,
}


def consistency(run: RunData, by: str | Sequence[str] = "source", *, taxonomy: Taxonomy | None = None,
                framework: str = "three-stage") -> pl.DataFrame:
    """One row a comparison that was made, differences first, largest first.

    ``by`` names one or several of ``source``, ``lang``, ``channel`` or a ``meta.*`` column. A group's share of
    negative opinions at a touchpoint is held against that of all other groups there (two groups: against each other,
    once). ``channel`` compares online with offline touchpoints inside each stage, since a touchpoint has one channel.

    Columns: by, place (touchpoint code, or stage code for ``channel``), group, others (the other group, null when
    several), units, documents, neg_share, other_units, other_documents, other_neg_share, difference, low, high
    (95 %), p, q (Benjamini-Hochberg over every row returned), differs (q < .05 and at least ten points apart).
    Both sides need 10 opinions from 5 texts. Raises UsageError when there is no such column.
    """
    taxonomy = taxonomy or load_taxonomy()
    rows: list[dict[str, Any]] = []
    for name in [by] if isinstance(by, str) else by:
        if name == "channel":
            units = _by_channel(run, taxonomy, framework)
            rows += _compare("channel", units, ["online", "offline"])
        else:
            column = column_of(run, name)
            units = grouped(run, column).with_columns(pl.col("touchpoint").alias("place"))
            rows += _compare(column, units, groups_of(run, column))
    for row, q in zip(rows, false_discovery_control([row["p"] for row in rows]).tolist(), strict=True):
        row["q"] = q
        row["differs"] = q < FALSE_DISCOVERY_RATE and abs(row["difference"]) >= MIN_DIFFERENCE
    table = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
    return table.sort([pl.col("differs"), pl.col("difference").abs(), pl.col("by"), pl.col("place"), pl.col("group")],
                      descending=[True, True, False, False, False])


def _by_channel(run: RunData, taxonomy: Taxonomy, framework: str) -> pl.DataFrame:
    mapping = taxonomy.framework(framework).mapping
    channels = {t.code: t.channel for t in taxonomy.touchpoints}
    return experience(run, MEASURED).with_columns(
        pl.col("touchpoint").map_elements(lambda c: mapping.get(c, NO_STAGE), return_dtype=pl.Utf8).alias("place"),
        pl.col("touchpoint").map_elements(lambda c: channels.get(c, "both"), return_dtype=pl.Utf8).alias("group"),
    ).filter((pl.col("place") != NO_STAGE) & (pl.col("group") != "both"))


def _compare(by: str, units: pl.DataFrame, groups: list[str]) -> Iterable[dict[str, Any]]:
    units = units.filter(pl.col("group").is_in(groups))
    pair = len(groups) == 2
    for group in groups[:1] if pair else groups:
        here = pl.col("group") == group
        sides = grouped_shares(units.with_columns(here.alias("_here")), ["place", "_here"], {"neg_share": NEGATIVE})
        sides = sides.filter((pl.col("units") >= MIN_UNITS) & (pl.col("documents") >= MIN_DOCUMENTS))
        own = {row["place"]: row for row in sides.filter(pl.col("_here")).iter_rows(named=True)}
        rest = {row["place"]: row for row in sides.filter(~pl.col("_here")).iter_rows(named=True)}
        for place in sorted(own.keys() & rest.keys()):
            a, b = own[place], rest[place]
            if pair and b["neg_share"] > a["neg_share"]:
                # The worse side is named first, so that every finding of a pair reads "worse here".
                a, b = b, a
            name = group if a["_here"] else groups[1]
            shares = (a["neg_share"], a["neg_share_size"], b["neg_share"], b["neg_share_size"])
            low, high = difference(*shares)
            yield {"by": by, "place": place, "group": name,
                   "others": next(g for g in groups if g != name) if pair else None,
                   "units": a["units"], "documents": a["documents"], "neg_share": a["neg_share"],
                   "other_units": b["units"], "other_documents": b["documents"], "other_neg_share": b["neg_share"],
                   "difference": a["neg_share"] - b["neg_share"], "low": low, "high": high,
                   "p": two_proportions(*shares)}
