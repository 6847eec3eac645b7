"""How many times an opinion counts when the same text comes again and again."""

from __future__ import annotations

import polars as pl

#: folded characters from which equal texts by different people are taken for copies, not for agreement
COPY_LENGTH = 40


def exact_firsts(units: pl.DataFrame) -> pl.Series:
    """The row (UInt32, one a row, in the frame's order) of the first of the copies that each row is one of.

    ``units`` has ``key``, ``doc_id``, ``author_key`` (may be null) and ``length`` (folded characters); when it
    has ``time``, the earliest copy is the first, else the order of rows decides. Equal texts of at least
    COPY_LENGTH characters are copies whoever wrote them; shorter ones only when one author repeats them.
    """
    timed = ["time"] if "time" in units.columns else []
    author = units["author_key"] if "author_key" in units.columns else pl.Series([None] * units.height, dtype=pl.Utf8)
    long = pl.col("length") >= COPY_LENGTH
    frame = units.select("key", *timed, long=long).with_row_index("_row").with_columns(
        author.alias("_author")).with_columns(_author=pl.when(~pl.col("long")).then("_author"))
    # Nearly every text is the only one of its key: only the others are put in order.
    several = frame.filter(pl.col("key").is_duplicated() & (pl.col("long") | pl.col("_author").is_not_null())).sort(
        *timed, "_row", nulls_last=True, maintain_order=True).select(
        "_row", first=pl.col("_row").first().over("key", "long", "_author"))
    return frame.select("_row").join(several, on="_row", how="left", maintain_order="left").select(
        first=pl.coalesce("first", "_row"))["first"]


def duplicate_weights(units: pl.DataFrame) -> pl.Series:
    """Weights (Int64, one a row, in the frame's order): 1, or n for the first of n copies and 0 for the rest.

    ``units`` as for `exact_firsts`.
    """
    first = exact_firsts(units).alias("first")
    return pl.DataFrame([first]).with_row_index("_row").with_columns(
        weight=pl.when(pl.col("_row") == pl.col("first")).then(pl.len().over("first")).otherwise(0).cast(pl.Int64)
    )["weight"]
