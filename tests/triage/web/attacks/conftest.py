"""A workspace full of what people and customers wrote, harmless or hostile, and browsers of all roles to look at it."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import re
import socket
import threading
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from painpoints.config import Settings
from painpoints.pipeline import Workspace
from painpoints.triage import Access, Accounts, Queue
from painpoints.triage.filters import Wanted
from painpoints.triage.jobs import FAILED, Job, Jobs, write_job
from painpoints.triage.people import named
from painpoints.triage.uploads import Uploads
from painpoints.triage.views import Views
from painpoints.triage.web.app import create_app
from painpoints.triage.web.security.stack import secure

GOOD = "four grey horses"
ROLES = ("reader", "triager", "admin")
POINTS = ("0PARCEL0000000000000000000", "1CHECKOUT00000000000000000", "2FIRE000000000000000000000")
_BEGUN = dt.datetime(2026, 9, 7, 9, tzinfo=dt.UTC)
_LANGS = ("fa", "ar", "ru", "en")


@dataclass(frozen=True)
class Planted:
    """A workspace in which every text is one of ``words``; ``names`` are those of them that people can be called by."""

    workspace: Workspace
    words: Sequence[str]
    names: Sequence[str]
    app: Any
    access: Access
    job: str
    upload: str

    def outside(self) -> Any:
        """The application with all that stands before it."""
        return secure(self.app, self.workspace.folder.state, self.access)

    def browser(self, role: str | None = None, **headers: str) -> Browser:
        """A browser of somebody who has signed in and has the ``role``, or of nobody."""
        made = Browser(self.outside(), base_url=f"http://127.0.0.1:{self.access.port}", headers=headers,
                       client=("127.0.0.1", 50000), follow_redirects=False, raise_server_exceptions=True)
        if role is not None:
            assert made.sign_in(f"the {role}").status_code == 303
        return made

    @property
    def routes(self) -> list[Any]:
        """Every route of the application that is asked by a method, not a folder."""
        return [route for route in routes_of(self.app) if getattr(route, "methods", None)]

    @property
    def comments(self) -> list[str]:
        """The ids of the comments."""
        return [name_of(place) for place in range(len(self.words))]


class Browser(TestClient):
    """A browser of one person."""

    def token(self, path: str = "/points") -> str:
        """What the forms of its session carry."""
        found = re.search(r'name="csrf" (?:content|value)="([0-9A-Za-z_-]{43,64})"', self.get(path).text)
        assert found, path
        return found[1]

    def sign_in(self, name: str, password: str = GOOD) -> Any:
        """Signs in by the form."""
        return self.post("/login", data={"csrf": self.token("/login"), "name": name, "password": password})


def name_of(place: int) -> str:
    """The id of the comment at a place."""
    return hashlib.blake2b(f"attack {place}".encode(), digest_size=8).hexdigest()


def nameable(words: Iterable[str], longest: int = 80) -> list[str]:
    """Those of ``words`` that somebody can be called by."""
    from painpoints.errors import UsageError

    found = []
    for word in words:
        try:
            name = named(word)
        except UsageError:
            continue
        if len(name) <= longest:
            found.append(name)
    return found


def plant(path: Path, words: Sequence[str], database: str | None = None) -> Planted:
    """A workspace with ``words`` wherever somebody can write."""
    names = list(dict.fromkeys(nameable(words, 60)))
    workspace = Workspace.create(path, Settings(lang="fa", upload_mb=1, show_authors=True), database=database)
    state = workspace.folder.state
    _write_comments(workspace, words)
    for role in ROLES:
        Accounts(state, "root").add(f"the {role}", GOOD, role)
    for place, name in enumerate(names[:12]):
        if Accounts(state, name).user(name) is None:
            Accounts(state, name).add(name, GOOD, ROLES[place % 3])
    for place, word in enumerate(words):
        queue = Queue(state, names[place % len(names)])
        note = word.replace("\0", "")
        if place % 3:
            queue.assign([name_of(place)], names[-place % len(names)], note)
        else:
            queue.note([name_of(place)], note)
    for place, name in enumerate(dict.fromkeys(names[:40])):
        question = Wanted(search=words[place].replace("\0", "") or "x", source=names[place])
        Views(state, "the triager" if place % 2 else name).save(name, question, shared=True)
    upload = _upload(workspace, words)
    job = Job("0123456789abcdef", upload, words[5], words[6], {}, FAILED, error=words[7], hint=words[8],
              notes=[words[9]], begun=1.0, heard=1.0, ended=2.0)
    (path / "jobs").mkdir()
    write_job(path / "jobs", job)
    app = create_app(workspace)
    app.state.site.jobs = Jobs(path, ["true"])
    return Planted(workspace, words, names, app, Access(), job.id, upload)


def _write_comments(workspace: Workspace, words: Sequence[str]) -> None:
    import numpy as np
    import polars as pl

    from painpoints.store import now

    documents, units, placed = [], [], []
    for place, word in enumerate(words):
        name, text = name_of(place), word
        other = words[-place - 1]
        documents.append({
            "doc_id": name, "source_id": f"{place}", "kind": "comment", "source": other,
            "author_key": f"{place % 9:016}", "time": _BEGUN + dt.timedelta(hours=9 * place), "rating": None,
            "rating_raw": other[:9], "rating_scale": "1-5", "text": text, "parts": [], "file": other, "row": place + 1,
            "meta.likes": "3", "meta.ticket": f"{place // 4}", "meta.role": other, "meta.reply": other,
            "meta.author": other, "author": other, f"meta.{words[0]}": other, f"meta.{words[-1]}": word})
        half = len(text) // 2 if place % 4 == 3 else len(text)
        for number, (start, end) in enumerate(((0, half), (half, len(text)))):
            if start == end:
                continue
            units.append({
                "unit_id": f"{name}{number}", "doc_id": name, "turn": None, "speaker": None, "start": start, "end": end,
                "text": text[start:end], "lang": _LANGS[place % 4], "variety": None, "field": "text",
                "model_text": text[start:end], "key": hashlib.sha256(f"{place} {number}".encode()).hexdigest(),
                "weight": 1, "expectation": None, "whole_p_neg": .8, "whole_p_neu": .1, "whole_p_pos": .1,
                "sentiment": "neg", "p_neg": .8, "p_neu": .1, "p_pos": .1, "touchpoint": "delivery",
                "touchpoint_p": .8, "stage": "after", "stage_p": .8, "problem_p": .9, "is_problem": True,
                "emotion": "anger", "emotion_p": .7, "certain": place % 5 != 0})
            placed.append({"unit_id": f"{name}{number}", "addition": 1, "strength": .9, "placed_by": "machine",
                           "painpoint_id": POINTS[place % 3]})
    small = {name: pl.Float32 for name in units[0] if name.endswith(("_p", "p_neg", "p_neu", "p_pos"))}
    texts = dict.fromkeys(("variety", "expectation", "speaker"), pl.Utf8)
    with workspace.folder.state.reading() as state:
        generation = state.generation()
    workspace.folder.facts.write(
        1, pl.DataFrame(documents, schema_overrides={
            "rating": pl.Float64, "time": pl.Datetime("us", "UTC"),
            "parts": pl.List(pl.Struct({"field": pl.Utf8, "start": pl.Int64, "end": pl.Int64}))}),
        pl.DataFrame(units, schema_overrides={**small, **texts, "turn": pl.Int32}),
        np.random.default_rng(1).standard_normal((len(units), 384)).astype(np.float32), generation)
    kept = [word.replace("\0", "") for word in words]  # a server's database takes no NUL
    with workspace.folder.state.writing() as state:
        state.insert("additions", [{"number": 1, "made": now(), "inputs": json.dumps(kept[:3]),
                                     "note": json.dumps({"rejected": {kept[3]: 2}}),
                                    "documents": len(documents), "units": len(units)}])
        state.insert("documents", [{"doc_id": row["doc_id"], "addition": 1} for row in documents])
        state.insert("placements", placed)
        state.insert("painpoints", [
            {"painpoint_id": point, "title": kept[place],
             "titles": json.dumps([{"lang": lang, "title": kept[10 + 4 * place + at]}
                                   for at, lang in enumerate(_LANGS)]),
             "named_by": ("person", "machine", "machine")[place], "status": "open", "merged_into": None, "pinned": 0,
             "addition": 1, "made": now(), "titled": 3} for place, point in enumerate(POINTS)])
        state.insert("lineage", [
            {"painpoint_id": point, "event": event, "other": POINTS[0], "detail": kept[20 + place], "made": now(),
             "addition": 1} for place, (point, event) in enumerate(
                 (point, event) for point in POINTS for event in ("born", "renamed", kept[30]))])
        state.insert("proposals", [
            {"number": 1, "addition": 1, "kind": "merge", "painpoint_id": POINTS[0], "other": POINTS[1], "share": .8},
            {"number": 2, "addition": 1, "kind": "split", "painpoint_id": POINTS[2], "other": None, "share": .7}])


def _upload(workspace: Workspace, words: Sequence[str]) -> str:
    head = [f"review {words[0]}", *words[:40]]
    rows = [json.dumps(dict(zip(head, [word, *words[-40:]], strict=True))) for word in words]
    return Uploads(workspace.path, 10**6).take(io.BytesIO("\n".join(rows).encode()),
                                               f"{words[6].replace('/', '')}.jsonl", words[7]).id


def routes_of(app: Any) -> Iterator[Any]:
    """Each route of an application, those of its routers too."""
    def within(routes: Iterable[Any]) -> Iterator[Any]:
        for route in routes:
            yield from within(route.original_router.routes) if hasattr(route, "original_router") else [route]

    return within(app.routes)


@pytest.fixture(scope="session")
def every_route() -> Callable[[Any], Iterator[Any]]:
    """What finds each route of an application."""
    return routes_of


@pytest.fixture(scope="session")
def corpus() -> list[str]:
    """The hostile strings."""
    with (Path(__file__).parent / "xss.toml").open("rb") as file:
        return [word for words in tomllib.load(file)["strings"].values() for word in words]


@pytest.fixture(scope="session")
def harmless(corpus: list[str]) -> list[str]:
    """As many harmless strings, of all kinds that are shown in different ways."""
    kinds = ("The courier was late {}", "<b>کیفیت</b> پارچه بد بود {}", "приложение вылетает, \"снова\" {}",
             "لم يصل الطلب {} وأنا أنتظر", "see https://example.org/{} 'please'")
    return [kinds[place % len(kinds)].format(place) for place in range(len(corpus))]


@contextmanager
def quick_hashes() -> Iterator[None]:
    """Hashes with as little work as argon2id takes, and a name for who sits at the machine."""
    from argon2 import PasswordHasher

    from painpoints.triage import passwords

    with pytest.MonkeyPatch.context() as patch:
        passwords.nobodys.cache_clear()
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(passwords, "hasher", lambda: cheap)
        patch.setenv("PAINPOINTS_USER", "root")
        yield
    passwords.nobodys.cache_clear()


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    """`quick_hashes` for as long as a test runs: the workspaces stay, what other tests see does not change."""
    with quick_hashes():
        yield


@pytest.fixture(scope="session")
def planting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Planted]]:
    """What plants words into a new workspace of a name."""
    made: list[Planted] = []

    def planted(words: Sequence[str], name: str = "shop", database: str | None = None) -> Planted:
        with quick_hashes():
            made.append(plant(tmp_path_factory.mktemp("attack") / name, words, database))
        return made[-1]

    yield planted
    for each in made:
        each.app.state.site.live.close()
        each.workspace.close()


@pytest.fixture(scope="session")
def hostile(planting: Callable[..., Planted], corpus: list[str]) -> Planted:
    """A workspace in which every text is hostile, and its name."""
    return planting(corpus, "shop\"><img src=x onerror=alert(1)>'{{7*7}}")


@pytest.fixture(scope="session")
def plain(planting: Callable[..., Planted], harmless: list[str]) -> Planted:
    """The same workspace with harmless texts."""
    return planting(harmless)


@pytest.fixture(scope="session")
def on_the_network() -> Callable[[Planted], AbstractContextManager[str]]:
    """What serves a workspace as `painpoints serve` does, beside the tests; it gives the address."""
    from painpoints.triage.web.serving import _server

    @contextmanager
    def served(planted: Planted) -> Iterator[str]:
        place = socket.create_server(("127.0.0.1", 0))
        known = replace(planted, access=Access(port=place.getsockname()[1]))
        server = _server(known.outside(), known.access, None)
        server.capture_signals = nullcontext  # type: ignore[method-assign]  # signals come to the main thread alone
        work = threading.Thread(target=server.run, args=([place],), daemon=True)
        work.start()
        while not server.started and work.is_alive():
            work.join(0.01)
        try:
            yield f"http://127.0.0.1:{known.access.port}"
        finally:
            server.should_exit = True
            work.join(20)

    return served
