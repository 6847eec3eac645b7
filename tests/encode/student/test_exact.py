"""Products that do not depend on what else is worked out."""

from __future__ import annotations

import numpy as np
import pytest

from painpoints.encode.student.exact import ExactProduct, quantised


@pytest.mark.parametrize("wide", [8, 128, 384, 768])
def test_a_product_is_near_the_true_one(wide: int) -> None:
    rng = np.random.default_rng(1)
    rows, matrix = rng.normal(size=(50, wide)).astype(np.float32), rng.normal(size=(wide, 40)).astype(np.float32)
    true = rows @ matrix
    assert np.abs(ExactProduct(*quantised(matrix))(rows) - true).max() < 0.05 * true.std()


@pytest.mark.parametrize("wide", [8, 128, 384, 768])
def test_a_row_comes_out_the_same_bit_for_bit_whatever_stands_beside_it(wide: int) -> None:
    rng = np.random.default_rng(2)
    rows = (rng.normal(size=(97, wide)) * rng.lognormal(0, 3, (97, 1))).astype(np.float32)
    product = ExactProduct(*quantised(rng.normal(size=(wide, 33)).astype(np.float32)))
    whole = product(rows)
    order = rng.permutation(len(rows))
    assert np.array_equal(product(rows[order]), whole[order])
    assert np.array_equal(np.concatenate([product(rows[at:at + 1]) for at in range(len(rows))]), whole)


def test_sums_are_those_of_whole_numbers() -> None:
    rng = np.random.default_rng(3)
    codes = rng.integers(-127, 128, (768, 16)).astype(np.int8)
    rows = rng.integers(-100, 101, (20, 768))
    rows[:, 0] = 2**24 // (127 * 768)  # the largest there is: then rows are taken as they are
    exact = rows @ codes.astype(np.int64)
    assert np.array_equal(ExactProduct(codes, np.ones(16))(rows.astype(np.float32)), exact.astype(np.float32))


def test_a_row_of_nothing_gives_nothing() -> None:
    product = ExactProduct(*quantised(np.eye(4, dtype=np.float32)))
    assert not product(np.zeros((2, 4), np.float32)).any()
    assert product(np.zeros((0, 4), np.float32)).shape == (0, 4)
