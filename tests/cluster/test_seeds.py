"""Dense parts of the neighbour graph, and nothing of what lies between them."""

from __future__ import annotations

import numpy as np
import pytest

from painpoints.cluster.neighbours import Neighbours, nearest
from painpoints.cluster.seeds import dense_seeds


def unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def blobs(sizes: list[int], noise: int, width: int = 32, spread: float = 0.06) -> tuple[np.ndarray, np.ndarray]:
    """Tight groups in random directions, and scattered rows (label -1)."""
    rng = np.random.default_rng(8)
    centres = unit(rng.normal(size=(len(sizes), width)))
    rows = [centre + rng.normal(0, spread, (size, width)) for centre, size in zip(centres, sizes, strict=True)]
    truth = np.repeat(np.arange(len(sizes)), sizes)
    scattered = rng.normal(size=(noise, width))
    return unit(np.concatenate([*rows, scattered])), np.concatenate([truth, np.full(noise, -1)])


def parts(labels: np.ndarray) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(labels == k).tolist()) for k in set(labels.tolist()) if k >= 0}


@pytest.mark.parametrize("method", ["leaf", "eom"])
def test_planted_groups_are_found_and_the_scattered_rows_left_out(method: str) -> None:
    vectors, truth = blobs([40, 30, 60, 25], noise=60)
    labels = dense_seeds(nearest(vectors, 15), 10, 4, method)
    # Leaf clusters may split a group; none may join two, and hardly any scattered row may be in one.
    homes = [{int(t) for t in truth[labels == k] if t >= 0} for k in set(labels.tolist()) if k >= 0]
    assert all(len(home) == 1 for home in homes)
    assert set.union(*homes) == {0, 1, 2, 3}
    assert (labels[truth < 0] < 0).mean() > 0.7
    if method == "eom":
        assert len(homes) == 4
        assert (labels[truth >= 0] >= 0).mean() > 0.9


def test_the_same_graph_gives_the_same_labels() -> None:
    graph = nearest(blobs([40, 30, 60], noise=40)[0], 15)
    assert np.array_equal(dense_seeds(graph, 8, 4), dense_seeds(graph, 8, 4))


def test_labels_are_of_rows_and_start_at_minus_one() -> None:
    vectors, _ = blobs([30, 30], noise=10)
    labels = dense_seeds(nearest(vectors, 10), 8, 4)
    assert (labels.shape, labels.dtype) == ((70,), np.int64)
    found = set(labels.tolist()) - {-1}
    assert found == set(range(len(found)))
    assert min(int((labels == k).sum()) for k in found) >= 8


def test_a_graph_in_pieces_is_no_obstacle() -> None:
    vectors, truth = blobs([20, 20, 20], noise=0)
    graph = nearest(vectors, 6)
    reached = {frozenset(truth[row].tolist()) for row in np.c_[np.arange(60), graph.index]}
    assert reached == {frozenset([0]), frozenset([1]), frozenset([2])}, "six links do not leave a group of twenty"
    assert parts(dense_seeds(graph, 8, 3, "eom")) == parts(truth)


def test_rows_that_are_all_the_same_give_no_error_and_valid_labels() -> None:
    vectors = np.repeat(unit(np.ones((1, 8))), 50, axis=0)
    labels = dense_seeds(nearest(vectors, 15), 5, 4)
    assert labels.shape == (50,)
    assert labels.min() >= -1


def test_groups_of_copies_are_found() -> None:
    vectors = np.repeat(unit(np.eye(3, 8)), 20, axis=0)
    truth = np.repeat(np.arange(3), 20)
    assert parts(dense_seeds(nearest(vectors, 15), 8, 4, "eom")) == parts(truth)


@pytest.mark.parametrize("count", [0, 1, 5, 19])
def test_fewer_rows_than_two_clusters_give_none(count: int) -> None:
    vectors = unit(np.random.default_rng(1).normal(size=(count, 8))) if count else np.zeros((0, 8), np.float32)
    assert dense_seeds(nearest(vectors, 15), 10, 4).tolist() == [-1] * count


def test_a_graph_without_links_gives_none() -> None:
    empty = Neighbours(np.zeros((30, 0), np.int32), np.zeros((30, 0), np.float32))
    assert dense_seeds(empty, 5, 4).tolist() == [-1] * 30


def test_fewer_neighbours_than_the_core_asks_for_are_enough() -> None:
    vectors, truth = blobs([20, 20], noise=0)
    labels = dense_seeds(nearest(vectors, 2), 8, 10)
    assert all(len(set(truth[labels == k].tolist())) == 1 for k in set(labels.tolist()) if k >= 0)
