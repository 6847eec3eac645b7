"""Who may ask for what: every address has a decision here, and nothing is changed without role, token and origin."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.routing import APIRoute

from painpoints.triage import Access, Accounts, Queue, Views, audit_rows
from painpoints.triage.filters import Wanted

if TYPE_CHECKING:
    from conftest import Browser, Planted

DOOR, READER, TRIAGER, ADMIN = "nobody", "reader", "triager", "admin"
STANDING = (READER, TRIAGER, ADMIN)
NEEDS: Mapping[str, str] = {
    "GET /": READER, "GET /login": DOOR, "POST /login": DOOR, "POST /logout": READER,
    "GET /queue": READER, "GET /queue/{doc_id}": READER, "GET /queue/news": READER,
    "GET /queue/similar": TRIAGER, "GET /queue/{doc_id}/{field}": TRIAGER, "GET /queue/{doc_id}/point/found": TRIAGER,
    "POST /queue/act": TRIAGER, "POST /queue/assign": TRIAGER, "POST /queue/correct": TRIAGER, "POST /undo": TRIAGER,
    "POST /queue/views": TRIAGER, "POST /queue/views/{number}": TRIAGER, "POST /queue/views/{number}/remove": TRIAGER,
    "GET /points": READER, "GET /points/{key}": READER, "GET /points/{key}/split": TRIAGER,
    **{f"POST /points/{{key}}/{edit}": TRIAGER
       for edit in ("rename", "merge", "retire", "reopen", "pin", "reject", "split", "choose")},
    "GET /changes": READER,
    "GET /journey": READER, "GET /journey.css": READER, "GET /digest": READER, "GET /digest/file/{form}": READER,
    "GET /map": READER, "GET /api/map/points": READER, "GET /api/map/units": READER, "POST /api/map/gather": TRIAGER,
    "POST /api/map/correct": TRIAGER,
    "GET /add": TRIAGER, "POST /add": TRIAGER, "GET /add/{number}": TRIAGER, "POST /add/{number}": TRIAGER,
    "POST /add/{number}/start": TRIAGER, "POST /add/{number}/discard": TRIAGER, "GET /add/jobs/{number}": TRIAGER,
    "POST /add/jobs/{number}/cancel": TRIAGER, "POST /add/jobs/{number}/again": TRIAGER,
    "GET /api/add/jobs": TRIAGER, "GET /api/add/jobs/{number}": TRIAGER,
    "GET /people": ADMIN, "POST /people": ADMIN, "POST /people/role": ADMIN, "POST /people/password": ADMIN,
    "POST /people/remove": ADMIN,
    "GET /api/comments": READER, "GET /api/comments/{doc_id}": READER, "GET /api/history": READER,
    "POST /api/changes": TRIAGER, "POST /api/undo": TRIAGER,
    "GET /export/{file}": READER, "GET /export/whole/{program}": TRIAGER,
    "GET /api/painpoints": READER, "GET /api/painpoints/{key}": READER, "GET /api/painpoints/{key}/halves": TRIAGER,
    "POST /api/painpoints/gather": TRIAGER, "POST /api/painpoints/release": TRIAGER,
    **{f"POST /api/painpoints/{{key}}/{edit}": TRIAGER
       for edit in ("rename", "merge", "retire", "reopen", "pin", "reject", "split")},
    "GET /api/journey": READER, "GET /api/digest": READER, "GET /api/search": READER,
    "GET /api/openapi.json": READER, "HEAD /api/openapi.json": READER,
}
"""Who may ask for what. A new route belongs here, with the least role that its work needs."""
UNSAFE = sorted(name for name in NEEDS if name.split()[0] not in ("GET", "HEAD") and name != "POST /login")
GETS = sorted(name for name in NEEDS if name.startswith("GET "))


@pytest.fixture(scope="module")
def shop(planting: Callable[..., Planted], harmless: list[str]) -> Planted:
    return planting(harmless, "roles")


@pytest.fixture(scope="module")
def people(shop: Planted) -> dict[str, Browser]:
    """A browser of each role."""
    return {role: shop.browser(role) for role in STANDING}


@pytest.fixture(scope="module")
def tokens(people: dict[str, Browser]) -> dict[str, str]:
    """The token of each one's session."""
    return {role: browser.token() for role, browser in people.items()}


def asked(shop: Planted, name: str) -> tuple[str, str]:
    """Method and address of a route that is named in the table."""
    method, path = name.split()
    # Of things there are none of: who is let through changes nothing either.
    return method, path.format(doc_id=shop.comments[1], key="NOSUCHPOINT", number="77", form="md", field="stage",
                               file="points.csv", program="datasette")


def holds(browser: Browser) -> tuple[Any, ...]:
    """What browsers of nobody's would change, were they let through."""
    return browser.get("/api/history").json()[-1:], browser.get("/api/comments").json()["counts"]


def test_every_route_is_in_the_table(shop: Planted, every_route: Callable[[Any], Any]) -> None:
    found = set()
    for route in every_route(shop.app):
        if getattr(route, "path", "") != "/static":
            assert getattr(route, "methods", None), f"{route}: of no kind that is decided on here"
            assert isinstance(route, APIRoute) or route.path == "/api/openapi.json"
            found |= {f"{method} {route.path}" for method in route.methods}
    assert found == set(NEEDS)


@pytest.mark.parametrize("name", sorted(set(NEEDS) - {"GET /login", "POST /login"}))
def test_nobody_gets_no_further_than_the_door(shop: Planted, name: str) -> None:
    method, path = asked(shop, name)
    nobody = shop.browser()
    token = nobody.token("/login")
    for headers in ({"X-CSRF-Token": token}, {"X-CSRF-Token": token, "HX-Request": "true"},
                    {"Authorization": "Bearer " + "x" * 43, "X-CSRF-Token": token},
                    {"Authorization": "Basic cm9vdDpyb290", "X-CSRF-Token": token}):
        answer = nobody.request(method, path, headers=headers)
        if answer.status_code == 303:
            assert method in ("GET", "HEAD") and answer.headers["location"].startswith("/login")
        else:
            assert answer.status_code == 401, (name, headers, answer.status_code)
        assert shop.words[0] not in answer.text


@pytest.mark.parametrize("name", [name for name in GETS if NEEDS[name] in (TRIAGER, ADMIN)])
def test_pages_of_those_who_may_more_are_not_shown(shop: Planted, people: dict[str, Browser], name: str) -> None:
    _, path = asked(shop, name)
    for role in STANDING:
        status = people[role].get(path).status_code
        assert (status == 403) == (STANDING.index(role) < STANDING.index(NEEDS[name])), (name, role, status)


@pytest.mark.parametrize("name", [name for name in UNSAFE if name != "POST /logout"])
def test_who_lacks_the_role_changes_nothing(shop: Planted, people: dict[str, Browser], tokens: dict[str, str],
                                            name: str) -> None:
    method, path = asked(shop, name)
    before = holds(people[ADMIN])
    for role in STANDING[:STANDING.index(NEEDS[name])]:
        for headers in ({}, {"HX-Request": "true"}, {"X-HTTP-Method-Override": "GET"}):
            answer = people[role].request(method, path, headers={"X-CSRF-Token": tokens[role], **headers})
            assert answer.status_code == 403, (name, role)
    answer = people[NEEDS[name]].request(method, path, headers={"X-CSRF-Token": tokens[NEEDS[name]]})
    assert answer.status_code not in (401, 403) and answer.status_code < 500, name
    assert holds(people[ADMIN]) == before


@pytest.mark.parametrize("name", UNSAFE)
def test_nothing_is_changed_without_the_session_s_own_token(
        shop: Planted, people: dict[str, Browser], tokens: dict[str, str], name: str) -> None:
    method, path = asked(shop, name)
    browser, others = people[ADMIN], shop.browser().token("/login")
    for given in (None, "", "x", others, tokens[READER], tokens[TRIAGER], tokens[ADMIN][:-1], tokens[ADMIN] + "x",
                  "null", "undefined"):
        headers = {} if given is None else {"X-CSRF-Token": given}
        fields = {} if given is None else {"csrf": given}
        assert browser.request(method, path, headers=headers).status_code == 403, (name, given)
        assert browser.request(method, path, data={**fields, "x": "y"}).status_code == 403, (name, given)
        assert browser.request(method, path, files={"x": b"y"}, data=fields).status_code == 403, (name, given)
        assert browser.request(method, path, json={**fields, "ids": []}).status_code == 403, (name, given)
    twice = browser.request(method, path, content=f"csrf={tokens[ADMIN]}&csrf=x",
                            headers={"content-type": "application/x-www-form-urlencoded"})
    assert twice.status_code == 403
    assert browser.request(method, f"{path}?csrf={tokens[ADMIN]}").status_code == 403


@pytest.mark.parametrize("name", UNSAFE)
def test_nothing_is_changed_for_another_site_s_page(shop: Planted, people: dict[str, Browser], tokens: dict[str, str],
                                                    name: str) -> None:
    method, path = asked(shop, name)
    own = f"http://127.0.0.1:{shop.access.port}"
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": own + ".evil.example"},
                    {"Origin": own.replace("8350", "8351")}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": ""},
                    {"Sec-Fetch-Site": "same-site"}, {"Origin": own, "Sec-Fetch-Site": "cross-site"}):
        answer = people[ADMIN].request(method, path, headers={"X-CSRF-Token": tokens[ADMIN], **headers})
        assert answer.status_code == 403, (name, headers)
    away = people[ADMIN].request(method, path, headers={"X-CSRF-Token": tokens[ADMIN], "Host": "evil.example"})
    assert away.status_code == 421


@pytest.mark.parametrize("name", GETS)
def test_what_is_only_looked_at_changes_nothing(shop: Planted, people: dict[str, Browser], name: str) -> None:
    _, path = asked(shop, name)
    state = shop.workspace.folder.state
    people[ADMIN].get("/queue")
    with state.reading() as reader:
        before = {table: list(reader.rows(table)) for table in
                  ("triage", "triage_history", "views", "users", "edits", "corrections", "painpoints", "placements")}
    people[ADMIN].get(path, params={"action": "done", "seen": shop.comments[1], "name": "x", "title": "x"})
    with state.reading() as reader:
        assert {table: list(reader.rows(table)) for table in before} == before
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"):
        assert people[ADMIN].request(method, path).status_code in (403, 404, 405), (name, method)


# What belongs to one person -------------------------------------------------------------------------------------------

@pytest.fixture
def other(shop: Planted) -> Browser:
    """Another triager."""
    if Accounts(shop.workspace.folder.state, "root").user("Other") is None:
        Accounts(shop.workspace.folder.state, "root").add("Other", "four grey horses", TRIAGER)
    made = shop.browser()
    assert made.sign_in("Other").status_code == 303
    return made


@pytest.mark.parametrize("shared", [False, True])
def test_a_view_is_its_owner_s(shop: Planted, people: dict[str, Browser], other: Browser, shared: bool) -> None:
    views = Views(shop.workspace.folder.state, "the reader")
    kept = views.save(f"private {shared}", Wanted(search="private words"), shared=shared)
    for browser in (other, people[ADMIN]):
        token = browser.token()
        seen = browser.get("/queue").text
        assert ("private words" in seen or "private+words" in seen) == shared
        for path in (f"/queue/views/{kept.number}", f"/queue/views/{kept.number}/remove"):
            assert browser.post(path, data={"name": "mine", "csrf": token}).status_code == 404
    assert views.get(kept.number) == kept


def test_nobody_s_change_is_undone_by_somebody_else(shop: Planted, people: dict[str, Browser], other: Browser) -> None:
    doc_id = shop.comments[30]
    Queue(shop.workspace.folder.state, "the triager").done([f"{doc_id}@{version(shop, doc_id)}"])
    shop.workspace.retire("2FIRE", who="the triager")
    before = version(shop, doc_id)
    for path in ("/undo", "/api/undo"):
        assert other.post(path, headers={"X-CSRF-Token": other.token()}).status_code == 422
        people[ADMIN].post(path, headers={"X-CSRF-Token": people[ADMIN].token()})
    assert version(shop, doc_id) == before
    retired = {point["painpoint_id"] for point in shop.workspace.painpoints() if point["status"] == "retired"}
    assert retired == {"2FIRE000000000000000000000"}
    for _ in range(2):
        assert people[TRIAGER].post("/api/undo", headers={"X-CSRF-Token": people[TRIAGER].token()}).status_code == 200
    assert version(shop, doc_id) == before + 1


def version(shop: Planted, doc_id: str) -> int:
    return Queue(shop.workspace.folder.state, "root").entry(doc_id).version


def test_a_file_that_was_not_added_is_its_sender_s(shop: Planted, people: dict[str, Browser], other: Browser) -> None:
    uploads = shop.app.state.site.uploads
    mine = uploads.take(io.BytesIO(b"id,review\n1,secret words of mine\n"), "mine.csv", "the triager")
    token = other.token()
    assert "secret words" in people[TRIAGER].get(f"/add/{mine.id}").text
    answers = [other.get(f"/add/{mine.id}"), *(other.post(f"/add/{mine.id}{what}", data={"c1": "text", "csrf": token})
                                               for what in ("", "/start", "/discard"))]
    assert {answer.status_code for answer in answers} == {404}
    assert not any("secret words" in answer.text or "mine.csv" in answer.text for answer in answers)
    assert uploads.find(mine.id) == mine and mine.id not in other.get("/api/add/jobs").text


def test_nobody_is_led_elsewhere_by_the_door(shop: Planted) -> None:
    for at in ("https://evil.example/queue", "//evil.example", "javascript:alert(1)", "http://[", "/queue?q=\u2028"):
        answer = shop.browser().get("/queue", headers={"HX-Request": "true", "HX-Current-URL": at.encode()})
        assert answer.status_code == 401 and answer.headers["hx-redirect"].startswith("/login"), at
        assert "evil" not in answer.headers["hx-redirect"] and "javascript" not in answer.headers["hx-redirect"]


def test_a_session_is_of_no_use_elsewhere(shop: Planted, people: dict[str, Browser]) -> None:
    stolen = shop.browser()
    for name, value in people[READER].cookies.items():
        stolen.cookies.set(name, value)
    assert stolen.get("/people").status_code == 403  # whose it is decides, not who holds it
    assert stolen.post("/people/remove", data={"name": "the admin", "csrf": people[ADMIN].token()}).status_code == 403
    stolen.cookies.clear()
    for value in ("x" * 43, "", "../../etc/passwd", "' OR 1=1 --", "None", "0" * 4000):
        stolen.cookies.set("painpoints-session-8350", value)
        assert stolen.get("/queue").status_code == 303
        stolen.cookies.clear()


def test_whoever_goes_takes_the_session_along(shop: Planted) -> None:
    browser = shop.browser(READER)
    kept = dict(browser.cookies.items())
    assert browser.post("/logout", data={"csrf": browser.token()}).status_code == 303
    for name, value in kept.items():
        browser.cookies.set(name, value)
    assert browser.get("/queue").status_code == 303


def test_what_was_refused_is_written_down(shop: Planted, people: dict[str, Browser]) -> None:
    since = len(audit_rows(shop.workspace.folder.state, 0))
    people[READER].post("/people/remove", data={"name": "the admin", "csrf": people[READER].token()})
    last = audit_rows(shop.workspace.folder.state, 0)[since:]
    assert [(row["who"], row["action"]) for row in last] == [("the reader", "refused")]
    assert dt.datetime.fromisoformat(last[0]["made"]) and "the admin" not in str(last[0]["detail"])


def test_the_token_is_a_script_s_and_no_cookie_s(shop: Planted) -> None:
    from dataclasses import replace

    open_ = replace(shop, access=Access(token="dm9yIGRlbSBGZW5zdGVyIHNpbmd0IGVpbmU"))
    script = open_.browser(Authorization=f"Bearer {open_.access.token}")
    assert script.get("/api/comments").status_code == 200
    for name in GETS:
        _, path = asked(shop, name)
        if not path.startswith("/api/") and NEEDS[name] != DOOR:
            assert script.get(path).status_code == 303, "the token opens the interface for scripts alone"
    cross = script.post("/api/undo", headers={"Origin": "https://evil.example"})
    assert cross.status_code == 403
