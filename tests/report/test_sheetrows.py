"""Rows of a sheet that come from a frame are the cells that would have been written one by one."""

from __future__ import annotations

from pathlib import Path

import fastexcel
import polars as pl
import xlsxwriter

from painpoints.report.cells import CELL_LIMIT, xlsx_cell
from painpoints.report.sheetrows import with_rows

TEXTS = ["پیک دیر رسید و می‌خواهم پولم برگردد", "التوصيل <b>سيئ</b> & بطيء", " Курьер опоздал\nна час ",
         "late _x0041_ 😡", "=1+1", "\x00a\x1fb", "", None]


def book(path: Path) -> Path:
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as made:
        share = made.add_format({"num_format": "0.0%"})
        for name in ("first", "rows", "last"):
            sheet = made.add_worksheet(name)
            for place, head in enumerate(("text", "share")):
                sheet.write_string(0, place, head)
            for place in range(2):
                sheet.write_blank(1, place, None, share)
    return path


def test_texts_in_four_languages_numbers_and_gaps_read_back_as_they_were(tmp_path: Path) -> None:
    numbers = [0.1, 1e-9, None, float("nan"), 3.0, 1 / 3, 0.0, 1.0]
    frame = pl.DataFrame({"text": TEXTS, "share": numbers}, schema={"text": pl.Utf8, "share": pl.Float64})
    path = book(tmp_path / "b.xlsx")
    with_rows(path, 2, [frame.head(3), frame.tail(5)], 8, "…")
    read = fastexcel.read_excel(path).load_sheet("rows").to_polars()
    assert [text or None for text in read["text"]] == [xlsx_cell(t, "…") or None if t else None for t in TEXTS]
    assert read["share"].to_list() == [None if n != n else n for n in numbers]


def test_a_text_longer_than_a_cell_ends_in_the_mark(tmp_path: Path) -> None:
    frame = pl.DataFrame({"text": ["😡" * CELL_LIMIT], "share": [1.0]})
    path = book(tmp_path / "b.xlsx")
    with_rows(path, 2, [frame], 1, "…")
    assert fastexcel.read_excel(path).load_sheet("rows").to_polars()["text"][0] == xlsx_cell("😡" * CELL_LIMIT, "…")


def test_other_sheets_stay_and_a_sheet_without_rows_is_empty(tmp_path: Path) -> None:
    path = book(tmp_path / "b.xlsx")
    with_rows(path, 2, [], 0, "…")
    opened = fastexcel.read_excel(path)
    assert opened.sheet_names == ["first", "rows", "last"]
    assert len(opened.load_sheet("rows").to_polars()) == 0
    assert [file.name for file in tmp_path.iterdir()] == ["b.xlsx"]
