"""Small counts: exact where exactness is known, and honest about over-dispersion."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from painpoints.track.small_counts import (
    concentration,
    one_p_value,
    poisson_interval,
    q_values,
    ratio_interval,
    split_test,
)


@pytest.mark.parametrize("count, low, high", [(0, 0.0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.390)])
def test_the_interval_is_garwoods(count: int, low: float, high: float) -> None:
    ends = poisson_interval(np.array([count]))
    assert [end[0] for end in ends] == pytest.approx([low, high], abs=1e-3)


@given(st.integers(0, 60), st.integers(0, 200), st.floats(0.01, 0.99))
def test_without_over_dispersion_the_test_is_the_binomial_one(count: int, earlier: int, share: float) -> None:
    upper, lower = split_test(np.array([count]), np.array([earlier]), np.array([share]), np.array([0.0]))
    total = count + earlier
    assert upper[0] == pytest.approx(stats.binom.sf(count - 1, total, share) if total else 1.0, rel=1e-7, abs=1e-12)
    assert lower[0] == pytest.approx(stats.binom.cdf(count, total, share) if total else 1.0, rel=1e-7, abs=1e-12)


@given(st.integers(0, 40), st.integers(0, 80), st.floats(0.05, 0.9), st.floats(1e-3, 0.5))
def test_with_over_dispersion_the_test_is_the_beta_binomial_one(count: int, earlier: int, share: float,
                                                                inverse: float) -> None:
    upper, lower = split_test(np.array([count]), np.array([earlier]), np.array([share]), np.array([inverse]))
    law = stats.betabinom(count + earlier, share / inverse, (1 - share) / inverse)
    assert upper[0] == pytest.approx(law.sf(count - 1), rel=1e-6, abs=1e-10)
    assert lower[0] == pytest.approx(law.cdf(count), rel=1e-6, abs=1e-10)


@pytest.mark.parametrize("share", [0.0, 1.0, np.nan])
def test_without_exposure_nothing_is_shown(share: float) -> None:
    upper, lower = split_test(np.array([5]), np.array([0]), np.array([share]), np.array([0.1]))
    assert (upper[0], lower[0]) == (1.0, 1.0)


def test_two_negative_binomials_split_as_the_concentration_says() -> None:
    """Four weeks against twelve, dispersion 0.2: a : b is 20 : 60, as for the sum of weeks with size 5."""
    found = concentration(np.array([4.0]), np.array([4.0]), np.array([12.0]), np.array([12.0]), np.array([0.2]))
    assert found[0] == pytest.approx(1 / 80)


def test_the_test_keeps_its_level_on_over_dispersed_counts_where_the_binomial_one_does_not() -> None:
    draw = np.random.default_rng(5)
    weeks = draw.negative_binomial(10, 10 / (10 + 20), (4000, 14))  # mean 20, dispersion 0.1
    recent, earlier = weeks[:, :2].sum(axis=1), weeks[:, 2:].sum(axis=1)
    share = np.full(4000, 2 / 14)
    inverse = concentration(np.array([2.0]), np.array([2.0]), np.array([12.0]), np.array([12.0]), np.array([0.1]))
    aware, _ = split_test(recent, earlier, share, np.full(4000, inverse[0]))
    plain, _ = split_test(recent, earlier, share, np.zeros(4000))
    assert 0.006 < (aware <= 0.01).mean() < 0.014
    assert (plain <= 0.01).mean() > 0.05


def test_the_ratio_stands_in_its_interval_and_over_dispersion_widens_it() -> None:
    counts = np.array([40.0]), np.array([240.0]), np.array([1.0]), np.array([12.0])
    ratio, low, high = ratio_interval(*counts, np.array([0.0]))
    _, wider_low, wider_high = ratio_interval(*counts, np.array([0.02]))
    assert ratio[0] == pytest.approx(2.0)
    assert wider_low[0] < low[0] < 2.0 < high[0] < wider_high[0]
    exact = stats.binomtest(40, 280).proportion_ci(method="exact")
    assert low[0] == pytest.approx(exact.low / (1 - exact.low) * 12)


def test_a_ratio_to_nothing_has_no_upper_end_and_one_of_nothing_is_unknown() -> None:
    ratio, low, high = ratio_interval(np.array([5.0, 0.0]), np.zeros(2), np.ones(2), np.full(2, 12.0), np.zeros(2))
    assert (ratio[0], high[0]) == (np.inf, np.inf)
    assert low[0] > 1
    assert np.isnan([ratio[1], low[1], high[1]]).all()


def test_q_values_are_those_of_benjamini_and_hochberg_over_what_is_tested() -> None:
    p = np.array([0.01, 0.04, 1e-9, 0.03, 0.5])
    tested = np.array([True, True, False, True, True])
    assert q_values(p, tested) == pytest.approx([0.04, 0.16 / 3, 1.0, 0.16 / 3, 0.5])
    assert stats.false_discovery_control(p[tested]) == pytest.approx(q_values(p, tested)[tested])


def test_windows_together_are_no_surer_than_their_weight_allows() -> None:
    p = np.array([[0.01, 1.0], [0.02, 1.0]])
    assert one_p_value(p, (0.25, 0.75)) == pytest.approx([0.02 / 0.75, 1.0])
