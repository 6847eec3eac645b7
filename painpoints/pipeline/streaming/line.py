"""The shards under way: waiting, being cut, ready for the encoder, encoded and being finished."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from painpoints.pipeline.streaming.chores import Chore, Cut, Cutting, Judging
from painpoints.store import RunFolder

LOOK = 0.5
"""Seconds after which one that waits looks up, to tell how far things are and to see Ctrl-C on every system."""


class Ready(NamedTuple):
    """A shard that waits for the encoder."""

    shard: int
    cut: Cut


class Line:
    """Shards of ``folder`` in the order in which they were offered, of which ``most`` are under way at a time.

    A shard is under way from when ``begin`` is called with it until it is `finished`. All methods may be called from
    any thread.
    """

    def __init__(self, folder: RunFolder, most: int, begin: Callable[[int], None]) -> None:
        self._folder = folder
        self._most = most
        self._begin = begin
        self._changed = threading.Condition()
        self._waiting: deque[int] = deque()
        self._ready: deque[Ready] = deque()
        self._cutting = self._encoded = 0
        self._error: BaseException | None = None
        self.note: Mapping[str, Any] | None = None
        self.read = self.resumed = self.resumed_documents = self.judged_documents = 0

    def offer(self, shard: int, documents: int) -> None:
        """Has ``shard`` judged, if it is not; ``documents`` are read so far."""
        count = self._folder.document_count(shard) if self._folder.judged(shard) else None
        with self._changed:
            self.read = documents
            if count is None:
                self._waiting.append(shard)
                self._issue()
            else:
                self.resumed += 1
                self.resumed_documents += count
            self._changed.notify_all()

    def end_reading(self, note: Mapping[str, Any]) -> None:
        """All shards were offered, and ``note`` says what was read."""
        with self._changed:
            self.note, self.read = note, note["documents"]
            self._changed.notify_all()

    def fail(self, error: BaseException) -> None:
        """Has whoever waits raise ``error``, and begins no other shard."""
        with self._changed:
            self._error = self._error or error
            self._waiting.clear()
            self._changed.notify_all()

    def told(self, chore: Chore, result: Any, error: BaseException | None) -> None:
        """A chore of the crew has ended."""
        if error is not None:
            self.fail(error)
        elif isinstance(chore, Cutting):
            with self._changed:
                self._cutting -= 1
                self._ready.append(Ready(chore.shard, result))
                self._changed.notify_all()
        elif isinstance(chore, Judging):
            with self._changed:
                self._cutting -= 1
                self.judged_documents += result
                self._issue()
                self._changed.notify_all()
        else:
            self.finished()

    def finished(self) -> None:
        """A shard that was encoded is stored."""
        with self._changed:
            self._encoded -= 1
            self._issue()
            self._changed.notify_all()

    def window(self, documents: int, characters: int, look: Callable[[], None]) -> list[Ready]:
        """The shards that are ready, of so many ``documents`` and ``characters`` or one; none when all were given.

        ``look`` is called now and then while there are none. Raises what went wrong.
        """
        with self._changed:
            self._wait(lambda: bool(self._ready) or self._all_cut(), look)
            taken: list[Ready] = []
            while self._ready:
                documents -= self._ready[0].cut.documents
                characters -= self._ready[0].cut.characters
                if taken and (documents < 0 or characters < 0):
                    break
                taken.append(self._ready.popleft())
            self._encoded += len(taken)
            return taken

    def check(self) -> None:
        """Raises what went wrong."""
        if self._error is not None:
            raise self._error

    def begun(self, look: Callable[[], None]) -> None:
        """Waits until the first shard is offered. Raises what went wrong."""
        with self._changed:
            self._wait(lambda: self.read > 0 or self.note is not None, look)

    def over(self) -> bool:
        """Whether all is cut and what was encoded is finished; waits a moment for it. Raises what went wrong."""
        with self._changed:
            if self._error is None and not self._finished_all():
                self._changed.wait(LOOK)
            self.check()
            return self._finished_all()

    def _wait(self, until: Callable[[], bool], look: Callable[[], None]) -> None:
        while True:
            self.check()
            look()
            if until():
                return
            self._changed.wait(LOOK)

    def _finished_all(self) -> bool:
        return self._all_cut() and not self._encoded

    def _all_cut(self) -> bool:
        return self.note is not None and not self._waiting and not self._cutting

    def _issue(self) -> None:
        while self._waiting and self._cutting + len(self._ready) + self._encoded < self._most:
            self._cutting += 1
            self._begin(self._waiting.popleft())
