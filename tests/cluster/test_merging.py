"""Two samples of one thing become one cluster, two things stay two, whatever their sizes."""

from __future__ import annotations

import numpy as np
import pytest

from painpoints.cluster.merging import _likeness, merge
from painpoints.cluster.sums import cluster_squares, cluster_sums


def sample(seed: int, axis: int, count: int, noise: float) -> np.ndarray:
    rng = np.random.default_rng(seed)
    rows = rng.normal(0, noise, (count, 32)).astype(np.float32)
    rows[:, axis] += 1
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


@pytest.mark.parametrize(("one", "other"), [(6, 6), (5, 200), (300, 300)])
@pytest.mark.parametrize("noise", [0.1, 0.3])
def test_halves_of_one_cluster_are_made_one_whatever_their_size_and_spread(one: int, other: int, noise: float) -> None:
    vectors = np.concatenate([sample(0, 0, one, noise), sample(1, 0, other, noise), sample(2, 7, 20, noise)])
    labels = np.array([0] * one + [1] * other + [2] * 20)
    assert merge(vectors, labels, 0.7).tolist() == [0] * (one + other) + [2] * 20


def test_three_parts_of_one_cluster_are_made_one_and_outsiders_stay_outside() -> None:
    vectors = np.concatenate([sample(seed, 0, 10, 0.2) for seed in range(3)] + [sample(9, 4, 2, 0.2)])
    labels = np.array([4] * 10 + [1] * 10 + [7] * 10 + [-1] * 2)
    assert merge(vectors, labels, 0.7).tolist() == [1] * 30 + [-1] * 2


def test_a_higher_threshold_never_leaves_fewer_clusters() -> None:
    vectors = np.concatenate([sample(seed, seed // 2, 15, 0.3) for seed in range(8)])
    labels = np.repeat(np.arange(8), 15)
    counts = [len(set(merge(vectors, labels, alike).tolist())) for alike in (0.5, 0.7, 0.9, 1.5)]
    assert counts == sorted(counts)
    assert counts[-1] == 8


@pytest.mark.parametrize("labels", [[-1] * 5, [0] * 5])
def test_with_fewer_than_two_clusters_nothing_happens(labels: list[int]) -> None:
    assert merge(sample(0, 0, 5, 0.2), np.array(labels), 0.7).tolist() == labels


@pytest.mark.parametrize("seed", range(6))
def test_the_likest_pair_is_made_one_first_and_of_equals_the_first_pair(seed: int) -> None:
    rng = np.random.default_rng(seed)
    vectors = np.round(rng.normal(size=(9, 12))[rng.integers(9, size=400)] + rng.normal(size=(400, 12)))
    vectors = (vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)).astype(np.float32)
    vectors[:150] = vectors[150:300]
    given = rng.integers(-1, 30, 400)
    home = given.copy()
    while True:
        size = np.bincount(home[home >= 0], minlength=30).astype(np.float64)
        sums, square = cluster_sums(vectors, home, 30), cluster_squares(vectors, home, 30)
        likeness = _likeness(sums @ sums.T, size, square, np.arange(30))
        one, other = divmod(int(likeness.argmax()), 30)
        if likeness[one, other] < 0.6:
            break
        home[home == max(one, other)] = min(one, other)
    assert np.array_equal(merge(vectors, given, 0.6), home)
