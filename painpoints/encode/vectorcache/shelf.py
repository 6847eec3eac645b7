"""The segments of one kind of vectors: what is looked up, what is added, and what is dropped to make room."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from painpoints.encode.vectorcache.merging import merged
from painpoints.encode.vectorcache.segment import ENDING, empty_index, packed, read_entries, read_index

if TYPE_CHECKING:
    import numpy as np

_SEGMENT_BYTES = 1 << 26
_BATCH_BYTES = 1 << 23
_LEAST_FREE = 1 << 30
"""Bytes of the disk that are left to others."""


class Shelf:
    """Entries by their addresses, (n, 2) uint64, in ``folder`` of a cache of at most ``limit`` bytes.

    ``root`` is the cache's own folder, whose segments go when there is no room, least recently used first. Nothing
    that goes wrong with the disk is raised: ``trouble`` then says what did, and nothing more is kept.
    """

    def __init__(self, root: Path, folder: Path, limit: int) -> None:
        self._root, self._folder, self._limit = root, folder, limit
        self._lock = threading.Lock()
        self._handle: BinaryIO | None = None
        self._segments: list[Path] = []
        self._touched: dict[int, float] = {}
        self._written = self._filled = 0
        self.trouble: str | None = None
        self.full = False
        self._open()

    def __len__(self) -> int:
        return len(self._index)

    def look_up(self, addresses: np.ndarray) -> Iterator[tuple[int, memoryview]]:
        """Of each of ``addresses`` that is kept, its place and the bytes of its entry; in any order."""
        import numpy as np

        with self._lock:
            places = np.searchsorted(self._index["first"], addresses[:, 0])
            places = np.minimum(places, max(0, len(self._index) - 1))
            if not len(self._index):
                return
            found = self._index[places]
            hits = np.flatnonzero((found["first"] == addresses[:, 0]) & (found["second"] == addresses[:, 1]))
            owners = self._owners[places[hits]]
            for segment in np.unique(owners).tolist():
                rows = hits[owners == segment]
                try:
                    for row, entry in read_entries(self._segments[segment], found[rows]):
                        yield int(rows[row]), entry
                except OSError:  # dropped by another process to make room
                    continue
                self._touch(segment)

    def keep(self, addresses: np.ndarray, entries: Sequence[bytes]) -> None:
        """Adds ``entries``, as far as there is room: what would push out this process's own is not kept."""
        with self._lock:
            first, size = 0, 0
            for at, entry in enumerate(entries):
                size += len(entry)
                if size >= _BATCH_BYTES or at + 1 == len(entries):
                    if self.trouble is not None or self.full:
                        return
                    self._append(addresses[first:at + 1], entries[first:at + 1])
                    first, size = at + 1, 0

    def _append(self, addresses: np.ndarray, entries: Sequence[bytes]) -> None:
        import numpy as np

        batch, index = packed(addresses, entries)
        if self._written + len(batch) > self._limit:
            self.full = True
            return
        try:
            if shutil.disk_usage(self._folder).free < _LEAST_FREE + len(batch):
                self.trouble = "the disk is nearly full"
                return
            if self._handle is None or self._filled + len(batch) > _SEGMENT_BYTES:
                self._begin_segment()
            assert self._handle is not None
            self._make_room(len(batch))
            self._handle.write(batch)
            self._handle.flush()
        except OSError as error:
            self.trouble = error.strerror or type(error).__name__
            self.close()
            return
        index["at"] += np.uint64(self._filled)
        self._filled += len(batch)
        self._written += len(batch)
        self._enter(np.concatenate([self._index, index]),
                    np.concatenate([self._owners, np.full(len(index), len(self._segments) - 1, np.uint32)]))

    def _begin_segment(self) -> None:
        self.close()
        path = self._folder / f"{time.time_ns():020}-{secrets.token_hex(4)}{ENDING}"
        self._handle = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", buffering=0)
        self._segments.append(path)
        self._filled = 0

    def close(self) -> None:
        """Ends the segment that is being written."""
        if self._handle is not None:
            with contextlib.suppress(OSError):
                self._handle.close()
            self._handle = None

    def _open(self) -> None:
        import numpy as np

        try:
            self._folder.mkdir(0o700, exist_ok=True)
            found = merged(self._folder)
        except OSError as error:
            self.trouble, found = error.strerror or type(error).__name__, []
        indexes, owners = [empty_index()], [np.zeros(0, np.uint32)]
        for path in found:
            with contextlib.suppress(OSError):
                index = read_index(path)
                owners.append(np.full(len(index), len(self._segments), np.uint32))
                indexes.append(index)
                self._segments.append(path)
        self._enter(np.concatenate(indexes), np.concatenate(owners))

    def _enter(self, index: np.ndarray, owners: np.ndarray) -> None:
        import numpy as np

        order = np.argsort(index["first"], kind="stable")
        self._index, self._owners = index[order], owners[order]

    def _touch(self, segment: int) -> None:
        now = time.monotonic()
        if now - self._touched.get(segment, -1e9) > 60:
            self._touched[segment] = now
            with contextlib.suppress(OSError):
                os.utime(self._segments[segment])

    def _make_room(self, size: int) -> None:
        own = self._segments[-1]
        found = []
        for path in self._root.glob(f"*/*{ENDING}"):
            with contextlib.suppress(OSError):
                seen = path.stat()
                found.append((seen.st_mtime_ns, path, seen.st_size))
        total = sum(each[2] for each in found) + size
        for _, path, freed in sorted(found):
            if total <= self._limit:
                return
            if path != own:
                path.unlink(missing_ok=True)
                total -= freed
