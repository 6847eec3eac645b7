"""What stays possible holds the truth as often as stated."""

from __future__ import annotations

import numpy as np
import pytest

from painpoints.classify.abstention import fit_floor, fit_floors, prediction_sets, single


def answers(rng: np.random.Generator, count: int, heat: float) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (count, 3) that are too sure or too shy by ``heat``, and the true labels."""
    logits = rng.normal(0, 2, (count, 3))
    honest = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    labels = (rng.random(count)[:, None] > honest.cumsum(1)).sum(1)
    said = np.exp(logits * heat)
    return said / said.sum(1, keepdims=True), np.minimum(labels, 2)


@pytest.mark.parametrize("coverage", [0.7, 0.9, 0.95])
@pytest.mark.parametrize("heat", [0.5, 1.0, 3.0])
def test_the_promise_is_kept_on_average_however_wrong_the_probabilities_are(coverage: float, heat: float) -> None:
    rng = np.random.default_rng(11)
    covered = []
    for _ in range(80):
        likely, labels = answers(rng, 150, heat)
        floor = fit_floor(likely[np.arange(150), labels], coverage)
        likely, labels = answers(rng, 2000, heat)
        sets = prediction_sets(likely, {"*": floor}, ["fa"] * 2000)
        covered.append(sets[np.arange(2000), labels].mean())
    assert np.mean(covered) == pytest.approx(coverage, abs=0.015)


def test_a_higher_coverage_never_raises_the_floor() -> None:
    likely, labels = answers(np.random.default_rng(13), 500, 1.0)
    floors = [fit_floor(likely[np.arange(500), labels], coverage) for coverage in (0.6, 0.7, 0.8, 0.9, 0.95)]
    assert floors == sorted(floors, reverse=True)


def test_too_few_texts_for_the_promise_leave_every_label_possible() -> None:
    assert fit_floor(np.linspace(0.9, 0.99, 8), 0.9) == 0.0
    assert fit_floor(np.linspace(0.9, 0.99, 9), 0.9) == pytest.approx(0.9)


def test_a_language_is_judged_by_its_own_texts_and_an_unknown_one_by_the_lowest_floor() -> None:
    rng = np.random.default_rng(15)
    good, bad = rng.uniform(0.6, 1, 400), rng.uniform(0.1, 1, 400)
    fitted = fit_floors(np.concatenate([good, bad, good[:50]]), ["en"] * 400 + ["fa"] * 400 + ["ar"] * 50, 0.9)
    assert set(fitted) == {"en", "fa", "*"}
    assert fitted["en"] > fitted["fa"]
    assert fitted["*"] == min(fitted.values())


def test_one_label_left_is_single_and_none_or_two_are_not() -> None:
    likely = np.array([[0.9, 0.05, 0.05], [0.45, 0.45, 0.1], [0.34, 0.33, 0.33]])
    sets = prediction_sets(likely, {"*": 0.4, "ru": 0.2}, ["fa", "en", "ru"])
    assert sets.tolist() == [[True, False, False], [True, True, False], [True, True, True]]
    assert single(sets).tolist() == [True, False, False]
    assert not single(prediction_sets(likely, {"*": 0.95}, ["fa", "en", "ru"])).any()
