"""What all rooms' tests share: the encoder, loaded once, and a model hub that is never called."""

from __future__ import annotations

import os

os.environ["HF_HUB_OFFLINE"] = "1"  # read once, when the hub's client is first imported

from typing import TYPE_CHECKING

import pytest

os.environ.pop("PAINPOINTS_DATABASE", None)
SERVER = "PAINPOINTS_TEST_DATABASE"

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from painpoints.encode import Encoder
    from painpoints.store.address import Address


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The embedded encoder, in the precision this machine would use."""
    from painpoints.encode import load_encoder

    return load_encoder()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a database of our own on the PostgreSQL server of $PAINPOINTS_TEST_DATABASE.

    Its language sorts otherwise than SQLite does, where the server can.
    """
    from sqlalchemy import create_engine, make_url
    from sqlalchemy.exc import DBAPIError

    if not os.environ.get(SERVER):
        pytest.skip(f"{SERVER} names no PostgreSQL server; .ci/with-postgresql starts one")
    url, name = make_url(os.environ[SERVER]), f"painpoints_test_{os.getpid()}"
    engine = create_engine(url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        try:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en'")
        except DBAPIError:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        yield url.set(database=name).render_as_string(hide_password=False)
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str | None:
    """Where the state of a workspace is to lie: None for its folder, else the address of a server."""
    return None if request.param == "sqlite" else str(request.getfixturevalue("server"))


@pytest.fixture
def address(database: str | None, tmp_path: Path) -> Address:
    """A place for a state, nothing in it yet."""
    from painpoints.store.address import file_address, server_address

    return file_address(tmp_path / "state.sqlite") if database is None else server_address(database)
