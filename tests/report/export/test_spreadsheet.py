"""XLSX read back: directions, dates, texts that are texts."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from xml.etree import ElementTree

import fastexcel
import polars as pl
import pytest

from painpoints.report import Column, Table
from painpoints.report.export.spreadsheet import write_xlsx

Make = Callable[..., Table]


def written(table: Table, **options: int) -> bytes:
    file = io.BytesIO()
    write_xlsx(file, table, **options)
    return file.getvalue()


def part(content: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        text = book.read(name).decode("utf8")
    ElementTree.fromstring(text)
    return text


@pytest.mark.parametrize("lang", ["fa", "ar", "ru", "en"])
def test_the_sheet_runs_as_its_language_does(make: Make, lang: str) -> None:
    content = written(make(lang))
    sheet = part(content, "xl/worksheets/sheet1.xml")
    assert ("rightToLeft=\"1\"" in sheet) == (lang in ("fa", "ar"))
    assert 'state="frozen"' in sheet and "<autoFilter" in sheet
    assert ("fa-IR" in part(content, "xl/styles.xml")) == (lang == "fa")
    assert fastexcel.read_excel(content).sheet_names == [make(lang).title]


def test_texts_are_texts_whatever_they_look_like(make: Make, texts: list[str]) -> None:
    content = written(make())
    sheet = part(content, "xl/worksheets/sheet1.xml")
    assert "<f>" not in sheet and "hyperlink" not in sheet
    found = fastexcel.read_excel(content).load_sheet(0, dtypes={0: "string"}).to_polars()["Text"].to_list()
    wanted = [re.sub("[\x00\x07]", "", text) for text in texts]
    assert [(cell or "").strip(" ") for cell in found] == [
        text.strip(" ") for text in wanted]


def test_mark_up_of_the_writer_itself_is_text(make: Make) -> None:
    sheet = part(written(make()), "xl/worksheets/sheet1.xml")
    assert "&lt;r&gt;&amp;&lt;/r&gt;" in sheet and "<r>" not in sheet


def test_times_are_times_and_numbers_numbers(make: Make) -> None:
    found = fastexcel.read_excel(written(make("fa"))).load_sheet(0).to_polars()
    assert found.dtypes[6] == pl.Datetime("ms") and found.item(0, 6) == datetime(2026, 3, 21, 0, 15)
    assert found.dtypes[2].is_float() and found.item(3, 2) == -4.5


def test_a_time_before_excels_calendar_is_a_text(make: Make) -> None:
    table = make("en", "UTC")
    old = pl.lit(datetime(1000, 1, 1, tzinfo=UTC)).cast(pl.Datetime("us", "UTC"))
    assert "1000-01-01" in part(written(Table("t", table.frame.with_columns(time=old), table.columns, table.edition,
                                              "UTC")), "xl/worksheets/sheet1.xml")


def test_what_does_not_fit_goes_on_on_the_next_sheet(make: Make) -> None:
    book = fastexcel.read_excel(written(make("ar", rows=25), row_limit=11))
    assert book.sheet_names == ["التعليقات", "التعليقات ٢", "التعليقات ٣"]
    sheets = [book.load_sheet(name, dtypes="string").to_polars() for name in book.sheet_names]
    assert [len(sheet) for sheet in sheets] == [10, 10, 5]
    assert [sheet.columns for sheet in sheets] == [sheets[0].columns] * 3


def test_a_text_that_no_cell_holds_is_cut_and_says_so(make: Make) -> None:
    table = make()
    long = Table("t", pl.DataFrame({"text": ["😡" * 20_000]}), (Column("text", "Text"),), table.edition, "UTC")
    cell = fastexcel.read_excel(written(long)).load_sheet(0).to_polars().item()
    assert len(cell.encode("utf-16-le")) // 2 <= 32_767 and not cell.endswith("😡")
