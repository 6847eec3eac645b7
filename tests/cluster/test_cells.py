"""Neighbours by cells: nearly all of the nearest, never a row itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from painpoints.cluster import cells
from painpoints.cluster.cells import near_cells
from painpoints.cluster.neighbours import nearest

WIDTH = 48


def crowd(count: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(60, WIDTH))[rng.integers(60, size=count)] + 0.9 * rng.normal(size=(count, WIDTH))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def test_nine_in_ten_of_the_nearest_are_found_in_the_nearest_cells() -> None:
    vectors = crowd(7000)
    rows, pool = np.arange(0, 7000, 7), np.setdiff1d(np.arange(7000), np.arange(0, 7000, 7))
    found, true = near_cells(vectors, rows, pool, 8), nearest(vectors[rows], 8, vectors[pool])
    assert np.mean([np.isin(one, other).mean() for one, other in zip(found.index, true.index, strict=True)]) > 0.9
    assert np.allclose(found.similarity, np.einsum("nd,nkd->nk", vectors[rows], vectors[pool[found.index]]), atol=1e-5)
    assert (np.diff(found.similarity, axis=1) <= 1e-5).all()


def test_fewer_threads_than_cores_are_heeded() -> None:
    # More threads than may be make products of bfloat16 wrong.
    code = ("import torch; torch.set_num_threads(2); from tests.cluster import test_cells as these; "
            "these.test_nine_in_ten_of_the_nearest_are_found_in_the_nearest_cells()")
    project = Path(cells.__file__).parents[2]
    subprocess.run([sys.executable, "-c", code], check=True, cwd=project, env={
        **os.environ, "OMP_THREAD_LIMIT": "1", "OMP_NUM_THREADS": "2", "PYTHONPATH": str(project)})


def test_a_small_pool_is_searched_whole() -> None:
    vectors = crowd(900)
    found, true = near_cells(vectors, np.arange(400), np.arange(400, 900), 6), nearest(vectors[:400], 6, vectors[400:])
    assert np.array_equal(found.index, true.index)
    assert np.allclose(found.similarity, true.similarity, atol=1e-6)


@pytest.mark.parametrize("count", [300, 5000])
def test_no_row_is_its_own_neighbour(count: int) -> None:
    rows = np.arange(count)
    found = near_cells(crowd(count), rows, rows, 5)
    assert (found.index != rows[:, None]).all()
    assert (found.similarity > 0).all()


def test_where_there_are_too_few_the_missing_ones_are_nowhere_near() -> None:
    rows = np.arange(3)
    found = near_cells(crowd(3), rows, rows, 3)
    assert (np.sort(found.similarity, axis=1)[:, 0] == -2).all()
    assert (found.similarity[:, :2] > -1.1).all()
    assert near_cells(crowd(3), rows, rows[:0], 3).index.shape == (3, 0)


def test_copies_of_one_text_fill_more_than_one_cell() -> None:
    vectors = np.concatenate([np.repeat(crowd(1), 3000, axis=0), crowd(3000, 1)])
    found = near_cells(vectors, np.arange(6000), np.arange(6000), 4)
    assert np.allclose(found.similarity[:3000], 1.0, atol=1e-4)


def test_processors_without_quick_bfloat16_find_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    vectors, rows = crowd(5000), np.arange(500)
    found = near_cells(vectors, rows, np.arange(500, 5000), 8)
    monkeypatch.setattr(cells, "coarse_type", lambda: torch.float32)
    exact = near_cells(vectors, rows, np.arange(500, 5000), 8)
    assert (found.index == exact.index).mean() > 0.9
