"""A second process that reads words while this one clusters.

What it does hangs on nothing but what it is given, so that it makes no difference where it is done. When it ends before
its time, its work is done here.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple

from painpoints.errors import WorkerError
from painpoints.pipeline.streaming.child import Child
from painpoints.pipeline.streaming.worker import Answer, serve

if TYPE_CHECKING:
    import polars as pl

    from painpoints.cluster import Excerpt, Wording, WordReader

LEAST = 2
"""Processes that a run may have beside this one for one of them to read words."""


class Call(NamedTuple):
    """A method of `WordReader` and what it is given."""

    name: str
    given: tuple[Any, ...]


def work() -> None:
    """Does the calls that come; answers each with `Answer`."""
    serve(_ready)


def _ready() -> Callable[[Call], Any]:
    # spaCy imports torch where it finds it: 180 MB and a second for what its tokenizers never use.
    sys.modules["torch"] = None  # type: ignore[assignment]
    from painpoints.cluster import WordReader

    reader = WordReader()
    reader.prepare()
    gc.disable()  # words make no cycles, and looking for some takes a third of the time
    return lambda call: getattr(reader, call.name)(*call.given)


class Beside:
    """Reads words in a process of its own when there may be ``workers`` enough, else here; ends with the context."""

    def __init__(self, workers: int) -> None:
        self._here: WordReader | None = None
        self._child: Child | None = None
        self._line: ThreadPoolExecutor | None = None
        self._lost: str | None = None
        self.memory = 0
        if workers >= LEAST:
            try:
                self._child = Child(work)
                self._line = ThreadPoolExecutor(1, "beside")
            except WorkerError as error:
                self._lost = str(error)

    def __enter__(self) -> Beside:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
                 ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the process, whatever it does."""
        if self._child is not None:
            self._child.stop()
        if self._line is not None:
            self._line.shutdown()

    def notes(self) -> list[str]:
        """What went wrong, in a sentence, though the result is the same."""
        return [] if self._lost is None else [
            f"The process that reads words while pain points are looked for is gone ({self._lost}): they were read "
            "afterwards, which took longer."]

    def ahead(self, texts: pl.Series, langs: pl.Series) -> None:
        """Has ``texts`` read that will probably be asked about, if there is a process for it."""
        from painpoints.cluster import worth_reading_ahead

        if self._line is not None and worth_reading_ahead(len(texts)):
            self._line.submit(self._told, Call("ahead", (texts.to_list(), langs.to_list())))

    def wording(self, asked: Excerpt) -> Callable[[], Wording]:
        """What gives the wording of ``asked``, once it is called; begun now if there is a process for it."""
        begun = None if self._line is None else self._line.submit(self._told, Call("wording", (asked,)))
        return lambda: self._wording(asked, begun)

    def _wording(self, asked: Excerpt, begun: Future[Wording] | None) -> Wording:
        from painpoints.cluster import WordReader

        if begun is not None:
            try:
                return begun.result()
            except EOFError:
                assert self._child is not None
                self._lost = f"it ended {self._child.ending()}"
        self._here = self._here or WordReader()
        return self._here.wording(asked)

    def _told(self, call: Call) -> Any:
        assert self._child is not None
        self._child.send(call)
        answer: Answer = self._child.receive()
        self.memory = answer.memory
        if answer.error is not None:
            raise answer.error
        return answer.result
