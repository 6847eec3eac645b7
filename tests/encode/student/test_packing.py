"""Rows in four bits."""

from __future__ import annotations

import numpy as np

from painpoints.encode.student.packing import pack


def test_a_row_comes_back_nearly_as_it_was_whatever_its_size() -> None:
    rng = np.random.default_rng(1)
    rows = (rng.normal(size=(40, 128)) * rng.lognormal(0, 2, (40, 1))).astype(np.float32)
    back = pack(rows).take(np.arange(40))
    near = (rows * back).sum(1) / np.linalg.norm(rows, axis=1) / np.linalg.norm(back, axis=1)
    assert near.min() > 0.98


def test_rows_are_taken_in_any_order_and_again() -> None:
    packed = pack(np.random.default_rng(2).normal(size=(5, 64)).astype(np.float32))
    every = packed.take(np.arange(5))
    assert np.array_equal(packed.take(np.array([3, 0, 3])), every[[3, 0, 3]])
    assert packed.take(np.zeros(0, np.int64)).shape == (0, 64)


def test_nothing_stays_nothing_and_eight_bytes_hold_sixteen_numbers() -> None:
    packed = pack(np.zeros((2, 64), np.float32))
    assert not packed.take(np.arange(2)).any()
    assert packed.codes.shape == (2, 32)
