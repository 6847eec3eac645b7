"""A byte source or a frame as a table: the format found out, the header told from the data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any

from painpoints.errors import EmptyInputError, InputError, UsageError
from painpoints.read.bytestream import ByteSource, format_of
from painpoints.read.columnnames import known_names
from painpoints.read.delimited import Dialect, Record, records, sniff
from painpoints.read.encoding import Encoding, find_encoding, utf8_within
from painpoints.read.jsonrecords import Columns, json_document, json_lines
from painpoints.read.lines import is_decoded, text_lines
from painpoints.read.plaintext import is_wrapped, paragraphs
from painpoints.read.social.unpacking import is_script, unpacked, without_script
from painpoints.read.table import BadRow, Row, Table, cell_text, named_columns
from painpoints.read.transcripts import conversations_in, may_be_transcript

if TYPE_CHECKING:
    from painpoints.read.options import ReadOptions

_NEVER = "\x1f"  # delimiter of a table with one column
_SNIFF = 256 * 1024
_JSON = re.compile(r'\{\s*(?:"|$)|\[\s*(?:[{"\[]|$)')
_NUMBER = re.compile(r"\s*[-+]?[\d۰-۹٠-٩]+(?:[.,٫:/-][\d۰-۹٠-٩]+)*\s*%?")


def open_table(source: ByteSource, options: ReadOptions) -> Table:
    """The table of a file. Raises InputError or EmptyInputError for what holds none."""
    head = source.head()
    kind = format_of(source.name, head)
    if kind == "parquet":
        from painpoints.read.arrow import parquet_table

        return parquet_table(source)
    if kind == "workbook":
        from painpoints.read.workbook import workbook_table

        return workbook_table(source, options)
    encoding = find_encoding(source, head, options.encoding)
    if kind in ("captions", "mail") and may_be_transcript(options):
        raise InputError(f"{source.name}: the content is not what the name says ({kind}).",
                         hint="Name it .txt to have its lines read as texts.")
    if kind in ("text", "captions", "mail"):
        kind = _kind_by_content(source, encoding, options)
    opened = {"delimited": _delimited, "jsonl": _json_lines, "json": _json, "plain": _plain, "page": _page}[kind]
    table = opened(source, encoding, options)
    table.encoding = encoding.codec
    if encoding.damaged:
        table.notes.append(f"encoding: {encoding.why}; the other lines are in another encoding.")
    return table


def _start(source: ByteSource, encoding: Encoding) -> list[str]:
    """Whole lines from the start, about 256 thousand characters."""
    lines: list[str] = []
    size = 0
    for line in text_lines(source, encoding):
        lines.append(line[:_SNIFF])
        size += len(line)
        if size > _SNIFF:
            break
    if not any(line.strip() for line in lines):
        raise EmptyInputError(f"{source.name}: the file is empty.")
    return lines


def _kind_by_content(source: ByteSource, encoding: Encoding, options: ReadOptions) -> str:
    lines = _start(source, encoding)
    first = next(line.strip() for line in lines if line.strip())
    if first[0] == "{" or is_script(first) or re.match(r"\[\s*(?:[{\"\[]|$)", first):
        return "json"
    if options.delimiter is not None:
        return "delimited"
    return "delimited" if _dialect_of(lines, strict=True) is not None else "plain"


def _dialect_of(lines: list[str], *, strict: bool = False) -> Dialect | None:
    text = "".join(lines)
    first = next(line for line in lines if line.strip())
    known = {mark: known_names(_cells(first, mark)) for mark in ",;\t|^~¦؛\x1e\x01:"}
    dialect = sniff(text, known)
    if dialect is None or not strict:
        return dialect
    columns = len(_cells(first, dialect.delimiter))
    return dialect if known[dialect.delimiter] >= 2 or (dialect.delimiter == "\t" and columns >= 3) else None


def _cells(line: str, mark: str) -> list[str]:
    return [cell.strip().strip("\"'") for cell in line.strip().split(mark)] if mark in line else []


def _delimited(source: ByteSource, encoding: Encoding, options: ReadOptions) -> Table:
    lines = _start(source, encoding)
    skip = 0
    delimiter = options.delimiter.replace("\\t", "\t") if options.delimiter else None
    if (declared := re.fullmatch(r"\"?sep=(.)\"?\s*", lines[0])) is not None:
        delimiter, skip = delimiter or declared[1], 1
        lines = lines[1:]
        if not lines:
            raise EmptyInputError(f"{source.name}: the file is empty.")
    if delimiter is not None and len(delimiter) != 1:
        raise UsageError(f"the delimiter must be one character, not {len(delimiter)}.",
                         hint="For instance --delimiter ';' or --delimiter '\\t'.")
    sniffed = _dialect_of(lines) if delimiter is None else sniff("".join(lines), {delimiter: 99})
    dialect = sniffed or Dialect(delimiter or _NEVER)
    if delimiter is not None and dialect.delimiter != delimiter:
        dialect = Dialect(delimiter, dialect.quote, dialect.escape)
    start = [record.fields for record in islice(records(lines, dialect), 200) if record.fields]
    if not start:
        raise InputError(f"{source.name}: no line could be taken apart; the quoting is broken throughout.",
                         hint="Name the delimiter with --delimiter.")
    header = has_header(start, options)
    columns = named_columns(start[0] if header else [""] * max(map(len, start)))

    def rows() -> Iterator[Row | BadRow]:
        stream = islice(text_lines(source, encoding), skip, None)
        found = records(stream, dialect, len(columns))
        if header:
            next(found, None)
        return _rows(found, len(columns), encoding, dialect.delimiter)

    shown = None if dialect.delimiter == _NEVER else dialect.delimiter
    return Table(columns, rows, "csv" if shown != "\t" else "tsv", delimiter=shown, quote=dialect.quote, header=header,
                 above=[[f"sep={dialect.delimiter}"]] * skip + start[:1] * header, escape=dialect.escape)


def _rows(found: Iterable[Record], width: int, encoding: Encoding, delimiter: str) -> Iterator[Row | BadRow]:
    for number, record in enumerate(found, 1):
        fields = record.fields
        if fields is None:
            yield BadRow(number, record.code, "a quotation mark is opened and never closed", record.raw)
            continue
        whole = "".join(fields)
        if not whole.isascii():
            if encoding.is_single_byte:
                fields = [utf8_within(field, encoding.codec) or field for field in fields]
                whole = "".join(fields)
            if not is_decoded(whole):
                yield BadRow(number, "undecodable", f"bytes that are not {encoding.codec}", delimiter.join(fields))
                continue
        if len(fields) != width:
            yield BadRow(number, "field_count", f"{len(fields)} fields where the header has {width}",
                         delimiter.join(fields), fields)
            continue
        yield Row(number, fields)


def has_header(rows: list[list[str]], options: ReadOptions) -> bool:
    """Whether the first row names the columns.

    It does when it holds a known or a user-named column name, or when it is words above numbers; not when it holds
    numbers, doubles or a long text itself.
    """
    first = [(cell_text(cell) or "").strip() for cell in rows[0]]
    if set(options.overrides().values()) & set(first) - {""}:
        return True
    if any(len(cell) > 60 for cell in first) or not any(first):
        return False
    if known_names(first) >= (1 if len(first) < 3 or len(rows) == 1 else min(2, len(first))):
        return not any(_NUMBER.fullmatch(cell) for cell in first if cell)
    if any(_NUMBER.fullmatch(cell) for cell in first if cell) or len(set(first)) < len(first):
        return False
    below = rows[1:101]
    if not below:
        return False
    if known_names(first):
        return True
    for place, name in enumerate(first):
        cells = [row[place].strip() for row in below if len(row) > place and row[place].strip()]
        if cells and name and sum(1 for cell in cells if _NUMBER.fullmatch(cell)) >= 0.9 * len(cells):
            return True
    return all(re.fullmatch(r"[A-Za-z][A-Za-z0-9]*(?:[_.-][A-Za-z0-9]+)+", cell) for cell in first)


def _json_lines(source: ByteSource, encoding: Encoding, options: ReadOptions) -> Table:
    start = _start(source, encoding)
    first = next(line.strip() for line in start if line.strip())
    if first in ("[", "{") or (first[0] == "[" and not first.endswith("]")):
        return _json(source, encoding, options)
    columns = Columns([])
    good = sum(1 for row in json_lines(start, columns) if isinstance(row, Row))
    if not good:
        raise InputError(f"{source.name}: no line of this file is JSON.",
                         hint="JSON Lines hold one object a line; a table needs another ending, such as .csv.")

    def rows() -> Iterator[Row | BadRow]:
        for row in json_lines(_decoded(source, encoding), columns):
            if isinstance(row, Row) and not encoding.is_wide and not _is_clean(row.values):
                raw = " | ".join(cell_text(value) or "" for value in row.values)
                yield BadRow(row.number, "undecodable", f"bytes that are not {encoding.codec}", raw)
            else:
                yield row

    return Table(columns.names, rows, "jsonl")


def _is_clean(values: Iterable[object]) -> bool:
    return all(is_decoded(value) for value in values if isinstance(value, str))


def _decoded(source: ByteSource, encoding: Encoding) -> Iterator[str]:
    for line in text_lines(source, encoding):
        yield (utf8_within(line, encoding.codec) or line) if encoding.is_single_byte else line


def _json(source: ByteSource, encoding: Encoding, options: ReadOptions) -> Table:
    start = _start(source, encoding)
    filled = [line.strip() for line in start if line.strip()]
    if len(filled) > 1 and all(line[0] == "{" and line[-1] == "}" for line in filled[:-1]):
        return _json_lines(source, encoding, options)
    text = source.whole().decode(encoding.codec, errors="replace").replace("\0", "").removeprefix("\ufeff")
    tool: list[str] = []

    def own(document: object) -> list[object] | None:
        if options.kind != "transcript" and (social := unpacked(document, options.preset)) is not None:
            tool.append(social[0])
            return list(social[1])
        return conversations_in(document) if may_be_transcript(options) else None

    found = json_document(source.name, without_script(text), own)
    columns = Columns([])
    laid_out = [columns.values(record) for record in found]

    def rows() -> Iterator[Row | BadRow]:
        for number, (values, record) in enumerate(zip(laid_out, found, strict=True), 1):
            if values is None:
                yield BadRow(number, "bad_json", "the entry is neither an object nor a text", cell_text(record) or "")
            else:
                yield Row(number, values)

    return Table(columns.names, rows, "json", preset=tool[0] if tool else None)


def _plain(source: ByteSource, encoding: Encoding, options: ReadOptions) -> Table:
    start = _start(source, encoding)
    if _JSON.match(next(line.strip() for line in start if line.strip())):
        with suppress(InputError):
            return _json(source, encoding, options)
    if options.delimiter is not None or _dialect_of(start, strict=True) is not None:
        return _delimited(source, encoding, options)
    wrapped = is_wrapped(start)

    def rows() -> Iterator[Row | BadRow]:
        lines = text_lines(source, encoding)
        texts = paragraphs(lines) if wrapped else (line.rstrip("\r\n") for line in lines if line.strip())
        for number, text in enumerate(texts, 1):
            mended = (utf8_within(text, encoding.codec) if encoding.is_single_byte else None) or text
            if is_decoded(mended):
                yield Row(number, [mended])
            else:
                yield BadRow(number, "undecodable", f"bytes that are not {encoding.codec}", text)

    notes = ["texts are paragraphs between blank lines." if wrapped else "texts are lines."]
    return Table(["text"], rows, "text", header=False, notes=notes)


def _page(source: ByteSource, encoding: Encoding, options: ReadOptions) -> Table:
    del options
    text = source.whole().decode(encoding.codec, errors="replace").replace("\0", "").removeprefix("\ufeff")
    return Table(["text"], lambda: iter([Row(1, [text])]), "page", header=False, notes=["the page is one text."])


def mapping_rows(columns: Mapping[str, list[Any]]) -> Iterator[Row | BadRow]:
    """Rows of columns that are already in memory."""
    for number, values in enumerate(zip(*columns.values(), strict=True), 1):
        yield Row(number, values)
