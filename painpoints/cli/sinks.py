"""Where scored units go: a Parquet, CSV or JSON-lines file that is whole or absent, or stdout."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painpoints.errors import StorageError, UsageError

if TYPE_CHECKING:
    import polars as pl

Write = Callable[["pl.DataFrame"], None]
FORMATS = {".parquet": "parquet", ".pq": "parquet", ".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
_FORMULA = r"^\s*[=+\-@＝＋－＠]|^[\t\r\n]"
_CONTROLS = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"


def sink_format(output: str) -> str:
    """parquet, csv or jsonl, by the name; "-" is jsonl. Raises UsageError for another ending."""
    if output == "-":
        return "jsonl"
    try:
        return FORMATS[Path(output).suffix.lower()]
    except KeyError:
        raise UsageError(f"{output}: the name does not say what to write.",
                         hint="End it in .parquet, .csv or .jsonl, or write - for stdout.") from None


@contextlib.contextmanager
def open_sink(output: str) -> Iterator[Write]:
    """A function that takes frames one after the other; the file appears when all are written.

    ``output`` is a path, an address, or - for stdout. Raises UsageError for an unknown ending, StorageError when the
    disk or the store refuses, at once where it can be known.
    """
    from painpoints.read import is_remote, local_name
    from painpoints.store import storage

    if is_remote(output):
        with _remote_sink(output) as write:
            yield write
        return
    kind = sink_format(output)
    if output == "-":
        yield lambda frame: _print(frame)
        return
    path = Path(local_name(output))
    partial = path.with_name(f".{path.name}.partial")
    with contextlib.ExitStack() as cleaning:
        with storage(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            file = cleaning.enter_context(partial.open("wb"))
            cleaning.callback(partial.unlink, missing_ok=True)
        closing = cleaning.enter_context(contextlib.ExitStack())
        write = closing.enter_context(_WRITERS[kind](file))

        def stored(frame: pl.DataFrame) -> None:
            with storage(path):
                write(frame)

        yield stored
        with storage(path):
            closing.close()
            file.flush()
            os.fsync(file.fileno())
            partial.replace(path)


@contextlib.contextmanager
def _remote_sink(url: str) -> Iterator[Write]:
    """Writes here, in the temporary folder, and takes the file to ``url`` when it is whole."""
    from painpoints.store import put_file, try_file

    try_file(url)
    path = Path(tempfile.mkdtemp(prefix="painpoints-")) / url.rpartition("/")[2]
    kept = False
    try:
        with open_sink(str(path)) as write:
            yield write
        try:
            put_file(url, path)
        except StorageError as error:
            kept = True
            raise StorageError(error.message, hint=f"What was written lies in {path}.") from None
    finally:
        if not kept:
            shutil.rmtree(path.parent, ignore_errors=True)


def _print(frame: pl.DataFrame) -> None:
    sys.stdout.write(frame.write_ndjson())
    sys.stdout.flush()


@contextlib.contextmanager
def _parquet(file: Any) -> Iterator[Write]:
    import pyarrow.parquet as pq

    writer: Any = None

    def write(frame: pl.DataFrame) -> None:
        nonlocal writer
        table = frame.to_arrow()
        if writer is None:
            writer = pq.ParquetWriter(file, table.schema, compression="zstd")
        writer.write_table(table)

    try:
        yield write
    finally:
        if writer is not None:
            writer.close()


@contextlib.contextmanager
def _csv(file: Any) -> Iterator[Write]:
    file.write(b"\xef\xbb\xbf")  # Excel takes a CSV without the mark for the local code page
    first = True

    def write(frame: pl.DataFrame) -> None:
        nonlocal first
        frame_of_safe_cells(frame).write_csv(file, include_header=first)
        first = False

    yield write


@contextlib.contextmanager
def _jsonl(file: Any) -> Iterator[Write]:
    yield lambda frame: file.write(frame.write_ndjson().encode("utf8"))


_WRITERS: dict[str, Callable[[Any], contextlib.AbstractContextManager[Write]]] = {
    "parquet": _parquet, "csv": _csv, "jsonl": _jsonl}


def frame_of_safe_cells(frame: pl.DataFrame) -> pl.DataFrame:
    """``frame`` whose texts no spreadsheet takes for a formula (OWASP, CSV injection)."""
    import polars as pl

    texts = [name for name, kind in frame.schema.items() if kind == pl.Utf8]
    plain = [pl.col(name).str.replace_all(_CONTROLS, "").alias(name) for name in texts]
    return frame.with_columns(plain).with_columns(
        pl.when(pl.col(name).str.contains(_FORMULA)).then("'" + pl.col(name)).otherwise(pl.col(name)).alias(name)
        for name in texts)
