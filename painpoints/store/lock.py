"""One writer at a time: a lock that ends with its process, however that ends."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from painpoints.errors import BusyError
from painpoints.store.files import storage


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Holds the lock file ``path`` while its body runs. Raises BusyError at once when another process holds it."""
    with storage(path):
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _taken(handle):
            holder = os.pread(handle, 20, 0).decode("ascii", "replace").strip() if hasattr(os, "pread") else ""
            raise BusyError(f"{path.parent}: another painpoints process{f' ({holder})' if holder else ''} is writing "
                            "to this workspace.", hint="Wait until it has ended, then give the command again.")
        os.ftruncate(handle, 0)
        os.write(handle, f"pid {os.getpid()}".encode("ascii"))
        yield
    finally:
        os.close(handle)


def _taken(handle: int) -> bool:
    try:
        import fcntl
    except ImportError:
        return _taken_on_windows(handle)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _taken_on_windows(handle: int) -> bool:
    import importlib

    msvcrt = importlib.import_module("msvcrt")
    try:
        # Far behind the holder's name: what is locked there can still be read here.
        os.lseek(handle, 1024, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    except OSError:
        return False
    os.lseek(handle, 0, os.SEEK_SET)
    return True
