"""Intervals, tests and the false discovery rate."""

from __future__ import annotations

import math
import random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from painpoints.report.intervals import (
    difference,
    grouped_shares,
    mean_interval,
    two_proportions,
    wilson,
)


@pytest.mark.parametrize(("hits", "size"), [(0, 10), (3, 10), (10, 10), (81, 263), (1, 1)])
def test_wilson_agrees_with_scipy(hits: int, size: int) -> None:
    expected = stats.binomtest(hits, size).proportion_ci(0.95, method="wilson")
    assert wilson(hits / size, size) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_newcombe_gives_the_published_example() -> None:
    # Newcombe 1998, table II, comparison (a): 56/70 against 48/80, method 10.
    low, high = difference(56 / 70, 70, 48 / 80, 80)
    assert (round(low, 4), round(high, 4)) == (0.0524, 0.3339)


def test_two_proportions_is_the_pooled_z_test() -> None:
    pooled = 50 / 150
    z = (0.5 - 0.25) / math.sqrt(pooled * (1 - pooled) * (1 / 50 + 1 / 100))
    assert two_proportions(0.5, 50, 0.25, 100) == pytest.approx(2 * stats.norm.sf(z))
    assert two_proportions(1.0, 20, 1.0, 30) == 1.0


@given(st.floats(0, 1), st.floats(1, 1e5))
def test_an_interval_holds_its_share_and_stays_between_0_and_1(share: float, size: float) -> None:
    low, high = wilson(share, size)
    assert 0 <= low <= share + 1e-12 and share - 1e-12 <= high <= 1


def test_opinions_that_repeat_inside_a_text_do_not_narrow_the_interval() -> None:
    # Ten texts, each of ten equal opinions, know no more than ten opinions.
    bundled = pl.DataFrame({"doc_id": [f"d{n // 10}" for n in range(100)], "bad": [n // 10 < 4 for n in range(100)]})
    single = pl.DataFrame({"doc_id": [f"d{n}" for n in range(100)], "bad": [n < 40 for n in range(100)]})
    wide = grouped_shares(bundled, [], {"bad": pl.col("bad")}).row(0, named=True)
    narrow = grouped_shares(single, [], {"bad": pl.col("bad")}).row(0, named=True)
    assert wide["bad"] == narrow["bad"] == 0.4
    assert wide["bad_size"] == pytest.approx(9)
    assert narrow["bad_size"] == pytest.approx(99)
    assert wide["bad_high"] - wide["bad_low"] > 2 * (narrow["bad_high"] - narrow["bad_low"])


def test_the_interval_of_bundled_opinions_covers_the_truth_about_95_times_in_100() -> None:
    chance, covered, runs = random.Random(3), 0, 300
    for _ in range(runs):
        rows = []
        for doc in range(60):
            mood = chance.choice((0.1, 0.5))
            rows += [(f"d{doc}", chance.random() < mood) for _ in range(chance.choice((1, 3, 5)))]
        frame = pl.DataFrame(rows, schema=["doc_id", "bad"], orient="row")
        row = grouped_shares(frame, [], {"bad": pl.col("bad")}).row(0, named=True)
        covered += row["bad_low"] <= 0.3 <= row["bad_high"]
    assert 0.91 <= covered / runs <= 0.99


def test_no_units_give_an_empty_table() -> None:
    frame = pl.DataFrame(schema={"doc_id": pl.Utf8, "g": pl.Utf8, "bad": pl.Boolean})
    assert grouped_shares(frame, ["g"], {"bad": pl.col("bad")}).is_empty()
    assert grouped_shares(frame, [], {"bad": pl.col("bad")}).is_empty()


def test_a_mean_of_equal_values_still_has_an_interval() -> None:
    mean, low, high = mean_interval([0.75] * 12)
    assert mean == 0.75 and low < 0.75 < high
