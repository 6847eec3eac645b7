"""Who suffers a pain point: languages, sources, segments and ratings that it meets more or less often than chance.

Counted are documents, copies left out. For a pain point with n documents of known value, k of them with value v, among
N documents of which K have v::

    expected   n * K / N documents
    ratio      k / expected: the observed share over the share among all documents
    low, high  Clopper and Pearson's (1934) exact 95 % interval of k / n, over K / N
    p          two-sided exact test of Fisher (1935): tables as rare as this one or rarer, margins held
    q          Benjamini and Hochberg (1995) over every test of the run

A finding has q of at most .05 and an interval without 1, so that of all findings at most one in twenty is expected to
be chance. What is tested hangs on the margins n and K alone, never on k. Documents count as independent: a customer who
writes ten of them counts ten times.
"""

from __future__ import annotations

import numpy as np
import polars as pl

RATE = 0.05
LEAST_DOCUMENTS = 8
"""The fewest documents of a pain point that are looked at."""
LEAST_WITH, LEAST_WITHOUT = 10, 10
"""The fewest documents that must have a value, and not have it."""
MOST_VALUES = 40
"""Values of one kind that are looked at, the most frequent ones."""
LOW, HIGH = 0.25, 0.75
"""Ratings (0..1) up to the one are low, from the other on high: 1 and 2, 4 and 5 of five."""

_FIELDS = {"kind": pl.Utf8, "value": pl.Utf8, "documents": pl.Int64, "expected": pl.Float64, "ratio": pl.Float64,
           "low": pl.Float64, "high": pl.Float64, "q": pl.Float64}
SKEWS = pl.List(pl.Struct(_FIELDS))
TESTS: dict[str, pl.DataType] = {
    "painpoint_id": pl.Utf8(), "kind": pl.Utf8(), "value": pl.Utf8(), "documents": pl.Int64(),
    "expected": pl.Float64(), "ratio": pl.Float64(), "low": pl.Float64(), "high": pl.Float64(), "p": pl.Float64(),
    "q": pl.Float64(), "finding": pl.Boolean()}
_TIE = 1e-7


def with_skews(points: pl.DataFrame, units: pl.DataFrame, documents: pl.DataFrame,
               segment: str | None = None) -> pl.DataFrame:
    """``points`` with ``skews``: the findings about each pain point, strongest first, an empty list without any.

    ``units`` need ``doc_id``, ``weight`` and ``painpoint_id``; ``documents`` is every document, with its language in
    ``lang``. ``segment`` names a column of theirs (``branch`` stands for ``meta.branch``); without it the product is
    looked at where there is one.
    """
    found = measure_skews(suffering(units), document_traits(counted(units, documents), segment))
    found = found.filter("finding").with_columns(
        _strength=pl.when(pl.col("ratio") > 1).then(pl.col("low")).otherwise(1 / pl.col("high")))
    found = found.sort(["painpoint_id", "_strength", "kind", "value"], descending=[False, True, False, False])
    lists = found.group_by("painpoint_id", maintain_order=True).agg(pl.struct(*_FIELDS).alias("skews"))
    order = [*points.columns, *([] if "skews" in points.columns else ["skews"])]
    joined = points.drop("skews", strict=False).join(lists, on="painpoint_id", how="left", maintain_order="left")
    return joined.with_columns(pl.col("skews").fill_null(pl.lit([], dtype=SKEWS))).select(order)


def counted(units: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    """``documents`` in order of ``doc_id``, without those all of whose units are copies."""
    copies = units.group_by("doc_id").agg(pl.col("weight").max()).filter(pl.col("weight") <= 0)
    return documents.join(copies.select("doc_id"), on="doc_id", how="anti").sort("doc_id")


def suffering(units: pl.DataFrame) -> pl.DataFrame:
    """Which documents have which pain points: ``doc_id``, ``painpoint_id``, one row each, in that order."""
    held = units.filter(pl.col("painpoint_id").is_not_null() & (pl.col("weight") > 0))
    return held.select("doc_id", "painpoint_id").unique().sort("doc_id", "painpoint_id")


def document_traits(documents: pl.DataFrame, segment: str | None = None) -> pl.DataFrame:
    """One row a known trait of a document: ``doc_id``, ``kind`` (lang, source, rating or a column's name), ``value``.

    The rating band ``middle`` is there so that low and high are held against all rated documents.
    """
    columns: list[str] = [name for name in ("lang", "source") if name in documents.columns]
    columns += [name for name in _segments(documents, segment) if name not in (*columns, "rating")]
    band = (pl.when(pl.col("rating") <= LOW + 1e-9).then(pl.lit("low"))
            .when(pl.col("rating") >= HIGH - 1e-9).then(pl.lit("high"))
            .when(pl.col("rating").is_not_null()).then(pl.lit("middle")).otherwise(None))
    parts = [documents.select("doc_id", pl.lit(name).alias("kind"),
                              pl.col(name).cast(pl.Utf8).str.strip_chars().alias("value")) for name in columns]
    parts.append(documents.select("doc_id", pl.lit("rating").alias("kind"), band.alias("value")))
    known = pl.col("value").is_not_null() & (pl.col("value") != "")
    return pl.concat(parts).filter(known & ~((pl.col("kind") == "lang") & (pl.col("value") == "und")))


def measure_skews(suffered: pl.DataFrame, traits: pl.DataFrame) -> pl.DataFrame:
    """Every test that was made, columns as in ``TESTS``; ``suffered`` and ``traits`` as the functions above give them.

    The same rows in any order give the same numbers.
    """
    all_of_kind = traits.group_by("kind").agg(pl.len().cast(pl.Int64).alias("of_kind"))
    of_value = traits.group_by("kind", "value").agg(pl.len().cast(pl.Int64).alias("of_value"))
    both = suffered.join(traits, on="doc_id", how="inner")
    of_pain = both.group_by("painpoint_id", "kind").agg(pl.len().cast(pl.Int64).alias("of_pain"))
    cells = both.group_by("painpoint_id", "kind", "value").agg(pl.len().cast(pl.Int64).alias("documents"))
    looked_at = of_value.join(all_of_kind, on="kind").filter(
        (pl.col("of_value") >= LEAST_WITH) & (pl.col("of_kind") - pl.col("of_value") >= LEAST_WITHOUT)
        & ~((pl.col("kind") == "rating") & (pl.col("value") == "middle")))
    looked_at = looked_at.sort(["kind", "of_value", "value"], descending=[False, True, False]).group_by(
        "kind", maintain_order=True).head(MOST_VALUES)
    grid = of_pain.filter(pl.col("of_pain") >= LEAST_DOCUMENTS).join(looked_at, on="kind").join(
        cells, on=["painpoint_id", "kind", "value"], how="left").with_columns(pl.col("documents").fill_null(0))
    grid = grid.sort("painpoint_id", "kind", "value")
    if grid.is_empty():
        return pl.DataFrame(schema=TESTS)
    from scipy.stats import false_discovery_control

    k, n, of, total = (grid[name].to_numpy() for name in ("documents", "of_pain", "of_value", "of_kind"))
    low, high = exact_interval(k, n)
    p = fisher(k, n, of, total)
    share = of / total
    table = grid.with_columns(
        expected=pl.Series(n * share), ratio=pl.Series(k / (n * share)), low=pl.Series(low / share),
        high=pl.Series(high / share), p=pl.Series(p), q=pl.Series(false_discovery_control(p)))
    sure = (pl.col("q") <= RATE) & ((pl.col("low") > 1) | (pl.col("high") < 1))
    return table.with_columns(finding=sure).select(*TESTS)


def fisher(hits: np.ndarray, size: np.ndarray, marked: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Two-sided p values (m,) of Fisher's exact test: ``hits`` of ``size`` drawn are among ``marked`` of ``total``."""
    from scipy.special import gammaln

    factorial = gammaln(np.arange(int(total.max()) + 2, dtype=np.float64) + 1)

    def chosen(out_of: int, many: np.ndarray | int) -> np.ndarray:
        return np.asarray(factorial[out_of] - factorial[many] - factorial[out_of - np.asarray(many)])

    values = np.empty(len(hits))
    for at, (k, n, of, all_) in enumerate(zip(*(x.tolist() for x in (hits, size, marked, total)), strict=True)):
        possible = np.arange(max(0, n + of - all_), min(n, of) + 1)
        chance = chosen(of, possible) + chosen(all_ - of, n - possible) - chosen(all_, n)
        values[at] = np.exp(chance[chance <= chance[k - possible[0]] + _TIE]).sum()
    return np.minimum(values, 1.0)


def exact_interval(hits: np.ndarray, size: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Clopper and Pearson's 95 % interval of ``hits / size``, each (m,); sizes are at least 1."""
    from scipy.special import betaincinv

    low = betaincinv(np.maximum(hits, 1), size - hits + 1, 0.025)
    high = betaincinv(hits + 1, np.maximum(size - hits, 1), 0.975)
    return np.where(hits == 0, 0.0, low), np.where(hits == size, 1.0, high)


def _segments(documents: pl.DataFrame, segment: str | None) -> list[str]:
    wanted = (segment, f"meta.{segment}") if segment else ("meta.product",)
    return [name for name in wanted if name in documents.columns][:1]
