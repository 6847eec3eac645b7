"""The process of a job: adds one file to a workspace, tells how far it is, and ends when it is asked to."""

from __future__ import annotations

import _thread
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painpoints.errors import InputError, PainpointsError
from painpoints.triage.jobs import (
    CANCELLED,
    DONE,
    FAILED,
    FOLDER,
    RUNNING,
    STOPPED,
    Job,
    cancel_mark,
    read_job,
    write_job,
)
from painpoints.triage.uploads import FOLDER as UPLOADS
from painpoints.triage.uploads import renamed

if TYPE_CHECKING:
    from painpoints.pipeline import Added

SHARD_ROWS = 250
"""So many texts are judged between two reports."""
_BEAT = 1.0
_LEAST = 0.3
Add = Callable[..., "Added"]


class Reporter:
    """Keeps a job's file up to date: at every report of progress, and once a second so that it is known to live."""

    def __init__(self, folder: Path, job: Job) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._job = job
        self._stage_begun = (0.0, 0)
        self._written = 0.0
        self.cancelled = False
        self._last_word = False

    def begin(self) -> None:
        """Says that the work has begun, and watches for a wish to end it."""
        self._change(force=True, state=RUNNING, stage="read")
        threading.Thread(target=self._watch, daemon=True).start()

    def progress(self, stage: str, done: int, total: int | None) -> None:
        """Takes a report of the pipeline."""
        moment = time.monotonic()
        if stage == "read" and total is not None:  # all is read: the models come next
            stage, done, total = "load", 0, None
        if stage != self._job.stage:
            self._stage_begun = (moment, done)
        seconds, before = moment - self._stage_begun[0], self._stage_begun[1]
        rate = (done - before) / seconds if seconds > 0.5 and done > before else None
        if stage == "cluster" and total is not None and done >= total:
            self._last_word = True  # all is written: there is nothing left to take back
        self._change(force=stage != self._job.stage, stage=stage, done=done, total=total, rate=rate)

    def note(self, sentence: str) -> None:
        """Takes a note of the pipeline."""
        self._change(force=True, notes=[*self._job.notes, sentence])

    def end(self, state: str, **what: Any) -> None:
        """The last word."""
        self._over.set()
        self._change(force=True, state=state, ended=time.time(), **what)
        cancel_mark(self._folder, self._job.id).unlink(missing_ok=True)

    def _change(self, *, force: bool = False, **what: Any) -> None:
        with self._lock:
            moment = time.time()
            self._job = replace(self._job, heard=moment, **what)
            if force or moment - self._written >= _LEAST:
                write_job(self._folder, self._job)
                self._written = moment

    def _watch(self) -> None:
        mark = cancel_mark(self._folder, self._job.id)
        while not self._over.wait(_BEAT / 2):
            if mark.exists() and not self.cancelled and not self._last_word:
                self.cancelled = True
                _thread.interrupt_main()
            if time.time() - self._written >= _BEAT:
                self._change(force=True)


def work(workspace: Path, number: str, path: Path, add: Add | None = None) -> int:
    """Does the job ``number`` of a workspace with the file at ``path``; an exit code. ``add`` is what adds."""
    folder = workspace / FOLDER
    job = read_job(folder, number)
    if job is None:
        return 2
    reporter = Reporter(folder, job)
    added: Added | None = None
    try:
        reporter.begin()
        added = (add or _add)(workspace, path, job.settings, reporter)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    except KeyboardInterrupt:
        if added is None:
            reporter.end(CANCELLED if reporter.cancelled else STOPPED)
            return 130
    except PainpointsError as error:
        told = renamed(error, path, job.name) if isinstance(error, InputError) else error
        reporter.end(FAILED, error=told.message, hint=told.hint)
        return error.exit_code
    except MemoryError:
        reporter.end(FAILED, error="This machine's memory is full.", hint="Add a smaller file.")
        return 1
    except BaseException as error:  # a panic of polars is no Exception
        # The kind alone: a message may hold a text.
        reporter.end(FAILED, error=f"Something went wrong that was not foreseen ({type(error).__name__}).",
                     hint="Add the file with painpoints add, which tells more.")
        return 1
    assert added is not None
    for left in (workspace / UPLOADS).glob(f"{job.upload}.*"):
        left.unlink(missing_ok=True)
    reporter.end(DONE, added=added.as_dict())
    return 0


def _add(workspace: Path, path: Path, settings: Mapping[str, Any], reporter: Reporter) -> Added:
    from painpoints.pipeline import Workspace

    with Workspace.open(workspace) as opened:
        rows = min(opened.settings.shard_rows, SHARD_ROWS)
        return opened.add([path], progress=reporter.progress, warn=reporter.note, shard_rows=rows, **settings)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.exit(work(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])))
