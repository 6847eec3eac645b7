"""What databases refuse, as errors that name the place and the remedy; never what was written, never a password."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from painpoints.errors import BusyError, PainpointsError, StorageError, WorkspaceError
from painpoints.store.address import Address
from painpoints.store.engines import READY

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError

_OURS = "Name a folder that painpoints init made."
_PASSWORD = "Give the password in PGPASSWORD, in ~/.pgpass or with the whole address in PAINPOINTS_DATABASE."
# Beginnings of SQLSTATE codes, longer ones first: https://www.postgresql.org/docs/current/errcodes-appendix.html
_REFUSED: tuple[tuple[str, type[PainpointsError], str, str], ...] = (
    ("40", BusyError, "another process changed the state at the same time", "Give the command again."),
    ("55P03", BusyError, f"stayed locked for {READY} s", "Give the command again."),
    ("42501", WorkspaceError, "the user may not do this there",
     "Ask for the right: GRANT CREATE ON DATABASE ... TO ..."),
    ("25006", StorageError, "takes no changes, it is a read-only copy", "Name the server that takes changes."),
    ("28", WorkspaceError, "the user or the password is refused", _PASSWORD),
    ("3D", WorkspaceError, "there is no such database", "Have it made, or correct its name."),
    ("53100", StorageError, "the server's disk is full", "Have some space freed, then give the command again."),
    ("53", StorageError, "the server has too much to do", "Give the command again later."),
    ("57", StorageError, "the server ended the connection", "Give the command again."),
    ("58", StorageError, "the server's disk failed", "Ask who looks after the server."),
)
# What libpq tells when no connection comes about has no code.
_UNCONNECTED: tuple[tuple[str, str, str], ...] = (
    ("password", "the user or the password is refused", _PASSWORD),
    ("authentication failed", "the user or the password is refused", _PASSWORD),
    ("no pg_hba.conf entry", "the server lets no such user in from here", "Ask who looks after the server."),
    ("role", "there is no such user", "Correct the user's name in the address."),
    ("does not exist", "there is no such database", "Have it made, or correct its name."),
    ("permission denied", "the user may not connect to it", "Ask for the right: GRANT CONNECT ON DATABASE ... TO ..."),
)


@contextmanager
def told(address: Address) -> Iterator[None]:
    """Turns what the database at ``address`` refuses into a WorkspaceError, StorageError or BusyError."""
    from sqlalchemy.exc import DBAPIError

    try:
        yield
    except DBAPIError as error:
        raise (_sqlite if address.schema is None else _postgresql)(address, error) from None


def _sqlite(address: Address, error: DBAPIError) -> PainpointsError:
    from sqlalchemy.exc import OperationalError

    place, reason = address.shown, str(error.orig)
    if not isinstance(error, OperationalError):
        return WorkspaceError(f"{place}: no state of a workspace ({type(error.orig).__name__}).", hint=_OURS)
    if "locked" in reason:
        return StorageError(f"{place}: stayed locked for {READY} s.", hint="Give the command again.")
    if "full" in reason or "readonly" in reason or "disk I/O" in reason:
        return StorageError(f"{place}: cannot be written ({reason}).",
                            hint="Free some space or make it writable, then give the command again.")
    return WorkspaceError(f"{place}: cannot be opened ({reason}).", hint=_OURS)


def _postgresql(address: Address, error: DBAPIError) -> PainpointsError:
    place, cause = address.shown, error.orig
    code = str(getattr(cause, "sqlstate", None) or "")
    for beginning, kind, what, remedy in _REFUSED:
        if code.startswith(beginning):
            return kind(f"{place}: {what}.", hint=remedy)
    if code and not code.startswith("08"):
        return WorkspaceError(f"{place}: no state of a workspace ({type(cause).__name__}).", hint=_OURS)
    return _unconnected(place, cause)


def _unconnected(place: str, cause: Any) -> PainpointsError:
    reason = str(cause)
    for word, what, remedy in _UNCONNECTED:
        if ("FATAL" in reason and word in reason) or (word == "password" and "no password supplied" in reason):
            return WorkspaceError(f"{place}: {what}.", hint=remedy)
    if type(cause).__name__ not in ("OperationalError", "ConnectionTimeout", "InterfaceError"):
        return WorkspaceError(f"{place}: no state of a workspace ({type(cause).__name__}).", hint=_OURS)
    return StorageError(f"{place}: the server cannot be reached.",
                        hint="See that it runs and that the address is right, then give the command again.")
