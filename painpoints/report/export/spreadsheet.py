"""A table as XLSX: real dates, right to left where the language is, texts always texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import IO, Any

from painpoints.report.cells import xlsx_cell
from painpoints.report.export.table import DAY, FLAG, MOMENT, NUMBER, SHARE, TEXT, Column, Table

ROW_LIMIT = 1_048_576
"""The most rows an Excel sheet has, heading included."""
_FIRST_YEAR = 1900
_JALALI = "[$-fa-IR,16]"
COUNT = "count"
Put = Callable[[int, int, Any], None]


def write_xlsx(file: IO[bytes], table: Table, *, row_limit: int = ROW_LIMIT) -> None:
    """Writes the table as a workbook; what does not fit on one sheet goes on on the next.

    Times are real ones; Excel shows them by the Persian calendar in a Persian workbook. Texts longer than a cell may be
    are cut and marked so.
    """
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
               "nan_inf_to_errors": False, "constant_memory": True}
    with xlsxwriter.Workbook(file, options) as book:
        _Book(book, table, row_limit).write()


class _Book:
    """A workbook under way."""

    def __init__(self, book: Any, table: Table, row_limit: int) -> None:
        self._book, self._table, self._limit, self._edition = book, table, row_limit, table.edition
        calendar = _JALALI if self._edition.lang == "fa" else ""
        top = {"valign": "top"}
        kinds: dict[str, dict[str, Any]] = {
            TEXT: {"text_wrap": True}, FLAG: {}, COUNT: {"num_format": "#,##0"}, NUMBER: {"num_format": "#,##0.0#"},
            SHARE: {"num_format": "0.0%"},
            MOMENT: {"num_format": f"{calendar}yyyy-mm-dd hh:mm"}, DAY: {"num_format": f"{calendar}yyyy-mm-dd"}}
        self._formats = {kind: book.add_format(top | form) for kind, form in kinds.items()}
        self._head = book.add_format({"bold": True, "bottom": 1, "valign": "top", "text_wrap": True})

    def write(self) -> None:
        """Writes all sheets."""
        rows = (row for page in self._table.pages() for row in page.iter_rows())
        left, number = len(self._table.frame), 1
        while left > 0 or number == 1:
            here = min(left, self._limit - 1)
            self._sheet(number, here, rows)
            left, number = left - here, number + 1

    def _sheet(self, number: int, count: int, rows: Iterable[Sequence[Any]]) -> None:
        title = xlsx_cell(self._table.title, "")[:26]
        sheet = self._book.add_worksheet(title if number == 1 else f"{title} {self._edition.number(number)}")
        if self._edition.rtl:
            sheet.right_to_left()
        sheet.freeze_panes(1, 0)
        columns = self._table.read
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
            sheet.write_string(0, place, xlsx_cell(column.heading, "…"), self._head)
        puts = [self._put(sheet, column) for column in columns]
        for at, row in zip(range(1, count + 1), rows, strict=False):
            for place, value in enumerate(row):
                if value is not None:
                    puts[place](at, place, value)
        sheet.autofilter(0, 0, count, len(columns) - 1)

    def _put(self, sheet: Any, column: Column) -> Put:
        """What writes a value of ``column`` into a cell."""
        whole = column.kind == NUMBER and column.shown is None and self._table.frame[column.name].dtype.is_integer()
        form, text = self._formats[COUNT if whole else column.kind], self._formats[TEXT]
        mark = self._edition.say("text.cut")

        def write_text(row: int, place: int, value: str) -> None:
            sheet.write_string(row, place, xlsx_cell(value, mark), text)

        def write_time(row: int, place: int, value: date | datetime) -> None:
            if value.year < _FIRST_YEAR:  # before Excel's calendar begins
                write_text(row, place, value.isoformat())
            else:
                sheet.write_datetime(row, place, value, form)

        def write_number(row: int, place: int, value: float) -> None:
            sheet.write_number(row, place, value, form)

        ways: dict[str, Put] = {NUMBER: write_number, SHARE: write_number, MOMENT: write_time, DAY: write_time}
        return ways.get(column.kind, write_text)
