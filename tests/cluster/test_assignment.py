"""A unit goes where its neighbours are, if they are near and agree."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from painpoints.cluster.assignment import vote
from painpoints.cluster.neighbours import Neighbours


def row(*links: tuple[int, float]) -> Neighbours:
    """One unit's neighbours: (place in the pool, similarity)."""
    return Neighbours(np.array([[i for i, _ in links]], np.int32), np.array([[s for _, s in links]], np.float32))


POOL = np.array([0, 0, 0, 1, 1, -1, -1])


def test_the_majority_of_near_neighbours_wins() -> None:
    found = vote(row((0, 0.9), (1, 0.9), (3, 0.9)), POOL, 0.5, 0.5)
    assert found.labels.tolist() == [0]
    assert np.allclose(found.strength, 2 / 3)


def test_nearer_neighbours_count_more() -> None:
    found = vote(row((0, 0.6), (1, 0.6), (3, 0.9)), POOL, 0.5, 0.5)
    assert found.labels.tolist() == [1]
    assert np.allclose(found.strength, 0.4 / 0.6)


def test_neighbours_that_are_not_near_do_not_count() -> None:
    found = vote(row((0, 0.4), (1, 0.3), (3, 0.9)), POOL, 0.5, 0.5)
    assert (found.labels.tolist(), found.strength.tolist()) == ([1], [1.0])
    assert vote(row((0, 0.4), (1, 0.3)), POOL, 0.5, 0.5).labels.tolist() == [-1]


def test_neighbours_without_a_cluster_vote_for_none() -> None:
    found = vote(row((0, 0.9), (5, 0.9), (6, 0.9)), POOL, 0.5, 0.5)
    assert (found.labels.tolist(), found.strength.tolist()) == ([-1], [0.0])
    found = vote(row((0, 0.9), (5, 0.9), (6, 0.9)), POOL, 0.5, 0.3)
    assert found.labels.tolist() == [0]


def test_where_votes_are_split_nobody_wins() -> None:
    assert vote(row((0, 0.9), (3, 0.9)), POOL, 0.5, 0.6).labels.tolist() == [-1]


def test_only_neighbours_without_a_cluster_give_none_however_low_the_bar() -> None:
    assert vote(row((5, 0.9), (6, 0.8)), POOL, 0.5, 0.0).labels.tolist() == [-1]


def test_no_units_and_no_neighbours() -> None:
    none = vote(Neighbours(np.zeros((0, 3), np.int32), np.zeros((0, 3), np.float32)), POOL, 0.5, 0.5)
    assert (none.labels.shape, none.strength.shape) == ((0,), (0,))
    alone = vote(Neighbours(np.zeros((2, 0), np.int32), np.zeros((2, 0), np.float32)), POOL, 0.5, 0.5)
    assert (alone.labels.tolist(), alone.strength.tolist()) == ([-1, -1], [0.0, 0.0])


def by_definition(graph: Neighbours, labels: np.ndarray, nearness: float, agreement: float) -> tuple[list[set[int]],
                                                                                                     list[float]]:
    """The labels that may win and the winning share, summed up in the plainest way."""
    winners, shares = [], []
    for index, similarity in zip(graph.index.tolist(), graph.similarity.tolist(), strict=True):
        votes: dict[int, float] = {}
        for at, near in zip(index, similarity, strict=True):
            votes[int(labels[at])] = votes.get(int(labels[at]), 0.0) + max(near - nearness, 0.0)
        total = sum(votes.values())
        best = max((v for k, v in votes.items() if k >= 0), default=0.0)
        fits = total > 0 and best > 0 and best / total >= agreement
        winners.append({k for k, v in votes.items() if k >= 0 and abs(v - best) < 1e-9} if fits else {-1})
        shares.append(best / total if fits else 0.0)
    return winners, shares


@settings(deadline=None, max_examples=80)
@given(st.integers(1, 6), st.integers(1, 8), st.integers(0, 10_000), st.sampled_from([0.0, 0.21, 0.35, 0.52]))
def test_it_is_the_vote_of_the_definition(count: int, k: int, seed: int, agreement: float) -> None:
    rng = np.random.default_rng(seed)
    labels = rng.integers(-1, 4, 20)
    index = np.stack([rng.permutation(20)[:k] for _ in range(count)]).astype(np.int32)
    graph = Neighbours(index, rng.uniform(0, 1, (count, k)).astype(np.float32))
    found = vote(graph, labels, 0.3, agreement)
    winners, shares = by_definition(graph, labels, 0.3, agreement)
    assert all(label in allowed for label, allowed in zip(found.labels.tolist(), winners, strict=True))
    assert np.allclose(found.strength, shares, atol=1e-6)
