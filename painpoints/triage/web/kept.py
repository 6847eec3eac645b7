"""What was worked out of everything in a workspace, kept until that is otherwise: for whole pages, not for lists."""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeVar

from painpoints.store import RunData

if TYPE_CHECKING:
    from painpoints.store import WorkspaceData

T = TypeVar("T")
MOST = 32


class Kept:
    """The last few answers that hang on one thing. Who asks for one that is being worked out waits for it.

    Of something else nothing is kept any more, and what it was is not held in memory.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: weakref.ref[Any] = weakref.ref(self)
        self._known: OrderedDict[Hashable, Future[Any]] = OrderedDict()

    def get(self, of: object, key: Hashable, work: Callable[[], T]) -> T:
        """What ``work`` makes of ``of``, once for each ``key``. Raises what it does, and then keeps nothing."""
        with self._lock:
            if self._of() is not of:
                self._of, self._known = weakref.ref(of), OrderedDict()
            known = self._known
            task: Future[T] | None = known.get(key)
            mine = task is None
            if task is None:
                task = known[key] = Future()
                while len(known) > MOST:
                    known.popitem(last=False)
        if mine:
            try:
                task.set_result(work())
            except BaseException as error:
                with self._lock:
                    known.pop(key, None)
                task.set_exception(error)
        return task.result()


def run_of(data: WorkspaceData) -> RunData:
    """The comments and opinions of a workspace as a report takes them."""
    import polars as pl

    return RunData(data.documents, data.units, pl.DataFrame(), {})
