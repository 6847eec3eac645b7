"""Exports as files on disk, whole or absent, and as downloads."""

from __future__ import annotations

import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

from painpoints.errors import UsageError
from painpoints.report.export.delimited import COMMA, csv_chunks
from painpoints.report.export.spreadsheet import write_xlsx
from painpoints.report.export.table import Table
from painpoints.store import write_whole

CSV, XLSX, PARQUET = FORMS = ("csv", "xlsx", "parquet")
MEDIA_TYPES = {CSV: "text/csv; charset=utf-8",
               XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
               PARQUET: "application/vnd.apache.parquet"}
_CHUNK = 1 << 18
_DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class Download:
    """A file on its way to a browser: its ``name`` (any script), ``media_type``, ``size`` in bytes and ``content``,
    which lies in no folder and is gone when it is closed."""

    name: str
    media_type: str
    size: int
    content: IO[bytes]

    @property
    def headers(self) -> dict[str, str]:
        """Content-Disposition with a plain name and, by RFC 5987, the right one; Content-Length; no sniffing."""
        return {"Content-Disposition": disposition(self.name), "Content-Length": str(self.size),
                "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}

    def chunks(self) -> Iterator[bytes]:
        """The bytes, once."""
        with self.content as file:
            while chunk := file.read(_CHUNK):
                yield chunk


def form_of(path: Path, form: str | None = None) -> str:
    """The form (csv, xlsx, parquet) that ``path`` ends in, or ``form`` if given. Raises UsageError."""
    found = form or path.suffix.lower().lstrip(".")
    if found not in FORMS:
        raise UsageError(f"{path.name}: no table is written in that form.",
                         hint="End the name in .csv, .xlsx or .parquet.")
    return found


def write_table(file: IO[bytes], table: Table, form: str, *, delimiter: str = COMMA) -> None:
    """Writes ``table`` into a binary ``file``. Raises UsageError for a ``form`` or delimiter that there is not."""
    if form == CSV:
        if delimiter not in _DELIMITERS:
            raise UsageError(f"--delimiter cannot be {delimiter!r}.", hint="Use a comma, ; | or a tab.")
        for chunk in csv_chunks(table, delimiter=delimiter):
            file.write(chunk)
    elif form == XLSX:
        write_xlsx(file, table)
    elif form == PARQUET:
        table.raw().write_parquet(file, compression="zstd")
    else:
        raise UsageError(f"{form}: no such form.", hint=f"There are: {', '.join(FORMS)}.")


def download(table: Table, form: str, name: str, *, delimiter: str = COMMA) -> Download:
    """``table`` as a download that is called ``name`` and the form's ending."""
    file = tempfile.TemporaryFile()  # noqa: SIM115
    try:
        write_table(file, table, form, delimiter=delimiter)
        size = file.seek(0, 2)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return Download(f"{name}.{form}", MEDIA_TYPES[form], size, file)


def disposition(name: str) -> str:
    """The Content-Disposition of a download that is called ``name``: ASCII for old programs, UTF-8 for the others."""
    clean = "".join(letter for letter in name.replace("/", "-").replace("\\", "-")
                    if unicodedata.category(letter) not in ("Cc", "Cs")).strip().rstrip(".")
    clean = f"export{clean}" if clean.rfind(".") == 0 else clean.lstrip(". ") or "export"
    letters = unicodedata.normalize("NFKD", clean).encode("ascii", "ignore").decode()
    stem, dot, last = letters.rpartition(".")
    ending = f".{last}" if dot and last.isalnum() else ""
    safe = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in (stem if ending else letters))
    safe = safe.strip("-. ")
    return f'attachment; filename="{safe or "export"}{ending}"; filename*=UTF-8\'\'{quote(clean, safe="")}'


def check_place(path: Path, *, force: bool, workspace: Path | None = None) -> None:
    """Raises UsageError where an export cannot go to ``path``: it is there already, or lies in the ``workspace``."""
    if path.is_dir():
        raise UsageError(f"{path}: is a folder.", hint="Name a file.")
    if workspace is not None and path.resolve().is_relative_to(workspace.resolve()):
        raise UsageError(f"{path}: lies in the workspace.", hint="Name a place outside of it.")
    if not path.resolve().parent.is_dir():
        raise UsageError(f"{path.parent}: no such folder.", hint="Make it, or name another one.")
    if path.exists() and not force:
        raise UsageError(f"{path}: is there already.", hint="Name another file, or overwrite it with --force.")


def place(path: Path, write: Callable[[Path], object], *, before: Callable[[], object] = lambda: None) -> None:
    """Has ``write`` fill a partial file, calls ``before`` and puts the file at ``path``. Raises StorageError."""
    def whole(partial: Path) -> None:
        write(partial)
        before()

    write_whole(path.resolve(), whole)


def place_table(path: Path, table: Table, form: str, *, delimiter: str = COMMA,
                before: Callable[[], object] = lambda: None) -> None:
    """Puts ``table`` at ``path``, wholly or not at all. Raises StorageError, UsageError."""
    def write(partial: Path) -> None:
        with partial.open("wb") as file:
            write_table(file, table, form, delimiter=delimiter)

    place(path, write, before=before)
