"""Reach is read out of whatever columns tell of it, in any digits."""

from __future__ import annotations

import polars as pl
import pytest

from painpoints.triage.reach import count, reach


@pytest.mark.parametrize(("cell", "number"), [
    ("12", 12), ("1,234", 1234), ("1.234.567", 1234567), ("1 234", 1234), ("۱٬۲۳۴", 1234), ("١٢", 12), ("1.2K", 1200),
    ("1,5 тыс.", 1500), ("۲ هزار", 2000), ("3M", 3e6), ("2 млн", 2e6), ("5.0", 5), ("0", 0), ("", None), ("-", None),
    ("-3", None), ("many", None), ("٣ آلاف", 3000),
])
def test_numbers_are_read_as_people_write_them(cell: str, number: float | None) -> None:
    assert count(cell) == number


@pytest.mark.parametrize(("column", "worth"), [
    ("meta.likes", 100), ("meta.Like_Count", 100), ("meta.thumbsUpCount", 100), ("meta.تعداد لایک", 100),
    ("meta.عدد الإعجابات", 100), ("meta.Количество лайков", 100), ("meta.retweets", 500), ("meta.репосты", 500),
    ("meta.followersCount", 2), ("meta.دنبال‌کنندگان", 2), ("meta.المتابعون", 2), ("meta.просмотры", 2),
])
def test_columns_go_by_many_names(column: str, worth: float) -> None:
    found = reach(pl.DataFrame({column: ["100", None, "x"]}))
    assert found is not None
    assert found.to_list() == [worth, None, None]


def test_several_columns_add_up_and_other_columns_tell_nothing() -> None:
    frame = pl.DataFrame({"meta.likes": ["10", None], "meta.shares": ["1", "2"], "meta.price": ["9", "9"]})
    found = reach(frame)
    assert found is not None
    assert found.to_list() == [15, 10]
    assert reach(pl.DataFrame({"meta.price": ["9"], "likes": ["5"]})) is None
