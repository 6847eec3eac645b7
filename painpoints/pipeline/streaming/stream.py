"""Shards read, cut, encoded, judged and stored at the same time, each step where it is done best.

What is ready is encoded together, since the encoder is quicker over many texts, sorted by length; only so many shards
are under way at a time, however many there are.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from painpoints._memory import release
from painpoints.config import Settings
from painpoints.encode import StudentEncoder
from painpoints.errors import WorkerError
from painpoints.pipeline import judging
from painpoints.pipeline.progress import Progress, silent
from painpoints.pipeline.reading import read_shards
from painpoints.pipeline.streaming.chores import Cutting, Finishing, Judges, Judging
from painpoints.pipeline.streaming.crew import Crew
from painpoints.pipeline.streaming.line import Line, Ready
from painpoints.pipeline.streaming.reader import Reader
from painpoints.pipeline.streaming.size import window_for, workers_for
from painpoints.pipeline.streaming.wire import EncodedArrays, divided, taken_up
from painpoints.store import RunFolder

if TYPE_CHECKING:
    from painpoints.pipeline.models import Models

WINDOW_DOCUMENTS = 8_000
"""Documents encoded together, beside those of a larger shard: 250 MB of vectors where each has three or four units."""
WINDOW_CHARACTERS = 8_000_000


@dataclass(frozen=True)
class StreamFigures:
    """How it went: ``workers`` that were started, ``windows`` encoded of at most ``window`` documents, seconds the
    encoder worked and ``waited`` for texts, and the most memory (MB) that all workers held. In the fast lane the
    workers encode, and there are no windows."""

    workers: int = 0
    window: int = WINDOW_DOCUMENTS
    windows: int = 0
    encoding: float = 0.0
    waited: float = 0.0
    workers_memory_mb: int = 0

    def as_dict(self) -> dict[str, Any]:
        """The figures, for the manifest."""
        return asdict(self)


class Stream:
    """The shards of ``folder``, with at most ``workers`` processes beside this one (0: none), which end with the
    context. First call one of `take`, `read` and `read_beside`, then `judge`."""

    def __init__(self, folder: RunFolder, settings: Settings, workers: int) -> None:
        self._folder = folder
        self._settings = settings
        self._run = folder.path.absolute()
        self._window = window_for(settings, workers, WINDOW_DOCUMENTS)
        most = 2 * max(1, self._window // settings.shard_rows) + workers
        self._line = Line(folder, most, self._cut)
        self._reader: Reader | None = None
        self._equipped = False
        self._crew = Crew(workers, settings.spacy, self._line.told) if workers else None
        self.figures = StreamFigures(window=self._window)

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
                 ) -> None:
        if self._reader is not None:
            self._reader.close()
        if self._crew is not None:
            self._crew.close()

    @property
    def note(self) -> Mapping[str, Any] | None:
        """What was read, once all is read."""
        return self._line.note

    def take(self, note: Mapping[str, Any]) -> None:
        """Has judged what was read before."""
        for shard in range(note["shards"]):
            self._line.offer(shard, 0)
        self._line.end_reading(note)

    def read(self, source: Sequence[str | Path] | Any, progress: Progress = silent) -> None:
        """Reads ``source`` (paths, or one frame), all of it. Raises what `read_shards` raises."""
        def written(shard: int, documents: int) -> None:
            self._line.offer(shard, documents)
            progress("read", documents, None)

        note = read_shards(self._folder, source, self._settings, written)
        progress("read", note["documents"], note["documents"])
        self._folder.finish_reading(note)
        self._line.end_reading(note)

    def read_beside(self, source: Sequence[str | Path]) -> None:
        """Begins to have ``source`` (paths) read in a process of its own.

        What goes wrong there is raised by `check`, `begun` or `judge`, whichever is called next.
        """
        self._reader = Reader(self._folder, source, self._settings, self._line)

    def check(self) -> None:
        """Raises what has gone wrong so far."""
        self._line.check()

    def begun(self, progress: Progress = silent) -> None:
        """Waits until something is read. Raises what `read_shards` raises by then."""
        self._line.begun(lambda: progress("read", self._line.read, None))

    def begin(self, source: Sequence[str | Path] | Any, progress: Progress = silent) -> None:
        """Has ``source`` (paths, or one frame) read, beside what follows where it can be.

        Raises what `read` raises, or leaves that to `begun` and `judge`.
        """
        if self._crew is not None and isinstance(source, list | tuple):
            self.read_beside(source)
        else:
            self.read(source, progress)

    def equip(self, models: Models) -> None:
        """Gives the workers ``models`` as far as they need them, which may be done before `judge`."""
        if self._crew is not None and models.second is None and not self._equipped:
            student = models.encoder if isinstance(models.encoder, StudentEncoder) else None
            self._crew.equip(Judges(models.judge, models.projection, student))
            self._equipped = True

    def judge(self, models: Models, progress: Progress = silent, when_read: Callable[[], None] = lambda: None,
              beside: Callable[[], None] = lambda: None) -> int:
        """Judges all shards; how many had been judged before. ``when_read`` is called once all is read, ``beside`` now
        and then, for what may be done with shards that are judged.

        Raises WorkerError when workers end again and again, and what reading and judging raise.
        """
        if self._crew is None:
            assert self.note is not None
            when_read()
            self._judge_here(models, progress, self.note, beside)
        else:
            self._judge_together(self._crew, models, progress, _Once(when_read), beside)
        return self._line.resumed

    def _cut(self, shard: int) -> None:
        if self._crew is not None:
            chore = Judging if self._settings.fast else Cutting
            self._crew.submit(chore(self._run, shard, self._settings.whole))

    def _judge_here(self, models: Models, progress: Progress, note: Mapping[str, Any], beside: Callable[[], None]
                    ) -> None:
        done = 0
        progress("judge", 0, note["documents"])
        for shard in range(note["shards"]):
            documents = self._folder.documents(shard)
            if not self._folder.judged(shard):
                units, vectors, counts = judging.judge_shard(documents, models, whole=self._settings.whole,
                                                             fast=self._settings.fast)
                self._folder.write_units(shard, units, vectors, counts)
                if note["shards"] > 1:
                    release()
            done += len(documents)
            progress("judge", done, note["documents"])
            beside()

    def _judge_together(self, crew: Crew, models: Models, progress: Progress, when_read: _Once,
                        beside: Callable[[], None]) -> None:
        self.equip(models)
        line, told = self._line, -1

        def look() -> None:
            nonlocal told
            if line.note is None and line.read != told:
                told = line.read
                progress("read", told, None)
            elif line.note is not None and when_read.call():
                progress("read", line.read, line.read)

        def judged(documents: int) -> None:
            line.check()
            look()
            progress("judge", line.resumed_documents + documents, None if line.note is None else line.read)
            beside()

        judged(done := 0)
        while not self._settings.fast:
            began = time.perf_counter()
            window = line.window(self._window, WINDOW_CHARACTERS, look)
            found = time.perf_counter()
            if not window:
                break
            encoded = self._encoded(window, models, done, judged)
            done += sum(ready.cut.documents for ready in window)
            self.figures = replace(
                self.figures, windows=self.figures.windows + 1, waited=self.figures.waited + found - began,
                encoding=self.figures.encoding + time.perf_counter() - found)
            for ready, arrays in zip(window, encoded, strict=True):
                if models.second is None:
                    crew.submit(Finishing(self._run, ready.shard, self._settings.whole, ready.cut.aside, arrays))
                else:
                    self._finish_here(ready, arrays, models)
            release()  # states of many sizes leave holes, which grow from window to window
        while not line.over():
            judged(done + line.judged_documents)
        judged(done + line.judged_documents)
        self.figures = replace(self.figures, workers=crew.started, workers_memory_mb=crew.memory,
                               waited=round(self.figures.waited, 2), encoding=round(self.figures.encoding, 2))

    def _encoded(self, window: Sequence[Ready], models: Models, done: int, judged: Callable[[int], None]
                 ) -> Iterable[EncodedArrays]:
        size = sum(ready.cut.documents for ready in window)
        shards = [list(ready.cut.passages.passages()) for ready in window]
        encoded = models.encoder.encode_passages([passage for shard in shards for passage in shard],
                                                 rules=self._settings.whole or self._settings.fast,
                                                 progress=lambda now, of: judged(done + size * now // of))
        return divided(encoded, [len(shard) for shard in shards])

    def _finish_here(self, ready: Ready, arrays: EncodedArrays, models: Models) -> None:
        """Finishes a shard whose clustering vectors the user's own encoder makes, which is in this process only."""
        units, vectors, counts = judging.judge_encoded(
            self._folder.documents(ready.shard), taken_up(ready.cut.aside), arrays.encoded(), models.judge,
            models.clustering_vectors, whole=self._settings.whole)
        self._folder.write_units(ready.shard, units, vectors, counts)
        self._line.finished()


class _Once:
    """Calls a function the first time it is asked to, and says that it did."""

    def __init__(self, function: Callable[[], None]) -> None:
        self._function: Callable[[], None] | None = function

    def call(self) -> bool:
        function, self._function = self._function, None
        if function is not None:
            function()
        return function is not None


def judge_shards(folder: RunFolder, shards: int, models: Models, settings: Settings, progress: Progress = silent
                 ) -> int:
    """Judges the first ``shards`` of ``folder``, whose documents are there; how many had been judged before.

    Raises what `Stream.judge` raises.
    """
    documents = sum(folder.document_count(shard) for shard in range(shards))
    with no_run(), Stream(folder, settings, workers_for(settings, documents)) as stream:
        stream.take({"shards": shards, "documents": documents})
        return stream.judge(models, progress)


@contextmanager
def no_run() -> Iterator[None]:
    """Has a WorkerError say what to do where there is no run to go on with."""
    try:
        yield
    except WorkerError as error:
        raise WorkerError(error.message, hint="If memory was short, say how much there is (--memory 2GB, or memory in "
                                              "painpoints.toml), or work without such processes (--workers 0, or "
                                              "workers). Then give it again.") from error
