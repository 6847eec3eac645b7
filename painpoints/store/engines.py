"""Connections to the two kinds of database: every transaction is one consistent view, and begins where it is said."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Any

from painpoints.errors import MissingExtraError
from painpoints.store.address import Address

if TYPE_CHECKING:
    from sqlalchemy import Engine

READY = 30  # seconds to wait for somebody else's short transaction, and for a server
_REACHED = 10
_APPLICATION = "painpoints"


def connect(address: Address) -> Engine:
    """An engine for ``address``. Raises MissingExtraError when the driver is not installed; connects to nothing yet."""
    return _sqlite(address) if address.schema is None else _postgresql(address)


def _sqlite(address: Address) -> Engine:
    from sqlalchemy import create_engine, event

    engine = create_engine(address.url, connect_args={"timeout": READY})

    def prepare(connection: Any, record: Any) -> None:
        del record
        # The driver would begin transactions late and end them before CREATE; here SQLAlchemy says when.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


def _postgresql(address: Address) -> Engine:
    from sqlalchemy import create_engine, event

    try:
        import psycopg
    except ImportError as error:
        raise MissingExtraError("psycopg", "team", "A state on PostgreSQL") from error
    del psycopg
    given = address.url.query
    arguments = {"connect_timeout": _REACHED, "application_name": holder_name(), "client_encoding": "utf8"}
    engine = create_engine(address.url, isolation_level="REPEATABLE READ", pool_pre_ping=True, hide_parameters=True,
                           connect_args={name: value for name, value in arguments.items() if name not in given})

    def prepare(connection: Any, record: Any) -> None:
        del record
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(f'SET search_path TO "{address.schema}"')
        cursor.execute(f"SET lock_timeout TO '{READY}s'")
        cursor.close()
        connection.autocommit = False

    event.listen(engine, "connect", prepare)
    return engine


def holder_name() -> str:
    """How this process shows itself to others on the server: at most 63 bytes of ASCII."""
    host = socket.gethostname().encode("ascii", "replace").decode("ascii")
    return f"{_APPLICATION} pid {os.getpid()} on {host}"[:63]
