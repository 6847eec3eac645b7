"""A workspace kept in memory for many who look at it at once, and brought up to date as it changes."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from painpoints.triage.lookup import Lookup
from painpoints.triage.queue import Entry
from painpoints.triage.ranked import Ranking, overview
from painpoints.triage.searching import matching
from painpoints.triage.snapshot import Picture, Snapshot
from painpoints.triage.standing import Standing

if TYPE_CHECKING:
    from painpoints.pipeline import Workspace


def _this_moment() -> datetime:
    return datetime.now(UTC)


class Live:
    """What ``workspace`` holds at any moment: `now`. It may be asked by many threads at once."""

    def __init__(self, workspace: Workspace, *, clock: Callable[[], datetime] = _this_moment) -> None:
        self._workspace, self._clock = workspace, clock
        self._epoch, self._serial = secrets.token_hex(4), 0
        self._lock = threading.Lock()

    def now(self, *, wait: bool = False) -> Snapshot:
        """The workspace as it is; with ``wait`` never as it was before the last addition.

        Raises EmptyInputError when nothing was added yet.
        """
        del wait
        with self._lock:
            self._serial += 1
            data, at = self._workspace.data(), self._clock()
            trends = self._workspace.trends(data)
            ranking = Ranking(overview(data, trends, now=at))
            picture = Picture(data, trends, ranking, Lookup.of(data.documents, data.units), at,
                              cache(self._workspace.edition))
            with self._workspace.folder.state.reading() as state:
                standing = Standing.of((Entry(**row) for row in state.rows("triage")), ranking.places)
            return Snapshot(picture, standing, f"{self._epoch}.{self._serial}",
                            lambda words: matching(self._workspace.folder, words), lambda since, until: None)

    def close(self) -> None:
        """Ends what goes on in the background."""
