"""Segments of a digest: columns found by their names, and file names that are safe whatever a value holds."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painpoints.errors import UsageError
from painpoints.report import digest_name, segment_column
from painpoints.report.digest.model import Period
from painpoints.report.digest.segments import file_part

COLUMNS = ["doc_id", "lang", "source", "meta.product", "meta.شعبه", "text"]


@pytest.mark.parametrize(("name", "column"), [("product", "meta.product"), ("meta.product", "meta.product"),
                                              ("lang", "lang"), ("source", "source"), ("شعبه", "meta.شعبه")])
def test_a_column_is_found_by_its_name(name: str, column: str) -> None:
    assert segment_column(COLUMNS, name) == column


@pytest.mark.parametrize(("name", "meant"), [("produkt", "product"), ("Sorce", "source"), ("شعبة", "شعبه")])
def test_a_misspelt_column_gets_the_nearest_one(name: str, meant: str) -> None:
    with pytest.raises(UsageError) as caught:
        segment_column(COLUMNS, name)
    assert f"Did you mean {meant!r}?" in str(caught.value.hint) and "lang, source, product" in str(caught.value.hint)


def test_columns_that_are_no_segments_are_not_taken() -> None:
    for name in ("text", "doc_id"):
        with pytest.raises(UsageError, match="No column"):
            segment_column(COLUMNS, name)


def named(value: str | None, week: str | None = "2026-W47") -> str:
    digest: Any = SimpleNamespace(period=Period(date(2026, 11, 16), date(2026, 11, 22), week),
                                  segment=None if value is None else ("product", value))
    return digest_name(digest, "fa", "html")


def test_names_tell_the_period_the_segment_and_the_language() -> None:
    assert named(None) == "digest-2026-W47.fa.html"
    assert named(None, None) == "digest-2026-11-16_2026-11-22.fa.html"
    assert named("tehran") == "digest-2026-W47.tehran.fa.html"
    assert named("کیف") == "digest-2026-W47.کیف.fa.html"
    assert named("فروشگاه شمال").startswith("digest-2026-W47.فروشگاه-شمال-")


def test_values_that_differ_have_names_that_differ() -> None:
    values = ["A", "a", "a b", "a-b", "a_b", "a/b", "a.b", "می‌خواهم", "میخواهم", "!!!", "???", "x" * 300, "x" * 301,
              "é", "e\u0301", "../../etc", "..", "con", "CON", "\u202eabc", "abc"]
    names = [named(value).casefold() for value in values]
    assert len(set(names)) == len(names)


@given(st.text(min_size=1, max_size=400).filter(lambda text: text.strip()))
def test_a_name_is_one_that_every_system_takes(value: str) -> None:
    part = file_part(value)
    assert part and len(f"digest-2026-11-16_2026-11-22.{part}.fa.html".encode()) < 255
    assert all(letter.isalnum() or letter == "-" for letter in part) and Path(part).name == part
