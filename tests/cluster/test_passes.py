"""More units than are clustered together: samples, and the others assigned."""

from __future__ import annotations

import numpy as np
import pytest

from painpoints.cluster import Clustering, ClusterSettings, border_cases, cluster_units, measure_stability

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


def test_no_sample_is_bigger_than_it_may_be_and_none_is_told_where_all_were_clustered(
        mass: Mass, found: Clustering) -> None:
    assert found.passes and all(len(one.rows) <= SMALL.exact for one in found.passes)
    assert SMALL.exact * 0.95 <= found.sampled < len(found.labels)
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
