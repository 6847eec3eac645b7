"""Text made safe for spreadsheet cells: no control characters, no formulas, no cell longer than Excel takes."""

from __future__ import annotations

import re

CELL_LIMIT = 32_767
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_FORMULA = tuple("=+-@＝＋－＠")


def clean(text: str) -> str:
    """``text`` without control characters and lone surrogates; tabs and line ends stay."""
    return _CONTROLS.sub("", text)


def xlsx_cell(text: str, mark: str) -> str:
    """``text`` cleaned and, if it is longer than an Excel cell may be, cut with ``mark`` at its end.

    Excel counts UTF-16 code units, so a character outside the basic plane counts twice.
    """
    text = clean(text)
    if text.startswith("<r>") and text.endswith("</r>"):
        text += " "  # xlsxwriter would take it for mark-up of its own and write it as it is
    if len(text) <= CELL_LIMIT // 2 or len(text.encode("utf-16-le")) // 2 <= CELL_LIMIT:
        return text
    kept = text.encode("utf-16-le")[: 2 * (CELL_LIMIT - len(mark.encode("utf-16-le")) // 2)]
    return kept.decode("utf-16-le", errors="ignore") + mark


def csv_cell(text: str) -> str:
    """``text`` cleaned, with an apostrophe before anything that a spreadsheet would take for a formula.

    Excel, LibreOffice and Google Sheets read a cell of a CSV file as a formula when it starts with ``= + - @`` (also
    full-width), with or without white space before; a leading tab or line end can smuggle one in (OWASP, CSV
    injection).
    """
    text = clean(text)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) or text.startswith(("\t", "\r", "\n")) else text
