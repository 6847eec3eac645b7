"""The quick look for neighbours beside the exact one."""

from __future__ import annotations

import numpy as np
import pytest

from painpoints.cluster import closest
from painpoints.cluster.neighbours import nearest


def test_it_finds_nearly_all_that_the_exact_look_finds_nearest_first() -> None:
    rows = np.random.default_rng(3).standard_normal((3000, 64)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    quick, exact = closest(rows, 10), nearest(rows, 10)
    shared = [len(set(one) & set(other)) for one, other in zip(quick.index, exact.index, strict=True)]
    assert np.mean(shared) > 9.99
    assert (np.diff(quick.similarity, axis=1) <= 1e-6).all()
    assert not (quick.index == np.arange(3000)[:, None]).any(), "no row is its own neighbour"


@pytest.mark.parametrize(("count", "k"), [(0, 0), (1, 0), (2, 1), (9, 8)])
def test_few_rows_have_few_neighbours(count: int, k: int) -> None:
    rows = np.eye(max(count, 1), dtype=np.float32)[:count]
    assert closest(rows, 15).index.shape == (count, k)
