"""Communities of the neighbour graph: those that are there, whole seeds, no chance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from painpoints.cluster.communities import communities


def planted(sizes: list[int], inside: float = 0.6, across: float = 0.02, seed: int = 1) -> tuple[csr_array, np.ndarray]:
    """A random graph with many links inside each group and few between them."""
    rng = np.random.default_rng(seed)
    truth = np.repeat(np.arange(len(sizes)), sizes)
    same = truth[:, None] == truth[None, :]
    links = np.triu(rng.random(same.shape) < np.where(same, inside, across), 1).astype(float)
    return csr_array(links + links.T), truth


def free(count: int) -> np.ndarray:
    return np.full(count, -1)


def parts(labels: np.ndarray) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(labels == k).tolist()) for k in set(labels.tolist())}


def modularity(graph: csr_array, labels: np.ndarray, resolution: float) -> float:
    """By the definition of Reichardt and Bornholdt."""
    links = graph.toarray()
    degree, total = links.sum(1), links.sum()
    same = labels[:, None] == labels[None, :]
    return float((links - resolution * np.outer(degree, degree) / total)[same].sum() / total)


def test_planted_groups_are_found() -> None:
    graph, truth = planted([20, 30, 25, 15])
    assert parts(communities(graph, free(90), 1.0)) == parts(truth)


def test_every_node_has_a_community_and_the_names_have_no_gaps() -> None:
    graph, _ = planted([10, 10])
    labels = communities(graph, free(20), 1.0)
    assert labels.dtype == np.int64
    assert set(labels.tolist()) == set(range(labels.max() + 1))


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 500), st.sampled_from([0.5, 1.0, 4.0]))
def test_the_communities_are_better_than_each_node_alone_and_all_together(seed: int, resolution: float) -> None:
    graph, _ = planted([6, 8, 5], 0.7, 0.1, seed)
    found = modularity(graph, communities(graph, free(19), resolution), resolution)
    assert found >= modularity(graph, np.arange(19), resolution) - 1e-9
    assert found >= modularity(graph, np.zeros(19), resolution) - 1e-9 or resolution < 1


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 500), st.data())
def test_a_seed_is_never_torn(seed: int, data: st.DataObject) -> None:
    graph, _ = planted([6, 8, 5], 0.6, 0.1, seed)
    seeds = np.array(data.draw(st.lists(st.integers(-1, 3), min_size=19, max_size=19)))
    labels = communities(graph, seeds, 4.0)
    for k in range(4):
        assert len(set(labels[seeds == k].tolist())) <= 1


def test_seeds_that_belong_together_may_be_joined() -> None:
    graph, truth = planted([20, 20], 0.8, 0.01)
    seeds = free(40)
    seeds[:5], seeds[5:10], seeds[20:25] = 0, 1, 2
    assert parts(communities(graph, seeds, 1.0)) == parts(truth)


def test_a_higher_resolution_makes_more_communities() -> None:
    graph, _ = planted([12] * 8, 0.7, 0.15)
    counts = [communities(graph, free(96), resolution).max() + 1 for resolution in (0.3, 1.0, 4.0, 16.0)]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


def test_the_same_graph_gives_the_same_communities() -> None:
    graph, _ = planted([15, 15, 15], 0.4, 0.1)
    assert np.array_equal(communities(graph, free(45), 2.0), communities(graph, free(45), 2.0))


def test_the_scale_of_the_weights_does_not_matter() -> None:
    graph, _ = planted([15, 15, 15], 0.5, 0.05)
    assert np.array_equal(communities(graph, free(45), 1.0), communities(csr_array(graph * 8.0), free(45), 1.0))


@pytest.mark.parametrize("count", [1, 5])
def test_without_links_everybody_stays_alone_but_seeds(count: int) -> None:
    empty = csr_array((count, count), dtype=float)
    assert communities(empty, free(count), 1.0).tolist() == list(range(count))
    assert communities(empty, np.zeros(count, np.int64), 1.0).tolist() == [0] * count


def test_parts_without_a_link_between_them_stay_apart() -> None:
    graph, truth = planted([10, 10], 0.9, 0.0)
    labels = communities(graph, free(20), 0.01)
    assert all(len(set(truth[labels == k].tolist())) == 1 for k in set(labels.tolist()))
