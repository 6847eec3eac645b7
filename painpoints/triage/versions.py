"""Names of what was seen, and which comments changed from one to the next."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection

KEPT = 500
"""So many versions back it is known what changed."""
MOST = 2000
"""Where more comments changed at once than this, everything has."""


class Versions:
    """The versions of one process, whose names begin with its ``epoch``. Only one thread at a time makes new ones."""

    def __init__(self, epoch: str) -> None:
        self._epoch, self._last = epoch, 0
        self._changed: deque[tuple[int, frozenset[str] | None]] = deque(maxlen=KEPT)

    def next(self, changed: Collection[str] | None) -> str:
        """The name of a new version, in which some comments look otherwise than in the one before (None: all may)."""
        self._last += 1
        self._changed.append((self._last, None if changed is None or len(changed) > MOST else frozenset(changed)))
        return f"{self._epoch}-{self._last}"

    def changes(self, since: str, until: str) -> frozenset[str] | None:
        """The comments that changed after version ``since`` up to ``until``; None where that cannot be told."""
        first, last = self._number(since), self._number(until)
        if first is None or last is None or first > last:
            return None
        # A copy, for another thread may add to it.
        between = [changed for number, changed in tuple(self._changed) if first < number <= last]
        if len(between) < last - first or None in between:
            return None
        return frozenset().union(*(changed for changed in between if changed is not None))

    def _number(self, version: str) -> int | None:
        epoch, dash, number = version.rpartition("-")
        known = bool(dash) and epoch == self._epoch and number.isascii() and number.isdecimal() and len(number) < 18
        return int(number) if known else None
