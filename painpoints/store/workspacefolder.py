"""A workspace on disk: its facts, its state, its lock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from painpoints.errors import WorkspaceError
from painpoints.store.files import storage
from painpoints.store.lock import writing
from painpoints.store.partitions import Partitions
from painpoints.store.state import State, sqlite_url

STATE = "state.sqlite"
_FACTS, _LOCK, _PENDING = "facts", "writer.lock", "pending"


class WorkspaceFolder:
    """An open workspace: ``facts`` (partitions) and ``state``. Use it in a ``with`` statement."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.facts = Partitions(path / _FACTS)
        self.state = State(sqlite_url(path / STATE))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *details: object) -> None:
        self.state.close()

    @property
    def pending(self) -> Path:
        """Where an addition that is under way keeps what it has read."""
        return self.path / _PENDING

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keeps all other writers out while the body runs. Raises BusyError when there is one."""
        with writing(self.path / _LOCK):
            yield


def now() -> str:
    """This moment in UTC, as the state has it."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def create_workspace(path: Path, settings: Mapping[str, Any], version: str) -> WorkspaceFolder:
    """A new workspace at ``path`` that works by ``settings``. Raises WorkspaceError when the place is taken."""
    if (path / STATE).is_file() and _finished(path):
        raise WorkspaceError(f"{path}: is a workspace already.", hint=f"Add to it: painpoints add {path} FILE")
    ours = {STATE, f"{STATE}-wal", f"{STATE}-shm", f"{STATE}-journal", _FACTS, _LOCK}
    if path.exists() and (not path.is_dir() or any(item.name not in ours for item in path.iterdir())):
        raise WorkspaceError(f"{path}: exists and is not an empty folder.", hint="Name another folder.")
    with storage(path):
        (path / _FACTS).mkdir(parents=True, exist_ok=True)
    folder = WorkspaceFolder(path)
    with folder.alone():
        folder.state.migrate(now())
        with folder.state.writing() as state:
            state.keep("made", {"painpoints": version, "at": now()})
            state.keep("settings", dict(settings))
    return folder


def open_workspace(path: Path) -> WorkspaceFolder:
    """The workspace at ``path``, its state brought up to this version.

    Raises WorkspaceError when there is none or a newer version made it, BusyError when its state is older and another
    process is writing.
    """
    if not (path / STATE).is_file() or not _finished(path):
        raise WorkspaceError(f"{path}: not a workspace.", hint=f"Make one: painpoints init {path}")
    folder = WorkspaceFolder(path)
    try:
        if folder.state.behind():
            with folder.alone():
                folder.state.migrate(now())
    except BaseException:
        folder.state.close()
        raise
    return folder


def _finished(path: Path) -> bool:
    """Whether `create_workspace` came to its end there."""
    state = State(sqlite_url(path / STATE))
    try:
        return state.level() > 0 and state.kept("settings")
    finally:
        state.close()
