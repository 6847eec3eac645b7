"""Units go to the cluster whose centre is nearest, or to none."""

from __future__ import annotations

import numpy as np
import pytest

from painpoints.cluster.refinement import refine


def bundle(seed: int, axis: int, count: int, noise: float = 0.4) -> np.ndarray:
    """``count`` unit vectors around one axis of 16."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(0, noise / 4, (count, 16)).astype(np.float32)
    rows[:, axis] += 1
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def test_a_unit_in_the_wrong_cluster_goes_to_the_right_one() -> None:
    vectors = np.concatenate([bundle(0, 0, 8), bundle(1, 1, 8)])
    labels = np.array([0] * 8 + [1] * 7 + [0])
    assert refine(vectors, labels, 0.4, 3).tolist() == [0] * 8 + [1] * 8


def test_units_outside_join_a_near_centre_and_far_ones_stay_outside() -> None:
    vectors = np.concatenate([bundle(0, 0, 8), bundle(2, 0, 2), bundle(3, 5, 1)])
    labels = np.array([0] * 8 + [-1, -1, -1])
    assert refine(vectors, labels, 0.4, 3).tolist() == [0] * 10 + [-1]


def test_a_unit_is_not_its_own_reason_to_stay() -> None:
    vectors = np.concatenate([bundle(0, 0, 3), bundle(1, 3, 1)])
    assert refine(vectors, np.zeros(4, np.int64), 0.4, 3).tolist() == [0, 0, 0, -1]


def test_a_cluster_that_becomes_too_small_falls_apart() -> None:
    vectors = np.concatenate([bundle(0, 0, 8), bundle(1, 1, 2)])
    labels = np.array([0] * 6 + [1, 1] + [1, 1])
    found = refine(vectors, labels, 0.4, 3)
    assert found[:8].tolist() == [0] * 8
    assert found[8:].tolist() == [-1, -1]


@pytest.mark.parametrize("count", [0, 5])
def test_without_clusters_nothing_happens(count: int) -> None:
    assert refine(bundle(0, 0, count), np.full(count, -1), 0.4, 3).tolist() == [-1] * count
