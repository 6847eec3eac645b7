"""What no form sends: strange paths, ids, numbers, days, bodies and searches. Nothing fails, nothing is given away."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from painpoints.triage import Queue

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Browser, Planted

HX = {"HX-Request": "true"}
POINT = "0PARCEL0000000000000000000"
FORM = "application/x-www-form-urlencoded"
VALUES = ("", " ", "\0", "a\0b", "\ud800", "\ufffe", "\u202e", "\u2028", "0", "-1", "1e9", "9" * 9, "9" * 30,
          "9" * 5000,
          "٣", "²", "NaN", "inf", "true", "null", "[]", "{}", "'", "''; DROP TABLE triage; --", "%", "%00", "_",
          "*", "\\", "../../etc/passwd", "..\\..\\x", "/etc/passwd", "C:\\x", "x" * 3000, "ی" * 3000, "a@b", "@", "@1",
          "x@-1", "x@" + "9" * 5000, "x@٣", "${jndi:ldap://evil.example}", "\r\nX-Evil: 1",
          "__class__", "{0.__class__}")
SEARCHES = ("AND", "OR", "NOT", "NEAR(", "NEAR/2", "a AND", "a OR OR b", "NOT NOT", "\"", "\"\"", "\"a", "a\"b\"c\"",
            "*", "a*",
            "^a", "a^2", "a:b", "text:a", "rowid:1", "-", "--", "-a", "+a", "(", ")", "((a", "a))", "{a b}", "'",
            "a' OR '1'='1", "'; DROP TABLE words; --", "a & b", "a | b", "!a", "a <-> b", "a <2> b", ":*", "a:*", "\\",
            "\\'", "%", "_", "a%' --", "ى ي ی", "ـ", "\u200c", "\u200f", "\u0640" * 50, "é́́", "؟", "«»", "😡", "𝕏",
            "\0", "a\0b", "\ufffd", "e" * 300, "ا" * 300, "a " * 150, "\" " * 100, "(" * 300, "-a " * 100, "a*" * 150)


@pytest.fixture(scope="module")
def shop(planting: Callable[..., Planted], harmless: list[str]) -> Planted:
    return planting(harmless, "tricks")


@pytest.fixture(scope="module")
def admin(shop: Planted) -> Browser:
    return shop.browser("admin")


@pytest.fixture(scope="module")
def token(admin: Browser) -> str:
    return admin.token()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, planting: Callable[..., Planted], harmless: list[str]) -> Planted:
    """A workspace whose state lies in a file, and one whose state lies on a server."""
    database = None if request.param == "sqlite" else str(request.getfixturevalue("server"))
    return planting(harmless[:60], f"kept-{len(request.param)}", database)


def routes(planted: Planted, *methods: str) -> Iterator[tuple[str, Any]]:
    for route in planted.routes:
        if hasattr(route, "dependant"):
            yield from ((method, route) for method in route.methods if method in methods)


def inputs(route: Any) -> list[str]:
    """The names of what a route reads from an address or a form, but for its path."""
    def within(dependant: Any) -> Iterator[str]:
        for field in (*dependant.query_params, *dependant.body_params):
            yield field.alias
        for each in dependant.dependencies:
            yield from within(each)

    return sorted({*within(route.dependant), "q", "status", "point", "page", "holder", "lang", "seen", "unit"})


def told(value: str) -> str:
    return quote(value.encode("utf8", "surrogatepass"), safe="")


def is_fine(answer: Any, what: object = "") -> None:
    assert answer.status_code < 500, (answer.request.method, str(answer.request.url)[:300], str(what)[:200])
    assert "Traceback" not in answer.text and "File \"" not in answer.text
    assert "sqlite" not in answer.text.lower() and "psycopg" not in answer.text.lower()
    assert "x-evil" not in answer.headers


def test_no_value_anywhere_in_an_address_makes_a_page_fail(shop: Planted, admin: Browser) -> None:
    ids = {"doc_id": shop.comments[1], "key": POINT, "form": "md", "field": "stage", "number": shop.job,
           "file": "comments.csv", "program": "none"}
    for turn, (_, route) in enumerate(routes(shop, "GET")):
        names = inputs(route)
        for at in range(turn % 7, len(VALUES), 30 if "/map/points" in route.path else 7):
            query = "&".join(f"{name}={told(VALUES[(at + 3 * place) % len(VALUES)][:400])}"
                             for place, name in enumerate(names))
            is_fine(admin.get(f"{route.path.format(**ids)}?{query}", headers=HX if at % 2 else {}), VALUES[at])


def test_no_value_anywhere_in_a_form_makes_a_page_fail(shop: Planted, admin: Browser, token: str) -> None:
    ids = {"doc_id": shop.comments[1], "key": "1CHECKOUT00000000000000000", "number": "3"}
    for turn, (_, route) in enumerate(routes(shop, "POST")):
        if route.path in ("/login", "/logout"):
            continue
        path, names = route.path.format(**ids), inputs(route)
        for at in range(turn % 7, len(VALUES), 7):
            body = "&".join(f"{name}={told(VALUES[(at + 3 * place) % len(VALUES)])}"
                            for place, name in enumerate(names))
            is_fine(admin.post(path, content=body, headers={
                "X-CSRF-Token": token, "Content-Type": FORM, **(HX if at % 2 else {})}), VALUES[at])
    assert admin.get("/queue").status_code == 200


def test_no_id_in_a_path_makes_a_page_fail(shop: Planted, admin: Browser, token: str) -> None:
    for turn, (method, route) in enumerate(routes(shop, "GET", "POST")):
        for value in VALUES[turn % 3::3] if "{" in route.path else ():
            filled = {name: told(value[:1500]) or "x" for name in ("doc_id", "key", "form", "field", "number",
                                                                      "file", "program")}
            answer = admin.request(method, route.path.format(**filled), headers={"X-CSRF-Token": token}, data=(
                {"name": "x", "title": "x", "into": "x", "act": "gather"} if method == "POST" else None))
            is_fine(answer, value)
            assert answer.status_code in (303, 400, 404, 405, 422) or method == "GET", (answer.status_code, value)


def test_no_value_makes_the_only_wrong_one_fail(kept: Planted) -> None:
    browser = kept.browser("reader")
    for at, value in enumerate(VALUES):
        for place, path in enumerate((
                "/queue/news?since={}&version=x", "/queue/news?since=0&version={0}&opened={0}&rows={0},{0}",
                "/api/comments?offset={}&limit=1", "/api/comments?limit={}", "/api/comments?point={}",
                "/api/comments?holder={}", "/api/comments?status={}", "/api/comments?language={}", "/queue?page={}",
                "/queue?source={}", f"/queue/{kept.comments[0]}?q={{}}", "/api/history?since={}",
                "/api/map/units?id={}",
                f"/points/{POINT}?page={{0}}", f"/points/{POINT}?only={{0}}", "/points?page={}", "/api/comments/{}",
                "/api/painpoints/{}", "/api/painpoints/{}/halves", "/api/search?q={}", "/api/digest?week={}",
                "/export/comments.csv?q={}", "/export/opinions.csv?point={}")):
            if (at + place) % 6 == 0:
                is_fine(browser.get(path.format(told(value)[:4000]), headers=HX), value)


def test_no_value_makes_a_change_fail(kept: Planted) -> None:
    browser = kept.browser("admin")
    headers = {"X-CSRF-Token": browser.token(), "Content-Type": FORM, **HX}
    doc_id = kept.comments[2]
    for at, value in enumerate(VALUES):
        now = Queue(kept.workspace.folder.state, "root").entry(doc_id).version
        given, seen = told(value), f"{doc_id}@{now}"
        for place, (path, body) in enumerate((
                ("/queue/act", f"action=note&note={given}&seen={seen}"),
                ("/queue/act", f"action=assign&to={given}&seen={seen}"),
                ("/queue/act", f"action={given}&seen={seen}"), ("/queue/act", f"action=done&seen={given}"),
                ("/queue/act", f"action=done&every={given}&version={given}"),
                ("/queue/act", f"action=done&seen={doc_id}@{given}"), ("/queue/assign", f"every={given}&seen={given}"),
                ("/queue/correct", f"unit={doc_id}0&set={told('stage:' + value)}&seen={seen}"),
                ("/queue/correct", f"unit={doc_id}0&set={told('point:' + value)}&seen={seen}"),
                ("/queue/correct", f"unit={given}&set=sentiment:pos&seen={seen}"),
                ("/queue/correct", f"unit={doc_id}0&set=sentiment:pos&seen={doc_id}@{given}"),
                ("/queue/views", f"name={given}&shared={given}"), (f"/points/{POINT}/rename", f"title={given}"),
                (f"/points/{POINT}/merge", f"into={given}"), (f"/points/{POINT}/reject", f"other={given}"),
                (f"/points/{POINT}/choose", f"act=gather&unit={given}&title={given}"),
                (f"/points/{POINT}/choose", f"act=gather&unit={doc_id}0&title={given}"),
                (f"/points/{POINT}/split", f"unit-{given}=going"), ("/people", f"name={given}&password=x&role={given}"),
                ("/people", f"name={given}&password=four+grey+horses&role=reader"),
                ("/people/role", f"name={given}&role=reader"), ("/people/remove", f"name={given}"))):
            if (at + place) % 7 == 0:
                is_fine(browser.post(path, content=body, headers={
                    **headers, "HX-Current-URL": f"http://127.0.0.1:8350/queue?q={given[:900]}&page={given[:900]}"}),
                    (body, value))
    assert browser.get("/queue").status_code == browser.get("/points").status_code == 200


def test_no_search_fails_or_takes_long(kept: Planted) -> None:
    browser = kept.browser("reader")
    browser.get("/queue?q=late")
    for words in SEARCHES:
        begun = time.perf_counter()
        is_fine(browser.get(f"/queue?q={told(words)}", headers=HX), words)
        is_fine(browser.get(f"/api/comments?q={told(words)}"), words)
        is_fine(browser.get(f"/points?q={told(words)}"), words)
        assert time.perf_counter() - begun < 3, words
    found = browser.get("/api/comments?q=late").json()["found"]
    assert found and browser.get("/api/comments?q=" + quote("late' OR '1'='1")).json().get("found", 0) <= found


@pytest.mark.parametrize("stretch", ["<", "<a ", "<!--", "&#", "<a b=\"", "http://", "\u200c", "e\u0301", "ـ", "not ",
                                     "sue ", "؟", "[", "the courier was late "])
def test_no_text_takes_long_to_be_read(stretch: str) -> None:
    from painpoints.text import mark, parse_question
    from painpoints.triage import find_cues
    from painpoints.triage.web.pieces import readable

    text = (stretch * 20_000)[:20_000]
    begun = time.process_time()
    readable(text, [{"start": 0, "end": len(text)}], "late courier")
    for lang in ("fa", "en"):
        find_cues(text, lang)
    for words in ("late courier", "a*" * 150, "\"late the\"", "e" * 300):
        mark(text, parse_question(words))
    assert time.process_time() - begun < 4


@pytest.mark.parametrize("week", [
    "0000-00-00", "0001-01-01", "9999-12-31", "2026-02-30", "2026-13-01", "2026-W00", "2026-W54", "0001-W01",
    "9999-W52", "9999-W53", "0000-W01", "۲۰۲۶-W۰۱", "2026-W1", "١٤٤٧-٠١-٠١", "1404-12-30", "2026-W1\n", "-2026-W01",
    "x"])
def test_no_day_makes_a_digest_fail(admin: Browser, week: str) -> None:
    for path in ("/digest", "/digest/file/html", "/digest/file/json"):
        for lang in ("fa", "en"):
            answer = admin.get(path, params={"week": week, "lang": lang})
            assert answer.status_code in (200, 404, 422), (week, answer.status_code)
            assert "\n" not in answer.headers.get("content-disposition", "")


# Paths ----------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("path", [
    "../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", "%2e%2e%2f%2e%2e%2fapp.py",
    "%252e%252e%252fapp.py", "..%5c..%5capp.py", "/etc/passwd", "%2fetc%2fpasswd", "//etc/passwd", "page.css%00.js",
    "%00", "./page.css/../../app.py", "vendor/../../app.py", "vendor/", "vendor", "", ".", "%e2%80%ae", "x" * 4000,
    "ی" * 200, "page.css/", "con", "%c0%ae%c0%ae/app.py", "..;/app.py", "page%0d%0aX-Evil:1.css", "~root", "*", "?"])
def test_no_path_leads_out_of_what_is_served(shop: Planted, admin: Browser, path: str) -> None:
    for before in ("/static/", "/digest/file/", "/add/", "/add/jobs/", "/points/", "/queue/", "/api/comments/",
                   "/export/", "/export/whole/", "/api/painpoints/"):
        raw = before + (path if path.isascii() else quote(path))
        for browser in (admin, shop.browser()):
            answer = browser.get(raw)
            is_fine(answer)
            assert answer.status_code != 200 or before in ("/queue/", "/points/") or raw.rstrip("/.") in (
                "/add", "/add/jobs", "/static/page.css", "/api/comments", "/api/painpoints"), raw
            assert "root:x:" not in answer.text and "create_app" not in answer.text


def test_what_a_file_is_called_names_nothing_on_the_disk(shop: Planted, admin: Browser, token: str) -> None:
    folder: Path = shop.workspace.path
    before = {path for path in folder.parent.rglob("*") if "uploads" not in path.parts}
    names = ("../../evil.csv", "..\\..\\evil.csv", "/etc/cron.d/evil.csv", "C:\\evil.csv", "evil\0.csv", ".csv",
             "..csv", "evil.csv/../../x.py",
             "\u202evsc.live.csv", "ی" * 300 + ".csv", "x" * 5000 + ".csv", "a\r\nX-Evil: 1.csv",
             "evil.csv;.exe", "%2e%2e%2fevil.csv", "con.csv", "~/.bashrc.csv", "|id.csv", "$(id).csv", "-rf.csv",
             "<img src=x onerror=alert(1)>.csv", "\ud800.csv")
    for name in names:
        shown = name.encode("utf8", "surrogatepass").replace(b"\r\n", b"%0D%0A").replace(b'"', b"%22")
        body = (b'--b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n' + token.encode() + b'\r\n--b\r\n'
                b'Content-Disposition: form-data; name="file"; filename="' + shown + b'"\r\n\r\nid,review\n1,too late\n'
                b'\r\n--b--\r\n')
        answer = admin.post("/add", content=body, headers={"Content-Type": "multipart/form-data; boundary=b"})
        is_fine(answer, name)
        if answer.status_code == 303:
            is_fine(admin.get(answer.headers["location"]), name)
    uploads = list((folder / "uploads").iterdir())
    assert all(len(path.stem) == 32 and path.suffix in (".csv", ".jsonl", ".upload") for path in uploads), uploads
    assert {path for path in folder.parent.rglob("*") if "uploads" not in path.parts} == before
    assert all(path.stat().st_mode & 0o077 == 0 for path in uploads)


# Bodies ---------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("kind", [
    "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=" + "b" * 5000,
    "multipart/form-data; boundary*=utf-8''%ff", "multipart/form-data; boundary=\"b\\\"", "multipart/mixed; boundary=b",
    *(f"multipart/form-data; boundary=b; charset={charset}" for charset in (
        "undefined", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "utf-7", "utf-16", "hex", "zlib",
        "x" * 500, "rot13", "\"a\\0\"")),
    f"{FORM}; charset=utf-16", f"{FORM}; charset=undefined", "application/json; charset=utf-16", "text/plain", "", "x",
    "application/json", "application/xml", "text/html;;;;", "/", ";"])
def test_no_kind_of_body_fails(admin: Browser, token: str, kind: str) -> None:
    bodies = (b"", b"\0", b"\xff\xfe\x00\xd8", b"[" * 50_000, b'{"ids": "\\ud800"}', b"a=%ED%A0%80&a=%00", b"&" * 4000,
              b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\n\xff\xd8\r\n--b--\r\n',
              b'--b\r\nContent-Disposition: form-data; name="x\\ud800"; filename="\\ud800.csv"\r\n\r\nx\r\n--b--\r\n',
              b'--b\r\nContent-Disposition: form-data; name="file"; filename="a\0.csv"\r\n\r\nx\r\n--b--\r\n',
              b"--b\r\n" + b"X: " + b"y" * 9000 + b"\r\n\r\nx\r\n--b--\r\n", b"--b\r\n" * 500, b"--b--\r\n")
    for path in ("/add", "/queue/act", "/people", "/api/changes", "/points/0PARCEL0000000000000000000/split"):
        for at, body in enumerate(bodies):
            given = {"X-CSRF-Token": token} if at % 4 or path == "/add" else {}
            is_fine(admin.post(path, content=body, headers={"Content-Type": kind, **given}), (path, kind, body[:60]))


def test_json_is_taken_apart_within_bounds(admin: Browser, token: str) -> None:
    doc_id = admin.get("/api/comments").json()["comments"][0]["doc_id"]
    wish = {"ids": [doc_id], "action": "note"}
    wishes: list[Any] = [
        "[" * 100_000, '{"a":' * 50_000, '{"ids": ' + "9" * 100_000 + "}", "NaN", "1e999", '"\\ud800"', "\ufeff{}", "",
        {**wish, "note": "\ud800"}, {**wish, "note": "\0"}, {**wish, "note": "x" * 2001}, {**wish, "ids": []},
        {**wish, "ids": [doc_id] * 5001}, {**wish, "ids": ["\ud800" * 5]}, {**wish, "ids": [{}]}, {**wish, "ids": None},
        {**wish, "ids": [f"{doc_id}@{'9' * 60}"]}, {**wish, "ids": [f"{doc_id}@"]}, {**wish, "to": "\ud800x"},
        {**wish, "action": "assign", "to": "\0x"}, {**wish, "action": "assign", "to": "\ud800x"},
        {"unit_ids": [f"{doc_id}0"], "title": "\ud800"}, {"unit_ids": [f"{doc_id}0"], "title": "a\0b"},
        {"unit_ids": ["x"] * 10_001}, {"unit_ids": ["..", "a\n"]}, [], None, 7, True]
    for path in ("/api/changes", "/api/map/gather", "/api/painpoints/gather", f"/api/painpoints/{POINT}/rename"):
        for given in wishes:
            body = given if isinstance(given, str) else json.dumps(given)
            answer = admin.post(path, content=body.encode("utf8", "surrogatepass"),
                                headers={"X-CSRF-Token": token, "Content-Type": "application/json"})
            is_fine(answer, body[:80])
            assert answer.headers["content-type"] == "application/json" and len(answer.content) < 2000
    assert admin.get("/api/comments").status_code == admin.get("/api/history").status_code == 200


def test_large_bodies_and_many_fields_are_refused_soon(admin: Browser, token: str) -> None:
    begun = time.perf_counter()
    small, large = b"x" * (1 << 20), b"x" * (5 << 20)
    for path in ("/queue/act", "/people", "/api/changes", "/login", "/points/0PARCEL0000000000000000000/split"):
        assert admin.post(path, content=large, headers={"X-CSRF-Token": token}).status_code == 413
        for body in (b"name=" + small[:-10], b"&".join(b"a%d=" % n for n in range(10_000)), b"csrf=x&" * 40_000):
            answer = admin.post(path, content=body, headers={"X-CSRF-Token": token, "Content-Type": FORM})
            assert answer.status_code in (303, 400, 401, 403, 413, 422), (path, answer.status_code)
        files = [("file", (f"{n}.csv", b"x")) for n in range(1500)]
        assert admin.post(path, files=files, headers={"X-CSRF-Token": token}).status_code in (400, 401, 422)
    assert time.perf_counter() - begun < 20


def test_the_token_is_found_among_many_fields(admin: Browser, token: str) -> None:
    body = f"csrf={token}&" + "&".join(f"unit-{n:017}=going" for n in range(30_000))
    answer = admin.post("/points/NOSUCH/split", content=body, headers={"Content-Type": FORM})
    assert answer.status_code == 404  # so large a half can be split off


def test_only_files_may_be_large(admin: Browser, token: str) -> None:
    large = b"name=" + b"x" * (3 << 20)
    for kind in (FORM, "application/json", "text/plain"):
        answer = admin.post("/add", content=large, headers={"X-CSRF-Token": token, "Content-Type": kind})
        assert answer.status_code == 413, kind
    file = b"id,review\n" + b"1,the courier was late\n" * 50_000  # beyond the megabyte that this workspace takes
    assert admin.post("/add", files={"file": ("a.csv", file)}, data={"csrf": token}).status_code == 413


def test_headers_of_a_request_lead_to_none_in_the_answer(admin: Browser) -> None:
    names = ("HX-Current-URL", "Referer", "X-Forwarded-Host", "X-Forwarded-Prefix", "X-Original-URL", "X-Rewrite-URL",
             "Accept-Language", "HX-Target", "HX-Trigger-Name", "Range", "If-None-Match", "If-Modified-Since",
             "X-Painpoints-As", "Cookie")
    values = ("https://evil.example/", "x" * 9000, "é", "%0d%0aX-Evil: 1", "\"><script>", "http://[",
              "bytes=0-,0-,0-,0-", "bytes=-99999999999999999999", "ru;q=x,,;;")
    for place, name in enumerate(names):
        for at, value in enumerate(values):
            answer = admin.get(("/journey", "/static/page.css", "/points")[(place + at) % 3],
                               headers={name: value.encode("latin-1")})
            is_fine(answer, (name, value))
            assert "evil.example" not in str(answer.headers) and "evil.example" not in answer.text
    for location in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)",
                     "/%0d%0aX-Evil:1",
                     "/\t/evil.example", "http:evil.example", "/queue\r\nX-Evil: 1", "///evil.example"):
        answer = admin.get("/login", params={"next": location})
        assert answer.status_code == 303 and "x-evil" not in answer.headers
        assert answer.headers["location"] == "/" or answer.headers["location"].startswith("/%"), location


def test_files_on_the_disk_stay_as_they_were(shop: Planted) -> None:
    assert not {path.name for path in shop.workspace.path.parent.iterdir()} & {"evil.csv", "x.py", "evil.live.csv"}
