"""The coarse look for neighbours and its proof."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from painpoints.cluster.neighbours import nearest
from painpoints.cluster.search import _along, _axes, look


def rows(count: int, width: int = 48, seed: int = 0, heaps: int = 60) -> np.ndarray:
    rng = np.random.default_rng(seed)
    found = (rng.normal(size=(heaps, width))[rng.integers(heaps, size=count)]
             + 0.6 * rng.normal(size=(count, width))).astype(np.float32)
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True))


def flat(count: int, seed: int = 0) -> np.ndarray:
    """Rows that lie nearly along thirty axes of 128, none of them a column."""
    rng = np.random.default_rng(5)
    turn = np.linalg.qr(rng.normal(size=(128, 128)))[0]
    beside = 0.003 * np.random.default_rng(seed).normal(size=(count, 98))
    found = np.concatenate([rows(count, 30, seed), beside], 1) @ turn
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)


@pytest.mark.parametrize(("made", "narrower"), [(rows, False), (flat, True)])
@pytest.mark.parametrize("own", [True, False])
def test_what_is_proven_is_what_a_look_at_all_pairs_finds(made: Any, narrower: bool, own: bool) -> None:
    pool = made(1500)
    asked = pool if own else made(200, seed=1)
    axes, kept = _axes(torch.from_numpy(pool))
    assert (kept > 0) is narrower
    if narrower:  # the coarse product is never less than the cosine, so that nothing near is left out
        along = _along(torch.from_numpy(pool), axes, kept)
        assert along.shape[1] <= 0.75 * pool.shape[1]
        assert float((torch.from_numpy(pool @ pool.T) - along @ along.T).max()) < 1e-5
    exact = nearest(asked, 9, None if own else pool)
    index, similarity, proven = look(asked, pool, 9, own)
    assert proven.mean() > 0.5
    assert np.array_equal(index[proven], exact.index[proven])
    assert np.allclose(similarity, np.take_along_axis(asked @ pool.T, index.astype(np.int64), 1), atol=1e-6)


def test_many_copies_of_one_text_are_not_taken_for_proven_and_ties_go_to_the_lower_row(
        monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = np.concatenate([np.repeat(rows(1), 400, axis=0), rows(800)])
    assert not look(vectors, vectors, 5, True)[2][:400].any()
    plain = nearest(vectors, 5)
    monkeypatch.setattr("painpoints.cluster.neighbours._MANY", 100)
    assert np.array_equal(nearest(vectors, 5).index, plain.index)
    assert nearest(vectors, 5).index[7].tolist() == [0, 1, 2, 3, 4]
