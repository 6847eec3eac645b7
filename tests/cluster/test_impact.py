"""Impact: the documented formula, monotone, with intervals that hold what they promise."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from painpoints.cluster.impact import FORMULA, impact_of, measure_impact, severity_of, wilson

SHARE = st.floats(0, 1)


def test_the_formula_of_the_report_is_the_formula_of_the_code() -> None:
    for reach, scaled in ((0.001, 0.10), (0.01, 0.35), (0.1, 0.67), (1.0, 1.0)):
        assert float(impact_of(np.array(1.0), np.array(reach))) / 100 == pytest.approx(scaled, abs=0.005)
        assert f"{scaled:.2f}" in FORMULA or scaled == 1.0
    assert float(severity_of(np.array(0.8), np.array(2.0))) == pytest.approx(1 - 0.2 * 0.5)
    assert float(severity_of(np.array(0.8), np.array(np.nan))) == pytest.approx(0.8)


@given(SHARE, SHARE, SHARE, SHARE, st.floats(-4, 4), st.floats(-4, 4))
def test_impact_never_falls_when_a_part_rises(n1: float, n2: float, r1: float, r2: float, l1: float, l2: float) -> None:
    low = impact_of(severity_of(np.array(min(n1, n2)), np.array(min(l1, l2))), np.array(min(r1, r2)))
    high = impact_of(severity_of(np.array(max(n1, n2)), np.array(max(l1, l2))), np.array(max(r1, r2)))
    assert 0 <= float(low) <= float(high) + 1e-9 <= 100 + 1e-6


def test_known_counts_give_known_measures() -> None:
    rating = np.array([0.0] * 10 + [1.0] * 90)  # the ten with the pain gave one star, the others five
    found = measure_impact(np.arange(10), np.zeros(10, np.int64), np.full(10, 0.9), rating, 1)
    assert found.documents[0] == 10
    assert found.reach[0] == pytest.approx(0.1)
    assert found.negativity[0] == pytest.approx(0.9)
    assert found.rating_loss[0] == pytest.approx(4.0)
    assert found.severity[0] == pytest.approx(1.0)
    assert found.impact[0] == pytest.approx(100 * math.log1p(100) / math.log1p(1000))


def test_two_units_of_one_document_are_one_document() -> None:
    unrated = np.full(20, np.nan)
    found = measure_impact(np.array([0, 0, 1]), np.zeros(3, np.int64), np.array([1.0, 1.0, 0.4]), unrated, 1)
    assert found.documents[0] == 2
    assert found.negativity[0] == pytest.approx(0.8)


@pytest.mark.parametrize("rated_with, rated_without, known", [(8, 8, True), (7, 50, False), (50, 7, False)])
def test_rating_loss_needs_eight_rated_documents_on_each_side(rated_with: int, rated_without: int, known: bool) -> None:
    rating = np.array([0.25] * rated_with + [0.75] * rated_without + [np.nan] * 5)
    found = measure_impact(np.arange(rated_with), np.zeros(rated_with, np.int64), np.full(rated_with, 0.7), rating, 1)
    assert np.isnan(found.rating_loss[0]) != known
    assert np.isnan(found.rating_loss_low[0]) != known
    if known:
        assert found.rating_loss_low[0] <= found.rating_loss[0] == pytest.approx(2.0)


def test_intervals_hold_the_estimate_and_shrink_with_more_documents() -> None:
    rng = np.random.default_rng(5)
    widths = []
    for many in (100, 4000):
        mine = np.flatnonzero(rng.random(many) < 0.1)
        rating = rng.integers(0, 5, many) / 4
        found = measure_impact(mine, np.zeros(len(mine), np.int64), rng.random(len(mine)), rating, 1)
        for name in ("impact", "negativity", "reach", "rating_loss"):
            value = getattr(found, name)[0]
            assert getattr(found, f"{name}_low")[0] <= value <= getattr(found, f"{name}_high")[0]
        widths.append(found.impact_high[0] - found.impact_low[0])
    assert widths[1] < widths[0] / 2


def test_the_interval_of_rating_loss_covers_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(11)
    many, trials = 400, 60
    hits = 0
    for _ in range(trials):
        has = rng.random(many) < 0.15
        rating = np.clip(np.where(has, rng.normal(0.4, 0.2, many), rng.normal(0.65, 0.2, many)), -1, 2)
        rows = np.flatnonzero(has)
        found = measure_impact(rows, np.zeros(len(rows), np.int64), np.full(len(rows), 0.8), rating, 1)
        hits += bool(found.rating_loss_low[0] <= 1.0 <= found.rating_loss_high[0])
    assert hits >= 51  # 95 % of 60 is 57; fewer than 51 has probability under .003


def test_documents_drawn_in_groups_spread_as_single_documents_do() -> None:
    # The standard error of a share is known; the bootstrap of reach must reproduce it through impact.
    many, with_pain = 10_000, 1000
    rating = np.full(many, np.nan)
    found = measure_impact(np.arange(with_pain), np.zeros(with_pain, np.int64), np.ones(with_pain), rating, 1)
    low, high = wilson(np.array([with_pain]), many)
    assert found.impact_low[0] == pytest.approx(float(impact_of(np.array(1.0), low)[0]), abs=0.25)
    assert found.impact_high[0] == pytest.approx(float(impact_of(np.array(1.0), high)[0]), abs=0.25)


def test_wilson_at_the_ends() -> None:
    low, high = wilson(np.array([0, 20]), 20)
    assert low[0] == 0 and high[1] == pytest.approx(1.0)
    assert 0 < high[0] < 0.2 and 0.8 < low[1] < 1
    assert [float(side[0]) for side in wilson(np.array([0]), 0)] == [0.0, 1.0]


def test_the_same_input_gives_the_same_numbers_in_good_time() -> None:
    rng = np.random.default_rng(2)
    many, pains = 20_000, 100
    rating = np.where(rng.random(many) < 0.8, rng.integers(0, 5, many) / 4, np.nan)
    inputs = (rng.integers(0, many, many), rng.integers(0, pains, many), rng.random(many), rating, pains)
    started = time.process_time()
    one = measure_impact(*inputs)
    assert time.process_time() - started < 6  # 1 s on an idle core
    two = measure_impact(*inputs)
    for name in one.__dataclass_fields__:
        assert np.array_equal(getattr(one, name), getattr(two, name), equal_nan=True)
