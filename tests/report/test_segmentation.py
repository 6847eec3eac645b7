"""Segments."""

from __future__ import annotations

import polars as pl
import pytest

from painpoints.errors import UsageError
from painpoints.report import segments
from painpoints.store import RunData


def test_a_short_name_stands_for_the_meta_column(sample: RunData) -> None:
    assert segments(sample, "product").equals(segments(sample, "meta.product"))


def test_segments_are_ordered_by_volume_and_carry_their_pains(sample: RunData) -> None:
    table = segments(sample, "source")
    assert table["documents"].to_list() == sorted(table["documents"].to_list(), reverse=True)
    telegram = table.filter(pl.col("segment") == "Telegram").row(0, named=True)
    assert telegram["painpoints"][0] == "PP01LATECOURIER"
    assert len(telegram["painpoints"]) <= 3


def test_language_is_a_segment_of_its_own(sample: RunData) -> None:
    assert {"fa", "ar", "ru", "en"} <= set(segments(sample, "lang")["segment"])


def test_at_most_twelve_segments(sample: RunData) -> None:
    many = sample.documents.with_columns((pl.col("row") % 40).cast(pl.Utf8).alias("meta.branch"))
    assert len(segments(type(sample)(many, sample.units, sample.painpoints, {}), "branch")) == 12


def test_an_unknown_column_is_refused(sample: RunData) -> None:
    with pytest.raises(UsageError, match="No column 'city'"):
        segments(sample, "city")
