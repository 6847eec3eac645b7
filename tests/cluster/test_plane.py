"""Opinions laid out on a plane."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from painpoints.cluster import layout, place


def _clumps(sizes: list[int], dimension: int = 24, noise: float = 0.12, seed: int = 1
            ) -> tuple[np.ndarray, list[str | None]]:
    """Unit vectors around as many centres as there are ``sizes``, and the name of each one's centre."""
    rng = np.random.default_rng(seed)
    centres = np.linalg.qr(rng.normal(size=(dimension, dimension)))[0][:len(sizes)]
    of = np.repeat(np.arange(len(sizes)), sizes)
    vectors = centres[of] + rng.normal(size=(len(of), dimension)) * noise
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float32), [f"P{number}" for number in of]


def _alike(places: np.ndarray, names: list[str | None], k: int = 5) -> float:
    """How many of the ``k`` nearest on the plane are of the same clump."""
    of = np.array(names)
    far = ((places[:, None] - places[None]) ** 2).sum(2)
    np.fill_diagonal(far, np.inf)
    return float((of[np.argsort(far, axis=1)[:, :k]] == of[:, None]).mean())


def test_the_same_opinions_always_lie_at_the_same_places() -> None:
    vectors, names = _clumps([40, 40, 40])
    assert np.array_equal(layout(vectors, names), layout(vectors, names))


def test_the_order_of_rows_means_nothing() -> None:
    vectors, names = _clumps([50, 30, 20])
    order = np.random.default_rng(5).permutation(len(vectors))
    mixed = layout(vectors[order], [names[row] for row in order], landmarks=60)
    assert np.array_equal(mixed, layout(vectors, names, landmarks=60)[order])


@pytest.mark.parametrize("landmarks", [1000, 90])
def test_clumps_that_are_apart_stay_apart_also_where_most_are_placed_by_their_neighbours(landmarks: int) -> None:
    vectors, names = _clumps([80, 80, 80, 80])
    places = layout(vectors, [None] * len(vectors), landmarks=landmarks)
    assert _alike(places, names) > 0.97


def test_a_pain_point_makes_a_place_of_its_own_where_words_alone_would_mix_it_with_another() -> None:
    vectors, names = _clumps([60, 60, 60], noise=0.42)
    told, untold = layout(vectors, names), layout(vectors, [None] * len(vectors))
    assert _alike(untold, names) < 0.9 < 0.95 < _alike(told, names)


def test_all_places_are_within_the_square_and_reach_its_sides() -> None:
    places = layout(*_clumps([30, 60, 90]))
    assert places.dtype == np.float32 and places.shape == (180, 2)
    assert np.abs(places).max() == pytest.approx(1.0, abs=1e-5)


def test_who_says_the_very_same_lies_at_the_very_same_place() -> None:
    vectors, names = _clumps([30, 30])
    places = layout(np.concatenate([vectors, vectors[:7]]), [*names, *names[:7]])
    assert np.array_equal(places[:7], places[60:])


@pytest.mark.parametrize("count", range(7))
def test_a_few_opinions_have_places_too(count: int) -> None:
    vectors, names = _clumps([count]) if count else (np.zeros((0, 24), np.float32), [])
    places = layout(vectors, names)
    assert places.shape == (count, 2) and np.isfinite(places).all() and np.abs(places).max(initial=0.0) <= 1.0


def test_opinions_without_a_vector_of_their_own_have_a_place() -> None:
    vectors = _clumps([20])[0]
    vectors[:4] = 0.0
    places = layout(vectors, [None] * 20)
    assert np.isfinite(places).all() and (places[:4] == places[0]).all()


def test_every_pain_point_is_among_the_landmarks() -> None:
    vectors, names = _clumps([300, 4])
    places = layout(vectors, names, landmarks=40)
    small = places[300:]
    middle = places[:300].mean(0)
    assert np.ptp(small, axis=0).max() < np.linalg.norm(small.mean(0) - middle)


def test_new_opinions_are_placed_beside_what_says_the_same_and_the_old_map_stays() -> None:
    vectors, names = _clumps([60, 60, 60])
    old, new = np.arange(180) % 3 > 0, np.arange(180) % 3 == 0
    pick = np.array(names)
    spots = layout(vectors[old], pick[old].tolist())
    placed = place(vectors[new], [None] * 60, vectors[old], pick[old].tolist(), spots)
    far = ((placed[:, None] - spots[None]) ** 2).sum(2)
    assert (pick[old][far.argmin(1)] == pick[new]).mean() > 0.97
    assert np.abs(placed).max() <= 1.0


def test_nothing_is_placed_on_an_empty_map_but_in_its_middle() -> None:
    vectors, names = _clumps([3])
    nothing = np.zeros((0, 24), np.float32)
    assert (place(vectors, names, nothing, [], np.zeros((0, 2))) == 0).all()
    assert place(nothing, [], vectors, names, np.zeros((3, 2))).shape == (0, 2)


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 60), st.integers(2, 9), st.integers(0, 2**20))
def test_whatever_comes_has_a_place(count: int, dimension: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(count, dimension)).astype(np.float32)
    vectors[rng.random(count) < 0.3] = vectors[0]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    names = [None if value > 2 else f"P{value}" for value in rng.integers(0, 6, count)]
    places = layout(vectors, names, landmarks=20)
    assert np.isfinite(places).all() and np.abs(places).max() <= 1.0 + 1e-6
