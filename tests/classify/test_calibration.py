"""Probabilities that mean what they say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from painpoints.classify.calibration import (
    brier_score,
    by_language,
    expected_calibration_error,
    fit_temperature,
    fit_temperatures,
    softmax,
)

LOGITS = arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(2, 8)), elements=st.floats(-500, 500))
TEMPERATURES = st.floats(0.3, 6)


def sample(rng: np.random.Generator, count: int, temperature: float, classes: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Logits and labels drawn from their softmax at ``temperature``."""
    logits = rng.normal(0, 3, (count, classes))
    cumulative = softmax(logits, temperature).cumsum(1)
    return logits, (rng.random((count, 1)) > cumulative).sum(1)


@settings(deadline=None)
@given(LOGITS, TEMPERATURES)
def test_softmax_gives_probabilities_that_sum_to_one(logits: np.ndarray, temperature: float) -> None:
    found = softmax(logits, temperature)
    assert found.shape == logits.shape
    assert (found >= 0).all() and (found <= 1).all()
    assert np.allclose(found.sum(1), 1)


@settings(deadline=None)
@given(LOGITS, TEMPERATURES, st.floats(-300, 300))
def test_softmax_does_not_care_for_a_constant(logits: np.ndarray, temperature: float, constant: float) -> None:
    assert np.allclose(softmax(logits, temperature), softmax(logits + constant, temperature), atol=1e-9)


@settings(deadline=None)
@given(LOGITS, TEMPERATURES)
def test_a_temperature_keeps_the_order_of_the_classes(logits: np.ndarray, temperature: float) -> None:
    found = softmax(logits, temperature)
    rows = np.arange(len(logits))
    assert np.array_equal(found[rows, logits.argmax(1)], found.max(1))


@settings(deadline=None)
@given(LOGITS, TEMPERATURES, st.floats(1.01, 4))
def test_a_higher_temperature_is_never_surer(logits: np.ndarray, temperature: float, factor: float) -> None:
    assert (softmax(logits, temperature * factor).max(1) <= softmax(logits, temperature).max(1) + 1e-12).all()


def test_each_row_can_have_its_own_temperature() -> None:
    logits = np.array([[2.0, 0.0], [2.0, 0.0]])
    found = softmax(logits, np.array([1.0, 4.0]))
    assert found[0] == pytest.approx(softmax(logits[:1], 1.0)[0])
    assert found[1] == pytest.approx(softmax(logits[:1], 4.0)[0])


def test_no_rows_give_no_rows() -> None:
    assert softmax(np.zeros((0, 3)), np.zeros(0)).shape == (0, 3)


def test_a_language_without_a_value_of_its_own_gets_the_general_one() -> None:
    assert by_language({"*": 2.0, "fa": 3.0}, ["fa", "ru", "und", "fa"]).tolist() == [3.0, 2.0, 2.0, 3.0]


@pytest.mark.parametrize("planted", [0.5, 1.0, 2.5, 5.0])
def test_a_planted_temperature_is_found_again(planted: float) -> None:
    logits, labels = sample(np.random.default_rng(1), 20_000, planted)
    assert fit_temperature(logits, labels) == pytest.approx(planted, rel=0.06)


def test_a_perfect_and_a_hopeless_classifier_stop_at_the_bounds() -> None:
    logits = np.eye(3)[np.arange(300) % 3] * 5
    labels = np.arange(300) % 3
    assert fit_temperature(logits, labels) == pytest.approx(0.3, abs=0.02)
    assert fit_temperature(logits, (labels + 1) % 3) == pytest.approx(6.0, abs=0.1)


def test_each_language_gets_its_own_temperature_if_it_has_the_rows() -> None:
    rng = np.random.default_rng(2)
    cool, cool_labels = sample(rng, 8000, 0.7)
    hot, hot_labels = sample(rng, 8000, 3.0)
    few, few_labels = sample(rng, 50, 3.0)
    fitted = fit_temperatures(np.concatenate([cool, hot, few]), np.concatenate([cool_labels, hot_labels, few_labels]),
                              ["en"] * 8000 + ["fa"] * 8000 + ["ar"] * 50)
    assert set(fitted) == {"*", "en", "fa"}
    assert fitted["en"] == pytest.approx(0.7, rel=0.1)
    assert fitted["fa"] == pytest.approx(3.0, rel=0.1)
    assert fitted["en"] < fitted["*"] < fitted["fa"]


def test_a_calibrated_sample_has_hardly_any_calibration_error() -> None:
    logits, labels = sample(np.random.default_rng(3), 20_000, 1.0)
    likely = softmax(logits)
    assert expected_calibration_error(likely.max(1), likely.argmax(1) == labels) < 0.015


def test_an_overconfident_sample_has_a_large_one_and_its_temperature_takes_it_away() -> None:
    logits, labels = sample(np.random.default_rng(4), 20_000, 3.0)
    correct = logits.argmax(1) == labels
    assert expected_calibration_error(softmax(logits).max(1), correct) > 0.15
    mended = softmax(logits, fit_temperature(logits, labels))
    assert expected_calibration_error(mended.max(1), correct) < 0.02


def test_the_calibration_error_is_the_gap_between_promise_and_truth() -> None:
    assert expected_calibration_error(np.full(10, 0.9), np.arange(10) < 5) == pytest.approx(0.4)
    assert expected_calibration_error(np.array([1.0, 1.0, 0.0, 0.0]), np.array([True, True, False, False])) == 0.0


@settings(deadline=None)
@given(LOGITS, st.data())
def test_the_brier_score_lies_between_perfect_and_worst(logits: np.ndarray, data: st.DataObject) -> None:
    count, classes = logits.shape
    labels = np.array(data.draw(st.lists(st.integers(0, classes - 1), min_size=count, max_size=count)))
    assert 0.0 <= brier_score(softmax(logits), labels) <= 2.0 + 1e-9


def test_the_brier_score_of_sure_answers() -> None:
    sure = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    assert brier_score(sure, np.array([0, 1])) == 0.0
    assert brier_score(sure, np.array([1, 0])) == 2.0
    assert brier_score(np.full((4, 2), 0.5), np.array([0, 1, 0, 1])) == pytest.approx(0.5)
