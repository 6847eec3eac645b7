"""Customers' own words for a digest: clear ones, each of another customer, languages taking turns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from painpoints.report.digest.model import Quote

SHORTEST, LONGEST = 20, 240
"""The fewest and the most characters of a quote, where there is one of such a length."""
QUOTES = 3
_FEW, _MANY = 5, 40
_STALE = 0.8


def quotes(units: pl.DataFrame, documents: pl.DataFrame, by: str, count: int = QUOTES) -> dict[str, tuple[Quote, ...]]:
    """Up to ``count`` quotes for every value of ``by``, clearest first within turns of the languages.

    ``units`` (no copies) need ``day`` and ``painpoint_strength``, ``documents`` author_key and dated. Clear means
    surely negative, surely a problem, of five to forty words and not old. No two quotes of one value share a text, an
    author or a document.
    """
    said = units.filter(pl.col(by).is_not_null() & (pl.col("text").str.strip_chars() != ""))
    if said.is_empty():
        return {}
    who = pl.coalesce("author_key", "doc_id") if "author_key" in documents.columns else pl.col("doc_id")
    said = said.join(documents.select("doc_id", "dated", who=who), on="doc_id", how="left", maintain_order="left")
    size = pl.col("text").str.strip_chars().str.len_chars()
    said = said.with_columns(_clear=_clearness(), _fits=size.is_between(SHORTEST, LONGEST))
    order = [by, "_fits", "_clear", "unit_id"]
    said = said.sort(order, descending=[False, True, True, False])
    for column in ("who", "doc_id", "text", *(["key"] if "key" in said.columns else [])):
        said = said.unique([by, column], keep="first", maintain_order=True)
    # A language has its turn only with texts of a fair length, if anybody wrote one.
    said = said.filter(pl.col("_fits") | ~pl.col("_fits").any().over(by))
    said = said.with_columns(_turn=pl.int_range(pl.len()).over(by, "lang"))
    said = said.sort([by, "_turn", "_clear", "unit_id"], descending=[False, False, True, False])
    chosen = said.group_by(by, maintain_order=True).head(count)
    found: dict[str, tuple[Quote, ...]] = {}
    for row in chosen.iter_rows(named=True):
        found[row[by]] = (*found.get(row[by], ()), _quote(row))
    return found


def _clearness() -> pl.Expr:
    words = pl.col("text").str.count_matches(r"\S+").cast(pl.Float64)
    length = pl.min_horizontal(words / _FEW, _MANY / pl.max_horizontal(words, pl.lit(1.0)), pl.lit(1.0))
    sure = 0.5 * (pl.col("p_neg").fill_null(0.5) + pl.col("problem_p").fill_null(0.5)).cast(pl.Float64)
    certain = pl.when(pl.col("certain")).then(1.0).otherwise(0.8)
    firm = 0.5 + 0.5 * pl.col("painpoint_strength").fill_null(0.0).cast(pl.Float64)
    age = (pl.col("day").max() - pl.col("day")).dt.total_days().cast(pl.Float64)
    fresh = 1 - (1 - _STALE) * age / pl.max_horizontal(age.max(), pl.lit(1.0))
    return (length.clip(0.2, 1.0) * (0.4 + 0.6 * sure) * certain * firm * fresh).round(6)


def _quote(row: Mapping[str, object]) -> Quote:
    day = row["day"] if row["dated"] else None
    assert day is None or isinstance(day, date)
    return Quote(str(row["unit_id"]), str(row["doc_id"]), str(row["lang"] or "und"), str(row["text"]).strip(), day)
