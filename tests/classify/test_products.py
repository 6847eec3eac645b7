"""What is computed of a row does not depend on the others."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from painpoints.classify import load_heads, product
from painpoints.cluster import load_projection

LANGS = ("fa", "ar", "ru", "en")
ROWS = np.random.default_rng(5).normal(size=(600, 384)).astype(np.float32)
ROWS /= np.linalg.norm(ROWS, axis=1, keepdims=True)


def test_a_product_is_that_of_the_numbers() -> None:
    matrix = np.random.default_rng(6).normal(size=(384, 29)).astype(np.float32)
    np.testing.assert_allclose(product(ROWS, matrix), ROWS @ matrix, atol=1e-5)
    assert product(ROWS, matrix).dtype == np.float32
    assert product(ROWS[:0], matrix).shape == (0, 29)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, len(ROWS) - 1), min_size=1, max_size=40, unique=True))
def test_every_row_is_judged_and_projected_the_same_in_every_company(chosen: list[int]) -> None:
    heads, projection = load_heads(), load_projection()
    langs = [LANGS[at % 4] for at in range(len(ROWS))]
    alone, together = heads.probabilities(ROWS[chosen], [langs[at] for at in chosen]), heads.probabilities(ROWS, langs)
    for task in ("sentiment", "touchpoint", "problem", "emotion", "overall"):
        np.testing.assert_array_equal(getattr(alone, task), getattr(together, task)[chosen])
    np.testing.assert_array_equal(projection.project(ROWS[chosen]), projection.project(ROWS)[chosen])
