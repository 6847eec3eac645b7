"""A table as CSV that spreadsheets open with every script right and no text as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import polars as pl

from painpoints.report.cells import csv_cell
from painpoints.report.export.table import TEXT, Table

COMMA = ","
_SIGNS = "=+\\-@＝＋－＠"
_LEADING = f"^(?:\\s*[{_SIGNS}]|[\\t\\r\\n])"
_INSIDE = f"([,;\\t\\r\\n]\\s*)([{_SIGNS}])"


def csv_chunks(table: Table, *, delimiter: str = COMMA) -> Iterator[bytes]:
    """The table as CSV (RFC 4180, UTF-8 with a byte order mark), some thousand rows at a time.

    An apostrophe stands before a text that a spreadsheet would take for a formula: one that begins, be it after white
    space, with ``= + - @`` (also full-width), or with a tab or a line end (OWASP, CSV injection). One stands, too,
    before such a sign after a comma, semicolon, tab or line end within a text: a spreadsheet that expects another
    separator, as Excel does in Russian, would begin a cell there. Numbers stay numbers; texts are quoted.
    """
    head = io.StringIO()
    csv.writer(head, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(
        [csv_cell(column.heading) for column in table.read])
    yield b"\xef\xbb\xbf" + head.getvalue().encode("utf8", "replace")
    texts = [column.name for column in table.read if column.kind == TEXT]
    for page in table.pages():
        part = io.BytesIO()
        page.with_columns(guarded(pl.col(texts))).write_csv(
            part, include_header=False, separator=delimiter, quote_style="non_numeric", line_terminator="\r\n",
            datetime_format="%Y-%m-%d %H:%M:%S", date_format="%Y-%m-%d")
        yield part.getvalue()


def guarded(texts: pl.Expr) -> pl.Expr:
    """``texts`` with an apostrophe wherever a spreadsheet would begin a formula."""
    inside = texts.str.replace_all(_INSIDE, "${1}'${2}")
    return pl.when(texts.str.contains(_LEADING)).then(pl.lit("'") + inside).otherwise(inside).name.keep()
