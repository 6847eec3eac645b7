"""Text lines of a byte source in its encoding, with NUL bytes taken out and endless lines cut off."""

from __future__ import annotations

import io
from collections.abc import Iterator

from painpoints.read.bytestream import ByteSource
from painpoints.read.encoding import Encoding

#: Characters of one physical line; what is longer is no table.
LINE_LIMIT = 64 * 1024 * 1024


def text_lines(source: ByteSource, encoding: Encoding) -> Iterator[str]:
    """The lines with their line ends as they are (LF, CR LF or CR).

    Bytes that do not fit the encoding become lone surrogates (U+DC80 to U+DCFF), see `is_decoded`. A line beyond
    64 million characters is cut there. Raises InputError when the packing turns out to be damaged.
    """
    errors = "replace" if encoding.is_wide else "surrogateescape"
    with source.reading() as stream, io.TextIOWrapper(stream, encoding.codec, errors=errors, newline="") as text:
        first = True
        while line := text.readline(LINE_LIMIT):
            cut = len(line) >= LINE_LIMIT and not line.endswith(("\n", "\r"))
            if "\0" in line:
                line = line.replace("\0", "")
            if first:
                line = line.removeprefix("\ufeff")
                first = False
            yield line
            while cut and (rest := text.readline(LINE_LIMIT)):
                cut = not rest.endswith(("\n", "\r"))


def is_decoded(text: str) -> bool:
    """Whether every byte of the text had a meaning in the file's encoding."""
    if text.isascii():
        return True
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
