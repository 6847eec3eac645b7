"""Where the state of a workspace lies: in a file of its folder, or in a schema on a PostgreSQL server.

A small file in the folder names the server and the schema. It never holds a password: that comes from libpq's own ways
(PGPASSWORD, ~/.pgpass) or with the whole address in PAINPOINTS_DATABASE, which goes before the one that is kept.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from painpoints.errors import UsageError, WorkspaceError
from painpoints.store.files import write_json

if TYPE_CHECKING:
    from sqlalchemy import URL

OVERRIDE = "PAINPOINTS_DATABASE"
PLACE = "database.json"
_DRIVERS = ("postgresql", "postgres", "postgresql+psycopg")
_SECRET = ("password", "sslpassword")
_EXAMPLE = "Write it like postgresql+psycopg://user@host/database."


@dataclass(frozen=True)
class Address:
    """A database: ``url`` with the password if one was given, and on a server the ``schema`` with the tables."""

    url: URL
    schema: str | None = None

    @property
    def shown(self) -> str:
        """How messages name it: a path, or server and database; never a password."""
        if self.schema is None:
            return str(self.url.database)
        return f"{self.url.host or self.url.query.get('host') or 'local server'}/{self.url.database or ''}"


def file_address(path: Path) -> Address:
    """The SQLite database at ``path``."""
    from sqlalchemy import URL

    return Address(URL.create("sqlite", database=str(path)))


def server_address(url: str, schema: str | None = None) -> Address:
    """The PostgreSQL database that ``url`` names; a new schema unless one is named.

    Raises UsageError for what is no address of PostgreSQL; the message does not repeat it, for it may hold a password.
    """
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise UsageError("The address of the database cannot be read.", hint=_EXAMPLE) from None
    if parsed.drivername.startswith("sqlite"):
        raise UsageError("A state in SQLite lies in the workspace's folder and nowhere else.",
                         hint="Leave --database out, or name a PostgreSQL server.")
    if parsed.drivername not in _DRIVERS:
        raise UsageError(f"{parsed.drivername} is no database that can hold a state.", hint=_EXAMPLE)
    if not parsed.database and "service" not in parsed.query and "PGDATABASE" not in os.environ:
        raise UsageError("The address names no database.", hint=_EXAMPLE)
    return Address(parsed.set(drivername="postgresql+psycopg"), schema or f"painpoints_{secrets.token_hex(6)}")


def keep_address(folder: Path, address: Address) -> None:
    """Writes down in ``folder`` where the state is, without a password."""
    url = address.url._replace(password=None).difference_update_query(_SECRET)
    write_json(folder / PLACE, {"database": url.render_as_string(hide_password=False), "schema": address.schema})


def kept_address(folder: Path) -> Address | None:
    """The server that ``folder`` says its state is on, None where it lies in the folder. Raises WorkspaceError."""
    path = folder / PLACE
    if not path.is_file():
        return None
    try:
        kept = json.loads(path.read_text("utf8"))
        url, schema = str(kept["database"]), str(kept["schema"])
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise WorkspaceError(f"{path}: cannot be read ({type(error).__name__}).",
                             hint="Take it back from a copy.") from None
    if not schema.replace("_", "").isalnum():
        raise WorkspaceError(f"{path}: its schema is none.", hint="Take it back from a copy.")
    return with_override(server_address(url, schema))


def with_override(address: Address) -> Address:
    """``address``, or the same schema at the address in PAINPOINTS_DATABASE where that is set. Raises UsageError."""
    override = os.environ.get(OVERRIDE)
    return server_address(override, address.schema) if override else address


def has_password(url: str) -> bool:
    """Whether an address gives a password away."""
    address = server_address(url)
    return address.url.password is not None or any(name in address.url.query for name in _SECRET)
