"""The layers around the application: who is let through each, and what every answer carries."""

from __future__ import annotations

import asyncio
import logging
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest

from painpoints.triage import audit_rows
from painpoints.triage.web.security.access import Access
from painpoints.triage.web.security.shield import POLICY
from painpoints.triage.web.security.stack import secure
from painpoints.triage.web.wording import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conftest import Browser, Page

TEXT = "متن یک مشتری <script>alert(1)</script>"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def database() -> None:
    """In the folder of the workspace."""


@pytest.fixture
def browser(page: Page) -> Browser:
    """Of who sits at the machine."""
    return page.browser()


# Forms ----------------------------------------------------------------------------------------------------------------

def test_what_carries_the_token_is_let_through_and_can_still_be_read(browser: Browser) -> None:
    token = browser.token()
    words = "سلام & здравствуйте=" * 40
    assert browser.post("/try/change", data={"csrf": token, "words": words}).json() == {"words": words}
    by_header = browser.post("/try/change", data={"words": words}, headers={"X-CSRF-Token": token})
    assert by_header.json() == {"words": words}
    sent = browser.post("/add/try/file", data={"csrf": token, "words": words}, files={"file": b"x" * 200_000})
    assert sent.json() == {"bytes": 200_000, "words": words}
    assert browser.post("/api/try/change", content=b"123", headers={"X-CSRF-Token": token}).json()["bytes"] == 3


@pytest.mark.parametrize("given", [{}, {"data": {"csrf": ""}}, {"data": {"csrf": "x" * 64}}, {"data": {"csrf": "é"}},
                                   {"headers": {"X-CSRF-Token": ""}}, {"headers": {"X-CSRF-Token": "x" * 64}},
                                   {"json": {"csrf": "x"}}, {"files": {"csrf": b"x"}}, {"content": b"csrf=%ff%fe",
                                                                                        "headers": FORM},
                                   {"content": b"\xff\xfe", "headers": FORM},
                                   {"content": b"--x", "headers": {"Content-Type": "multipart/form-data; boundary=y"}},
                                   {"content": b"--x", "headers": {"Content-Type": "multipart/form-data"}}])
def test_what_carries_no_token_or_a_wrong_one_changes_nothing(page: Page, browser: Browser, given: Any) -> None:
    browser.token()
    for path in ("/try/change", "/add/try/file", "/api/try/change", "/try/done/3fa2c1d0"):
        assert browser.post(path, **given).status_code == 403
    assert [row["action"] for row in audit_rows(page.state)] == ["refused"] * 4


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_every_method_that_changes_something_needs_the_token(browser: Browser, method: str) -> None:
    browser.token()
    assert browser.request(method, "/api/try/change").status_code == 403


def test_the_token_of_another_browser_or_session_is_a_wrong_one(page: Page, browser: Browser,
                                                                signed_in: Callable[[str], Browser]) -> None:
    mine, other = browser.token(), page.browser().token()
    assert mine != other and browser.post("/try/change", data={"csrf": other}).status_code == 403
    triager, admin = signed_in("triager"), signed_in("admin")
    assert triager.post("/try/change", data={"csrf": admin.token()}).status_code == 403
    assert triager.post("/try/change", data={"csrf": triager.token()}).status_code == 200
    before = page.browser()
    token = before.token("/login")
    assert before.sign_in("the triager").status_code == 303
    assert before.post("/try/change", data={"csrf": token}).status_code == 403, "the token of before the door is over"


def test_two_tokens_in_a_form_are_none(browser: Browser) -> None:
    token = browser.token()
    sent = browser.post("/try/change", content=f"csrf={token}&csrf={token}", headers=FORM)
    assert sent.status_code == 403
    assert browser.post("/try/change", headers=[("X-CSRF-Token", token), ("X-CSRF-Token", "x")]).status_code == 403


def test_a_file_is_no_token_and_one_before_the_token_hides_it_only_when_it_is_large(browser: Browser) -> None:
    token = browser.token()
    assert browser.post("/add/try/file", files={"csrf": token.encode(), "file": b"x"}).status_code == 403
    boundary = b"--cut\r\nContent-Disposition: form-data; name="
    for size, code in ((1000, 200), (200_000, 403)):
        body = (boundary + b'"file"; filename="a.csv"\r\n\r\n' + b"x" * size + b"\r\n" + boundary + b'"csrf"\r\n\r\n'
                + token.encode() + b"\r\n--cut--\r\n")
        assert browser.post("/add/try/file", content=body, headers={
            "Content-Type": "multipart/form-data; boundary=cut"}).status_code == code


def test_the_door_itself_needs_a_token_so_that_nobody_is_signed_in_by_another_site(page: Page) -> None:
    page.user("sara", "admin")
    browser = page.browser()
    browser.get("/login")
    assert browser.post("/login", data={"name": "sara", "password": "four grey horses"}).status_code == 403
    assert browser.session is None
    assert browser.sign_in("sara").status_code == 303
    assert browser.post("/logout").status_code == 403 and browser.get("/try/echo").status_code == 200


@pytest.mark.parametrize("lang", list(LANGUAGES))
def test_who_is_turned_away_is_told_in_their_language(browser: Browser, lang: str) -> None:
    answer = browser.post(f"/try/change?lang={lang}")
    assert f'<html lang="{lang}"' in answer.text and "failure." not in answer.text
    line = browser.post(f"/try/change?lang={lang}", headers={"HX-Request": "true"})
    assert line.status_code == 403 and "<html" not in line.text and 'class="line failure"' in line.text


# Origins --------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("host", ["evil.example", "evil.example:8350", "127.0.0.1.evil.example", "localhost.evil",
                                  "10.0.0.1", "", "a b", "localhost@evil.example", "localhost/", "[::1", "0.0.0.0",
                                  "localhost:x", "127.0.0.1, evil.example"])
def test_a_name_that_somebody_made_point_here_is_not_answered(browser: Browser, host: str) -> None:
    answer = browser.get("/try/echo", headers={"Host": host})
    assert answer.status_code == 421 and "root" not in answer.text


@pytest.mark.parametrize("host", ["localhost", "localhost:8350", "127.0.0.1:1", "[::1]:8350", "LOCALHOST"])
def test_the_names_of_this_machine_are_answered(browser: Browser, host: str) -> None:
    assert browser.get("/try/echo", headers={"Host": host}).status_code == 200


def test_a_name_that_was_allowed_is_answered_and_no_other(page: Page) -> None:
    browser = page.browser(Access(names=frozenset({"Shop.local"})))
    assert browser.get("/try/echo", headers={"Host": "shop.local:8350"}).status_code == 200
    assert browser.get("/try/echo", headers={"Host": "other.local"}).status_code == 421


def test_beyond_this_machine_its_own_name_and_addresses_are_answered_and_strange_names_are_not(
        page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "Desk7")
    browser = page.browser(Access(host="0.0.0.0"))
    for host, code in (("desk7:8350", 303), ("10.0.0.1", 303), ("[fe80::1]", 303), ("evil.example", 421)):
        assert browser.get("/try/echo", headers={"Host": host}).status_code == code


@pytest.mark.parametrize("sent", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": ""},
                                  {"Origin": "http://127.0.0.1:9999"}, {"Sec-Fetch-Site": "cross-site"},
                                  {"Sec-Fetch-Site": "same-site"}, {"Origin": "http://127.0.0.1:8350.evil.example"},
                                  {"Origin": "http://127.0.0.1:8350", "Sec-Fetch-Site": "cross-site"}])
def test_what_another_sites_page_sends_changes_nothing_even_with_the_token(browser: Browser, sent: dict[str, str]
                                                                           ) -> None:
    assert browser.post("/try/change", data={"csrf": browser.token()}, headers=sent).status_code == 403


@pytest.mark.parametrize("sent", [{"Origin": "http://127.0.0.1:8350"}, {"Origin": "https://127.0.0.1:8350"}, {},
                                  {"Origin": "http://127.0.0.1:8350", "Sec-Fetch-Site": "same-origin"},
                                  {"Sec-Fetch-Site": "none"}])
def test_what_our_own_page_sends_is_let_through(browser: Browser, sent: dict[str, str]) -> None:
    assert browser.post("/try/change", data={"csrf": browser.token()}, headers=sent).status_code == 200


def test_another_site_may_lead_here_and_may_not_pull_our_pages_into_its_own(browser: Browser) -> None:
    def asked(site: str, mode: str, to: str) -> int:
        return browser.get("/try/echo", headers={"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": to}
                           ).status_code

    assert asked("cross-site", "navigate", "document") == asked("same-origin", "cors", "empty") == 200
    assert {asked("cross-site", "navigate", "iframe"), asked("cross-site", "no-cors", "script"),
            asked("same-site", "cors", "empty"), asked("cross-site", "no-cors", "image")} == {403}


@pytest.mark.parametrize("path", ["/static/../api/who", "/static/..%2f..%2fapp.py", "/static/%2e%2e/%2e%2e/app.py",
                                  "/static/..%5c..%5capp.py", "/static/%00", "/static//etc/passwd", "//evil.example",
                                  "/static/./page.css", "/static/page.css%0d%0aX: y", "/login/..", "/%2e%2e/",
                                  "/static/vendor/..", "/a/%E2%80%AE/b", "static", ""])
def test_no_trick_with_a_path_gets_past_the_gate_or_out_of_the_folder(page: Page, path: str) -> None:
    page.user("sara", "admin")
    begun, body, _ = asyncio.run(raw(page, [], path=unquote(path), method="GET", access=Access()))
    assert begun["status"] == 400, path
    assert b"import" not in body["body"] and b"x" not in dict(begun["headers"])


def test_nothing_but_the_door_and_static_files_is_there_for_nobody(page: Page) -> None:
    page.user("sara", "admin")
    browser = page.browser()
    assert browser.get("/static/page.css").status_code == browser.get("/login").status_code == 200
    paths = sorted({route.path for route in page.app.routes if hasattr(route, "path")} - {"/login"})
    assert len(paths) > 10
    for path in paths:
        for method in ("GET", "POST", "HEAD", "DELETE"):
            asked = re.sub(r"\{.*?\}", "x", path)
            assert browser.request(method, asked).status_code in (303, 401, 403, 404, 405), (method, asked)
        assert browser.get(asked).status_code in (303, 401, 404), asked
    assert browser.post("/static/page.css").status_code in (401, 403)


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "post"])
def test_strange_methods_are_not_served(page: Page, method: str) -> None:
    sent = asyncio.run(raw(page, [], method=method))
    assert sent[0]["status"] == 405


# Bodies ---------------------------------------------------------------------------------------------------------------

async def raw(page: Page, chunks: Sequence[bytes], *, path: str = "/api/try/change", method: str = "POST",
              headers: Sequence[tuple[bytes, bytes]] = (), stops: bool = False, kind: str = "http",
              access: Access | None = None) -> list[Any]:
    """What is answered to a request whose body comes in ``chunks``; one that ``stops`` never ends."""
    waiting = [{"type": "http.request", "body": chunk, "more_body": stops or n < len(chunks) - 1}
               for n, chunk in enumerate(chunks)]
    if not chunks:
        waiting = [{"type": "http.request", "body": b"", "more_body": False}]
    sent: list[Any] = []
    taken = 0

    async def receive() -> Any:
        nonlocal taken
        if not waiting:
            await asyncio.sleep(3600)
        taken += 1
        return waiting.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": kind, "method": method, "path": path, "raw_path": path.encode(), "root_path": "", "scheme": "http",
             "query_string": b"", "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8350), "http_version": "1.1",
             "headers": [(b"host", b"127.0.0.1:8350"), *headers]}
    await secure(page.app, page.state, access or Access(token=TOKEN))(scope, receive, send)
    sent.append(taken)
    return sent


TOKEN = "dGhpcyBpcyBhIHNlY3JldCBvZiAz"
BEARER = (b"authorization", b"Bearer " + TOKEN.encode())


def test_a_body_that_is_too_large_is_not_read_to_its_end_whatever_it_says_of_itself(page: Page) -> None:
    small = Access(token=TOKEN, most=1000, most_upload=5000)
    whole = asyncio.run(raw(page, [b"x" * 500] * 2, headers=[BEARER], access=small))
    assert whole[0]["status"] == 200
    *sent, taken = asyncio.run(raw(page, [b"x" * 500] * 100, headers=[BEARER], access=small))
    assert [sent[0]["status"], taken] == [413, 3] and (b"connection", b"close") in sent[0]["headers"]
    *sent, taken = asyncio.run(raw(page, [b"x"], headers=[BEARER, (b"content-length", b"1001")], access=small))
    assert [sent[0]["status"], taken] == [413, 0]
    for lie in (b"-1", b"1e3", b"9" * 5000, "١٢".encode(), b""):
        sent = asyncio.run(raw(page, [b"x"], headers=[BEARER, (b"content-length", lie)], access=small))
        assert sent[0]["status"] in (400, 413)


def test_files_may_be_larger_where_files_are_taken_and_only_there(page: Page) -> None:
    small = Access(most=1000, most_upload=5000)
    browser = page.browser(small)
    token = {"X-CSRF-Token": browser.token()}
    assert browser.post("/add/try/file", headers=token, files={"file": b"x" * 4000}).status_code == 200
    assert browser.post("/add/try/file", headers=token, files={"file": b"x" * 5000}).status_code == 413
    assert browser.post("/try/change", headers=token, data={"words": "x" * 2000}).status_code == 413
    assert browser.post("/added", headers=token, data={"words": "x" * 2000}).status_code == 413


def test_a_form_that_is_too_large_is_refused_before_its_token_is_looked_for(page: Page) -> None:
    *sent, taken = asyncio.run(raw(page, [b"words=" + b"x" * 994] * 50, path="/try/change", access=Access(most=2000),
                                   headers=[(b"content-type", b"application/x-www-form-urlencoded")]))
    assert sent[0]["status"] == 413 and taken == 3


def test_a_body_that_stops_coming_is_not_waited_for(page: Page) -> None:
    impatient = Access(token=TOKEN, patience=0.05)
    *sent, _ = asyncio.run(raw(page, [b"x"], headers=[BEARER], stops=True, access=impatient))
    assert sent[0]["status"] == 408


def test_other_protocols_are_not_spoken(page: Page) -> None:
    assert asyncio.run(raw(page, [], kind="websocket"))[0] == {"type": "websocket.close", "code": 1008}


# Headers and failures -------------------------------------------------------------------------------------------------

def test_every_answer_tells_the_browser_what_it_may_not_do(page: Page, browser: Browser) -> None:
    page.user("sara", "admin")
    answers = [browser.get("/static/page.css"), browser.get("/login"), browser.get("/nowhere"),
               browser.get("/try/echo", headers={"Host": "evil.example"}), browser.post("/try/change"),
               browser.get("/api/try/who"), browser.get("/../x")]
    assert {answer.status_code for answer in answers} >= {200, 303, 401, 421}
    for answer in answers:
        assert answer.headers["content-security-policy"] == POLICY
        assert answer.headers["x-content-type-options"] == "nosniff" and answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert "camera=()" in answer.headers["permissions-policy"] and "server" not in answer.headers
    assert "unsafe" not in POLICY and "default-src 'self'" in POLICY


def test_pages_are_kept_nowhere_and_static_files_as_long_as_their_address_holds(browser: Browser) -> None:
    page = browser.get("/login").headers["cache-control"], browser.get("/try/echo").headers["cache-control"]
    assert page == ("no-store", "no-store")
    found = re.search(r'href="(/static/page\.css\?v=[0-9a-f]+)"', browser.get("/nowhere").text)
    assert found and "immutable" in browser.get(found[1]).headers["cache-control"]
    for asked in ("/static/page.css", "/static/page.css?v=", "/static/page.css?v=..", "/static/no.css?v=0123456789ab"):
        assert browser.get(asked).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(("policy", "kept"), [
    ("sandbox; style-src 'unsafe-inline'", True), ("default-src 'none'; sandbox allow-popups", True),
    ("script-src 'unsafe-inline'", False), ("sandbox allow-scripts", False), ("Sandbox Allow-Same-Origin", False),
    ("x-sandbox", False), ("", False)])
def test_only_a_document_in_a_sandbox_may_have_a_policy_of_its_own(browser: Browser, policy: str, kept: bool) -> None:
    answer = browser.get("/try/preview", params={"policy": policy})
    assert answer.headers.get_list("content-security-policy") == [policy if kept else POLICY]
    assert answer.headers["cache-control"] == "no-store" and "server" not in answer.headers


def test_a_failure_tells_neither_the_page_nor_the_log_what_it_was_about(browser: Browser,
                                                                        caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = browser.get("/try/fails")
    assert answer.status_code == 500
    for told in (answer.text, caplog.text):
        assert "alert" not in told and "مشتری" not in told and "Traceback" not in told
    assert "ValueError" in caplog.text and "ValueError" not in answer.text


def test_what_cannot_be_understood_is_not_repeated(browser: Browser) -> None:
    answer = browser.post("/add/try/file", headers={"X-CSRF-Token": browser.token()},
                          data={"file": "<script>x", "words": TEXT})
    assert answer.status_code == 422 and "<script>x" not in answer.text and "مشتری" not in answer.text


# Roles and the audit log ----------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("role", "may"), [("reader", (200, 403, 403)), ("triager", (200, 200, 403)),
                                           ("admin", (200, 200, 200))])
def test_each_role_may_what_the_table_says(signed_in: Callable[[str], Browser], role: str, may: tuple[int, ...]
                                           ) -> None:
    browser = signed_in(role)
    token = {"X-CSRF-Token": browser.token()}
    assert (browser.get("/try/export").status_code, browser.post("/try/change", headers=token).status_code,
            browser.get("/api/try/people").status_code) == may
    assert browser.post("/try/done/3fa2c1d0", headers=token).status_code == may[1]
    assert browser.post("/logout", headers=token).status_code == 303


def test_whatever_changes_something_is_written_down_named_or_not(page: Page, signed_in: Callable[[str], Browser]
                                                                 ) -> None:
    triager = signed_in("triager")
    token = {"X-CSRF-Token": triager.token()}
    seen = audit_rows(page.state)[-1]["number"]
    triager.post("/try/done/3fa2c1d0", headers=token)
    triager.post("/try/change", headers=token)
    triager.get("/try/export")
    triager.get("/try/echo")
    triager.get("/try/files/3fa2c1d0")
    triager.post("/try/undo/b0c41e22", headers=token)
    triager.post("/add/try/file", headers=token)
    triager.get("/api/try/people")
    rows = audit_rows(page.state, seen)
    assert {row["who"] for row in rows} == {"the triager"}
    assert [(row["action"], row["objects"], row["detail"]) for row in rows] == [
        ("queue done", ["3fa2c1d0"], {"comments": 2, "unnamed": 1}),
        ("changed", [], {"method": "POST", "route": "/try/change"}), ("export", [], {"rows": 3}),
        ("exported", ["3fa2c1d0"], {"method": "GET", "route": "/try/files/{key}"}),
        ("changed", ["b0c41e22"], {"method": "POST", "route": "/try/undo/{key}"}),
        ("refused", [], {"method": "GET", "route": "/api/try/people"})]
    assert "مشتری" not in str(rows)
