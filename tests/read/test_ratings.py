"""Ratings on every usual scale become numbers from 0 to 1."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painpoints.errors import UsageError
from painpoints.read.ratings import SCALES, find_scale, read_rating


def read(cells: list[object], name: str = "rating", override: str | None = None) -> tuple[str, list[float | None]]:
    scale = find_scale(cells, name, override)
    assert scale is not None
    return scale.name, [read_rating(cell, scale) for cell in cells]


@pytest.mark.parametrize(
    ("cells", "scale", "ratings"),
    [
        ([1, 3, 5], "1-5", [0.0, 0.5, 1.0]),
        (["۱", "۳", "۵"], "1-5", [0.0, 0.5, 1.0]),
        (["٤٫٥", "1", "3,0"], "1-5", [0.875, 0.0, 0.5]),
        ([1, 10, 7], "1-10", [0.0, 1.0, 6 / 9]),
        ([0, 10, 7], "0-10", [0.0, 1.0, 0.7]),
        ([0, 55, 100], "0-100", [0.0, 0.55, 1.0]),
        (["80%", "۲۵٪"], "0-100", [0.8, 0.25]),
        (["★★★☆☆", "★★★★★", "★☆☆☆☆"], "1-5", [0.5, 1.0, 0.0]),
        (["⭐⭐⭐", "⭐️⭐️⭐️⭐️⭐️"], "1-5", [0.5, 1.0]),
        (["***", "*"], "1-5", [0.5, 0.0]),
        (["4/5", "1 / 5"], "1-5", [0.75, 0.0]),
        (["4 از 5", "۵ از ۵"], "1-5", [0.75, 1.0]),
        (["4 из 5", "2 из 5"], "1-5", [0.75, 0.25]),
        (["4 من 5", "٥ من ٥"], "1-5", [0.75, 1.0]),
        (["4 out of 5 stars", "Rated 2 out of 5"], "1-5", [0.75, 0.25]),
        (["8/10", "10/10"], "1-10", [7 / 9, 1.0]),
        (["4 stars", "1 star", "five stars"], "1-5", [0.75, 0.0, 1.0]),
        (["۴ ستاره", "پنج ستاره"], "1-5", [0.75, 1.0]),
        (["4 نجوم", "5 نجوم"], "1-5", [0.75, 1.0]),
        (["4 звезды", "пять звёзд"], "1-5", [0.75, 1.0]),
        (["👍", "👎", "👍🏽"], "0-1", [1.0, 0.0, 1.0]),
        (["thumbs up", "Thumbs Down"], "0-1", [1.0, 0.0]),
        (["рекомендую", "не рекомендую"], "0-1", [1.0, 0.0]),
        (["پیشنهاد می‌کنم", "پیشنهاد نمی‌کنم", "مطمئن نیستم"], "0-1", [1.0, 0.0, 0.5]),
        (["أنصح به", "لا أنصح به"], "0-1", [1.0, 0.0]),
        ([True, False], "0-1", [1.0, 0.0]),
        ([0.5, 4.5, 5], "0-5", [0.1, 0.9, 1.0]),
    ],
)
def test_scales_are_told_by_the_values(cells: list[object], scale: str, ratings: list[float]) -> None:
    name, found = read(cells)
    assert name == scale
    assert found == pytest.approx(ratings)


@pytest.mark.parametrize(
    "name", ["NPS", "nps_score", "Likelihood to recommend", "احتمال توصیه", "вероятность рекомендации"]
)
def test_a_likelihood_to_recommend_starts_at_nought(name: str) -> None:
    assert read([9, 10, 8], name) == ("0-10", pytest.approx([0.9, 1.0, 0.8]))


def test_values_off_the_scale_are_null() -> None:
    cells: list[object] = [5, 4, 3, 1, 2] * 20 + [55, 0]
    name, found = read(cells)
    assert name == "1-5"
    assert found[-2:] == [None, None]


def test_one_outlier_does_not_change_the_scale_of_a_short_column() -> None:
    assert read([5, 4, 3, 55])[0] == "1-5"


@pytest.mark.parametrize(
    "cells",
    [
        ["good", "bad"],
        [1500, 2000, 30],
        [-1, 0, 1],
        ["2026-08-31"],
        [0.2, 0.7, 0.91],
        [None, ""],
        [],
    ],
)
def test_other_columns_are_no_ratings(cells: list[object]) -> None:
    assert find_scale(cells, "x") is None


def test_the_scale_can_be_named() -> None:
    assert read([1, 2, 3], override="0-10")[1] == pytest.approx([0.1, 0.2, 0.3])
    with pytest.raises(UsageError, match="Known are 1-5"):
        find_scale([1], "x", "1-7")


@given(st.lists(st.one_of(st.integers(-5, 120), st.floats(0, 100), st.text(max_size=12)), min_size=1, max_size=30))
def test_a_rating_is_null_or_between_nought_and_one(cells: list[object]) -> None:
    for name in SCALES:
        scale = find_scale(cells, "rating", name)
        for cell in cells if scale is not None else []:
            rating = read_rating(cell, scale)
            assert rating is None or 0.0 <= rating <= 1.0
