"""Whatever people and customers write: pages hold no element, attribute or address that harmless texts do not make."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from painpoints.triage.web.wording import LANGUAGES

if TYPE_CHECKING:
    from conftest import Browser, Planted

POINTS = ("0PARCEL0000000000000000000", "1CHECKOUT00000000000000000", "2FIRE000000000000000000000")
HX = {"HX-Request": "true", "HX-Current-URL": "http://127.0.0.1:8350/queue"}
LEADING = {"href", "src", "action", "formaction", "poster", "data", "cite", "background", "xlink:href", "srcset",
           "hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete", "hx-push-url", "hx-replace-url"}
"""Attributes that a browser or htmx follows."""
Skeleton = set[tuple[str, tuple[str, ...]]]
ASKED = ("q", "order", "status", "page", "proposals", "only", "told", "language", "stage", "touchpoint", "source",
         "point", "holder", "unsure", "sort", "find", "opened", "rows", "next", "lang", "week", "seen", "no_such")


def addresses(planted: Planted, comment: int = 3) -> list[str]:
    """Every GET route with everything filled in that it needs, by the names of its places."""
    from_routes = []
    doc_id = planted.comments[comment]
    filled = {"doc_id": doc_id, "key": POINTS[comment % 3], "field": "stage", "job": planted.job,
              "upload": planted.upload}
    # Files are looked at elsewhere.
    every = {route.path for route in planted.routes if "GET" in route.methods and not route.path.startswith("/export")}
    for path in sorted(every):
        place = path.replace("jobs/{number}", "jobs/{job}").replace("{number}", "{upload}")
        forms = ("html", "md", "json", "text") if "{form}" in place else ("",)
        for form in forms:
            found = place.format(**filled, form=form)
            need = {"/queue/similar": f"?unit={doc_id}0&said=stage:before", "/queue/news": "?since=0&version=x",
                    "/queue/{doc_id}/{field}": f"?unit={doc_id}0", "/api/map/units": f"?id={doc_id}0",
                    "/api/search": "?q=late", "/changes": "?seen=x&edit=0"}
            from_routes.append(found + need.get(path, ""))
    return from_routes


class Parsed(HTMLParser):
    """A page as a browser takes it: its elements with their attributes, and all that a reader can be told."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.said: list[str] = []
        self.scripts: list[str] = []
        self._within = ""
        self.feed(html)
        self.close()

    @property
    def skeleton(self) -> Skeleton:
        """The elements, each with the names of its attributes."""
        return {(name, tuple(sorted(attributes))) for name, attributes in self.elements}

    @property
    def text(self) -> str:
        """The text and the attributes."""
        return "\n".join(self.said)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One element."""
        self._within = tag
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self.said += [value or "" for _, value in attrs]

    def handle_data(self, data: str) -> None:
        """A stretch of text."""
        (self.scripts if self._within in ("script", "style") and data.strip() else self.said).append(data)

    def handle_endtag(self, tag: str) -> None:
        """The end of an element."""
        self._within = ""


def wrong_in(page: Parsed) -> list[str]:
    """What no page of ours has: scripts within, handlers, styles within, addresses that lead elsewhere."""
    found = [f"script {text}" for text in page.scripts]
    for tag, attributes in page.elements:
        if tag in ("style", "iframe", "object", "embed", "base", "template", "foreignobject") or (
                tag == "script" and not attributes.get("src", "").startswith("/static/")):
            found.append(tag)
        for name, value in attributes.items():
            if name.startswith(("on", "hx-on", "hx-vals", "hx-vars", "hx-headers")) or name in ("style", "srcdoc"):
                found.append(f"{tag} {name}")
            if name in LEADING and value != "true" and not re.match(r"(?:/(?![/\\])|\?|#)[^\x00-\x20\\]*$|$", value):
                found.append(f"{name}={value}")
    return found


def verbatim(planted: Planted, html: str) -> list[str]:
    """The hostile strings that stand in a page as they are, though they hold what has to be escaped."""
    return [word for word in planted.words if ("<" in word or '"' in word) and len(word) > 8 and word in html]


def said_in(html: str) -> str:
    """All that a reader can be told by a page."""
    return Parsed(html).text


@pytest.fixture(scope="module")
def known(plain: Planted) -> Skeleton:
    """What pages of harmless texts are made of."""
    browser, found = plain.browser("admin"), set[tuple[str, tuple[str, ...]]]()
    for comment in (1, 3, 5, 8):
        for address in (address for address in addresses(plain, comment) if comment == 3 or "/queue/" in address):
            found |= Parsed(browser.get(address).text).skeleton | Parsed(browser.get(address, headers=HX).text).skeleton
    for answer in posts(browser, plain, "harmless words"):
        found |= Parsed(answer.text).skeleton
    for asked in ("late", "nothing at all like that"):
        for page in ("/queue", "/points", "/login"):
            found |= Parsed(browser.get(page, params=dict.fromkeys(ASKED, asked)).text).skeleton
            found |= Parsed(browser.get(page, params={"q": asked}).text).skeleton
    found |= Parsed(plain.browser().get("/login", params={"next": "/queue"}).text).skeleton
    return found


@pytest.fixture(scope="module")
def admin(hostile: Planted) -> Browser:
    return hostile.browser("admin")


@pytest.fixture(scope="module")
def checked(known: Skeleton, hostile: Planted) -> Callable[[Any], None]:
    """What an answer with hostile texts must not hold."""
    def check(answer: Any) -> None:
        where = f"{answer.request.method} {answer.request.url}"
        assert answer.status_code < 500, where
        if answer.headers.get("content-type", "").startswith("text/html") and "attachment" not in answer.headers.get(
                "content-disposition", ""):
            page = Parsed(answer.text)
            assert wrong_in(page) == [], where
            assert page.skeleton - known == set(), where
            assert verbatim(hostile, answer.text) == [], where

    return check


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_page_holds_what_somebody_wrote_as_mark_up(
        hostile: Planted, admin: Browser, checked: Callable[[Any], None], lang: str) -> None:
    for address in addresses(hostile):
        for headers in ({}, HX):
            checked(admin.get(address, headers={"accept-language": lang, **headers}))


def test_every_comment_is_shown_as_it_was_written(hostile: Planted, admin: Browser, checked: Callable[[Any], None]
                                                  ) -> None:
    for doc_id, word in zip(hostile.comments, hostile.words, strict=True):
        answer = admin.get(f"/queue/{doc_id}", headers=HX)
        checked(answer)
        shown = re.sub(r"\s+", "", said_in(answer.text))
        letters = re.findall(r"[^\W_]+", word)
        assert all(run in shown for run in letters), word


def test_what_people_wrote_is_on_the_pages_at_all(hostile: Planted, admin: Browser) -> None:
    said = {address: said_in(admin.get(address).text) for address in
            ("/queue?status=all", f"/queue/{hostile.comments[4]}", "/points", f"/points/{POINTS[0]}", "/people", "/add",
             f"/add/{hostile.upload}", "/digest", "/journey", "/map")}
    assert hostile.workspace.path.name in said["/points"]
    assert hostile.words[0] in said["/points"] and hostile.words[0] in said["/digest"]
    assert sum(name in said["/people"] for name in hostile.names[:12]) >= 10
    assert sum(name in said["/queue?status=all"] for name in hostile.names[:40]) >= 35
    assert hostile.words[7] in said["/add"] and hostile.words[5] in said["/add"]
    assert sum(word in said[f"/add/{hostile.upload}"] for word in hostile.words[:40]) >= 30
    assert hostile.words[-1] in said["/map"] or any(word in said["/map"] for word in hostile.words)


@pytest.mark.parametrize("page", ["/queue", "/points", f"/points/{POINTS[0]}", "/login", "/digest", "/map", "/add",
                                  "/journey", "/no/such/page", "/queue/none-such"])
def test_nothing_in_an_address_becomes_mark_up(hostile: Planted, admin: Browser, checked: Callable[[Any], None],
                                               page: str) -> None:
    nobody = hostile.browser()
    for word in hostile.words[::6 if page == "/queue" else 12]:
        checked(admin.get(page, params=dict.fromkeys(ASKED, word)))
        checked(admin.get(page, params={"q": word}, headers=HX))
        checked(nobody.get(page, params={"next": word, word: word}))
    for name in ASKED:
        checked(admin.get(page, params={name: "\"><img src=x onerror=alert('سلام')>"}))


def test_nothing_in_a_path_becomes_mark_up(hostile: Planted, admin: Browser, checked: Callable[[Any], None]) -> None:
    from urllib.parse import quote

    for word in hostile.words[::3]:
        for before in ("/queue/", "/points/", "/add/", "/add/jobs/", "/digest/file/", "/static/", "/"):
            checked(admin.get(before + quote(word, safe="")))


def posts(browser: Browser, planted: Planted, word: str) -> Iterator[Any]:
    """The answers to whatever can be sent, with ``word`` in every field."""
    token = browser.token()
    fields = dict.fromkeys(("name", "password", "role", "title", "into", "other", "act", "unit", "action", "to", "note",
                            "every", "version", "next", "shared"), word)
    doc_id = planted.comments[2]
    for seen in (f"{doc_id}@1", f"{doc_id}@99", word):
        for action in ("assign", "note", "done", word):
            yield browser.post("/queue/act", data={**fields, "every": "", "seen": seen, "open": doc_id,
                                                   "action": action}, headers={**HX, "X-CSRF-Token": token})
        yield browser.post("/queue/assign", data={**fields, "every": "", "seen": seen, "open": word},
                           headers={**HX, "X-CSRF-Token": token})
    for set_ in (f"stage:{word}", f"sentiment:{word}", word, f"point:{word}"):
        yield browser.post("/queue/correct", data={"set": set_, "unit": f"{doc_id}0", "seen": f"{doc_id}@9"},
                           headers={**HX, "X-CSRF-Token": token})
    every = sorted({route.path for route in planted.routes if "POST" in route.methods} - {"/logout"})
    for path in every:
        place = path.format(key=POINTS[1], number=7, doc_id=doc_id)
        for headers in ({}, HX):
            yield browser.post(place, data=fields, headers={**headers, "X-CSRF-Token": token})


def test_no_answer_to_what_is_sent_holds_it_as_mark_up(
        planting: Callable[..., Planted], corpus: list[str], checked: Callable[[Any], None]) -> None:
    # A workspace of its own: what is sent changes it.
    planted = planting(corpus, "sent")
    browser = planted.browser("admin")
    for answer in posts(browser, planted, "\"'><img src=x onerror=alert('سلام')>{{7*7}}"):
        checked(answer)
    nobody = planted.browser()
    for word in corpus[::12]:
        checked(nobody.post("/login", data={"csrf": nobody.token("/login"), "name": word, "password": word}))
    name = "<img src=x onerror=alert('کتاب')>.csv"
    sent = browser.post("/add", files={"file": (name, b"\0\1", "text/csv")}, data={"csrf": browser.token()})
    checked(sent)
    for address in addresses(planted, 2):
        checked(browser.get(address))
