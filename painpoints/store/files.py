"""Files that are whole or absent: written beside their place and renamed into it."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painpoints.errors import StorageError

if TYPE_CHECKING:
    import polars as pl


_NUMBER = re.compile(r"\(os error (\d+)\)")


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Has ``write`` fill a partial file and renames it to ``path``. Raises StorageError when the disk is full."""
    partial = path.with_name(f".{path.name}.partial")
    with storage(path):
        try:
            write(partial)
            with partial.open("rb+") as handle:
                os.fsync(handle.fileno())
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """``content`` as indented UTF-8 JSON at ``path``."""
    text = json.dumps(content, ensure_ascii=False, indent=1, default=str)
    write_whole(path, lambda partial: partial.write_text(text + "\n", "utf8"))


def write_text(path: Path, text: str) -> None:
    """``text`` as UTF-8 at ``path``."""
    write_whole(path, lambda partial: partial.write_text(text, "utf8"))


def write_parquet(path: Path, frame: pl.DataFrame) -> None:
    """``frame`` as zstd-compressed Parquet at ``path``."""
    write_whole(path, lambda partial: frame.write_parquet(partial, compression="zstd"))


@contextlib.contextmanager
def growing_parquet(path: Path, rows: int = 200_000) -> Iterator[Callable[[pl.DataFrame], None]]:
    """Gives what takes one part of a table after the other; when all were taken, the table is at ``path``.

    The first part says which columns there are; ``rows`` are gathered before they are written. Raises StorageError.
    """
    import polars as pl
    import pyarrow.parquet as pq

    partial = path.with_name(f".{path.name}.partial")
    gathered: list[pl.DataFrame] = []
    writer: Any = None

    def put() -> None:
        nonlocal writer
        table = pl.concat(gathered).to_arrow(compat_level=pl.CompatLevel.oldest())
        gathered.clear()
        writer = writer or pq.ParquetWriter(partial, table.schema, compression="zstd")
        writer.write_table(table)

    def take(part: pl.DataFrame) -> None:
        gathered.append(part)
        if sum(map(len, gathered)) >= rows:
            put()

    with storage(path):
        try:
            yield take
            if gathered or writer is None:
                put()
            writer.close()
            with partial.open("rb+") as handle:
                os.fsync(handle.fileno())
            partial.replace(path)
        finally:
            if writer is not None:
                writer.close()
            partial.unlink(missing_ok=True)


@contextlib.contextmanager
def storage(path: Path) -> Iterator[None]:
    """Turns a refusal of the disk into a StorageError that names ``path`` and the remedy."""
    try:
        yield
    except Exception as error:
        number = _refusal(error)
        if number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise StorageError(f"{path.parent}: the disk is full.",
                               hint="Free some space, then go on: painpoints mine --resume RUN, or the same painpoints "
                                    "add again.") from error
        if number in (errno.EACCES, errno.EROFS, errno.EPERM):
            raise StorageError(f"{path.parent}: not writable.",
                               hint="Make it writable or name another folder.") from error
        if number in (errno.ENOTDIR, errno.EEXIST, errno.EISDIR, errno.ENAMETOOLONG):
            raise StorageError(f"{path}: cannot be made ({os.strerror(number)}).",
                               hint="Name another place.") from error
        raise


def _refusal(error: Exception) -> int | None:
    """The system's number of what the disk refused; polars has it in its own errors' words alone."""
    if isinstance(error, OSError):
        return error.errno
    if type(error).__module__.partition(".")[0] == "polars" and (told := _NUMBER.search(str(error))):
        return int(told[1])
    return None
