"""One writer at a time on a server: the database's own lock, which ends with its connection, and so with its process.

It needs a session of its own: a pooler that hands connections out by transaction would lose it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from painpoints.errors import BusyError, StorageError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

_HOLDER = """
    SELECT activity.application_name FROM pg_locks AS locks JOIN pg_stat_activity AS activity USING (pid)
    WHERE locks.locktype = 'advisory' AND locks.granted AND locks.objsubid = 1
    AND locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (locks.classid::bigint << 32 | locks.objid::bigint) = :key"""
# A machine that vanishes without a word would hold its lock for two hours by the usual settings; an idle session must
# not be thrown out while its process is judging.
_LASTING = """
    SELECT set_config(name, CASE name WHEN 'tcp_keepalives_idle' THEN '60' WHEN 'tcp_keepalives_interval' THEN '15'
                                      WHEN 'tcp_keepalives_count' THEN '4' ELSE '0' END, false)
    FROM pg_settings WHERE name IN ('tcp_keepalives_idle', 'tcp_keepalives_interval', 'tcp_keepalives_count',
                                    'idle_session_timeout')"""


_SESSION = "SELECT pg_backend_pid()"
_TRIES = 3
_TAKE = "SELECT pg_try_advisory_lock(:key)"
_RELEASE = "SELECT pg_advisory_unlock(:key)"


@contextmanager
def writing_on_server(engine: Engine, schema: str, shown: str) -> Iterator[Callable[[], None]]:
    """Holds the lock of ``schema`` while its body runs; what it gives raises StorageError once the lock is lost.

    Raises BusyError at once when another process holds it.
    """
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(_LASTING))
        key = lock_key(schema)
        for tried in range(1, _TRIES + 1):
            if connection.execute(text(_TAKE), {"key": key}).scalar_one():
                break
            holder = connection.execute(text(_HOLDER), {"key": key}).scalar()
            if holder is None and tried < _TRIES:  # it has gone meanwhile, or may not be seen
                continue
            name = f" ({holder.removeprefix('painpoints ')})" if holder else ""
            raise BusyError(f"{shown}: another painpoints process{name} is writing to this workspace.",
                            hint="Wait until it has ended, then give the command again.")
        session = connection.execute(text(_SESSION)).scalar_one()
        try:
            yield lambda: _still_held(connection, session, shown)
        finally:
            # The lock goes with the session, which is closed for good and not put back into the pool; but a server may
            # be a moment late to notice that, and whoever writes next should not find the lock held.
            with suppress(SQLAlchemyError):
                connection.execute(text(_RELEASE), {"key": key})
            connection.invalidate()


def lock_key(schema: str) -> int:
    """The 63-bit number by which the lock of ``schema`` is known."""
    return int.from_bytes(hashlib.sha256(schema.encode("ascii")).digest()[:8], "big") >> 1


def _still_held(connection: Connection, session: int, shown: str) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    try:
        held = connection.execute(text(_SESSION)).scalar_one() == session
    except SQLAlchemyError:
        held = False
    if not held:
        raise StorageError(f"{shown}: the connection that kept other writers out was lost; nothing was written.",
                           hint="Give the command again.") from None
