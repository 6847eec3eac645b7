"""What all rooms' tests share: the encoder, loaded once, and a model hub that is never called."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import socket
import threading

os.environ["HF_HUB_OFFLINE"] = "1"  # read once, when the hub's client is first imported

from typing import TYPE_CHECKING, Any

import pytest

os.environ.pop("PAINPOINTS_DATABASE", None)
SERVER = "PAINPOINTS_TEST_DATABASE"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from painpoints.encode import Encoder
    from painpoints.store.address import Address


class _Hook(http.server.BaseHTTPRequestHandler):
    """Answers as `answers` says, the last one for ever; 0 closes the line without an answer."""

    server: WebHook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(json.loads(body))
        answers = self.server.answers
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if answer == 0:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(answer)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


class WebHook(http.server.ThreadingHTTPServer):
    """A server on this machine that keeps what is posted to it."""

    answers: list[int]
    got: list[dict[str, Any]]
    headers: dict[str, str]

    @property
    def url(self) -> str:
        return f"json://someone:s3cr3t@127.0.0.1:{self.server_address[1]}/token-in-path?+X-Key=hidden"


@pytest.fixture
def web_hooks() -> Iterator[Callable[[], WebHook]]:
    """What starts such a server."""
    running: list[WebHook] = []

    def start() -> WebHook:
        made = WebHook(("127.0.0.1", 0), _Hook)
        made.answers, made.got, made.headers = [200], [], {}
        threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True).start()
        running.append(made)
        return made

    yield start
    for each in running:
        each.shutdown()
        each.server_close()


@pytest.fixture
def hook(web_hooks: Callable[[], WebHook]) -> WebHook:
    """One such server."""
    return web_hooks()


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


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A real browser; without one the tests are skipped, save in CI."""
    from playwright.sync_api import sync_playwright

    if CHROMIUM is None:
        assert not os.environ.get("CI"), "CI must have Chromium"
        pytest.skip("no Chromium on this machine: install the package chromium to run the browser tests")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()
