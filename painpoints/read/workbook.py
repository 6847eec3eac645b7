"""The sheet of a workbook that holds the texts, its header found below title rows."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from painpoints.errors import EmptyInputError, InputError
from painpoints.read.columnnames import known_names
from painpoints.read.table import BadRow, Row, Table, cell_text, named_columns

if TYPE_CHECKING:
    from painpoints.read.bytestream import ByteSource
    from painpoints.read.options import ReadOptions

_HEADER_WITHIN = 20


def workbook_table(source: ByteSource, options: ReadOptions) -> Table:
    """The rows of one sheet: the named one, else the sheet with the most text in a column with a known name or,
    failing that, the most text of all.

    Raises InputError for a damaged or locked workbook or an unknown sheet, EmptyInputError for empty sheets.
    """
    import fastexcel

    try:
        book = fastexcel.read_excel(source.whole())
    except fastexcel.FastExcelError as error:
        raise InputError(f"{source.name}: not a readable workbook; it may be damaged or locked with a password.",
                         hint="Save it again as .xlsx or .csv.") from error
    names = list(book.sheet_names)
    if options.sheet is not None:
        if options.sheet not in names:
            near = difflib.get_close_matches(options.sheet, names, n=1)
            raise InputError(f"{source.name}: no sheet {options.sheet!r} among {', '.join(names)}.",
                             hint=f"Did you mean {near[0]!r}?" if near else None)
        names = [options.sheet]
    sheets = [(name, _cells(source, book, name)) for name in names]
    filled = [(name, cells) for name, cells in sheets if any(cells)]
    if not filled:
        raise EmptyInputError(f"{source.name}: the workbook has no rows.")
    name, cells = max(filled, key=lambda sheet: _worth(sheet[1]))
    top = _header_row(cells)
    columns = named_columns(cells[top]) if top is not None else named_columns([None] * len(cells[0]))
    body = cells[top + 1:] if top is not None else cells
    body = [row for row in body if any(cell is not None for cell in row)]
    if not body:
        raise EmptyInputError(f"{source.name}: sheet {name!r} has a header and no rows.")

    def rows() -> Iterator[Row | BadRow]:
        for number, row in enumerate(body, 1):
            yield Row(number, row)

    notes = [f"sheet {name!r} of {len(book.sheet_names)}."] if len(book.sheet_names) > 1 else []
    return Table(columns, rows, "xlsx", header=top is not None, sheet=name, notes=notes,
                 above=[] if top is None else list(cells[:top + 1]))


def typed_rows(source: ByteSource, table: Table) -> list[tuple[object, ...]]:
    """The rows of `workbook_table` with numbers and times as such: its own are texts wherever words stand above."""
    import fastexcel

    top = len(table.above) - 1 if table.above else None
    frame = fastexcel.read_excel(source.whole()).load_sheet(table.sheet or 0, header_row=top).to_arrow()
    rows = zip(*(column.to_pylist() for column in frame.columns), strict=True)
    return [row for row in rows if any(cell is not None for cell in row)]


def _cells(source: ByteSource, book: Any, name: str) -> list[tuple[object, ...]]:
    import fastexcel

    try:
        frame = book.load_sheet(name, header_row=None).to_arrow()
    except fastexcel.FastExcelError as error:
        raise InputError(f"{source.name}: sheet {name!r} cannot be read.") from error
    return list(zip(*(column.to_pylist() for column in frame.columns), strict=True)) if frame.num_columns else []


def _worth(cells: list[tuple[object, ...]]) -> tuple[int, int]:
    top = _header_row(cells[:200])
    known = known_names([str(cell or "") for cell in cells[top]]) if top is not None else 0
    return min(known, 1), sum(len(cell) for row in cells[:500] for cell in row if isinstance(cell, str))


def _header_row(cells: list[tuple[object, ...]]) -> int | None:
    """The row with the most known column names near the top, else the first full row of short distinct words."""
    top = cells[:_HEADER_WITHIN]
    known = [known_names([str(cell or "") for cell in row]) for row in top]
    most = max(known, default=0)
    if most:
        return known.index(most)
    for place, row in enumerate(top):
        words = [cell_text(cell) for cell in row]
        if all(words) and len(cells) > place + 1:
            short = all(word is not None and len(word) <= 40 and not word[:1].isdigit() for word in words)
            return place if short and len(set(words)) == len(words) and len(words) > 1 else None
    return None
