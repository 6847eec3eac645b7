"""Exact nearest neighbours, with ties that never depend on chance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from painpoints.cluster.neighbours import nearest, shared_neighbours, strongest


def unit(count: int, width: int, seed: int = 0) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(count, width)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def brute(vectors: np.ndarray, k: int, among: np.ndarray | None = None) -> list[list[int]]:
    """By the definition: most similar first, to five decimals, then the lower row."""
    pool = vectors if among is None else among
    similarity = np.rint((vectors @ pool.T) * 1e5).astype(int)
    found = []
    for row in range(len(vectors)):
        others = [j for j in range(len(pool)) if among is not None or j != row]
        found.append(sorted(others, key=lambda j: (-similarity[row, j], j))[:k])
    return found


@settings(deadline=None, max_examples=40)
@given(st.integers(2, 40), st.integers(1, 12), st.integers(0, 1000))
def test_they_are_those_that_looking_at_all_pairs_finds(count: int, k: int, seed: int) -> None:
    vectors = unit(count, 6, seed)
    found = nearest(vectors, k)
    assert found.index.tolist() == brute(vectors, k)
    expected = np.take_along_axis(vectors @ vectors.T, found.index.astype(np.int64), 1)
    assert np.allclose(found.similarity, expected, atol=1e-6)


@pytest.mark.parametrize("size", [1, 7, 64])
def test_the_size_of_the_blocks_does_not_matter(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = unit(130, 16)
    whole = nearest(vectors, 9)
    monkeypatch.setattr("painpoints.cluster.neighbours._BLOCK", size)
    parts = nearest(vectors, 9)
    assert np.array_equal(whole.index, parts.index)
    assert np.allclose(whole.similarity, parts.similarity, atol=1e-6)


def test_a_row_is_never_its_own_neighbour_even_among_copies() -> None:
    vectors = np.repeat(unit(3, 8), 10, axis=0)
    found = nearest(vectors, 12)
    assert (found.index != np.arange(30)[:, None]).all()
    assert all(len(set(row)) == 12 for row in found.index.tolist())


def test_ties_go_to_the_lower_row() -> None:
    vectors = np.repeat(unit(1, 8), 6, axis=0)
    assert nearest(vectors, 3).index.tolist() == [[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2], [0, 1, 2], [0, 1, 2]]


def test_among_another_pool_a_row_may_meet_its_double() -> None:
    pool, vectors = unit(50, 8, 1), unit(20, 8, 2)
    assert nearest(vectors, 5, pool).index.tolist() == brute(vectors, 5, pool)
    found = nearest(pool[:4], 2, pool)
    assert found.index[:, 0].tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(("count", "k", "width"), [(5, 10, 4), (2, 10, 1), (1, 10, 0), (0, 10, 0), (5, 0, 0)])
def test_where_there_are_fewer_than_asked_for_all_are_given(count: int, k: int, width: int) -> None:
    found = nearest(unit(count, 4) if count else np.zeros((0, 4), np.float32), k)
    assert found.index.shape == found.similarity.shape == (count, width)


def test_an_empty_pool_gives_no_neighbours() -> None:
    assert nearest(unit(3, 4), 5, np.zeros((0, 4), np.float32)).index.shape == (3, 0)


def test_similarities_fall_from_left_to_right() -> None:
    similarity = nearest(unit(200, 8), 20).similarity
    assert (np.diff(similarity, axis=1) <= 1e-5).all()


def neighbourhoods(vectors: np.ndarray, k: int) -> list[set[int]]:
    return [{row, *others} for row, others in enumerate(brute(vectors, k))]


@settings(deadline=None, max_examples=30)
@given(st.integers(3, 30), st.integers(1, 8), st.integers(0, 1000))
def test_a_link_weighs_what_two_neighbourhoods_share(count: int, k: int, seed: int) -> None:
    vectors = unit(count, 5, seed)
    found = nearest(vectors, k)
    graph = shared_neighbours(found).toarray()
    around = neighbourhoods(vectors, k)
    for a in range(count):
        for b in range(count):
            linked = a != b and (b in around[a] or a in around[b])
            share = len(around[a] & around[b]) / len(around[a] | around[b])
            assert graph[a, b] == pytest.approx(share if linked else 0.0, abs=1e-6)


def test_copies_share_everything() -> None:
    graph = shared_neighbours(nearest(np.repeat(unit(2, 8), 5, axis=0), 4)).toarray()
    assert np.allclose(graph[:5, :5] + np.eye(5), 1)
    assert np.allclose(graph[:5, 5:], 0)


def test_a_neighbour_that_stands_there_twice_counts_once() -> None:
    found = nearest(unit(12, 6), 4)
    found.index[0, 1:] = found.index[0, 0]
    graph = shared_neighbours(found)
    assert np.isfinite(graph.data).all() and graph.data.max() <= 1.0
    two, five = {0, int(found.index[0, 0])}, {int(found.index[0, 0]), *found.index[found.index[0, 0]].tolist()}
    assert graph[0, int(found.index[0, 0])] == pytest.approx(len(two & five) / len(two | five))


def test_the_strongest_links_come_first_and_missing_ones_are_a_rows_own() -> None:
    vectors = unit(40, 6)
    graph = shared_neighbours(nearest(vectors, 5))
    found = strongest(graph, vectors, 12)
    dense = graph.toarray()
    for row in range(40):
        links = np.flatnonzero(dense[row])
        score = np.round(dense[row, links] + 0.3 * (vectors[links] @ vectors[row]), 5)
        expected = [int(links[i]) for i in np.lexsort((links, -score))][:12]
        assert found.index[row, :len(expected)].tolist() == expected
        assert set(found.index[row, len(expected):].tolist()) <= {row}
        assert (found.similarity[row, len(expected):] == 0).all()
    assert (np.diff(found.similarity, axis=1) <= 1e-5).all()
    assert found.similarity.min() >= 0 and found.similarity.max() <= 1
