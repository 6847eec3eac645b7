"""Numbers and dates in four languages."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painpoints.report.numerals import Numerals

LRM, ALM = "\u200e", "\u061c"


@pytest.mark.parametrize(("lang", "number", "percent", "negative"), [
    ("en", "12,345.6", "34%", "\u22127"),
    ("ru", "12\u00a0345,6", "34\u00a0%", "\u22127"),
    ("fa", "۱۲٬۳۴۵٫۶", f"{ALM}۳۴٪", f"{LRM}\u2212۷"),
    ("ar", "١٢٬٣٤٥٫٦", f"٣٤٪{ALM}", f"{ALM}-٧"),
])
def test_numbers_take_local_digits_separators_and_signs(lang: str, number: str, percent: str, negative: str) -> None:
    n = Numerals(lang)
    assert n.number(12345.6, 1) == number
    assert n.percent(0.34) == percent
    assert n.number(-7) == negative


def test_what_rounds_to_nothing_has_no_sign() -> None:
    assert Numerals("en").number(-0.2) == "0"
    assert Numerals("fa").number(0.2, signed=True) == "۰"


def test_shares_under_one_per_cent_keep_a_decimal() -> None:
    assert Numerals("en").percent(0.004) == "0.4%"
    assert Numerals("en").percent(0.0) == "0%"


def test_persian_dates_are_jalali() -> None:
    assert Numerals("fa").day(date(2025, 11, 21)) == "۳۰ آبان ۱۴۰۴"
    assert Numerals("fa").day(date(2026, 3, 21)) == "۱ فروردین ۱۴۰۵"


@pytest.mark.parametrize(("lang", "expected"), [
    ("en", "November 21, 2025"), ("ru", "21 ноября 2025\u202fг."), ("ar", "٢١ نوفمبر ٢٠٢٥")])
def test_other_dates_are_gregorian_in_words(lang: str, expected: str) -> None:
    assert Numerals(lang).day(date(2025, 11, 21)) == expected


@given(st.floats(-1e9, 1e9), st.integers(0, 3), st.sampled_from(["fa", "ar"]))
def test_no_latin_digit_is_left_in_persian_and_arabic(value: float, decimals: int, lang: str) -> None:
    assert not set("0123456789.,") & set(Numerals(lang).number(value, decimals))


def test_languages_are_named_in_the_language_of_the_report() -> None:
    assert Numerals("fa").language("ru") == "روسی"
    assert Numerals("ru").language("fa") == "персидский"
    assert Numerals("en").language("und") is None
