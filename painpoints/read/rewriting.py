"""A table written again as it stands, but for the personal data in it: the same form, the same columns, row by row."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO

from painpoints.errors import InputError, UsageError
from painpoints.read.bytestream import ByteSource, byte_source
from painpoints.read.columns import named
from painpoints.read.encoding import Encoding, find_encoding
from painpoints.read.formats import open_table
from painpoints.read.inputs import StdinMark, expand_inputs
from painpoints.read.lines import text_lines
from painpoints.read.options import ReadOptions
from painpoints.read.people import hold_people, is_person_column
from painpoints.read.plaintext import is_wrapped
from painpoints.read.plan import plan_sample, plan_table
from painpoints.read.redaction import (
    DocumentRedaction,
    Piece,
    TableRedaction,
    chance_columns,
    is_bare_number,
    unescaped,
)
from painpoints.read.table import BadRow, Table, cell_text

OnFound = Callable[[int, str, Piece], None]
_TEXTS = ("title", "text", "pros", "cons")
_LOOKED_AT = 500
_START = 1000
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
          (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass(frozen=True, slots=True)
class Rewritten:
    """How a table was written again: its ``rows``, the ``columns`` that were redacted, what was taken out by kind, and
    ``others``: columns left as they are though they hold personal data."""

    format: str
    rows: int
    columns: tuple[str, ...]
    redacted: dict[str, int]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Choice:
    columns: frozenset[str]
    people: frozenset[str]
    chance: frozenset[str]
    everything: bool
    others: tuple[str, ...]


class _Rows:
    """Redacts rows, each a document of its own."""

    def __init__(self, options: ReadOptions, choice: _Choice, on_found: OnFound | None) -> None:
        self.table = TableRedaction(options.redactor)
        self.choice = choice
        self.count = 0
        self._secret = options.author_secret
        self._on_found = on_found

    def next(self) -> DocumentRedaction:
        """The redaction of the next row."""
        self.count += 1
        return self.table.document()

    def cell(self, redaction: DocumentRedaction, column: str, value: object) -> object:
        """The cell of a column as it is written."""
        choice = self.choice
        if column not in choice.columns and not choice.everything:
            return value
        text = cell_text(value)
        if text is None or (column in choice.chance and is_bare_number(text)):
            return value
        if column in choice.people or (column not in choice.columns and is_person_column(column)):
            return self._person(redaction, text)
        if isinstance(value, list | tuple | dict):
            return redaction.inside(value)
        piece = redaction.text(text)
        if not piece.found:
            return value
        if self._on_found is not None:
            self._on_found(self.count, column, piece)
        return piece.text

    def _person(self, redaction: DocumentRedaction, name: str) -> str:
        """What stands for somebody: the address or number that is all of the cell, else the pseudonym of a name."""
        clean = redaction.key(name)
        if clean != name and clean is not None and clean[0] == "[" and clean[-1] == "]":
            return clean
        self.table.counts["name"] += 1
        key = blake2b(name.strip().encode("utf-8", "surrogatepass"), digest_size=8, key=self._secret[:64]).hexdigest()
        return f"[name {key}]"


def rewrite(path: str | Path | StdinMark, out: BinaryIO, options: ReadOptions, columns: Sequence[str] = (), *,
            everything: bool = False, on_found: OnFound | None = None) -> Rewritten:
    """Writes one CSV, TSV, JSON Lines, plain text or XLSX file to ``out``, its texts redacted by ``options.redactor``.

    ``columns`` are redacted in place of those that hold texts, or ``everything``; columns that name people then become
    pseudonyms. Memory stays bounded but for workbooks. Raises InputError, EmptyInputError or ColumnError for what
    cannot be read, UsageError for a folder and for tokens that the file's encoding cannot write.
    """
    items = expand_inputs([path])
    if len(items) > 1:
        raise UsageError(f"{path}: {len(items)} files where one is redacted.", hint="Name one file.")
    with byte_source(items[0]) as source:
        table = open_table(source, options)
        write = {"csv": _delimited, "tsv": _delimited, "jsonl": _json_lines, "text": _plain, "xlsx": _workbook}.get(
            table.format)
        if write is None:
            raise InputError(f"{source.name}: a {table.format} file cannot be written again.",
                             hint="Save it as CSV, JSON Lines, plain text or XLSX.")
        rows = _Rows(options, _choice(source, table, options, columns, everything), on_found)
        try:
            write(source, table, rows, out, options)
        except UnicodeEncodeError:
            raise UsageError(f"{source.name}: what stands for personal data cannot be written in {table.encoding}.",
                             hint="Use --style words.") from None
        chosen = tuple(name for name in table.columns if everything or name in rows.choice.columns)
        return Rewritten(table.format, rows.count, chosen, dict(sorted(rows.table.counts.items())), rows.choice.others)


def _choice(source: ByteSource, table: Table, options: ReadOptions, columns: Sequence[str], everything: bool
            ) -> _Choice:
    sample, _ = plan_sample(table, options)
    cells = {name: [row[place] for row in sample] for place, name in enumerate(table.columns)}
    people = {name for name, held in cells.items() if is_person_column(name)}
    if columns:
        chosen = {named(table.columns, name, source.name, "column") for name in columns}
    elif everything:
        chosen = set(table.columns)
    else:
        plan = plan_table(source.name, source.compression, table, options, (sample, len(sample))).plan
        chosen = {column.name for role, column in plan.columns.items() if role in _TEXTS}
    chance = chance_columns(table.columns, sample, options.redactor)
    telling = TableRedaction(options.redactor)
    others = tuple(name for name in table.columns if name not in chosen and (
        name in people or hold_people(cells[name]) or (name not in chance and _tells(cells[name], telling))))
    return _Choice(frozenset(chosen), frozenset(people), chance, everything, others)


def _tells(cells: Sequence[object], table: TableRedaction) -> bool:
    texts = (text for cell in cells[:_LOOKED_AT] if (text := cell_text(cell)) is not None)
    return any(table.document().text(text).found for text in texts)


def _delimited(source: ByteSource, table: Table, rows: _Rows, out: BinaryIO, options: ReadOptions) -> None:
    encoding = find_encoding(source, source.head(), options.encoding)
    start = _first_line(source, encoding)
    put = _encoder(source, encoding, out)
    lines = io.StringIO(newline="")
    ending = "\r\n" if start.endswith("\r\n") else "\r" if start.endswith("\r") else "\n"
    quote = table.quote or '"'
    writer = csv.writer(lines, delimiter=table.delimiter or "\x1f", quotechar=quote, lineterminator=ending,
                        quoting=csv.QUOTE_ALL if start.startswith(quote) else csv.QUOTE_MINIMAL,
                        doublequote=not table.escape, escapechar="\\" if table.escape else None)
    for place, line in enumerate(table.above):
        if place == 0 and len(table.above) == 2:  # Excel's "sep=;"
            put(f"{line[0]}{ending}")
        else:
            writer.writerow(line)
    for row in table.rows():
        redaction = rows.next()
        if isinstance(row, BadRow) and row.fields is None:
            _flush(lines, put)
            put(redaction.text(row.raw).text + ending)
            continue
        if isinstance(row, BadRow):
            writer.writerow([redaction.text(field).text for field in row.fields or ()])
        else:
            writer.writerow([rows.cell(redaction, name, value)
                             for name, value in zip(table.columns, row.values, strict=True)])
        if lines.tell() > 1 << 16:
            _flush(lines, put)
    _flush(lines, put)


def _flush(lines: io.StringIO, put: Callable[[str], None]) -> None:
    put(lines.getvalue())
    lines.seek(0)
    lines.truncate()


def _json_lines(source: ByteSource, table: Table, rows: _Rows, out: BinaryIO, options: ReadOptions) -> None:
    del table
    encoding = find_encoding(source, source.head(), options.encoding)
    put = _encoder(source, encoding, out)
    for line in text_lines(source, encoding):
        body = line.strip()
        if not body:
            put(line)
            continue
        put(line.replace(body, _json_line(body, rows)))


def _json_line(body: str, rows: _Rows) -> str:
    redaction = rows.next()
    try:
        record = json.loads(body)
    except (ValueError, RecursionError):
        plain = unescaped(body)
        piece = redaction.text(plain)
        return piece.text.replace("\n", "\\n").replace("\r", "\\r") if piece.found else body
    if isinstance(record, str):
        clean: object = rows.cell(redaction, "text", record)
    elif isinstance(record, dict):
        clean = {name: {inner: rows.cell(redaction, f"{name}.{inner}", item) for inner, item in value.items()}
                 if isinstance(value, dict) and value else rows.cell(redaction, name, value)
                 for name, value in record.items()}
    else:
        clean = redaction.inside(record)
    return body if clean == record else json.dumps(clean, ensure_ascii=False)


def _plain(source: ByteSource, table: Table, rows: _Rows, out: BinaryIO, options: ReadOptions) -> None:
    encoding = find_encoding(source, source.head(), options.encoding)
    put = _encoder(source, encoding, out)
    start = [line for line, _ in zip(text_lines(source, encoding), range(_START), strict=False)]
    (column,) = table.columns
    for text in _blocks(text_lines(source, encoding), joined=is_wrapped(start)):
        put(str(rows.cell(rows.next(), column, text)) if text.strip() else text)


def _blocks(lines: Iterator[str], *, joined: bool) -> Iterator[str]:
    """Lines with their ends; those without a blank line between them as one where they were broken to fit a width."""
    if not joined:
        yield from lines
        return
    block: list[str] = []
    for line in lines:
        if not line.strip():
            yield "".join(block)
            yield line
            block = []
        else:
            block.append(line)
    yield "".join(block)


def _workbook(source: ByteSource, table: Table, rows: _Rows, out: BinaryIO, options: ReadOptions) -> None:
    import xlsxwriter

    from painpoints.read.workbook import typed_rows

    del options
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False,
                                     "strings_to_numbers": False, "nan_inf_to_errors": True})
    sheet = book.add_worksheet(table.sheet)
    forms = {kind: book.add_format({"num_format": form}) for kind, form in (
        (dt.datetime, "yyyy-mm-dd hh:mm:ss"), (dt.date, "yyyy-mm-dd"), (dt.time, "hh:mm:ss"))}

    def put(line: int, values: Sequence[Any]) -> None:
        for place, value in enumerate(values):
            if value is not None:
                sheet.write(line, place, str(value) if isinstance(value, list | dict) else value,
                            forms.get(type(value)))

    for line, values in enumerate(table.above):
        put(line, values)
    for line, values in enumerate(typed_rows(source, table), len(table.above)):
        redaction = rows.next()
        put(line, [rows.cell(redaction, name, value) for name, value in zip(table.columns, values, strict=True)])
    book.close()


def _encoder(source: ByteSource, encoding: Encoding, out: BinaryIO) -> Callable[[str], None]:
    """Writes texts as the file is written; a line that stood there in UTF-8 in spite of the others stays so."""
    codec = encoding.codec
    head = source.head()
    for mark, plain in _MARKS:
        if head.startswith(mark) and codec.startswith(plain[:5]):
            out.write(mark)
            codec = plain
            break
    errors = "strict" if encoding.is_wide else "surrogateescape"

    def put(text: str) -> None:
        try:
            out.write(text.encode(codec, errors))
        except UnicodeEncodeError:
            if not encoding.is_single_byte:
                raise
            for line in text.splitlines(keepends=True):
                try:
                    out.write(line.encode(codec, errors))
                except UnicodeEncodeError:
                    out.write(line.encode("utf-8", "surrogateescape"))

    return put


def _first_line(source: ByteSource, encoding: Encoding) -> str:
    return next(text_lines(source, encoding), "")
