"""The centres around a cluster's own: every row is asked for once, and what is near is among them."""

from __future__ import annotations

import numpy as np
import pytest

from painpoints.cluster import vicinity
from painpoints.cluster.refinement import refine
from painpoints.cluster.vicinity import WIDE, around_own

CLUSTERS, EACH, WIDTH = 3 * WIDE, 12, 32


def pains(seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vectors of more clusters than are looked at for a row, their centres, their numbers."""
    rng = np.random.default_rng(seed)
    middle = rng.normal(size=(CLUSTERS, WIDTH))
    middle /= np.linalg.norm(middle, axis=1, keepdims=True)
    of = rng.permutation(np.repeat(np.arange(CLUSTERS), EACH))
    rows = middle[of] + 0.1 * rng.normal(size=(len(of), WIDTH))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), middle, of


def test_every_row_of_a_cluster_comes_once_with_its_own_centre_and_the_likest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vicinity, "_ROWS", 10)
    _, middle, of = pains()
    place = np.where(np.arange(len(of)) % 5 == 0, -1, of)
    seen = np.zeros(len(of), int)
    likeness = middle @ middle.T
    for rows, near in around_own(place, middle, 20):
        seen[rows] += 1
        own = place[rows[0]]
        assert (place[rows] == own).all()
        assert own in near
        assert (np.diff(near) > 0).all()
        assert set(near.tolist()) == set(np.argsort(-likeness[own])[:20].tolist())
    assert (seen == (place >= 0)).all()


def test_with_few_centres_all_are_told() -> None:
    place = np.array([0, 2, -1, 2, 1])
    told = {int(place[rows[0]]): near.tolist() for rows, near in around_own(place, np.eye(3), 8)}
    assert told == {0: [0, 1, 2], 1: [0, 1, 2], 2: [0, 1, 2]}


def test_units_with_the_wrong_label_come_home_though_only_centres_around_theirs_are_looked_at() -> None:
    vectors, middle, of = pains()
    near = np.argsort(-(middle @ middle.T), axis=1)[:, 1]
    rng = np.random.default_rng(1)
    wrong, out = rng.random(len(of)) < 0.15, rng.random(len(of)) < 0.05
    given = np.where(out, -1, np.where(wrong, near[of], of))
    found = refine(vectors, given, 0.375, 4, many=True)
    assert (given == of).mean() < 0.85
    assert (found == of).mean() > 0.99
    assert (found == refine(vectors, given, 0.375, 4)).mean() > 0.99
