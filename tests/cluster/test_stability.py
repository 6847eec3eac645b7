"""Clusters that come back when a fifth is left out are steady; those of chance are not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from painpoints.cluster import UNSTABLE, Clustering, cluster_units, measure_stability
from painpoints.cluster.growth import Grown
from painpoints.cluster.neighbours import Neighbours, nearest
from painpoints.cluster.stability import FEWEST, FULL_CARE, REFITS, SHARE, jaccard, within

LANGS = ("fa", "ar", "ru", "en")


def complaints(spread: float = 0.05, pains: int = 6, each: int = 8, noise: int = 16, seed: int = 2
               ) -> tuple[np.ndarray, list[str], list[str], np.ndarray]:
    """Planted pains in four languages: vectors, langs, keys, truth (-1 for what was scattered)."""
    rng = np.random.default_rng(seed)
    basis = np.linalg.qr(rng.normal(size=(32, 32)))[0]
    truth = np.concatenate([np.repeat(np.arange(pains), each * 4), np.full(noise, -1)])
    rows = np.where(truth[:, None] >= 0, basis[truth] + rng.normal(0, spread, (len(truth), 32)),
                    rng.normal(0, 0.2, (len(truth), 32)))
    langs = [LANGS[at % 4] for at in range(len(truth))]
    vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return vectors.astype(np.float32), langs, [f"u{at * 7919 % 10007:05}" for at in range(len(truth))], truth


@pytest.fixture(scope="module")
def clear() -> tuple[Clustering, list[str]]:
    vectors, langs, keys, _ = complaints()
    return cluster_units(vectors, langs, keys), keys


def test_clear_pains_are_steady_in_all_four_languages(clear: tuple[Clustering, list[str]]) -> None:
    found, keys = clear
    truth = complaints()[3]
    steady = measure_stability(found, keys)
    pains = [k for k in range(found.labels.max() + 1) if (truth[found.labels == k] >= 0).mean() > 0.5]
    assert len(pains) == 6
    assert steady.clusters[pains].min() > 0.8
    assert steady.refits == REFITS and 0.8 < steady.agreement <= 1.0
    assert {lang for k in pains for lang in np.array(complaints()[1])[found.labels == k]} == set(LANGS)


def test_the_more_pains_run_into_each_other_the_less_steady_they_are() -> None:
    found = []
    for spread in (0.05, 0.25):
        vectors, langs, keys, _ = complaints(spread, noise=0)
        found.append(measure_stability(cluster_units(vectors, langs, keys), keys))
    assert found[0].clusters.mean() - found[1].clusters.mean() > 0.05
    assert found[0].agreement - found[1].agreement > 0.05


def test_a_cluster_put_together_by_chance_is_marked_as_shaky(clear: tuple[Clustering, list[str]]) -> None:
    """One planted pain stays; the members of the others are dealt out anew."""
    found, keys = clear
    labels = found.labels.copy()
    others = np.flatnonzero(labels > 0)
    labels[others] = np.random.default_rng(0).permutation(labels[others])
    steady = measure_stability(replace(found, labels=labels), keys).clusters
    assert steady[0] > 0.8
    assert (steady[1:] < UNSTABLE).all()


def test_the_smallest_pain_point_there_may_be_is_not_shaky_for_its_size() -> None:
    vectors, langs, keys, truth = complaints(0.03, pains=10, each=3, noise=0)
    four = np.concatenate([np.flatnonzero(truth != 0), np.flatnonzero(truth == 0)[:5]])
    kept = [keys[at] for at in four]
    found = cluster_units(vectors[four], [langs[at] for at in four], kept)
    small = found.labels[-1]
    assert small >= 0 and (found.labels == small).sum() == 5
    assert measure_stability(found, kept).clusters[small] > UNSTABLE


def test_rows_in_another_order_and_a_second_time_give_the_same() -> None:
    vectors, langs, keys, _ = complaints(0.25)
    found = cluster_units(vectors, langs, keys)
    first = measure_stability(found, keys)
    order = np.random.default_rng(4).permutation(len(keys))
    turned = [keys[at] for at in order]
    again = measure_stability(cluster_units(vectors[order], [langs[at] for at in order], turned), turned)
    assert np.array_equal(first.clusters, again.clusters) and first.agreement == again.agreement < 1.0
    assert np.array_equal(first.clusters, measure_stability(found, keys).clusters)
    assert not np.array_equal(first.clusters, measure_stability(found, keys, seed=1).clusters)


def test_large_corpora_have_fewer_subsamples_and_never_fewer_than_three(monkeypatch: pytest.MonkeyPatch) -> None:
    import painpoints.cluster.stability as room

    monkeypatch.setattr(room, "grow", lambda rows, *_: Grown(np.zeros(len(rows), np.int64), rows[:, 0] > 0, 0.0))
    taken = []
    for count in (100, FULL_CARE, 16_000, 20_000, 200_000):
        none = np.zeros((count, 1), np.float32)
        whole = Clustering(np.zeros(count, np.int64), none[:, 0], none[:, 0], none,
                           Neighbours(none.astype(np.int32), none), 0.0)
        taken.append(measure_stability(whole, [f"{at:06}" for at in range(count)]).refits)
    assert taken == [REFITS, REFITS, REFITS // 2, FEWEST, FEWEST]


def test_without_clusters_or_without_refits_nothing_is_claimed(clear: tuple[Clustering, list[str]]) -> None:
    found, keys = clear
    vectors, langs, _, _ = complaints()
    none = measure_stability(cluster_units(vectors[:5], langs[:5], keys[:5]), keys[:5])
    assert (none.clusters.shape, none.refits) == ((0,), 0) and np.isnan(none.agreement)
    unasked = measure_stability(found, keys, refits=0)
    assert np.isnan(unasked.clusters).all() and len(unasked.clusters) == found.labels.max() + 1


@given(st.integers(0, 2 ** 32 - 1), st.integers(3, 40))
@settings(max_examples=30, deadline=None)
def test_neighbours_within_a_subsample_are_those_a_new_search_would_find(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(count, 6)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    keep = rng.random(count) < SHARE
    k = min(5, int(keep.sum()) - 1)
    if k < 1:
        return
    found = within(nearest(vectors, count - 1), keep, k)
    anew = nearest(vectors[keep], k)
    assert np.array_equal(found.index, anew.index)
    assert np.allclose(found.similarity, anew.similarity, atol=1e-5)


def test_where_too_few_neighbours_are_left_the_last_one_is_repeated_and_a_row_alone_stands_for_itself() -> None:
    around = Neighbours(np.array([[1, 2], [0, 2], [3, 1], [2, 1]], np.int32), np.full((4, 2), 0.5, np.float32))
    found = within(around, np.array([True, True, True, False]), 2)
    assert found.index.tolist() == [[1, 2], [0, 2], [1, 1]]
    alone = within(around, np.array([True, False, False, True]), 2)
    assert (alone.index.tolist(), alone.similarity.tolist()) == ([[0, 0], [1, 1]], [[0.0, 0.0], [0.0, 0.0]])


def test_the_jaccard_index_is_that_of_the_best_match() -> None:
    labels = np.array([0, 0, 0, 0, 1, 1, -1, 2])
    others = np.array([5, 5, 5, 1, 1, 1, 5, -1])
    assert jaccard(labels, others, 4)[:3].tolist() == [3 / 5, 2 / 3, 0.0]
    assert np.isnan(jaccard(labels, others, 4)[3])


@given(st.lists(st.integers(-1, 4), min_size=1, max_size=40), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_a_clustering_that_comes_back_under_other_numbers_has_an_index_of_one(labels: list[int], chance) -> None:
    names = list(range(10))
    chance.shuffle(names)
    given_ = np.array(labels)
    found = jaccard(given_, np.array([names[at] if at >= 0 else -1 for at in labels]), 5)
    assert all(value == 1.0 for at, value in enumerate(found) if at in labels)
    assert all(np.isnan(value) for at, value in enumerate(found) if at not in labels)
