"""The nearest centres at a coarse look: what it leaves in doubt is looked at again, so that it changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from painpoints.cluster import proximity
from painpoints.cluster.proximity import Centres, nearest_cosine
from painpoints.cluster.refinement import refine
from painpoints.cluster.search import ERROR


@pytest.fixture(autouse=True, scope="module")
def coarse() -> Iterator[None]:
    """A coarse look also where centres are few."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proximity, "FEW", 1)
        yield


def lines(count: int, seed: int, noise: float = 1.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(5, 32))[rng.integers(5, size=count)] + noise * rng.normal(size=(count, 32))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


@given(st.integers(0, 10_000), st.integers(1, 60), st.sampled_from([0.001, 0.1, 1.0]))
@settings(max_examples=25, deadline=None)
def test_the_nearest_cosine_is_that_of_a_full_look(seed: int, many: int, noise: float) -> None:
    vectors, middle = lines(200, seed, noise), lines(many, seed + 1, noise)
    assert np.allclose(nearest_cosine(vectors, middle), (vectors @ middle.T).max(1), atol=1e-6)


@given(st.integers(0, 10_000), st.sampled_from([0.001, 0.1, 1.0]))
@settings(max_examples=25, deadline=None)
def test_what_is_not_in_doubt_is_right(seed: int, noise: float) -> None:
    vectors, middle = lines(200, seed, noise), lines(40, seed + 1, noise)
    none = np.zeros(0, np.int64)
    first, cosine, doubtful = Centres(middle).likely(vectors, none, none, none.astype(np.float32), 0.0)
    likeness = vectors @ middle.T
    assert (first == likeness.argmax(1))[~doubtful].all()
    assert (np.abs(cosine - likeness.max(1)) <= ERROR)[~doubtful].all()


@pytest.mark.parametrize("noise", [0.01, 0.3, 1.0])
def test_clusters_are_refined_alike_with_and_without_a_coarse_look(noise: float, monkeypatch: pytest.MonkeyPatch
                                                                   ) -> None:
    import torch

    vectors = lines(3000, 3, noise)
    labels = np.random.default_rng(1).integers(-1, 40, len(vectors))
    coarse = refine(vectors, labels, 0.375, 4)
    monkeypatch.setattr(proximity, "coarse_type", lambda: torch.float32)
    assert np.array_equal(coarse, refine(vectors, labels, 0.375, 4))
