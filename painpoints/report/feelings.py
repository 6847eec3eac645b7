"""What customers feel and what they expected: emotions with their shares, and expectations in their own words.

Both come from columns of the units (``emotion``, ``expectation``); a run that lacks them has neither.
"""

from __future__ import annotations

import polars as pl

from painpoints.report.intervals import grouped_shares

QUOTES = 3
HEARD = 2
"""The fewest units that make an emotion the main one."""
SHORTEST, LONGEST = 2, 120
"""The fewest and the most characters of an expectation worth quoting."""

FELT = ("unit_id", "emotion", "expectation", "p_neg", "touchpoint_p")
"""Columns of units that are read here besides those by which all is measured."""
EMOTIONS = pl.List(pl.Struct({"emotion": pl.Utf8, "units": pl.Int64}))
EXPECTATIONS = pl.List(pl.Struct({"unit_id": pl.Utf8, "doc_id": pl.Utf8, "lang": pl.Utf8, "text": pl.Utf8}))
_SHARES = {"emotion": pl.Utf8, "units": pl.Int64, "negative": pl.Int64, "share": pl.Float64, "low": pl.Float64,
           "high": pl.Float64}


def heard(units: pl.DataFrame) -> bool:
    """Whether the units were judged by a version that hears emotions and expectations."""
    return {"emotion", "expectation"} <= set(units.columns)


def emotion_shares(units: pl.DataFrame, by: str) -> pl.DataFrame:
    """One row an emotion heard in a group of ``by``, groups in order of their names, most frequent emotion first.

    Columns: ``by``, emotion, units, negative (the group's negative units), share (units of negative), low, high (its
    95 % interval). Negative units without an emotion count in ``negative`` only, so shares need not add up to 1.
    """
    empty = pl.DataFrame(schema={by: pl.Utf8, **_SHARES})
    if "emotion" not in units.columns:
        return empty
    negative = units.filter((pl.col("sentiment") == "neg") & pl.col(by).is_not_null())
    codes = negative["emotion"].drop_nulls().unique().sort().to_list()
    if not codes:
        return empty
    table = grouped_shares(negative, [by], {
        f"share{n}": (pl.col("emotion") == code).fill_null(False) for n, code in enumerate(codes)})
    rows = [(row[by], code, round(row[f"share{n}"] * row["units"]), row["units"], row[f"share{n}"],
             row[f"share{n}_low"], row[f"share{n}_high"])
            for row in table.iter_rows(named=True) for n, code in enumerate(codes)]
    found = pl.DataFrame(rows, schema=empty.schema, orient="row").filter(pl.col("units") > 0)
    return found.sort([by, "units", "emotion"], descending=[False, True, False])


def main_emotions(units: pl.DataFrame, by: str) -> pl.DataFrame:
    """The rows of `emotion_shares` that lead their group: at least two units, and more than any other emotion."""
    first = emotion_shares(units, by).filter(pl.col("units") == pl.col("units").max().over(by))
    return first.filter((pl.len().over(by) == 1) & (pl.col("units") >= HEARD))


def emotions(units: pl.DataFrame, by: str) -> pl.DataFrame:
    """One row a group of ``by`` with emotions: ``by``, emotions (list of emotion, units; most frequent first)."""
    return emotion_shares(units, by).group_by(by, maintain_order=True).agg(
        pl.struct("emotion", "units").alias("emotions"))


def expectations(units: pl.DataFrame, by: str, count: int = QUOTES) -> pl.DataFrame:
    """One row a group of ``by`` whose customers say what they expected: ``by``, expectations.

    ``expectations`` is a list of up to ``count`` unit_id, doc_id, lang, text: phrases of 2 to 120 characters, one a
    text, no two alike, languages taking turns, surest first. Sure: likely negative and likely about this touchpoint.
    """
    if "expectation" not in units.columns:
        return pl.DataFrame(schema={by: pl.Utf8, "expectations": EXPECTATIONS})
    text = pl.col("text")
    said = units.filter(pl.col(by).is_not_null()).with_columns(
        pl.col("expectation").cast(pl.Utf8).str.strip_chars().alias("text"),
        _sure=pl.col("p_neg") * pl.col("touchpoint_p"),
    ).filter(text.str.len_chars().is_between(SHORTEST, LONGEST) & text.str.contains(r"[\p{L}\p{N}]"))
    said = said.with_columns(_alike=text.str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars())
    said = said.sort([by, "_sure", "unit_id"], descending=[False, True, False])
    for column in ("doc_id", "_alike"):
        said = said.unique([by, column], keep="first", maintain_order=True)
    said = said.with_columns(pl.int_range(pl.len()).over(by, "lang").alias("_turn"))
    said = said.sort([by, "_turn", "_sure", "unit_id"], descending=[False, False, True, False])
    return said.group_by(by, maintain_order=True).agg(
        pl.struct("unit_id", "doc_id", "lang", "text").head(count).alias("expectations"))


def with_feelings(table: pl.DataFrame, units: pl.DataFrame, by: str) -> pl.DataFrame:
    """``table`` (one row a value of ``by``) with emotions and expectations; a group that has none gets empty lists."""
    for name, kind, found in (("emotions", EMOTIONS, emotions(units, by)),
                              ("expectations", EXPECTATIONS, expectations(units, by))):
        table = table.join(found, on=by, how="left", maintain_order="left").with_columns(
            pl.col(name).fill_null(pl.lit([], dtype=kind)))
    return table
