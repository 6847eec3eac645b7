"""Memory that is no longer used goes back to the system at once, so that the peak of a run is what the run holds.

Both allocators keep what was freed: polars' (jemalloc) for half a second, in which a report of a million rows frees a
gigabyte and a half and asks for as much again; the C library's until all above it is freed too.
"""

from __future__ import annotations

import ctypes
import gc
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_POLARS = "_RJEM_MALLOC_CONF"
"""What polars' jemalloc reads, once, when it is loaded."""
DECAY = "dirty_decay_ms:50,muzzy_decay_ms:0"
"""At 20 and at 100 ms the peak of grouping three million rows is that of 0 ms, the time in the system that of 500."""


def keep_little() -> None:
    """Has polars give memory back soon. Call it before polars is imported; what the user has set stays."""
    os.environ.setdefault(_POLARS, DECAY)


_GARBAGE = (100_000, 20, 20)
"""Objects after which Python looks for what only cycles hold. Loading models and reading texts makes no such cycles;
by default Python looks after 700, all the same, which takes a tenth of a run of a thousand rows."""
WORTH_IT = 100_000
"""Units whose tables weigh enough (200 MB) for a fifth of a second in which all objects are looked at."""


def look_seldom() -> None:
    """Has Python look for garbage as seldom as a process that ends with its task needs."""
    gc.set_threshold(*_GARBAGE)


_within = 0
_before = gc.get_threshold()
_counting = threading.Lock()


@contextmanager
def looking_seldom() -> Iterator[None]:
    """Within, Python looks for garbage seldom; then as before, once no other thread is within either."""
    global _within, _before
    with _counting:
        if not _within:
            _before = gc.get_threshold()
            look_seldom()
        _within += 1
    try:
        yield
    finally:
        with _counting:
            _within -= 1
            if not _within:
                gc.set_threshold(*_before)


def trim(units: int = WORTH_IT) -> None:
    """Frees what only cycles hold, and has the C library `release` it; nothing where what was let go was of few
    ``units``.

    Whoever first imports torch leaves such a cycle: of all frames it was called from, with all that they held.
    """
    if units < WORTH_IT:
        return
    gc.collect()
    release()


def release() -> None:
    """Has the C library give back what is free, also below what is not, where it can (glibc)."""
    if sys.platform == "linux":
        give_back = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none, and keeps less
        if give_back is not None:
            give_back(0)
