"""Over-dispersion: found where it is, and not where there is only chance or a lasting change."""

from __future__ import annotations

import numpy as np
import pytest

from painpoints.track.dispersion import PRIOR, estimate_dispersion


def negative_binomial(dispersion: float, mean: float, points: int, weeks: int, seed: int = 3) -> np.ndarray:
    size = 1 / dispersion
    return np.random.default_rng(seed).negative_binomial(size, size / (size + mean), (points, weeks))


@pytest.mark.parametrize("dispersion", [0.03, 0.1, 0.3])
def test_the_dispersion_that_was_put_in_is_found(dispersion: float) -> None:
    found, _ = estimate_dispersion(negative_binomial(dispersion, 20, 100, 26), np.ones((100, 26)), caution=0)
    assert np.median(found) == pytest.approx(dispersion, rel=0.25)


def test_poisson_counts_have_next_to_none() -> None:
    counts = np.random.default_rng(1).poisson(20, (100, 26))
    found, _ = estimate_dispersion(counts, np.ones((100, 26)), caution=0)
    assert np.median(found) < 0.01


def test_a_lasting_rise_does_not_pass_for_noise() -> None:
    means = np.repeat([[20.0], [40.0]], [13, 13], axis=0).T
    counts = np.random.default_rng(2).poisson(np.repeat(means, 100, axis=0))
    found, _ = estimate_dispersion(counts, np.ones((100, 26)), caution=0)
    spread = counts.mean(axis=0).var() / counts.mean() ** 2
    assert spread > 0.1
    assert np.median(found) < spread / 3


def test_volume_that_comes_and_goes_is_no_dispersion_of_the_rate() -> None:
    volume = np.tile([500.0, 2000.0], 13)
    counts = np.random.default_rng(4).poisson(0.02 * volume, (100, 26))
    found, _ = estimate_dispersion(counts, np.tile(volume, (100, 1)), caution=0)
    assert np.median(found) < 0.02


def test_memory_from_week_to_week_is_seen() -> None:
    draw = np.random.default_rng(6)
    wobble = draw.normal(0, 0.3, (200, 26))
    for week in range(1, 26):
        wobble[:, week] = 0.4 * wobble[:, week - 1] + np.sqrt(0.84) * wobble[:, week]
    counts = draw.poisson(40 * np.exp(wobble))
    _, memory = estimate_dispersion(counts, np.ones((200, 26)))
    _, none = estimate_dispersion(negative_binomial(0.09, 40, 200, 26), np.ones((200, 26)))
    assert memory > 0.2
    assert none < 0.1


def test_before_any_week_the_usual_is_supposed() -> None:
    found, memory = estimate_dispersion(np.zeros((3, 0)), np.zeros((3, 0)), caution=0)
    assert found == pytest.approx([PRIOR] * 3)
    assert memory == 0


def test_caution_adds_to_it() -> None:
    counts = negative_binomial(0.1, 20, 20, 26)
    bold, careful = (estimate_dispersion(counts, np.ones((20, 26)), caution=c)[0] for c in (0, 1))
    assert (careful > bold).all()
