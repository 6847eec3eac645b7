"""More units than are clustered together: a sample, the others assigned, and the rest once more."""

from __future__ import annotations

import numpy as np
import pytest

from painpoints.cluster import Clustering, ClusterSettings, border_cases, cluster_units, measure_stability
from painpoints.cluster.clustering import centres
from painpoints.cluster.neighbours import Neighbours
from painpoints.cluster.passes import _without_edges, alike_among

LANGS = ("fa", "ar", "ru", "en")
WIDTH, GREAT, EACH, RARE = 64, 20, 300, 24
SMALL = ClusterSettings(exact=1200)

Mass = tuple[np.ndarray, list[str], list[str], np.ndarray]


@pytest.fixture(scope="module")
def mass() -> Mass:
    """Twenty pains of 300 units, five of 24, 400 scattered units, in four languages: vectors, langs, keys, truth."""
    rng = np.random.default_rng(4)
    pain = np.linalg.qr(rng.normal(size=(WIDTH, WIDTH)))[0]
    push = {lang: 0.6 * pain[-1 - at] for at, lang in enumerate(LANGS)}
    truth = rng.permutation(np.repeat(np.arange(-1, GREAT + 5), [400, *[EACH] * GREAT, *[RARE] * 5]))
    langs = [LANGS[at] for at in rng.integers(4, size=len(truth))]
    scattered = rng.normal(0, 1 / 8, (len(truth), WIDTH))
    said = np.where(truth[:, None] >= 0, pain[truth] + rng.normal(0, 0.07, scattered.shape), scattered)
    vectors = said + np.stack([push[lang] for lang in langs])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float32), langs, [f"unit-{at * 7919 % 100_003:06}" for at in range(len(truth))], truth


@pytest.fixture(scope="module")
def found(mass: Mass) -> Clustering:
    return cluster_units(*mass[:3], SMALL)


def test_the_sample_is_no_bigger_than_it_may_be_and_none_is_told_where_all_were_clustered(
        mass: Mass, found: Clustering) -> None:
    assert len(found.passes) == 2
    assert SMALL.exact * 0.95 <= len(found.passes[0].rows) <= SMALL.exact
    assert np.isin(found.passes[1].rows, found.passes[1].all).all()
    assert len(found.passes[0].rows) < found.sampled < len(found.labels)
    whole = cluster_units(mass[0][:500], mass[1][:500], mass[2][:500], SMALL)
    assert whole.passes == ()
    assert whole.sampled == 500


def test_great_pains_are_found_whole_in_every_language(mass: Mass, found: Clustering) -> None:
    _, langs, _, truth = mass
    homes = []
    for name in range(GREAT):
        for lang in LANGS:
            here = found.labels[(truth == name) & (np.array(langs) == lang)]
            home = np.bincount(here[here >= 0]).argmax()
            assert (here == home).mean() > 0.9
            homes.append((name, int(home)))
    assert len(set(homes)) == GREAT, "one cluster a pain, another for each"


def test_a_pain_of_which_the_first_sample_holds_only_a_few_units_is_found(mass: Mass, found: Clustering) -> None:
    truth = mass[3]
    for name in range(GREAT, GREAT + 5):
        here = found.labels[truth == name]
        home = np.bincount(here[here >= 0]).argmax()
        assert (here == home).mean() > 0.8
        assert (truth[found.labels == home] == name).mean() > 0.7


def beside(near: float) -> Mass:
    """Four pains of 1,500 units and, of the last one's likeness ``near``, one of 20, in four languages."""
    rng = np.random.default_rng(8)
    pain = np.linalg.qr(rng.normal(size=(WIDTH, WIDTH)))[0]
    pain[4] = near * pain[3] + (1 - near ** 2) ** 0.5 * pain[4]
    truth = rng.permutation(np.repeat(np.arange(5), [1500] * 4 + [20]))
    langs = [LANGS[at] for at in rng.integers(4, size=len(truth))]
    vectors = pain[truth] + rng.normal(0, 0.06, (len(truth), WIDTH))
    vectors += np.stack([0.6 * pain[-1 - LANGS.index(lang)] for lang in langs])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float32), langs, [f"unit-{at * 7919 % 100_003:06}" for at in range(len(truth))], truth


@pytest.mark.parametrize("near", [0.0, 0.3, 0.5])
def test_a_rare_pain_beside_a_great_one_is_found_where_the_sample_holds_too_few_of_it(near: float) -> None:
    *given, truth = beside(near)
    few = ClusterSettings(exact=600)
    found = cluster_units(*given, few)
    assert (truth[found.passes[0].rows] == 4).sum() < few.least
    here = found.labels[truth == 4]
    home = np.bincount(here[here >= 0]).argmax()
    assert (here == home).mean() > 0.8
    assert (truth[found.labels == home] == 4).mean() > 0.8
    assert measure_stability(found, given[2], few, refits=2).clusters[home] > 0.5


def test_the_same_units_have_the_same_clusters_again(mass: Mass, found: Clustering) -> None:
    again = cluster_units(*mass[:3], SMALL)
    assert np.array_equal(again.labels, found.labels)
    assert np.array_equal(again.strength, found.strength)
    assert np.array_equal(again.distance, found.distance)


@pytest.mark.parametrize("detail", ["coarse", "normal", "fine"])
def test_the_more_units_the_liker_clusters_must_be_to_be_one(detail: str) -> None:
    settings = ClusterSettings(detail=detail)
    asked = [alike_among(count, settings) for count in (10, 60_000, 60_001, 300_000, 1_000_000, 10 ** 8)]
    assert asked[0] == asked[1] == settings.alike
    assert asked[2] == pytest.approx(settings.alike, abs=1e-5)
    assert asked[1:] == sorted(set(asked[1:])) and asked[-1] < 1


def test_the_distance_of_a_unit_is_that_to_the_nearest_centre(found: Clustering) -> None:
    middle = centres(found.vectors, found.labels)
    assert np.allclose(found.distance, 1 - (found.vectors @ middle.T).max(1), atol=1e-5)


def test_nothing_hangs_on_the_order_of_rows(mass: Mass, found: Clustering) -> None:
    vectors, langs, keys, _ = mass
    order = np.random.default_rng(2).permutation(len(keys))
    turned = cluster_units(vectors[order], [langs[at] for at in order], [keys[at] for at in order], SMALL)
    assert np.array_equal(turned.labels, found.labels[order])
    assert np.allclose(turned.strength, found.strength[order], atol=1e-5)
    steady = measure_stability(found, keys, SMALL, refits=2)
    again = measure_stability(turned, [keys[at] for at in order], SMALL, refits=2)
    assert np.allclose(steady.clusters, again.clusters)


def test_members_that_were_assigned_are_as_firm_as_those_that_were_clustered(mass: Mass, found: Clustering) -> None:
    sampled = np.zeros(len(found.labels), bool)
    for one in found.passes:
        sampled[one.rows] = True
    inside = (found.labels >= 0) & (mass[3] >= 0)
    assert found.strength[inside & ~sampled].mean() > 0.4
    assert (found.strength[found.labels < 0] == 0).all()
    assert border_cases(found, SMALL)[inside].mean() < 0.3


def test_clusters_of_a_sampled_crowd_come_back(mass: Mass, found: Clustering) -> None:
    steady = measure_stability(found, mass[2], SMALL, refits=2)
    great = [np.bincount(found.labels[(mass[3] == name) & (found.labels >= 0)]).argmax() for name in range(GREAT)]
    assert steady.clusters[great].min() > 0.6


def test_a_cluster_of_the_rest_whose_neighbours_lie_in_one_great_cluster_is_its_edge_unless_it_is_an_island() -> None:
    rest = np.repeat([0, 1, 2, -1], [10, 10, 10, 5])
    great, spread = np.full((35, 4), 7), np.tile([7, 8, 9, -1], (35, 1))
    sampled = np.where((rest == 2)[:, None], spread, great)
    among = np.array([[(row // 10) * 10 + (row + step) % 10 for step in range(1, 5)] for row in range(35)]) % 35
    abroad = np.array([[(row + 10 * step + 3) % 35 for step in range(1, 5)] for row in range(35)])
    index = np.where((rest == 1)[:, None], among, abroad).astype(np.int32)
    found = Neighbours(index, np.ones(index.shape, np.float32))
    kept = _without_edges(rest, sampled, found)
    assert (kept[rest == 0] == -1).all(), "the edge of cluster 7"
    assert (kept[rest == 1] == 1).all(), "beside cluster 7, but all its neighbours in the rest are its own"
    assert (kept[rest == 2] == 2).all(), "its neighbours in the sample lie here and there"
    assert (kept[rest < 0] == -1).all()
    nothing = np.full(35, -1)
    assert np.array_equal(_without_edges(nothing, sampled, found), nothing)
