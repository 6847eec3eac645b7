"""CSV that Excel opens in every script and that never runs a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from painpoints.report import Table
from painpoints.report.export.delimited import csv_chunks, guarded

Make = Callable[..., Table]


def written(table: Table, **options: str) -> bytes:
    return b"".join(csv_chunks(table, **options))


def cells(content: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def test_it_begins_with_the_mark_that_tells_excel_the_encoding_and_says_so_once(make: Make) -> None:
    content = written(make(rows=12_000))
    assert content.startswith(b"\xef\xbb\xbf") and content.count(b"\xef\xbb\xbf") == 1
    assert len(cells(content)) == 12_001


@pytest.mark.parametrize(("lang", "heading", "name", "yes"), [
    ("fa", "متن", "ارسال", "بله"), ("ar", "النص", "التوصيل", "نعم"), ("ru", "Текст", "Доставка", "да"),
    ("en", "Text", "Delivery", "yes")])
def test_headings_and_codes_are_in_words(make: Make, lang: str, heading: str, name: str, yes: str) -> None:
    table = make(lang)
    head, first, *_ = cells(written(table))
    assert head[0] == heading and first[5] == yes
    assert first[1] == table.edition.touchpoint("delivery") != "delivery"
    assert (name in first[1]) or lang in ("fa", "ar")


def test_every_text_comes_back_but_for_control_characters_and_apostrophes(make: Make, texts: list[str]) -> None:
    got = [row[0] for row in cells(written(make()))[1:]]
    plain = [re.sub("[\x00\x07]", "", text) for text in texts]
    assert [cell.replace("'", "") for cell in got] == plain
    changed = [text for cell, text in zip(got, plain, strict=True) if cell != text]
    assert changed == [*plain[:10]], "nothing but what could be a formula"


@pytest.mark.parametrize("reader", [",", ";", "\t"])
def test_no_cell_is_a_formula_whatever_separator_a_spreadsheet_expects(make: Make, reader: str) -> None:
    for row in cells(written(make()), reader):
        for cell in row:
            assert not re.match(r"\s*[=+@＝＋＠]", cell) and not re.match(r"\s*-(?!\d)", cell), cell


@given(st.text(alphabet=st.sampled_from("=+-@＝ \t\n\r,;'\"aبя1")))
@settings(max_examples=300)
def test_a_guarded_text_never_begins_a_formula_and_loses_nothing(text: str) -> None:
    guard = pl.DataFrame({"t": [text]}).select(guarded(pl.col("t"))).item()
    assert guard.replace("'", "") == text.replace("'", "") and len(guard) >= len(text)
    for piece in re.split("[,;\t\r\n]", guard):
        assert not re.match(r"\s*[=+\-@＝＋－＠]", piece)


def test_numbers_stay_numbers_and_times_are_those_of_the_zone(make: Make) -> None:
    found = pd.read_csv(io.BytesIO(written(make())), parse_dates=[6])
    assert found.iloc[3, 2] == -4.5 and found.iloc[3, 3] == 3 and found.iloc[3, 4] == 0.03
    assert str(found.iloc[0, 6]) == "2026-03-21 00:15:00" and "hidden" not in found.columns
    assert found.columns[3] == "'=n", "a heading is guarded too"


def test_nothing_and_an_empty_text_are_told_apart(make: Make) -> None:
    table = make()
    empty = Table(table.title, table.frame.head(2).with_columns(text=pl.Series([None, ""], dtype=pl.Utf8)),
                  table.columns[:1], table.edition, "UTC")
    assert written(empty).split(b"\r\n")[1:] == [b"", b'""', b""]


def test_a_table_without_rows_has_its_headings(make: Make) -> None:
    assert len(cells(written(make(rows=0)))) == 1


def test_a_russian_excel_gets_semicolons(make: Make) -> None:
    assert [len(row) for row in cells(written(make("ru"), delimiter=";"), ";")] == [7] * 22
