"""Border cases: members between two pain points are told from members in the middle of one."""

from __future__ import annotations

import numpy as np
import pytest

from painpoints.cluster import Clustering, border_cases, cluster_units
from painpoints.cluster.borders import WEAK
from painpoints.cluster.neighbours import Neighbours

LANGS = ("fa", "ar", "ru", "en")


def clustering(labels: list[int], around: list[list[tuple[int, float]]], strength: float = 0.9) -> Clustering:
    """Units with their neighbours as (row, similarity); votes count above a similarity of .5."""
    k = len(around[0]) if around else 0
    index = np.array([[at for at, _ in row] for row in around], np.int32).reshape(len(labels), k)
    similarity = np.array([[near for _, near in row] for row in around], np.float32).reshape(len(labels), k)
    none = np.zeros(len(labels), np.float32)
    return Clustering(np.array(labels, np.int64), none + np.float32(strength), none, none[:, None],
                      Neighbours(index, similarity), 0.5)


WITHIN = [(0, 0.9), (1, 0.9), (1, 0.9)]


@pytest.mark.parametrize(("votes", "expected"), [
    ([(0, 0.9), (1, 0.9), (2, 0.9)], False), ([(0, 0.9), (2, 0.9), (2, 0.55)], True),
    ([(1, 0.9), (2, 0.7), (4, 0.6)], False), ([(2, 0.9), (3, 0.9), (1, 0.9)], True)])
def test_a_member_whose_neighbours_vote_nearly_as_much_for_another_is_one(
        votes: list[tuple[int, float]], expected: bool) -> None:
    assert border_cases(clustering([0, 0, 1, 1, -1, 0], [*[WITHIN] * 5, votes]))[5] == expected


@pytest.mark.parametrize(("votes", "expected"), [
    ([(0, 0.9), (1, 0.9), (1, 0.9)], False), ([(0, 0.4), (1, 0.3), (1, 0.2)], True)])
def test_a_member_none_of_whose_neighbours_is_near_is_one(votes: list[tuple[int, float]], expected: bool) -> None:
    assert border_cases(clustering([0, 0, 1, 1, -1, 0], [*[WITHIN] * 5, votes]))[5] == expected


@pytest.mark.parametrize(("strength", "expected"), [(WEAK - 0.01, True), (WEAK, False)])
def test_a_member_of_little_strength_is_one(strength: float, expected: bool) -> None:
    assert border_cases(clustering([0, 0], [WITHIN, WITHIN], strength)).tolist() == [expected, expected]


def test_what_is_outside_every_cluster_is_none() -> None:
    assert border_cases(clustering([0, 0, -1], [WITHIN, WITHIN, [(0, 0.9), (2, 0.9), (2, 0.9)]])).tolist() == [
        False, False, False]


def test_a_clustering_without_neighbours_or_clusters_is_answered() -> None:
    assert border_cases(clustering([], [])).tolist() == []
    assert border_cases(clustering([-1, -1], [[(1, 0.9)], [(0, 0.9)]])).tolist() == [False, False]


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_units_planted_between_two_pains_are_left_out_or_border_cases_in_every_language(seed: int) -> None:
    rng = np.random.default_rng(seed)
    basis = np.linalg.qr(rng.normal(size=(32, 32)))[0]
    within = [basis[pain] + rng.normal(0, 0.06, 32) for pain in range(6) for _ in range(24)]
    between = [(basis[at] + basis[at + 1]) * 0.7 + rng.normal(0, 0.06, 32) for at in range(4)]
    rows = np.array([*within, *between])
    vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    found = cluster_units(vectors, [LANGS[at % 4] for at in range(len(rows))], [f"{at:04}" for at in range(len(rows))])
    marked = border_cases(found)
    assert marked[:len(within)].mean() < 0.1
    assert (marked | (found.labels < 0))[len(within):].all()
