"""Many small segments to one: whoever adds a few texts a day leaves one each time."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from pathlib import Path

from painpoints.encode.vectorcache.segment import ENDING, packed, read_entries, read_index

_SMALL_BYTES = 1 << 22
_MANY = 32
_SETTLED_SECONDS = 3600
"""A segment that nobody wrote to for so long is nobody's."""


def merged(folder: Path) -> list[Path]:
    """The segments in ``folder``, after many small ones were made one. Raises OSError.

    A process that is killed in between leaves both, which say the same.
    """
    found = sorted(folder.glob(f"*{ENDING}"))
    small = [path for path in found if _is_small(path)]
    if len(small) < _MANY:
        return found
    addresses, entries = [], []
    import numpy as np

    for path in small:
        index = read_index(path)
        for row, entry in read_entries(path, index):
            addresses.append((index["first"][row], index["second"][row]))
            entries.append(bytes(entry))
    whole = folder / f"{time.time_ns():020}-{secrets.token_hex(4)}{ENDING}"
    if entries:
        partial = whole.with_suffix(".partial")
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
            handle.write(packed(np.array(addresses, np.uint64), entries)[0])
            handle.flush()
            os.fsync(handle.fileno())
        partial.replace(whole)
    for path in small:
        path.unlink(missing_ok=True)
    return sorted(folder.glob(f"*{ENDING}"))


def _is_small(path: Path) -> bool:
    with contextlib.suppress(OSError):
        seen = path.stat()
        return seen.st_size < _SMALL_BYTES and time.time() - seen.st_mtime > _SETTLED_SECONDS
    return False
