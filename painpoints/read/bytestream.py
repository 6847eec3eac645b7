"""The bytes of an input: a file or the standard input, unpacked, and what its first bytes give away."""

from __future__ import annotations

import gzip
import io
import shutil
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

from painpoints.errors import EmptyInputError, InputError
from painpoints.read.inputs import READABLE, SUFFIXES, StdinMark, suffix_of
from painpoints.read.remote import RemoteFile

HEAD = 256 * 1024

# First bytes of files that hold no table and no text.
_BINARY = {
    b"\x89PNG": "a PNG picture", b"\xff\xd8\xff": "a JPEG picture", b"GIF8": "a GIF picture", b"%PDF": "a PDF",
    b"\x7fELF": "a program", b"MZ\x90": "a program", b"SQLite format 3": "an SQLite database", b"OggS": "a sound file",
    b"ID3": "a sound file", b"Rar!": "a RAR archive", b"7z\xbc\xaf": "a 7z archive", b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive", b"ARROW1": "an Arrow file", b"Obj\x01": "an Avro file", b"\x00\x00\x00": "a film",
    b"RIFF": "a sound or film file", b"\x80\x04\x95": "a Python pickle", b"\x93NUMPY": "a NumPy file",
}


@dataclass(frozen=True, slots=True)
class ByteSource:
    """One input whose bytes can be opened again and again: `name` as the user gave it, `path` on the disk."""

    name: str
    path: Path
    compression: str | None

    def open(self) -> BinaryIO:
        """The unpacked bytes from the start."""
        if self.compression == "gzip":
            return cast(BinaryIO, gzip.open(self.path, "rb"))
        if self.compression == "zstd":
            import zstandard

            unpacker = zstandard.ZstdDecompressor(max_window_size=2**31)
            reader = unpacker.stream_reader(self.path.open("rb"), read_across_frames=True, closefd=True)
            return cast(BinaryIO, io.BufferedReader(cast(io.RawIOBase, reader), 1 << 16))
        return self.path.open("rb")

    @contextmanager
    def reading(self) -> Iterator[BinaryIO]:
        """The unpacked bytes; damage to the packing or the disk comes out as InputError."""
        packing_errors: tuple[type[Exception], ...] = (OSError, EOFError, zlib.error)
        if self.compression == "zstd":
            import zstandard

            packing_errors += (zstandard.ZstdError,)
        try:
            with self.open() as stream:
                yield stream
        except packing_errors as error:
            raise unreadable(self.name, error) from error

    def head(self) -> bytes:
        """The first 256 KiB. Raises InputError when the packing is damaged there."""
        with self.reading() as stream:
            return stream.read(HEAD)

    def whole(self) -> bytes:
        """All bytes."""
        with self.reading() as stream:
            return stream.read()


def unreadable(name: str, error: Exception) -> InputError:
    """The error for bytes that cannot be had."""
    if isinstance(error, PermissionError):
        return InputError(f"{name}: no permission to read this file.")
    return InputError(f"{name}: the file is damaged or cut off ({type(error).__name__}).",
                      hint="Copy or download it again.")


@contextmanager
def byte_source(item: Path | StdinMark | RemoteFile) -> Iterator[ByteSource]:
    """The input with its packing found out; the standard input, or what comes from an address, is kept in a
    temporary file meanwhile."""
    if isinstance(item, StdinMark):
        with tempfile.NamedTemporaryFile(prefix="painpoints-stdin-") as spool:
            shutil.copyfileobj(sys.stdin.buffer, cast(IO[bytes], spool))
            spool.flush()
            path = Path(spool.name)
            yield ByteSource("-", path, compression_of(path))
    elif isinstance(item, RemoteFile):
        with tempfile.TemporaryDirectory(prefix="painpoints-remote-") as place:
            path = Path(place) / "file"
            item.fetch(path)
            yield ByteSource(item.url, path, compression_of(path))
    else:
        try:
            compression = compression_of(item)
        except OSError as error:
            raise unreadable(str(item), error) from error
        yield ByteSource(str(item), item, compression)


def compression_of(path: Path) -> str | None:
    """gzip, zstd or None, by the first bytes (names lie)."""
    with path.open("rb") as stream:
        magic = stream.read(4)
    if magic[:2] == b"\x1f\x8b":
        return "gzip"
    return "zstd" if magic == b"\x28\xb5\x2f\xfd" else None


def format_of(name: str, head: bytes) -> str:
    """delimited, jsonl, json, parquet, workbook, plain, page, or "text" where only the content can tell.

    Raises EmptyInputError for no bytes and InputError for bytes that are neither text nor a table.
    """
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise EmptyInputError(f"{name}: the file is empty.")
    if head[:4] == b"PAR1":
        return "parquet"
    if head[:4] == b"PK\x03\x04":
        if b"word/" in head[:4096] or b"ppt/" in head[:4096]:
            raise InputError(f"{name}: this is a text or slide document, not a table.",
                             hint="Save it as plain text (.txt) or as a workbook (.xlsx).")
        if suffix_of(name) in ("", ".zip") and b"xl/" not in head and b"mimetypeapplication/vnd.oasis" not in head:
            raise InputError(f"{name}: this is a ZIP archive.", hint="Unpack it and name the folder.")
        return "workbook"
    if head[:4] == b"\xd0\xcf\x11\xe0":
        return "workbook"
    for magic, words in _BINARY.items():
        if head.startswith(magic):
            raise InputError(f"{name}: this is {words}, not a table or a text.")
    if _is_binary(head):
        raise InputError(f"{name}: this is a binary file, not a table or a text.",
                         hint=f"{READABLE}.")
    suffix = SUFFIXES.get(suffix_of(name), "text")
    if suffix in ("parquet", "workbook"):
        raise InputError(f"{name}: the content is not what the name says ({suffix}); it is text.",
                         hint="Give it the right ending, for instance .csv.")
    return suffix


def _is_binary(head: bytes) -> bool:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or _looks_wide(head):
        return False
    controls = sum(head.count(code) for code in range(1, 32) if code not in (9, 10, 11, 12, 13, 26, 28, 29, 30, 31, 1))
    return controls > max(2, len(head) * 0.005) or head.count(0) > len(head) * 0.1


def _looks_wide(head: bytes) -> bool:
    """Two-byte text without a mark: NUL bytes sit on one side of the pairs only."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    most, least = max(even, odd), min(even, odd)
    return most >= max(2, len(head) * 0.01) and least <= most * 0.02
