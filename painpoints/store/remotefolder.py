"""Files of ours at an address, such as s3://bucket/run: each is there whole or not at all."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from painpoints.errors import StorageError, UsageError
from painpoints.read import filesystem, reached

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_READING, _WRITING = "could not be reached", "could not be written"


class RemoteFolder:
    """The files below ``url``, which need not be there yet.

    Raises what `painpoints.read.filesystem` raises, and UsageError for an address that names more than a place. Every
    method raises StorageError for a store that refuses.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        parts = urlsplit(url)
        if parts.query or any(mark in url for mark in "?*["):
            raise UsageError(f"{parts.scheme}://{parts.netloc}: the address says more than a place (?, * or [).",
                             hint="For instance s3://bucket/runs/may.")
        self._system, self._path = filesystem(self.url)

    def names(self) -> list[str]:
        """The files that are there, by their names below the folder."""
        with reached(self.url, StorageError, _READING):
            self._system.invalidate_cache()
            found = self._system.find(self._path)
            return sorted(str(name)[len(self._path):].strip("/") for name in found)

    def read(self, name: str) -> bytes | None:
        """What a file holds, or None where it is not there."""
        with reached(f"{self.url}/{name}", StorageError, _READING):
            try:
                return bytes(self._system.cat_file(f"{self._path}/{name}"))
            except FileNotFoundError:
                return None

    def fetch(self, name: str, path: Path) -> None:
        """Copies a file that is there to ``path``."""
        with reached(f"{self.url}/{name}", StorageError, _READING):
            self._system.get_file(f"{self._path}/{name}", str(path))

    def put(self, name: str, path: Path) -> None:
        """Copies ``path`` there, in place of what the name held before."""
        with reached(f"{self.url}/{name}", StorageError, _WRITING):
            _put(self._system, path, f"{self._path}/{name}")
        self._check(name, path.stat().st_size)

    def remove(self, name: str) -> None:
        """Removes a file, if it is there."""
        with reached(f"{self.url}/{name}", StorageError, _WRITING):
            try:
                self._system.rm_file(f"{self._path}/{name}")
            except FileNotFoundError:
                return

    def _check(self, name: str, size: int) -> None:
        with reached(f"{self.url}/{name}", StorageError, _READING):
            self._system.invalidate_cache()
            there = self._system.info(f"{self._path}/{name}")["size"]
        if there != size:
            raise StorageError(f"{self.url}/{name}: {there:,} of {size:,} bytes are there.", hint="Try it again.")


def put_file(url: str, path: Path) -> None:
    """Copies ``path`` to ``url``, whole or not at all. Raises what `RemoteFolder` raises."""
    folder, _, name = url.rpartition("/")
    RemoteFolder(folder).put(name, path)


def try_file(url: str) -> None:
    """Sees whether ``url`` may be written, by an empty file beside it. Raises what `RemoteFolder` raises."""
    folder, _, name = url.rpartition("/")
    there, trial = RemoteFolder(folder), f".{name}.trial"
    with tempfile.TemporaryDirectory(prefix="painpoints-") as scratch:
        empty = Path(scratch) / trial
        empty.touch()
        there.put(trial, empty)
    there.remove(trial)


def _put(system: AbstractFileSystem, path: Path, there: str) -> None:
    """A store of objects shows one when it is whole; elsewhere a file is written beside its place and moved."""
    if getattr(system, "async_impl", False):
        system.put_file(str(path), there)
        return
    folder, _, name = there.rpartition("/")
    partial = f"{folder}/.{name}.partial"
    system.put_file(str(path), partial)
    system.mv(partial, there)
