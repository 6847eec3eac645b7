"""What all rooms' tests share: the encoder, loaded once, and a model hub that is never called."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import socket
import socketserver
import sys
import tempfile
import threading
import time

os.environ["HF_HUB_OFFLINE"] = "1"  # read once, when the hub's client is first imported
os.environ["PAINPOINTS_NO_CACHE"] = "1"  # what is the same twice must be so because it was worked out twice
os.environ["PAINPOINTS_VECTORS"] = tempfile.mkdtemp(prefix="painpoints-vectors-")  # forgetting empties it
os.environ["XDG_CONFIG_HOME"] = tempfile.mkdtemp(prefix="painpoints-config-")  # what was chosen for a person's machine

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

# The same code gets the same verdict; PAINPOINTS_EXPLORE=1 looks for examples that nobody has met.
settings.register_profile("fixed", derandomize=True)
settings.register_profile("explore", max_examples=300)
settings.load_profile("explore" if os.environ.get("PAINPOINTS_EXPLORE") else "fixed")
os.environ.pop("PAINPOINTS_DATABASE", None)
MEMORY = "/dev/shm"
# Every change of a state and every file of a run waits for the disk, some ten times a test: in memory nothing does.
if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > 4 << 30:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", MEMORY)
# Test processes side by side keep the cores busy: threads of theirs would only spin while they wait for each other.
# Read once, when numpy and torch are first imported.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
SERVER = "PAINPOINTS_TEST_DATABASE"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from painpoints.encode import Encoder
    from painpoints.pipeline import Workspace
    from painpoints.store.address import Address


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with long tests begin first, so that no worker is left with one at the end. What is tried in a real browser
    is tried once more when it fails, and the summary says so: on a busy machine keys come before the page is ready."""
    long = {item.path for item in items if item.get_closest_marker("long")}
    items.sort(key=lambda item: item.path not in long)
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.flaky(reruns=1))


def _quietly(server: socketserver.BaseServer, request: Any, address: Any) -> None:
    """A caller that hung up is no error: said on stderr by a thread, it would stand in what another test captures."""
    if not isinstance(sys.exc_info()[1], OSError):
        _ALOUD(server, request, address)


_ALOUD = socketserver.BaseServer.handle_error
socketserver.BaseServer.handle_error = _quietly  # type: ignore[method-assign]


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


# (language, text, sentiment, touchpoint, stage, problem, pain point): two opinions make a comment.
_SAID = (
    ("fa", "سفارش من سه هفته است که نرسیده و هیچ‌کس جواب نمی‌دهد.", "neg", "delivery", "after", .9, 0),
    ("fa", "کیفیت پارچه عالی بود، ممنونم.", "pos", "product", "after", .05, None),
    ("ar", "الشحنة متأخرة والمندوب لا يرد على الهاتف.", "neg", "delivery", "after", .85, 0),
    ("ar", "التطبيق يتوقف عند الدفع في كل مرة.", "neg", "app", "during", .8, 1),
    ("ru", "Приложение вылетает при оплате, верните деньги!", "neg", "app", "during", .9, 1),
    ("ru", "Ещё один заказ приехал вовремя, спасибо.", "pos", "delivery", "after", .1, None),
    ("en", "The parcel came three weeks late and nobody answers.", "neg", "delivery", "after", .9, 0),
    ("en", "I will sue you, this charger caught fire.", "neg", "product", "after", .95, 2),
    ("en", "Where can I find the size chart?", "neu", "product", "before", .2, None),
)
POINTS = ("0PARCEL0000000000000000000", "1CHECKOUT00000000000000000", "2FIRE000000000000000000000")


def written_rows(number: int, count: int) -> tuple[Any, Any, list[dict[str, Any]]]:
    """Documents and units of an addition of ``count`` comments, and the placements of its units."""
    import datetime as dt
    import hashlib

    import polars as pl

    begun = dt.datetime(2026, 9, 7, 9, tzinfo=dt.UTC)
    documents, units, placed = [], [], []
    for turn in range(count):
        name = hashlib.blake2b(f"{number} {turn}".encode(), digest_size=8).hexdigest()
        # Every ninth comment is a copy of the one before it, by somebody else.
        like = turn - 1 if turn % 9 == 8 else turn
        parts = [_SAID[like % len(_SAID)], *([_SAID[(like * 5 + 2) % len(_SAID)]] if like % 3 == 0 else [])]
        texts = [f"{part[1]} {number}.{like}" for part in parts]
        documents.append({
            "doc_id": name, "source_id": None, "kind": "comment", "source": ("Instagram", "اپلیکیشن", None)[turn % 3],
            "author_key": None if turn % 7 == 6 else f"author{turn % 11:02}",
            "time": begun + dt.timedelta(days=number * 7, hours=7 * turn), "rating": None, "rating_raw": None,
            "rating_scale": None, "text": " ".join(texts), "parts": [], "file": "rows.csv", "row": turn + 1,
            "meta.likes": str(turn * 3 % 50)})
        at = 0
        for place, (part, text) in enumerate(zip(parts, texts, strict=True)):
            lang, _, sentiment, touchpoint, stage, problem, point = part
            high, low = {"neg": ("p_neg", "p_pos"), "pos": ("p_pos", "p_neg"), "neu": ("p_neu", "p_neg")}[sentiment]
            chances = {"p_neg": .15, "p_neu": .15, "p_pos": .15, high: .75, low: .1}
            units.append({
                "unit_id": f"{name}{place}", "doc_id": name, "turn": None, "speaker": None, "start": at,
                "end": at + len(text), "text": text, "lang": lang, "variety": None, "field": "text",
                "model_text": f"{text} {_unlike(text)}",
                "key": hashlib.sha256(text.encode()).hexdigest(), "weight": 1, "expectation": None,
                "whole_p_neg": chances["p_neg"], "whole_p_neu": chances["p_neu"], "whole_p_pos": chances["p_pos"],
                "sentiment": sentiment, **chances, "touchpoint": touchpoint, "touchpoint_p": .8, "stage": stage,
                "stage_p": .8, "problem_p": problem, "is_problem": problem > .5,
                "emotion": "anger" if problem >= .9 else None, "emotion_p": .7 if problem >= .9 else None,
                "certain": turn % 5 != 0})
            if problem > .5:
                placed.append({"unit_id": f"{name}{place}", "addition": number, "strength": .9, "placed_by": "machine",
                               "painpoint_id": None if point is None else POINTS[point]})
            at += len(text) + 1
    small = {name: pl.Float32 for name in units[0] if name.endswith(("_p", "p_neg", "p_neu", "p_pos"))}
    nulls = dict.fromkeys(("speaker", "variety", "expectation", "emotion"), pl.Utf8)
    return (pl.DataFrame(documents, schema_overrides={
        **dict.fromkeys(("source_id", "rating_raw", "rating_scale", "author_key", "source"), pl.Utf8),
        "rating": pl.Float64, "time": pl.Datetime("us", "UTC"),
        "parts": pl.List(pl.Struct({"field": pl.Utf8, "start": pl.Int64, "end": pl.Int64}))}),
        pl.DataFrame(units, schema_overrides={**small, **nulls, "turn": pl.Int32}), placed)


def _unlike(text: str) -> str:
    """Words that no other text has, so that comments which differ in a number alone are no copies of each other."""
    import hashlib

    letters = hashlib.shake_256(text.encode()).hexdigest(160).translate(str.maketrans("0123456789", "ghijklmnop"))
    return " ".join(letters[at:at + 8] for at in range(0, len(letters), 8))


def write_addition(workspace: Workspace, number: int, count: int) -> None:
    """Adds so many comments to a workspace, judged already."""
    import numpy as np

    from painpoints.store import now

    documents, units, placed = written_rows(number, count)
    with workspace.folder.state.reading() as state:
        generation, known = state.generation(), {row["painpoint_id"] for row in state.rows("painpoints")}
    vectors = np.random.default_rng(number).standard_normal((len(units), 384)).astype(np.float32)
    workspace.folder.facts.write(number, documents, units, vectors, generation)
    born = [point for point in POINTS if point not in known]
    with workspace.folder.state.writing() as state:
        state.insert("additions", [{"number": number, "made": now(), "inputs": "[]", "documents": len(documents),
                                    "units": len(units), "note": "{}"}])
        state.insert("documents", [{"doc_id": key, "addition": number} for key in documents["doc_id"]])
        state.insert("placements", placed)
        state.insert("painpoints", [
            {"painpoint_id": point, "title": point[1:6].title(), "titles": "[]", "named_by": "machine",
             "status": "open", "merged_into": None, "pinned": 0, "addition": number, "made": now(), "titled": 3}
            for point in born])
        state.insert("lineage", [{"painpoint_id": point, "event": "born", "other": None, "detail": None, "made": now(),
                                  "addition": number} for point in born])


@pytest.fixture(scope="session")
def _written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of what `written_shop` is a copy of; nobody opens it."""
    path = tmp_path_factory.mktemp("written") / "shop"
    _write_shop(path, None).close()
    return path


def _write_shop(path: Path, database: str | None) -> Workspace:
    from painpoints.config import Settings
    from painpoints.pipeline import Workspace

    made = Workspace.create(path, Settings(lang="fa"), database=database)
    for number, count in ((1, 36), (2, 24)):
        write_addition(made, number, count)
    return made


@pytest.fixture
def written_shop(database: str | None, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Workspace]:
    """A workspace of sixty comments in four languages, three pain points, no encoder needed."""
    from painpoints.pipeline import Workspace

    place = tmp_path / "shop"
    if database is None:
        shutil.copytree(request.getfixturevalue("_written"), place)
    with Workspace.open(place) if database is None else _write_shop(place, database) as made:
        yield made


@pytest.fixture
def add_comments() -> Callable[[Workspace, int, int], None]:
    """What adds so many comments to a workspace as addition of a number."""
    return write_addition


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


@pytest.fixture
def visitor(written_shop: Workspace) -> Iterator[Callable[..., Any]]:
    """What opens the page of `written_shop` as a person of a role, without what decides who may come in."""
    from starlette.testclient import TestClient

    from painpoints.triage.web.app import create_app
    from painpoints.triage.web.security.person import Person

    app = create_app(written_shop)

    def opened(role: str = "triager", name: str = "sara", **headers: str) -> TestClient:
        async def known(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http":
                scope.setdefault("state", {})["person"] = Person(name, role, "token")
            await app(scope, receive, send)
        return TestClient(known, headers=headers, follow_redirects=False)

    yield opened
    app.state.site.live.close()


@pytest.fixture
def serving(monkeypatch: pytest.MonkeyPatch) -> Callable[[Workspace], Any]:
    """What serves a workspace to browsers, with all that stands before its page: a context that gives the address."""
    from contextlib import contextmanager

    monkeypatch.setenv("PAINPOINTS_USER", "sara")

    @contextmanager
    def served(shop: Workspace) -> Iterator[str]:
        import uvicorn

        from painpoints.triage.web.app import create_app
        from painpoints.triage.web.security.access import Access
        from painpoints.triage.web.security.stack import secure

        with socket.create_server(("127.0.0.1", 0)) as listening:
            port = listening.getsockname()[1]
            app = create_app(shop)
            guarded = secure(app, shop.folder.state, Access(port=port))
            server = uvicorn.Server(uvicorn.Config(guarded, log_config=None, lifespan="off", ws="none"))
            worker = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
            worker.start()
            while not server.started:
                time.sleep(0.01)
            yield f"http://127.0.0.1:{port}"
            server.should_exit = True
            worker.join(20)
        app.state.site.live.close()

    return served


@pytest.fixture
def site(written_shop: Workspace, serving: Callable[[Workspace], Any]) -> Iterator[str]:
    """The address at which `written_shop` is served."""
    with serving(written_shop) as address:
        yield address
