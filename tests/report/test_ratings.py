"""CSAT and NPS."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from painpoints.report import satisfaction
from painpoints.report.ratings import distribution
from painpoints.store import RunData


def _rated(sample: RunData, ratings: list[float | None], scale: str | None) -> RunData:
    docs = sample.documents.head(len(ratings)).with_columns(
        pl.Series("rating", ratings, pl.Float64), pl.lit(scale, pl.Utf8).alias("rating_scale"))
    return replace(sample, documents=docs)


def test_csat_counts_four_and_five_of_five(sample: RunData) -> None:
    row = satisfaction(_rated(sample, [(s - 1) / 4 for s in (1, 2, 3, 4, 5) * 4], "1-5")).row(0, named=True)
    assert row["csat"] == pytest.approx(0.4)
    assert row["csat_low"] < 0.4 < row["csat_high"]
    assert row["mean"] == pytest.approx(3.0)


@pytest.mark.parametrize(("scale", "values", "expected"), [
    ("0-100", [0.74, 0.75] * 6, 0.5), ("1-10", [(s - 1) / 9 for s in (7, 8)] * 6, 0.5)])
def test_csat_uses_the_equal_point_of_other_scales(
        sample: RunData, scale: str, values: list[float], expected: float) -> None:
    assert satisfaction(_rated(sample, list(values), scale))["csat"][0] == pytest.approx(expected)


def test_nps_is_promoters_less_detractors(sample: RunData) -> None:
    values = [s / 10 for s in [10, 9, 9, 8, 7, 6, 0, 10, 9, 10]]
    row = satisfaction(_rated(sample, list(values), "0-10")).row(0, named=True)
    assert row["nps"] == pytest.approx(0.6 - 0.2)
    assert row["nps_low"] < 0.4 < row["nps_high"]


def test_nps_needs_its_scale(sample: RunData) -> None:
    row = satisfaction(_rated(sample, [0.5] * 20, "1-5")).row(0, named=True)
    assert row["nps"] is None and row["nps_reason"] == "no_nps_scale"


def test_no_or_few_ratings_give_a_reason_and_no_figure(sample: RunData) -> None:
    none = satisfaction(_rated(sample, [None] * 20, None)).row(0, named=True)
    few = satisfaction(_rated(sample, [1.0] * 9, "1-5")).row(0, named=True)
    assert (none["csat"], none["csat_reason"], none["nps_reason"]) == (None, "no_ratings", "no_ratings")
    assert (few["csat"], few["csat_reason"]) == (None, "few_ratings")


def test_segments_have_their_own_rows(sample: RunData) -> None:
    table = satisfaction(sample, "source")
    assert table["group"].to_list()[0] is None
    assert set(table["group"].drop_nulls()) == {"Telegram", "App store", "Web form"}
    assert table["ratings"][0] == table["ratings"][1:].sum()


def test_a_text_counts_under_the_language_most_of_its_units_are_in(sample: RunData) -> None:
    table = satisfaction(sample, "lang").filter(pl.col("group").is_not_null())
    assert table["ratings"].sum() == len(sample.documents)


def test_the_distribution_adds_up(sample: RunData) -> None:
    assert sum(distribution(sample)) == len(sample.documents)
