"""Worker processes: each is started when there is work for it, and replaced when it dies."""

from __future__ import annotations

import contextlib
import itertools
import queue
import threading
from collections.abc import Callable
from typing import Any

from painpoints.errors import WorkerError
from painpoints.pipeline.streaming.child import Child
from painpoints.pipeline.streaming.chores import Chore, Finishing, Judges, Judging, Tools
from painpoints.pipeline.streaming.worker import work

TRIES = 3
"""Processes that may die over one chore."""
Told = Callable[[Chore, Any, BaseException | None], None]
"""Called, from any thread, with a chore and its result or what went wrong."""


class Crew:
    """At most ``count`` worker processes that do chores, with the user's ``spacy`` pipeline if there is one.

    Chores that free memory come before those that take more. ``told`` hears how each ended.
    """

    def __init__(self, count: int, spacy: str | None, told: Told) -> None:
        self._spacy = spacy
        self._told = told
        self._judges: Judges | None = None
        self._held: list[Judging] = []
        self._chores: queue.PriorityQueue[tuple[int, int, Chore | None]] = queue.PriorityQueue()
        self._number = itertools.count()
        self._lock = threading.Lock()
        self._children: dict[Child, int] = {}
        self._closed = False
        self.started = 0
        self.memory = 0
        self._threads = [threading.Thread(target=self._work, name=f"worker-{at}", daemon=True) for at in range(count)]
        for thread in self._threads:
            thread.start()

    def equip(self, judges: Judges) -> None:
        """Gives the judges to all that begin another chore."""
        with self._lock:
            self._judges = judges
            held, self._held = self._held, []
        for chore in held:
            self.submit(chore)

    def submit(self, chore: Chore) -> None:
        """Has ``chore`` done as soon as may be; where it takes judges, not before these are there."""
        with self._lock:
            if isinstance(chore, Judging) and self._judges is None:
                self._held.append(chore)
                return
        self._chores.put((int(not isinstance(chore, Finishing)), next(self._number), chore))

    def close(self) -> None:
        """Ends all processes, whatever they do."""
        with self._lock:
            self._closed = True
            for child in self._children:
                child.stop()
        for _ in self._threads:
            self._chores.put((-1, next(self._number), None))
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        child: Child | None = None
        equipped: Judges | None = None
        died: list[str] = []
        while (chore := self._chores.get()[2]) is not None:
            died.clear()
            while len(died) < TRIES:
                try:
                    if child is None:
                        child, equipped = self._begun(), None
                    if equipped is not self._judges:
                        equipped = self._judges
                        child.send(equipped)
                    child.send(chore)
                    answer = child.receive()
                except EOFError:
                    assert child is not None
                    died.append(child.ending())
                    self._gone(child)
                    child = None
                    if self._closed:
                        return
                    continue
                except WorkerError as error:
                    if not self._closed:
                        self._told(chore, None, error)
                    return
                with self._lock:
                    self._children[child] = answer.memory
                    self.memory = max(self.memory, sum(self._children.values()))
                self._told(chore, answer.result, answer.error)
                break
            else:
                self._told(chore, None, WorkerError(
                    f"Shard {chore.shard}: the process that worked on it ended {TRIES} times, last {died[-1]}.",
                    hint="If memory was short, say how much there is (--memory 2GB) or take fewer processes "
                         f"(--workers 1). What is judged is kept: painpoints mine --resume {chore.run}"))

    def _begun(self) -> Child:
        with self._lock:
            if self._closed:
                raise WorkerError("The workers were sent home.")
            child = Child(work, Tools(self._spacy))
            self._children[child] = 0
            self.started += 1
            return child

    def _gone(self, child: Child) -> None:
        with self._lock, contextlib.suppress(KeyError):
            del self._children[child]
