"""Every answer, a failure too: headers that browsers keep by, cookies that scripts cannot read, and a silent log."""

from __future__ import annotations

import contextlib
import io
import logging
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from importlib import resources
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urljoin

import httpx
import pytest

from painpoints.triage import Access
from painpoints.triage.web.prints import prints

if TYPE_CHECKING:
    from conftest import Browser, Planted

TEXT = "متن پنهان مشتری secret customer words"
WANTED = {
    "x-content-type-options": "nosniff", "referrer-policy": "same-origin", "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin", "cross-origin-resource-policy": "same-origin"}
POLICY = {"default-src": "'self'", "base-uri": "'none'", "form-action": "'self'", "frame-ancestors": "'none'",
          "object-src": "'none'"}
NEVER = ("server", "x-powered-by", "access-control-allow-origin", "access-control-allow-credentials", "etag-weak")


@pytest.fixture(scope="module")
def shop(planting: Callable[..., Planted], harmless: list[str]) -> Planted:
    return planting(harmless, "answers")


@pytest.fixture(scope="module")
def admin(shop: Planted) -> Browser:
    return shop.browser("admin")


def gets(shop: Planted) -> list[str]:
    ids = {"doc_id": shop.comments[1], "key": "0PARCEL0000000000000000000", "form": "html", "field": "stage",
           "number": shop.upload, "file": "painpoints.csv", "program": "none"}
    return [route.path.format(**ids) for route in shop.routes if "GET" in route.methods]


def is_wrapped_up(answer: Any) -> None:
    where = f"{answer.request.method} {answer.request.url}: {answer.status_code}"
    for name, value in WANTED.items():
        assert answer.headers.get_list(name) == [value], (where, name)
    policies = answer.headers.get_list("content-security-policy")
    assert len(policies) == 1, where
    told = dict(part.strip().partition(" ")[::2] for part in policies[0].split(";"))
    assert told == POLICY and "unsafe" not in policies[0], where
    assert "geolocation=()" in answer.headers["permissions-policy"]
    assert not [name for name in NEVER if name in answer.headers], where
    caching = answer.headers.get_list("cache-control")
    assert len(caching) == 1, where
    if answer.request.url.path.startswith("/static/"):
        assert caching[0] in ("no-cache", "public, max-age=31536000, immutable"), where
        assert "set-cookie" not in answer.headers, where
    else:
        assert caching == ["no-store"], where
    if answer.content and answer.status_code != 303:
        assert "charset" in answer.headers["content-type"] or "json" in answer.headers["content-type"] or (
            answer.headers["content-type"] in ("application/octet-stream", "image/svg+xml")), where


def test_every_answer_carries_the_headers(shop: Planted, admin: Browser) -> None:
    nobody = shop.browser()
    for place, path in enumerate(gets(shop)):
        is_wrapped_up(admin.get(path, headers={"HX-Request": "true"} if place % 2 else {}))
        is_wrapped_up(nobody.get(path))
        is_wrapped_up(admin.request(("POST", "DELETE", "HEAD")[place % 3], path))


@pytest.mark.parametrize(("status", "request_"), [
    (400, ("GET", "/static/%2e%2e/x", {})), (400, ("POST", "/queue/act", {"content-type": "x/y; charset=undefined"})),
    (404, ("GET", "/no/such/page", {})), (404, ("GET", "/static/none.css", {})), (405, ("TRACE", "/queue", {})),
    (405, ("PUT", "/login", {})), (413, ("POST", "/queue/act", {"content-length": "99999999"})),
    (421, ("GET", "/queue", {"host": "evil.example"})), (403, ("POST", "/queue/act", {"origin": "https://evil.example"})),
    (403, ("GET", "/queue", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"})),
    (401, ("GET", "/api/comments", {"authorization": "Bearer x"})), (422, ("GET", "/api/comments?limit=x", {}))])
def test_every_refusal_carries_the_headers(shop: Planted, admin: Browser, status: int, request_: tuple[Any, ...]
                                           ) -> None:
    method, path, headers = request_
    given = {"X-CSRF-Token": admin.token(), **headers}
    answer = admin.request(method, path, headers=given)
    assert answer.status_code == status
    if status != 405 or method == "TRACE":
        is_wrapped_up(answer)
    assert TEXT not in answer.text and "Traceback" not in answer.text


def test_files_that_never_change_are_kept_and_others_are_asked_for(admin: Browser) -> None:
    page = admin.get("/queue").text
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert len(addresses) >= 4
    for address in addresses:
        answer = admin.get(address)
        assert answer.status_code == 200 and "immutable" in answer.headers["cache-control"], address
        is_wrapped_up(answer)
        assert admin.get(address.partition("?")[0]).headers["cache-control"] == "no-cache"
    assert "immutable" not in admin.get("/static/none.js?v=0123456789ab").headers["cache-control"]
    for other in ("evil", "0123456789ab"):
        assert admin.get(f"/static/page.css?v={other}").headers["cache-control"] == "no-cache"


def test_what_scripts_import_is_asked_for_every_time_and_not_sent_twice(admin: Browser) -> None:
    static = resources.files("painpoints.triage.web").joinpath("static")
    scripts = [f"/static/{path}" for path in prints() if path.endswith(".js") and not path.startswith("vendor/")]
    imported = {urljoin(name, path) for name in scripts for path in re.findall(
        r'(?:from|import) "([^"]+)"', static.joinpath(name.removeprefix("/static/")).read_text("utf-8"))}
    assert len(imported) >= 8 and imported <= set(scripts)
    for address in sorted(imported):
        answer = admin.get(address)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache"), address
        again = admin.get(address, headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content, again.headers["cache-control"]) == (304, b"", "no-cache")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_script_can_read_a_cookie_and_no_other_site_has_it_sent(shop: Planted, scheme: str) -> None:
    from dataclasses import replace

    browser = replace(shop, access=Access(port=9443)).browser()
    browser.base_url = f"{scheme}://127.0.0.1:9443"
    given = [*browser.get("/login").headers.get_list("set-cookie")]
    entered = browser.sign_in("the reader")
    given += [*entered.headers.get_list("set-cookie"), *browser.get("/queue?lang=ru").headers.get_list("set-cookie")]
    assert len(given) >= 4 and any("session" in cookie for cookie in given)
    for cookie in given:
        low = cookie.lower()
        assert "httponly" in low and "samesite=lax" in low and "domain" not in low and "path=/" in low, cookie
        assert ("secure" in low.split("; ")) == (scheme == "https"), cookie
        if "painpoints-" in low:
            assert low.startswith("__host-") == (scheme == "https")
    assert not any(name in entered.text for name in ("painpoints-session", "four grey"))


def test_secrets_stand_in_no_address_and_on_no_page(shop: Planted) -> None:
    browser = shop.browser("triager")
    secret = next(cookie.value for cookie in browser.cookies.jar if "session" in cookie.name)
    token = browser.token()
    for path in gets(shop)[::2]:
        answer = browser.get(path)
        assert secret not in answer.text and secret not in str(answer.headers), path
        assert token not in str(answer.url) and token not in answer.headers.get("location", "")
        assert not re.search(rf'(?:href|src|action)="[^"]*{re.escape(token)}', answer.text), path


# What fails -----------------------------------------------------------------------------------------------------------

@pytest.fixture
def failing(shop: Planted, monkeypatch: pytest.MonkeyPatch) -> Planted:
    """Pages that fail in the midst of their work, with a customer's text in what they say of it."""
    from painpoints.pipeline import Workspace
    from painpoints.triage.live import Live
    from painpoints.triage.queue import Queue

    def fails(*_: object, **__: object) -> None:
        raise ValueError(TEXT)

    monkeypatch.setattr(Live, "now", fails)
    monkeypatch.setattr(Queue, "history", fails)
    for name in ("rename", "gather", "release", "retire"):
        monkeypatch.setattr(Workspace, name, fails)
    return shop


class Panic(BaseException):
    """What polars raises where it has lost its way: no Exception."""


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """All that is logged or written to stderr, by whomsoever, with the traces that go along."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setLevel(logging.DEBUG)
    handler.addFilter(lambda record: not record.name.startswith(("httpx", "httpcore")))  # that is the browser
    root, before = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    with contextlib.redirect_stderr(written):
        yield written
    root.removeHandler(handler)
    root.setLevel(before)


def test_what_fails_says_nothing_of_it(failing: Planted, logged: io.StringIO) -> None:
    browser = failing.browser("admin")
    token = browser.token("/people")
    answers = [browser.get(path, headers=headers) for path in (
        "/queue", "/points", f"/points/{TEXT}", "/map", "/digest", "/api/comments", "/api/history", "/api/map/points",
        f"/journey?q={TEXT}")
               for headers in ({}, {"HX-Request": "true"})]
    answers += [browser.post("/points/0PARCEL0000000000000000000/rename", data={"title": TEXT, "csrf": token})]
    assert {answer.status_code for answer in answers} == {500}
    for answer in answers:
        is_wrapped_up(answer)
        assert TEXT not in answer.text and "ValueError" not in answer.text and ".py" not in answer.text
    said = unquote(logged.getvalue())
    assert "ValueError" in said and "GET /queue" in said  # whoever looks after it learns what and where
    assert TEXT not in said and "secret customer" not in said and "Traceback" not in said


@pytest.fixture
def served(failing: Planted, on_the_network: Callable[[Planted], AbstractContextManager[str]],
           monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The same on the network, where it fails as polars does."""
    from painpoints.triage.live import Live

    def panics(*_: object, **__: object) -> None:
        raise Panic(TEXT)

    monkeypatch.setattr(Live, "now", panics)
    with on_the_network(failing) as address:
        yield address


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_the_server_logs_no_message_of_what_fails(logged: io.StringIO, served: str) -> None:
    with httpx.Client(base_url=served) as client:
        found = re.search(r'name="csrf" value="([^"]+)"', client.get("/login").text)
        assert found
        client.post("/login", data={"csrf": found[1], "name": "the admin", "password": "four grey horses"})
        for path in ("/queue", "/api/comments", f"/queue?q={TEXT}", f"/points/{TEXT}"):
            answer = client.get(path)
            assert answer.status_code == 500 and TEXT not in answer.text
            is_wrapped_up(answer)
    port = int(served.rpartition(":")[2])
    for raw in (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: secret customer words\0\r\n\r\n",
                b"secret customer words\r\n\r\n", b"\x16\x03\x01\x02\x00secret customer words",
                b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\nsecret customer words",
                b"POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nsecret",
                b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", port), 5) as line:
            line.settimeout(5)
            line.sendall(raw)
            with contextlib.suppress(OSError):
                answered = line.recv(4000)
                assert b"secret" not in answered and b"Traceback" not in answered and b" 500 " not in answered
    said = unquote(logged.getvalue())
    assert "Panic at" in said
    assert "secret customer" not in said and "Traceback" not in said and TEXT not in said
