"""Additions that run beside the server: one at a time for a workspace, each in a process of its own.

The process writes how far it is into a small file, so that whoever looks sees the same: after a reload, from another
process, or after the server has ended. It holds counts, names of columns and of the file, and never a text. What stops
half-way leaves the workspace as it was, and goes on from what it had judged when it is started again.
"""

from __future__ import annotations

import json
import math
import re
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from painpoints.errors import BusyError, WorkspaceError
from painpoints.store import storage, write_json

FOLDER = "jobs"
STARTING, RUNNING, DONE, FAILED, CANCELLED, STOPPED = STATES = (
    "starting", "running", "done", "failed", "cancelled", "stopped")
"""``stopped``: its process ended without a word, or with the server; it can be started again."""
LIVE = (STARTING, RUNNING)
STAGES = ("read", "load", "judge", "cluster")
SILENT_SECONDS = 30.0
"""A job that has not been heard of for so long has no process any more."""
_PATIENCE = 20.0
_KEPT = 20
_ID = re.compile(r"[0-9a-f]{16}")
# -P: what lies in the directory that the server was started in is not imported.
_WORKER = (sys.executable, "-P", "-m", "painpoints.triage.worker")


@dataclass(frozen=True)
class Job:
    """One addition: of the upload ``upload``, called ``name``, begun by ``who`` with ``settings``.

    ``done`` of ``total`` (None: not known) in ``stage``, ``rate`` a second; ``added`` are the counts of a finished one
    (see ``painpoints.pipeline.Added``), ``error`` and ``hint`` say why one failed. Moments are seconds since 1970.
    """

    id: str
    upload: str
    name: str
    who: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    state: str = STARTING
    stage: str | None = None
    done: int = 0
    total: int | None = None
    rate: float | None = None
    begun: float = 0.0
    heard: float = 0.0
    ended: float | None = None
    added: Mapping[str, Any] | None = None
    error: str | None = None
    hint: str | None = None
    notes: Sequence[str] = ()

    @property
    def live(self) -> bool:
        """Whether it is at work."""
        return self.state in LIVE

    @property
    def remaining(self) -> int | None:
        """The seconds that the stage will still take, None where that cannot be told."""
        if not self.live or not self.rate or self.total is None:
            return None
        return math.ceil(max(0, self.total - self.done) / self.rate)

    @property
    def share(self) -> float | None:
        """How much of the whole is done (0..1), by what stages usually take; None before anything is known."""
        if self.state == DONE:
            return 1.0
        begin, part = {"read": (0.0, 0.05), "load": (0.05, 0.05), "judge": (0.1, 0.8), "cluster": (0.9, 0.1)}.get(
            self.stage or "", (0.0, 0.0))
        return begin + part * (self.done / self.total if self.total else 0.0) if part else None

    def as_dict(self) -> dict[str, Any]:
        """The row a page polls."""
        return {**asdict(self), "live": self.live, "remaining": self.remaining, "share": self.share}


class Jobs:
    """The jobs of the workspace in the folder ``workspace``; ``command`` is what a job's process runs."""

    def __init__(self, workspace: Path, command: Sequence[str] = _WORKER) -> None:
        self._workspace = workspace
        self._folder = workspace / FOLDER
        self._command = tuple(command)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = threading.Lock()

    def start(self, upload: str, name: str, path: Path, settings: Mapping[str, Any], who: str) -> Job:
        """Begins to add the file at ``path``. Raises BusyError while another job is at work."""
        with self._lock:
            busy = next((job for job in self.all() if job.live), None)
            if busy is not None:
                raise BusyError(f"{busy.who} is adding {busy.name} to this workspace.",
                                hint="Wait until that has ended, or cancel it.")
            moment = time.time()
            job = Job(secrets.token_hex(8), upload, name, who, dict(settings), begun=moment, heard=moment)
            with storage(self._folder):
                self._folder.mkdir(mode=0o700, exist_ok=True)
            self._sweep()
            write_job(self._folder, job)
            self._processes[job.id] = subprocess.Popen(
                [*self._command, str(self._workspace.resolve()), job.id, str(path.resolve())],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            return job

    def find(self, number: str) -> Job:
        """The job with an id. Raises WorkspaceError where there is none."""
        job = read_job(self._folder, number) if _ID.fullmatch(number) else None
        if job is None:
            raise WorkspaceError("There is no such job.", hint="Add the file again.")
        return self._as_it_is(job)

    def all(self) -> list[Job]:
        """The jobs that are known of, the latest first."""
        if not self._folder.is_dir():
            return []
        found = [read_job(self._folder, path.stem) for path in self._folder.glob("*.json") if _ID.fullmatch(path.stem)]
        return sorted((self._as_it_is(job) for job in found if job is not None), key=lambda job: -job.begun)

    def current(self) -> Job | None:
        """The job that is at work."""
        return next((job for job in self.all() if job.live), None)

    def cancel(self, number: str) -> Job:
        """Asks a job to end; the workspace stays as it was. One that does not listen is ended."""
        job = self.find(number)
        if job.live:
            with storage(self._folder):
                cancel_mark(self._folder, job.id).touch(mode=0o600)
            process = self._processes.get(job.id)
            if process is not None:
                threading.Thread(target=_end, args=(process,), daemon=True).start()
        return job

    def close(self) -> None:
        """Leaves its jobs to themselves: each goes on to its end, and is found again by who opens the workspace."""
        self._processes.clear()

    def _as_it_is(self, job: Job) -> Job:
        """``job``, or how it ended where its process did so without a word."""
        if not job.live:
            return job
        process = self._processes.get(job.id)
        gone = process.poll() is not None if process is not None else time.time() - job.heard > SILENT_SECONDS
        if not gone:
            return job
        last = read_job(self._folder, job.id) or job  # it may have written its end meanwhile
        if not last.live:
            return last
        mark = cancel_mark(self._folder, job.id)
        ended = replace(last, state=CANCELLED if mark.exists() else STOPPED, ended=time.time())
        write_job(self._folder, ended)
        mark.unlink(missing_ok=True)
        return ended

    def _sweep(self) -> None:
        for job in self.all()[_KEPT - 1:]:
            (self._folder / f"{job.id}.json").unlink(missing_ok=True)
        for mark in self._folder.glob("*.cancel"):
            mark.unlink(missing_ok=True)


def write_job(folder: Path, job: Job) -> None:
    """Keeps how a job stands."""
    path = folder / f"{job.id}.json"
    write_json(path, asdict(job))


def read_job(folder: Path, number: str) -> Job | None:
    """How a job stands, None where nothing is kept of it."""
    try:
        return Job(**json.loads((folder / f"{number}.json").read_text("utf8")))
    except (OSError, ValueError, TypeError):
        return None


def cancel_mark(folder: Path, number: str) -> Path:
    """The file that asks a job to end by being there."""
    return folder / f"{number}.cancel"


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
