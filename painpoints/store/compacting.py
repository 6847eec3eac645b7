"""A database without what was deleted from it: its files written anew, its log emptied."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Engine

PATIENCE = 10.0
"""Seconds to wait for readers of a file's log."""
_LOOK = 0.1


def compact(engine: Engine, schema: str | None) -> None:
    """Has the database give up the space of deleted rows, so that no file of it holds them any more.

    What a reader elsewhere still looks at may stay in the log of a file for as long as it looks. On a server it is the
    tables of ``schema`` that are written anew; its own log and its copies are its keeper's.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if schema is not None:
            for name in _tables(engine, schema):
                connection.exec_driver_sql(f'VACUUM (FULL, ANALYZE) "{schema}"."{name}"')
            return
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA secure_delete=ON")
        driver.execute("VACUUM")
        late = time.monotonic() + PATIENCE
        while driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] and time.monotonic() < late:
            time.sleep(_LOOK)


def _tables(engine: Engine, schema: str) -> list[str]:
    from sqlalchemy import inspect

    return sorted(inspect(engine).get_table_names(schema=schema))
