"""The pages of pain points: lists, one of them, every edit and its undoing, in four languages; nothing is mark-up."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from painpoints.triage.web.wording import LANGUAGES

if TYPE_CHECKING:
    from httpx import Response

    from painpoints.pipeline import Workspace

LANGS = tuple(LANGUAGES)
PARCEL, CHECKOUT, FIRE = "0PARCEL0000000000000000000", "1CHECKOUT00000000000000000", "2FIRE000000000000000000000"
XSS = ("<img src=x onerror=alert(1)>", "\"><script>alert('سلام')</script>", "مرحبا</bdi><svg onload=alert(1)>",
       "Привет' onmouseover='alert(1)", "{{ 7*7 }}<b>", "</title><script>alert(1)</script>")
Visitor = Callable[..., TestClient]


@pytest.fixture
def database() -> None:
    """What pages show does not hang on where the state is."""


def shown(answer: Response, status: int = 200) -> BeautifulSoup:
    assert answer.status_code == status, answer.text
    page = BeautifulSoup(answer.text, "html.parser")
    assert not re.search(r"\b(points|page|export|failure|event)\.[a-z_]+", page.get_text())
    return page


def listed(client: TestClient, **query: Any) -> list[str]:
    page = shown(client.get("/points", params=query))
    return [link["href"].removeprefix("/points/") for link in page.select("table.points th[scope=row] a")]


def members(shop: Workspace, key: str) -> list[str]:
    return sorted(shop.data().units.filter(painpoint_id=key)["unit_id"])


@pytest.mark.parametrize("lang", LANGS)
def test_list_and_page_are_shown_in_every_language(visitor: Visitor, lang: str, written_shop: Workspace) -> None:
    client = visitor(**{"accept-language": lang})
    page = shown(client.get("/points"))
    assert page.html is not None
    assert (page.html["lang"], page.html["dir"]) == (lang, "rtl" if lang in ("fa", "ar") else "ltr")
    assert len(page.select("table.points tbody tr")) == 3
    edition = written_shop.edition(lang)
    one = shown(client.get(f"/points/{PARCEL}"))
    count = len(members(written_shop, PARCEL))
    assert edition.number(count) in one.select_one("section.facts").get_text()  # type: ignore[union-attr]
    assert one.main is not None and edition.touchpoint("delivery") in one.main.get_text()
    assert one.select("ol.lineage li") and one.select("ul.opinions li blockquote")


def test_the_order_and_the_state_choose_what_is_listed(visitor: Visitor, written_shop: Workspace) -> None:
    client = visitor()
    sizes = {key: len(set(written_shop.data().units.filter(painpoint_id=key)["doc_id"])) for key in (
        PARCEL, CHECKOUT, FIRE)}
    assert listed(client) == sorted(sizes, key=lambda key: (-sizes[key], key))
    assert set(listed(client, order="moved")) == set(listed(client, order="recent")) == set(sizes)
    client.post(f"/points/{FIRE}/retire")
    assert FIRE not in listed(client) and listed(client, status="retired") == [FIRE]
    assert listed(client, order="<script>", status="none", page="9" * 3) == listed(client)


@pytest.mark.parametrize(("title", "words"), [
    ("کیفیت پارچه‌ی بد", "كيفيت"), ("كيفيت پارچه", "کیفیت"), ("پارچه‌ها", "پارچه ها"), ("Ёлка опоздала", "елка"),
    ("إلغاء الطلب", "الغاء"), ("تأخیر ۳ روزه", "3"), ("Refund TAKES weeks", "refund takes")])
def test_titles_are_found_however_they_are_spelt(visitor: Visitor, title: str, words: str,
                                                 written_shop: Workspace) -> None:
    written_shop.rename(CHECKOUT, title)
    assert listed(visitor(), q=words) == [CHECKOUT]
    assert listed(visitor(), q="nothing-of-the-kind") == []


@pytest.mark.parametrize("title", XSS)
def test_no_title_becomes_mark_up(visitor: Visitor, title: str, written_shop: Workspace) -> None:
    client = visitor()
    assert client.post(f"/points/{FIRE}/rename", data={"title": title}).status_code == 303
    plain = " ".join(title.split())
    for path in ("/points", f"/points/{FIRE}", f"/points/{FIRE}/split", f"/points/{CHECKOUT}", "/journey",
                 f"/points?q={title}", f"/points/{FIRE}?told={title}&only={title}"):
        answer = client.get(path)
        page = BeautifulSoup(answer.text, "html.parser")
        assert not page.select("img, svg[onload], [onerror], [onmouseover]")
        assert all(script.get("src") for script in page.select("script")), path
        if path in ("/points", f"/points/{FIRE}"):
            assert plain in page.get_text()
    assert "49<b>" not in client.get("/points").text


def test_opinions_come_in_one_language_and_page_by_page(visitor: Visitor, written_shop: Workspace) -> None:
    page = shown(visitor().get(f"/points/{PARCEL}?only=ar"))
    assert {quote["lang"] for quote in page.select("ul.opinions blockquote")} == {"ar"}
    texts = [quote.get_text() for quote in shown(visitor().get(f"/points/{PARCEL}?page=99")).select("blockquote")]
    assert texts
    link = page.select_one("ul.opinions a")
    assert link is not None and visitor().get(str(link["href"])).status_code == 200


EDITS: list[tuple[str, dict[str, Any], str]] = [
    ("rename", {"title": "پیک\u200cها دیر می‌رسند"}, "renamed"), ("merge", {"into": CHECKOUT}, "merged"),
    ("split", {}, "split"), ("retire", {}, "retired"), ("pin", {}, "pinned"),
    ("choose", {"act": "gather", "title": "Новая"}, "gathered"), ("choose", {"act": "release"}, "released")]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("edit", "fields", "told"), EDITS, ids=[each[2] for each in EDITS])
def test_every_edit_takes_effect_is_told_and_is_taken_back(visitor: Visitor, written_shop: Workspace, lang: str,
                                                           edit: str, fields: dict[str, Any], told: str) -> None:
    client, units = visitor(**{"accept-language": lang}), members(written_shop, PARCEL)
    kept = ("painpoint_id", "title", "status", "pinned", "units", "merged_into")

    def standing() -> list[tuple[Any, ...]]:
        return sorted(tuple(point[name] for name in kept) for point in written_shop.painpoints() if point["units"])

    before = standing()
    if edit == "split":
        fields = {f"unit-{name}": "going" if place < 3 else "staying" for place, name in enumerate(units)}
    elif edit == "choose":
        fields = {**fields, "unit": units[:2]}
    answer = client.post(f"/points/{PARCEL}/{edit}", data=fields)
    assert answer.status_code == 303 and answer.headers["location"].endswith(f"?told={told}")
    after = shown(client.get(answer.headers["location"]))
    assert standing() != before
    words, button = after.select_one(".done p"), after.select_one(".done button[form=undo]")
    assert words is not None and words.get_text().strip() and button is not None
    looked_at = answer.headers["location"].partition("?")[0]
    undone = client.post("/undo", headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{looked_at}"})
    assert undone.status_code == 200 and standing() == before
    # Who looks at what was made by the edit is led away from it.
    done = json.loads(undone.headers["hx-trigger"])["undone"]
    assert done["words"] and done["to"] == ("/points" if told in ("split", "gathered") else None)
    assert shown(client.get(done["to"] or looked_at))
    without_script = client.post("/undo", headers={"referer": "http://testserver/points"})
    assert without_script.status_code == 422


def test_an_undoing_without_a_script_leads_back(visitor: Visitor) -> None:
    client = visitor()
    client.post(f"/points/{PARCEL}/pin")
    answer = client.post("/undo", headers={"referer": f"http://testserver/points/{PARCEL}?told=pinned"})
    assert answer.status_code == 303 and answer.headers["location"] == f"/points/{PARCEL}"


def test_one_that_was_merged_away_leads_to_where_its_opinions_are(visitor: Visitor, written_shop: Workspace) -> None:
    client = visitor()
    client.post(f"/points/{PARCEL}/merge", data={"into": CHECKOUT})
    answer = client.get(f"/points/{PARCEL}")
    assert answer.status_code == 303 and answer.headers["location"] == f"/points/{CHECKOUT}"


def test_the_halves_of_a_split_hold_every_opinion_once(visitor: Visitor, written_shop: Workspace) -> None:
    page = shown(visitor().get(f"/points/{PARCEL}/split"))
    ticked = page.select("input[type=radio][checked]")
    chosen = {field["name"].removeprefix("unit-"): field["value"] for field in ticked}
    assert chosen.keys() == set(members(written_shop, PARCEL)) and set(chosen.values()) == {"staying", "going"}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("path", "fields", "status"), [
    (f"{PARCEL}/rename", {"title": "  "}, 422), (f"{PARCEL}/merge", {"into": PARCEL}, 422),
    (f"{PARCEL}/merge", {"into": "9GONE"}, 404), ("9GONE/retire", {}, 404), (f"{PARCEL}/split", {}, 422),
    (f"{PARCEL}/choose", {"act": "gather"}, 422), (f"{PARCEL}/choose", {"act": "release", "unit": "every"}, 422),
    (f"{PARCEL}/choose", {"act": "gather", "unit": "every"}, 422), (f"{PARCEL}/reject", {}, 404)])
def test_what_cannot_be_is_told_in_the_readers_language_with_a_way_back(
        visitor: Visitor, lang: str, path: str, fields: dict[str, Any], status: int, written_shop: Workspace) -> None:
    if fields.get("unit") == "every":
        fields = {**fields, "unit": members(written_shop, PARCEL)}
    client = visitor(**{"accept-language": lang, "referer": f"http://testserver/points/{PARCEL}?only=fa"})
    page = shown(client.post(f"/points/{path}", data=fields), status)
    assert page.main is not None
    told, back = page.main.h1, page.main.select_one(f'a[href="/points/{PARCEL}?only=fa"]')
    assert told is not None and back is not None
    latin = len(re.findall("[a-z]", told.get_text()))
    assert latin > 10 if lang == "en" else latin == 0
    assert page.main.select("[lang=en]") == []


@pytest.mark.parametrize("lang", LANGS)
def test_a_busy_workspace_and_a_conflict_are_told_in_the_readers_language(visitor: Visitor, lang: str,
                                                                          written_shop: Workspace) -> None:
    client = visitor(**{"accept-language": lang, "referer": "http://testserver/points"})
    with written_shop.folder.alone():
        busy = shown(client.post(f"/points/{PARCEL}/pin"), 503)
    client.post(f"/points/{PARCEL}/rename", data={"title": "one"})
    written_shop.rename(PARCEL, "two", who="ali")
    conflict = shown(client.post("/undo"), 409)
    for page in (busy, conflict):
        assert page.main is not None and page.main.select_one('a[href="/points"]') is not None
        text = page.main.get_text()
        assert str(written_shop.path) not in text
        assert not re.search("[a-zA-Z]{3}", text) or lang == "en"


def test_a_way_back_leads_to_no_other_site(visitor: Visitor) -> None:
    for sent in ("http://evil.example/points", "http://testserver//evil.example/", "javascript:alert(1)"):
        page = visitor(referer=sent).post("/points/9GONE/retire").text
        assert "evil" not in page and "javascript" not in page


@pytest.mark.parametrize("path", ["rename", "merge", "split", "retire", "reopen", "pin", "reject", "choose"])
def test_readers_may_look_but_not_edit(visitor: Visitor, path: str, written_shop: Workspace) -> None:
    client = visitor("reader")
    fields = {"title": "x", "into": FIRE, "act": "release", "unit": "x"}
    assert client.post(f"/points/{PARCEL}/{path}", data=fields).status_code == 403
    page = shown(client.get(f"/points/{PARCEL}"))
    assert not page.select(f'form[action^="/points/{PARCEL}/"]:not([action$=choose])') and not page.select(
        "ul.opinions input")
    assert written_shop.edits() == []


def test_what_colleagues_edit_is_told_once_and_own_edits_are_not(visitor: Visitor, written_shop: Workspace) -> None:
    client = visitor(**{"accept-language": "en"})
    mark = shown(client.get("/points")).select_one("#changes")
    assert mark is not None
    seen, edit = mark["data-seen"], mark["data-edit"]
    assert client.get("/changes", params={"seen": seen, "edit": edit}).status_code == 204
    written_shop.rename(PARCEL, "نام تازه", who="رضا")
    told = client.get("/changes", params={"seen": seen, "edit": edit}).json()
    assert "رضا" in told["words"] and told["seen"] != seen and told["edit"] > int(str(edit))
    fresh = shown(client.get("/points")).select_one("#changes")
    assert fresh is not None and fresh["data-edit"] == str(told["edit"])
    assert client.get("/changes", params={"seen": fresh["data-seen"], "edit": told["edit"]}).status_code == 204
    client.post(f"/points/{PARCEL}/pin")
    assert client.get("/changes", params={"seen": fresh["data-seen"], "edit": told["edit"]}).json()["words"] == ""


def test_what_is_done_in_the_queue_leaves_pages_of_pain_points_as_they_are(visitor: Visitor,
                                                                            written_shop: Workspace) -> None:
    from painpoints.triage import Queue

    client = visitor()
    mark = shown(client.get("/points")).select_one("#changes")
    assert mark is not None
    Queue(written_shop.folder.state, "ali").done([written_shop.data().documents["doc_id"][0]])
    assert client.get("/changes", params={"seen": mark["data-seen"], "edit": 0}).status_code == 204
