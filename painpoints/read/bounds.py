"""How large a file from a stranger is once it is unpacked: found by unpacking it, not by what it says of itself."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path
from typing import IO

from painpoints.errors import InputError
from painpoints.read.bytestream import ByteSource, compression_of, format_of, unreadable
from painpoints.read.inputs import COMPRESSIONS, SUFFIXES, suffix_of

_CHUNK = 1 << 18
_MOST_CELLS = 20_000_000
_MOST_MEMBERS = 2_000
_MOST_ROWS = 5_000_000
_CELL = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,4})(\d{1,8})"')
_OLD = frozenset({".xls", ".xlsb", ".ods", ".xlsm"})
_HINT = "Save it as .xlsx or .csv."
_PACKABLE = ("delimited", "jsonl", "json", "plain", "captions", "mail")


def safe_ending(name: str) -> str | None:
    """The ending of a file that may come from a stranger (".csv", ".csv.gz", ".xlsx"), None for any other.

    Formats whose readers cannot be kept within bounds are left out, packed workbooks and web pages too.
    """
    lower = name.lower()
    ending, packing = suffix_of(lower), Path(lower).suffix
    kind = SUFFIXES.get(ending)
    if kind is None or kind == "page" or ending in _OLD:
        return None
    if packing in COMPRESSIONS:
        return ending + packing if kind in _PACKABLE else None
    return ending


def safe_endings() -> tuple[str, ...]:
    """All endings without packing that `safe_ending` allows."""
    return tuple(ending for ending in SUFFIXES if safe_ending(f"x{ending}"))


def unpacked_size(path: Path, most: int, *, name: str | None = None) -> int:
    """The bytes that ``path`` holds when unpacked. Raises InputError when that is more than ``most``, or when it is
    damaged or a form of file whose size cannot be told; messages call it ``name``."""
    shown = name or path.name
    try:
        source = ByteSource(shown, path, compression_of(path))
    except OSError as error:
        raise unreadable(shown, error) from error
    head = source.head()
    kind = format_of(shown, head)
    if kind in ("workbook", "parquet") and source.compression is not None:
        raise InputError(f"{shown}: a packed {kind} is not taken.", hint="Unpack it first.")
    if kind == "workbook":
        return _workbook(path, shown, most)
    if kind == "parquet":
        return _parquet(path, shown, most)
    size = 0
    with source.reading() as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            _check(shown, size, most)
    return size


def _check(shown: str, size: int, most: int) -> None:
    if size > most:
        raise InputError(f"{shown}: holds more than {most / 1e6:,.0f} MB when it is unpacked.",
                         hint="Split it into smaller files.")


def _workbook(path: Path, shown: str, most: int) -> int:
    if not zipfile.is_zipfile(path):
        raise InputError(f"{shown}: this form of workbook is not taken, or it is damaged.", hint=_HINT)
    size = 0
    try:
        with zipfile.ZipFile(path) as book:
            members = book.infolist()
            if len(members) > _MOST_MEMBERS or not any(member.filename.startswith("xl/") for member in members):
                raise InputError(f"{shown}: this form of workbook is not taken.", hint=_HINT)
            for member in members:
                with book.open(member) as stream:
                    size = _member(stream, shown, size, most, member.filename.startswith("xl/worksheets/"))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise InputError(f"{shown}: not a readable workbook; it may be damaged or locked with a password.",
                         hint="Save it again as .xlsx or .csv.") from error
    return size


def _member(stream: IO[bytes], shown: str, size: int, most: int, is_sheet: bool) -> int:
    """``size`` with one member of a workbook; a sheet's cells may not lie so far apart that the room between them,
    which its reader fills, is more than the machine has."""
    widest = deepest = 0
    rest = b""
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        _check(shown, size, most)
        if not is_sheet:
            continue
        for found in _CELL.finditer(rest + chunk):
            widest, deepest = max(widest, _column(found[1])), max(deepest, int(found[2]))
        if widest * deepest > _MOST_CELLS:
            raise InputError(f"{shown}: a sheet is {deepest:,} rows deep and {widest:,} columns wide.",
                             hint="Delete what is outside the table, or save it as .csv.")
        rest = chunk[-64:]
    return size


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _parquet(path: Path, shown: str, most: int) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        facts = pq.ParquetFile(path).metadata
        size = sum(facts.row_group(number).total_byte_size for number in range(facts.num_row_groups))
        rows, columns = facts.num_rows, facts.num_columns
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{shown}: not a readable Parquet file ({type(error).__name__}).",
                         hint="Copy or write it again.") from error
    _check(shown, size, most)
    if rows > _MOST_ROWS or rows * columns > 10 * _MOST_CELLS:
        raise InputError(f"{shown}: {rows:,} rows of {columns:,} columns are too many.",
                         hint="Split it into smaller files.")
    return int(size)
