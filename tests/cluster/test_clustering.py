"""Units to clusters: across languages, the same whatever the order, with the rest left over and its distance known."""

from __future__ import annotations

import numpy as np
import pytest

from painpoints.cluster import DETAILS, Clustering, ClusterSettings, cluster_units
from painpoints.config import DETAILS as DETAIL_SETTINGS
from painpoints.errors import UsageError

LANGS = ("fa", "ar", "ru", "en")
WIDTH = 48


Planted = tuple[np.ndarray, list[str], list[str], np.ndarray]


def complaints(pains: int = 12, each: int = 10, noise: int = 60, seed: int = 3) -> Planted:
    """Planted pains, ``each`` units a language, every language pushed its own way; vectors, langs, keys, truth."""
    rng = np.random.default_rng(seed)
    pain = np.linalg.qr(rng.normal(size=(WIDTH, WIDTH)))[0]
    push = {lang: 0.8 * pain[-1 - k] for k, lang in enumerate(LANGS)}
    vectors, langs, truth = [], [], []
    for number in range(pains):
        for lang in LANGS:
            vectors.append(pain[number] + push[lang] + rng.normal(0, 0.07, (each, WIDTH)))
            langs += [lang] * each
            truth += [number] * each
    for k in range(noise):
        direction = rng.normal(size=WIDTH)
        vectors.append((direction / np.linalg.norm(direction) + push[LANGS[k % 4]])[None])
        langs.append(LANGS[k % 4])
        truth.append(-1)
    stacked = np.concatenate(vectors)
    stacked /= np.linalg.norm(stacked, axis=1, keepdims=True)
    keys = [f"unit-{i * 7919 % 100_003:06}" for i in range(len(langs))]
    return stacked.astype(np.float32), langs, keys, np.array(truth)


def parts(labels: np.ndarray, keys: list[str]) -> set[frozenset[str]]:
    return {frozenset(keys[i] for i in np.flatnonzero(labels == k)) for k in set(labels.tolist()) if k >= 0}


@pytest.fixture(scope="module")
def planted() -> Planted:
    return complaints()


@pytest.fixture(scope="module")
def found(planted: Planted) -> Clustering:
    return cluster_units(*planted[:3])


def test_a_pain_spoken_of_in_four_languages_is_one_cluster(
        planted: Planted, found: Clustering) -> None:
    _, langs, _, truth = planted
    homes = []
    for k in range(found.labels.max() + 1):
        members = found.labels == k
        pains = set(truth[members][truth[members] >= 0].tolist())
        if not pains:
            continue
        assert len(pains) == 1
        homes += pains
        shares = [np.mean([langs[i] == lang for i in np.flatnonzero(members)]) for lang in LANGS]
        assert min(shares) > 0.15
    assert sorted(homes) == list(range(12))
    assert (found.labels[truth >= 0] >= 0).mean() > 0.95


def test_without_alignment_there_would_be_one_cluster_a_language(
        planted: Planted) -> None:
    vectors, langs, keys, _ = planted
    unaligned = cluster_units(vectors, ["und"] * len(langs), keys)
    mixed = [len({langs[i] for i in np.flatnonzero(unaligned.labels == k)}) for k in range(unaligned.labels.max() + 1)]
    assert np.mean([count == 4 for count in mixed]) < 0.5


def test_scattered_units_are_left_over_with_their_distance(
        planted: Planted, found: Clustering) -> None:
    truth = planted[3]
    left = found.labels < 0
    assert left[truth < 0].mean() > 0.5
    assert np.isfinite(found.distance).all()
    assert (found.strength[left] == 0).all()
    assert np.median(found.distance[left]) > np.quantile(found.distance[~left], 0.9)


def test_strength_lies_between_nothing_and_one(found: Clustering) -> None:
    members = found.labels >= 0
    assert (found.strength >= 0).all() and (found.strength <= 1).all()
    assert np.median(found.strength[members]) > 0.5


def test_the_biggest_cluster_comes_first(found: Clustering) -> None:
    sizes = np.bincount(found.labels[found.labels >= 0])
    assert sizes.tolist() == sorted(sizes.tolist(), reverse=True)
    assert sizes.min() >= ClusterSettings().least


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_of_rows_does_not_matter(planted: Planted,
                                           found: Clustering, seed: int) -> None:
    vectors, langs, keys, _ = planted
    order = np.random.default_rng(seed).permutation(len(keys))
    turned = cluster_units(vectors[order], [langs[i] for i in order], [keys[i] for i in order])
    assert np.array_equal(turned.labels, found.labels[order])
    assert np.array_equal(turned.strength, found.strength[order])
    assert np.array_equal(turned.vectors, found.vectors[order])


def test_a_second_run_gives_the_same(planted: Planted,
                                     found: Clustering) -> None:
    again = cluster_units(*planted[:3])
    assert np.array_equal(again.labels, found.labels)
    assert np.array_equal(again.distance, found.distance)


def test_vectors_from_another_machine_that_differ_in_the_last_digits_give_the_same_clusters(
        planted: Planted, found: Clustering) -> None:
    vectors, langs, keys, _ = planted
    shaken = vectors + np.random.default_rng(0).normal(0, 1e-8, vectors.shape).astype(np.float32)
    assert parts(cluster_units(shaken, langs, keys).labels, keys) == parts(found.labels, keys)


def test_stored_means_bring_in_a_language_of_few_units() -> None:
    vectors, langs, keys, truth = complaints(noise=0)
    kept = [i for i, lang in enumerate(langs) if lang != "fa" or i % 9 == 0]
    stored = {lang: vectors[[i for i, spoken in enumerate(langs) if spoken == lang]].mean(0) for lang in LANGS}
    found = cluster_units(vectors[kept], [langs[i] for i in kept], [keys[i] for i in kept], None, stored)
    persian = [at for at, i in enumerate(kept) if langs[i] == "fa"]
    home = {int(truth[kept[at]]): found.labels[at] for at in range(len(kept)) if at not in persian}
    assert len(persian) < 20
    right = [found.labels[at] >= 0 and found.labels[at] == home[int(truth[kept[at]])] for at in persian]
    assert np.mean(right) > 0.9


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_too_few_units_for_a_cluster_are_all_left_over(count: int) -> None:
    vectors, langs, keys, _ = complaints()
    found = cluster_units(vectors[:count], langs[:count], keys[:count])
    assert found.labels.tolist() == [-1] * count
    assert (found.strength.shape, found.distance.shape) == ((count,), (count,))


def test_units_that_are_all_the_same_give_a_valid_answer() -> None:
    vectors = np.repeat(complaints()[0][:1], 40, axis=0)
    found = cluster_units(vectors, ["fa"] * 40, [f"u{i:02}" for i in range(40)])
    assert found.labels.min() >= -1
    assert len(set(found.labels.tolist())) == 1, "copies of one text cannot be in different places"
    assert np.isfinite(found.strength).all()


def test_finer_detail_joins_only_what_is_more_alike_and_the_levels_are_those_of_the_settings() -> None:
    assert set(DETAILS) == set(DETAIL_SETTINGS)
    likeness = [ClusterSettings(detail=detail).alike for detail in ("coarse", "normal", "fine")]
    assert likeness == sorted(set(likeness))


def test_a_level_of_detail_there_is_not_is_answered_with_the_known_ones() -> None:
    vectors, langs, keys, _ = complaints()
    with pytest.raises(UsageError, match=r"No level of detail 'tiny'\. Known: coarse, normal, fine\."):
        cluster_units(vectors, langs, keys, ClusterSettings(detail="tiny"))


def test_finer_detail_never_gives_fewer_pain_points() -> None:
    vectors, langs, keys, _ = complaints(pains=20, each=4, noise=200)
    counts = [cluster_units(vectors, langs, keys, ClusterSettings(detail=detail)).labels.max() + 1
              for detail in ("coarse", "normal", "fine")]
    assert counts == sorted(counts)
    assert counts[-1] >= 20


@pytest.fixture(scope="module")
def crowd() -> tuple[np.ndarray, Clustering]:
    """Twenty thousand units, a third of them scattered: the planted pain of each, and what was found."""
    rng = np.random.default_rng(5)
    pain = rng.normal(size=(40, 64))
    pain /= np.linalg.norm(pain, axis=1, keepdims=True)
    truth = rng.integers(-20, 40, 20_000).clip(-1)
    scattered = rng.normal(size=(20_000, 64))
    scattered /= np.linalg.norm(scattered, axis=1, keepdims=True)
    vectors = np.where(truth[:, None] >= 0, pain[truth] + rng.normal(0, 0.05, (20_000, 64)), scattered)
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return truth, cluster_units(vectors, ["en"] * 20_000, [f"{i:05}" for i in range(20_000)])


def test_twenty_thousand_units_are_no_trouble(crowd: tuple[np.ndarray, Clustering]) -> None:
    truth, found = crowd
    pains = [set(truth[found.labels == k].tolist()) - {-1} for k in range(found.labels.max() + 1)]
    assert max(len(p) for p in pains) == 1
    assert sorted(p.pop() for p in pains if p) == list(range(40))
    assert (found.labels[truth >= 0] >= 0).mean() > 0.85


def test_scattered_units_make_no_pain_point_of_their_own(crowd: tuple[np.ndarray, Clustering]) -> None:
    truth, found = crowd
    sizes = np.bincount(found.labels[(found.labels >= 0) & (truth < 0)], minlength=1)
    assert sizes.max() < 0.05 * (truth < 0).sum()

