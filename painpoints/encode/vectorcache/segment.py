"""A segment: a file to which batches of entries are appended, each behind its own index.

Nothing in it is written twice, so a process may be killed at any moment: a batch that is not whole is not there.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

ENDING = ".vectors"
_MAGIC = b"PPVECT1\n"
_HEAD = struct.Struct("<8sIIQ")  # magic, entries, checksum of the index, bytes of all entries
_FIELDS = [("first", "<u8"), ("second", "<u8"), ("at", "<u8"), ("size", "<u4"), ("check", "<u4")]
_READ_AT_ONCE = 1 << 23
_GAP = 1 << 14
"""Bytes between two entries that are read along rather than skipped."""


def empty_index() -> np.ndarray:
    """An index of nothing."""
    import numpy as np

    return np.zeros(0, np.dtype(_FIELDS))


def packed(addresses: np.ndarray, entries: Sequence[bytes]) -> tuple[bytes, np.ndarray]:
    """One batch: ``entries`` behind an index of their ``addresses`` (n, 2); and that index, ``at`` counted from the
    beginning of the batch."""
    import numpy as np

    index = np.zeros(len(entries), np.dtype(_FIELDS))
    sizes = np.array([len(entry) for entry in entries], np.uint64)
    index["first"], index["second"] = addresses.T
    index["at"] = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    index["size"] = sizes
    index["check"] = [zlib.crc32(entry) for entry in entries]
    written = index.tobytes()
    head = _HEAD.pack(_MAGIC, len(entries), zlib.crc32(written), int(sizes.sum()))
    index["at"] += np.uint64(len(head) + len(written))
    return b"".join([head, written, *entries]), index


def read_index(path: Path) -> np.ndarray:
    """The index of all whole batches of a segment, ``at`` counted from the beginning of the file. Raises OSError."""
    import numpy as np

    kind = np.dtype(_FIELDS)
    found = [empty_index()]
    with path.open("rb") as handle:
        size = os.fstat(handle.fileno()).st_size
        at = 0
        while len(head := handle.read(_HEAD.size)) == _HEAD.size:
            magic, entries, check, payload = _HEAD.unpack(head)
            begin = at + _HEAD.size + entries * kind.itemsize
            if magic != _MAGIC or begin + payload > size:
                break
            written = handle.read(entries * kind.itemsize)
            if zlib.crc32(written) != check:
                break
            index = np.frombuffer(written, kind).copy()
            index["at"] += np.uint64(begin)
            found.append(index)
            at = begin + payload
            handle.seek(at)
    return np.concatenate(found)


def read_entries(path: Path, places: np.ndarray) -> Iterator[tuple[int, memoryview]]:
    """The entries of a segment at ``places`` (rows of its index): which row, and its bytes, in the order of the file.

    Those whose bytes are not what was written are left out. Raises OSError.
    """
    import numpy as np

    order = np.argsort(places["at"], kind="stable").tolist()
    starts, sizes, checks = places["at"].tolist(), places["size"].tolist(), places["check"].tolist()
    with path.open("rb") as handle:
        first = 0
        while first < len(order):
            begin = end = starts[order[first]]
            last = first
            while last < len(order):
                at, size = starts[order[last]], sizes[order[last]]
                if last > first and (at - end > _GAP or at + size - begin > _READ_AT_ONCE):
                    break
                end = max(end, at + size)
                last += 1
            handle.seek(begin)
            chunk = memoryview(handle.read(end - begin))
            for row in order[first:last]:
                entry = chunk[starts[row] - begin:starts[row] - begin + sizes[row]]
                if len(entry) == sizes[row] and zlib.crc32(entry) == checks[row]:
                    yield row, entry
            first = last
