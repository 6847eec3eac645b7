"""A workspace on disk: its facts, its state, its lock."""

from __future__ import annotations

import datetime as dt
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from painpoints.errors import WorkspaceError
from painpoints.store.address import (
    PLACE,
    Address,
    file_address,
    keep_address,
    kept_address,
    server_address,
    with_override,
)
from painpoints.store.files import storage
from painpoints.store.lock import writing
from painpoints.store.partitions import Partitions
from painpoints.store.state import State

STATE = "state.sqlite"
_FACTS, _LOCK, _PENDING = "facts", "writer.lock", "pending"


class WorkspaceFolder:
    """An open workspace: ``facts`` (partitions) and ``state``. Use it in a ``with`` statement."""

    def __init__(self, path: Path, state: State) -> None:
        self.path = path
        self.facts = Partitions(path / _FACTS)
        self.state = state

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
        with writing(self.path / _LOCK), self.state.alone():
            yield


def now() -> str:
    """This moment in UTC, as the state has it."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def create_workspace(path: Path, settings: Mapping[str, Any], version: str, database: str | None = None
                     ) -> WorkspaceFolder:
    """A new workspace at ``path`` that works by ``settings``; ``database`` names a PostgreSQL server for its state.

    Raises WorkspaceError when the place is taken, UsageError for an address that is none, and what connecting raises.
    """
    kept = _address(path)
    if kept is not None and _finished(kept):
        raise WorkspaceError(f"{path}: is a workspace already.",
                             hint=f"Add to it: painpoints add {shlex.quote(str(path))} FILE")
    ours = {STATE, f"{STATE}-wal", f"{STATE}-shm", f"{STATE}-journal", PLACE, f".{PLACE}.partial", _FACTS, _LOCK}
    if path.exists() and (not path.is_dir() or any(item.name not in ours for item in path.iterdir())):
        raise WorkspaceError(f"{path}: exists and is not an empty folder.", hint="Name another folder.")
    address = file_address(path / STATE)
    if database is not None:
        address = server_address(database, kept.schema if kept is not None else None)
        _check_server(with_override(address))
    with storage(path):
        (path / _FACTS).mkdir(parents=True, exist_ok=True)
        (path / PLACE).unlink(missing_ok=True)
    if database is not None:
        keep_address(path, address)
        address = with_override(address)
    folder = WorkspaceFolder(path, State(address))
    with folder.alone():
        folder.state.migrate(now())
        with folder.state.writing() as state:
            state.keep("made", {"painpoints": version, "at": now()})
            state.keep("settings", dict(settings))
    return folder


def open_workspace(path: Path) -> WorkspaceFolder:
    """The workspace at ``path``, its state brought up to this version.

    Raises WorkspaceError when there is none or a newer version made it, BusyError when its state is older and another
    process is writing, StorageError when the server with its state cannot be reached.
    """
    address = _address(path)
    if address is None or not _finished(address):
        raise WorkspaceError(f"{path}: not a workspace.", hint=f"Make one: painpoints init {shlex.quote(str(path))}")
    folder = WorkspaceFolder(path, State(address))
    try:
        if folder.state.behind():
            with folder.alone():
                folder.state.migrate(now())
    except BaseException:
        folder.state.close()
        raise
    return folder


def _address(path: Path) -> Address | None:
    """Where the state of the workspace at ``path`` is, None where there is none."""
    if (kept := kept_address(path)) is not None:
        return kept
    return file_address(path / STATE) if (path / STATE).is_file() else None


def _finished(address: Address) -> bool:
    """Whether `create_workspace` came to its end there."""
    state = State(address)
    try:
        return state.level() > 0 and state.kept("settings")
    finally:
        state.close()


def _check_server(address: Address) -> None:
    """Raises what connecting to a server raises, before anything is made."""
    state = State(address)
    try:
        state.level()
    finally:
        state.close()
