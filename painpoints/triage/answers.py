"""The last few questions to the index of words, and the comments that answered them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from painpoints.triage.coded import Places
from painpoints.triage.searching import matching

if TYPE_CHECKING:
    from painpoints.store import WorkspaceFolder

KEPT = 64


class Answers:
    """Answers from the index of ``folder``; they hold until something is added."""

    def __init__(self, folder: WorkspaceFolder) -> None:
        self._folder, self._lock = folder, threading.Lock()
        self._known: OrderedDict[tuple[str, Hashable], Places] = OrderedDict()

    def prepare(self) -> None:
        """Has the index hold everything that was added. Raises what `painpoints.triage.matching` does."""
        matching(self._folder, "0")

    def of(self, words: str, facts: Hashable, places: Mapping[str, int]) -> Places:
        """The places of the comments that answer ``words``; ``facts`` tells what was added by then.

        Raises what `painpoints.triage.matching` does.
        """
        key = (" ".join(words.split()), facts)
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        found = np.array([places[doc_id] for doc_id in matching(self._folder, words) if doc_id in places], np.int64)
        with self._lock:
            self._known[key] = found
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        return found
