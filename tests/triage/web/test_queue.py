"""The queue's page: lists, filters and comments in four languages, changes, conflicts, undo; nothing is mark-up."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from painpoints.triage import Queue
from painpoints.triage.web.wording import LANGUAGES

if TYPE_CHECKING:
    from httpx import Response

    from painpoints.pipeline import Workspace

LANGS = tuple(LANGUAGES)
HX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/queue"}
XSS = ("<img src=x onerror=alert(1)>", "\"><script>alert('سلام')</script>", "مرحبا</bdi><svg onload=alert(1)>",
       "Привет' onmouseover='alert(1)", "{{ 7*7 }}<b>")
Visitor = Callable[..., TestClient]


@pytest.fixture
def database() -> None:
    """What pages show does not hang on where the state is."""


def rows(html: str) -> list[str]:
    return re.findall(r'<li class="row[^"]*" id="row-([^"]+)"', html)


def count(html: str) -> int:
    found = re.search(r'<h2 id="found"[^>]*><?[^0-9]*(\d+)', html)
    assert found
    return int(found[1])


def seen(html: str, doc_id: str) -> str:
    found = re.search(rf'name="seen" value="({doc_id}@\d+)"', html)
    assert found
    return found[1]


def act(client: TestClient, action: str, names: list[str], url: str = "/queue", **fields: str) -> Response:
    return client.post("/queue/act", data={"action": action, "seen": names, **fields},
                       headers={**HX, "HX-Current-URL": f"http://testserver{url}"})


@pytest.mark.parametrize("lang", LANGS)
def test_list_and_comment_are_shown_in_every_language(visitor: Visitor, lang: str) -> None:
    client = visitor()
    listed = client.get("/queue", params={"lang": lang})
    assert listed.status_code == 200
    assert f'<html lang="{lang}" dir="{"rtl" if lang in ("fa", "ar") else "ltr"}"' in listed.text
    names = rows(listed.text)
    assert len(names) == 50 and len(set(names)) == 50
    opened = client.get(f"/queue/{names[0]}", params={"lang": lang})
    assert opened.status_code == 200 and f'data-id="{names[0]}"' in opened.text
    assert re.findall(r"queue\.[a-z_]+", re.sub(r"<link[^>]*>|<script[^>]*>", "", opened.text)) == []


def test_every_opinion_is_marked_where_it_stands_and_named_in_words(visitor: Visitor, written_shop: Workspace) -> None:
    data = written_shop.data()
    doc = data.units.group_by("doc_id").len().filter(len=2)["doc_id"].sort()[0]
    text = visitor().get(f"/queue/{doc}", params={"lang": "en"}).text
    for unit in data.units.filter(doc_id=doc).iter_rows(named=True):
        shown = re.search(rf'<a class="unit[^"]*" id="unit-{unit["unit_id"]}"[^>]*>(.*?)</a>', text, re.DOTALL)
        assert shown and re.sub(r"<[^>]+>", "", shown[1]) == unit["text"]
        assert f'aria-describedby="labels-{unit["unit_id"]}"' in shown[0]
        assert f'id="labels-{unit["unit_id"]}"' in text


def test_pages_of_the_list_do_not_overlap_and_end_where_it_ends(visitor: Visitor) -> None:
    client = visitor()
    first, second = (rows(client.get("/queue", params={"page": number}).text) for number in (1, 2))
    assert len(first) == 50 and second and not {*first} & {*second}
    assert rows(client.get("/queue", params={"page": 999}).text) == second


@pytest.mark.parametrize(("params", "chip"), [
    ({"language": "ru"}, "Russian"), ({"touchpoint": "delivery"}, "Delivery"), ({"source": "Instagram"}, "Instagram"),
    ({"status": "done"}, "Done"), ({"holder": "nobody"}, "Nobody"), ({"unsure": "1"}, "Uncertain only"),
    ({"point": "2FIRE000000000000000000000"}, "Fire0"), ({"stage": "during"}, "During purchase"),
    ({"q": "charger"}, "charger")])
def test_the_address_is_the_filter_and_each_can_be_taken_away(visitor: Visitor, written_shop: Workspace,
                                                              params: dict[str, str], chip: str) -> None:
    client = visitor()
    names = rows(client.get("/queue").text)
    Queue(written_shop.folder.state, "sara").done(names[:2])
    Queue(written_shop.folder.state, "sara").assign(names[2:4], "علي")
    everything = client.get("/queue", params={"lang": "en"})
    found = client.get("/queue", params={**params, "lang": "en", "sort": "newest"})
    assert rows(found.text) and count(found.text) < count(everything.text)
    shown = re.search(r'<a class="chip" href="([^"]*)"[^>]*aria-label="[^"]*"><bdi>([^<]*)</bdi>', found.text)
    assert shown and shown[2] == chip
    assert shown[1].replace("&amp;", "&") == "/queue?sort=newest"


def test_words_that_were_found_are_marked_and_no_question_finds_nothing(visitor: Visitor) -> None:
    client = visitor()
    found = client.get("/queue", params={"q": "charger fire"}).text
    assert rows(found) and found.count('<mark class="found">') >= 2 * len(rows(found))
    assert rows(client.get("/queue", params={"q": "-"}).text) == []


def test_a_filter_that_names_nothing_is_refused(visitor: Visitor) -> None:
    assert visitor().get("/queue", params={"touchpoint": "nowhere"}).status_code == 422
    assert visitor().get("/queue/0000000000000000").status_code == 404


def test_done_leaves_the_list_and_the_next_one_opens(visitor: Visitor) -> None:
    client = visitor()
    html = client.get("/queue").text
    first, second = rows(html)[:2]
    answer = act(client, "done", [seen(html, first)], open=first, next=second)
    assert answer.status_code == 200
    assert first not in rows(answer.text) and f'data-id="{second}"' in answer.text
    assert answer.headers["HX-Replace-Url"] == f"/queue/{second}"
    assert 'form="undo"' in answer.text
    undone = client.post("/undo", headers=HX)
    assert undone.status_code == 200 and first in rows(undone.text) and f'data-id="{first}"' in undone.text


@pytest.mark.parametrize(("action", "to", "status", "holder"), [
    ("take", "", "mine", "sara"), ("assign", "علي", "mine", "علي"), ("wait", "", "waiting", "sara"),
    ("done", "", "done", "sara"), ("mute", "", "muted", None)])
def test_each_action_does_what_it_says(visitor: Visitor, written_shop: Workspace, action: str, to: str, status: str,
                                       holder: str | None) -> None:
    client = visitor()
    html = client.get("/queue").text
    name = rows(html)[3]
    assert act(client, action, [seen(html, name)], to=to).status_code == 200
    entry = Queue(written_shop.folder.state, "x").entry(name)
    assert (entry.status, entry.assignee) == (status, holder)


def test_a_note_goes_along_with_what_is_done_and_stays_when_it_is_not_touched(visitor: Visitor, written_shop: Workspace
                                                                              ) -> None:
    client, queue = visitor(), Queue(written_shop.folder.state, "x")
    html = client.get("/queue").text
    name = rows(html)[0]
    act(client, "take", [seen(html, name)], note="زنگ زدم", open=name)
    assert queue.entry(name).note == "زنگ زدم"
    act(client, "wait", [f"{name}@1"], note="زنگ زدم", open=name)
    assert queue.entry(name).note == "زنگ زدم" and queue.entry(name).version == 2
    fields = {row["field"] for row in queue.history(name) if row["change"] == 2}
    assert "note" not in fields


def test_who_was_faster_is_told_and_nothing_is_overwritten(visitor: Visitor, written_shop: Workspace) -> None:
    client = visitor(**{"Accept-Language": "en"})
    html = client.get("/queue").text
    name = rows(html)[0]
    Queue(written_shop.folder.state, "علي").wait([name], "mine!")
    answer = act(client, "done", [seen(html, name)], open=name, note="my words")
    assert answer.status_code == 409
    assert "<bdi>علي</bdi> has changed it meanwhile" in answer.text
    assert f"{name}@1" in answer.text and ">my words</textarea>" in answer.text and "mine!" in answer.text
    assert Queue(written_shop.folder.state, "x").entry(name).status == "waiting"


def test_many_are_changed_at_once_or_not_at_all(visitor: Visitor, written_shop: Workspace) -> None:
    client, queue = visitor(), Queue(written_shop.folder.state, "x")
    html = client.get("/queue").text
    names = rows(html)[:5]
    Queue(written_shop.folder.state, "علي").mute(names[2:3])
    assert act(client, "done", [seen(html, name) for name in names]).status_code == 409
    assert {queue.entry(name).status for name in names} == {"new", "muted"}
    others = [name for name in names if name != names[2]]
    assert act(client, "done", [seen(html, name) for name in others]).status_code == 200
    assert {queue.entry(name).status for name in others} == {"done"}


def test_all_that_a_filter_finds_are_changed_only_where_it_finds_what_was_shown(
        visitor: Visitor, written_shop: Workspace) -> None:
    client, queue = visitor(), Queue(written_shop.folder.state, "x")
    url = "/queue?touchpoint=delivery"
    html = client.get(url).text
    found = rows(html)
    version = re.findall(r'name="version" value="([^"]+)"', html)[0]
    assert act(client, "done", [], url, every=str(len(found) + 1), version=version).status_code == 409
    Queue(written_shop.folder.state, "علي").assign(found[:1], "علي")
    assert act(client, "done", [], url, every=str(len(found)), version=version).status_code == 409
    assert not [entry for entry in queue.entries() if entry.status == "done"]
    html = client.get(url).text
    version = re.findall(r'name="version" value="([^"]+)"', html)[0]
    assert act(client, "done", [], url, every=str(len(found)), version=version).status_code == 200
    assert {entry.doc_id for entry in queue.entries() if entry.status == "done"} == {*found}


def test_without_scripts_forms_lead_back_to_the_list(visitor: Visitor, written_shop: Workspace) -> None:
    client = visitor()
    html = client.get("/queue", params={"touchpoint": "delivery"}).text
    name = rows(html)[0]
    answer = client.post("/queue/act?touchpoint=delivery", data={"action": "done", "seen": seen(html, name)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/queue?touchpoint=delivery")
    assert Queue(written_shop.folder.state, "x").entry(name).status == "done"
    asked = client.post("/queue/assign", data={"seen": f"{name}@1", "open": name})
    assert asked.status_code == 200 and "<html" in asked.text and 'name="to"' in asked.text


def test_readers_change_nothing_and_see_no_way_to(visitor: Visitor, written_shop: Workspace) -> None:
    client = visitor(role="reader")
    html = client.get("/queue").text
    name = rows(html)[0]
    for path, data in (("/queue/act", {"action": "done", "seen": f"{name}@0"}), ("/undo", {}),
                       ("/queue/correct", {"set": "sentiment:pos", "unit": f"{name}0"}), ("/queue/assign", {})):
        assert client.post(path, data=data, headers=HX).status_code == 403
    opened = client.get(f"/queue/{name}").text
    assert 'action="/queue/act' not in html + opened and "/queue/correct" not in opened
    assert Queue(written_shop.folder.state, "x").entries() == []


@pytest.mark.parametrize("nasty", XSS)
def test_nothing_that_people_write_becomes_mark_up(visitor: Visitor, written_shop: Workspace, nasty: str) -> None:
    client = visitor(name="mallory")
    html = client.get("/queue").text
    name = rows(html)[0]
    act(client, "assign", [seen(html, name)], to=f"a {nasty}"[:80], note=nasty)
    doc = Queue(written_shop.folder.state, "x").entries()[0]
    assert doc.note == nasty
    point = "2FIRE000000000000000000000"
    written_shop.rename(point, nasty, who="mallory")
    fire = rows(client.get("/queue", params={"point": point}).text)[0]
    for path in ("/queue", f"/queue/{name}", f"/queue/{fire}", f"/queue?point={point}", f"/queue?q={nasty}",
                 f"/queue/{fire}/point?unit={fire}0", f"/queue?holder={nasty}", "/queue/news?since=0&version=0"):
        for headers in ({}, HX):
            text = client.get(path, headers=headers).text
            assert nasty not in text
            assert "<img src=x" not in text and "<script>alert" not in text and "<svg onload" not in text
            assert "49<b>" not in text


def test_news_are_nothing_until_a_colleague_does_something(visitor: Visitor, written_shop: Workspace) -> None:
    client = visitor(**{"Accept-Language": "en"})
    html = client.get("/queue").text
    names = rows(html)
    number, version = (re.findall(rf'data-{key}="([^"]*)"', html)[-1] for key in ("number", "version"))
    ask = {"since": number, "version": version, "rows": ",".join(names), "opened": names[1]}
    assert client.get("/queue/news", params=ask, headers=HX).status_code == 204
    ali = Queue(written_shop.folder.state, "Ali")
    ali.assign(names[:3], "Ali")
    told = client.get("/queue/news", params=ask, headers=HX)
    assert told.status_code == 200
    assert "<bdi>Ali</bdi> took 3 comments" in told.text
    assert rows(told.text) == names[:3] and f'data-id="{names[1]}"' in told.text
    busy = client.get("/queue/news", params={**ask, "busy": "1"}, headers=HX)
    assert "<textarea" not in busy.text and 'id="standing"' in busy.text
    after = {**ask, "since": told.headers["X-Number"], "version": told.headers["X-Version"]}
    assert client.get("/queue/news", params=after, headers=HX).status_code == 204


def test_corrections_hold_at_once_and_are_told_in_the_history(visitor: Visitor, written_shop: Workspace) -> None:
    client = visitor(**{"Accept-Language": "en"})
    name = rows(client.get("/queue", params={"q": "charger"}).text)[0]
    unit = f"{name}0"
    url = f"/queue/{name}"
    for at, (said, shown) in enumerate((("sentiment:pos", "sentiment = <bdi>"), ("touchpoint:app", "App"),
                                        ("stage:during", "During purchase"), ("problem:no", "No problem"))):
        answer = client.post("/queue/correct", headers={**HX, "HX-Current-URL": f"http://testserver{url}"},
                             data={"unit": unit, "set": said, "seen": f"{name}@{at}", "open": name})
        assert answer.status_code == 200, said
        assert f"{name}@{at + 1}" in answer.text
        if at:
            assert shown in answer.text
    stale = client.post("/queue/correct", headers=HX, data={"unit": unit, "set": "sentiment:neg", "seen": f"{name}@0",
                                                            "open": name})
    assert stale.status_code == 409
    back = client.post("/undo", headers={**HX, "HX-Current-URL": f"http://testserver{url}"})
    assert back.status_code == 200
    assert client.post("/queue/correct", headers=HX, data={"unit": unit, "set": "sentiment:odd", "seen": f"{name}@5"}
                       ).status_code == 422


def test_a_pain_point_is_chosen_by_its_title_and_an_opinion_leaves_one(
        visitor: Visitor, written_shop: Workspace) -> None:
    client = visitor(**{"Accept-Language": "en"})
    name = rows(client.get("/queue", params={"q": "charger"}).text)[0]
    shown = client.get(f"/queue/{name}/point/found", params={"unit": f"{name}0", "find": "PARC"}, headers=HX).text
    assert "point:0PARCEL0000000000000000000" in shown and "point:2FIRE" not in shown
    for at, (value, holds) in enumerate((("0PARCEL0000000000000000000", "0PARCEL0000000000000000000"), ("", None))):
        asked = {"unit": f"{name}0", "set": f"point:{value}", "seen": f"{name}@{at}", "open": name}
        assert client.post("/queue/correct", headers=HX, data=asked).status_code == 200
        # It counts: a colleague who has not seen it is refused, whatever is to be done.
        assert client.post("/queue/correct", headers=HX, data=asked).status_code == 409
        for path, told in (("correct", {"unit": f"{name}0", "set": "sentiment:pos"}), ("act", {"action": "done"})):
            late = visitor(name="omar").post(f"/queue/{path}", headers=HX,
                                             data={"seen": f"{name}@{at}", "open": name, **told})
            assert late.status_code == 409 and "sara" in late.text
        with written_shop.folder.state.reading() as state:
            placed = state.rows_with("placements", "unit_id", [f"{name}0"])
        assert (placed[0]["painpoint_id"] if placed else None) == holds


@pytest.mark.parametrize(("lang", "words"), [
    ("fa", ("برد", "بیرون آورد", "پس گرفت")), ("ar", ("نقل رأيًا من", "أخرج رأيًا", "تراجع عن نقل")),
    ("ru", ("перенёс", "вывел", "отменил(а) перенос")), ("en", ("moved an opinion from", "took an opinion out of",
                                                               "undid a move: the opinion is in"))])
def test_where_opinions_went_stands_in_the_history_in_order(visitor: Visitor, written_shop: Workspace, lang: str,
                                                            words: tuple[str, str, str]) -> None:
    client = visitor(**{"Accept-Language": lang})
    name = rows(client.get("/queue", params={"q": "charger"}).text)[0]
    unit, parcel = f"{name}0", "0PARCEL0000000000000000000"
    with written_shop.folder.state.reading() as state:
        placed = state.rows_with("placements", "unit_id", [unit])[0]["painpoint_id"]
    queue = Queue(written_shop.folder.state, "sara")
    queue.note([name], "one")
    written_shop.pin(parcel, [unit], "sara")
    queue.note([name], "two")
    written_shop.release([unit], "omar")
    assert client.get(f"/queue/{name}").status_code == 200
    written_shop.undo_edit("omar")
    html = client.get(f"/queue/{name}").text
    told = re.findall(r"<li><bdi class=\"person\">(\w+)</bdi> (.*?) <time", html[html.index('id="deeds"'):], re.DOTALL)
    assert [who for who, _ in told] == ["omar", "omar", "sara", "sara", "sara"]
    assert words[2] in told[0][1] and words[1] in told[1][1] and words[0] in told[3][1]
    assert "<q dir=\"auto\">two</q>" in told[2][1] and "<q dir=\"auto\">one</q>" in told[4][1]
    assert told[0][1].count("<bdi>Parce") == told[3][1].count("<bdi>Parce") == 1 and placed != parcel


def test_opinions_that_a_new_pain_point_took_along_tell_it_when_it_is_gone(visitor: Visitor, written_shop: Workspace
                                                                           ) -> None:
    client = visitor(**{"Accept-Language": "en"})
    name = rows(client.get("/queue", params={"q": "charger"}).text)[0]
    written_shop.gather([f"{name}0"], "Chargers burn", "sara")
    assert "moved an opinion from <bdi>Fire0</bdi> to <bdi>Chargers burn</bdi>" in client.get(f"/queue/{name}").text
    written_shop.undo_edit("sara")
    html = client.get(f"/queue/{name}").text
    assert "to <bdi>Chargers burn</bdi>" in html and "the opinion is in <bdi>Fire0</bdi> again" in html


@pytest.mark.parametrize("lang", LANGS)
def test_touchpoints_are_offered_by_stage_in_the_language_of_the_page(visitor: Visitor, lang: str) -> None:
    client = visitor()
    name = rows(client.get("/queue").text)[0]
    for headers in ({}, HX):
        shown = client.get(f"/queue/{name}/touchpoint", params={"unit": f"{name}0", "lang": lang}, headers=headers)
        assert shown.status_code == 200
        assert shown.text.count('name="set"') == 30 and shown.text.count('role="group"') == 4
    assert client.get(f"/queue/{name}/touchpoint", params={"unit": "0"}).status_code == 404
    assert client.get(f"/queue/{name}/colour", params={"unit": f"{name}0"}).status_code == 404


def test_look_alikes_are_corrected_as_one_change_and_taken_back_as_one(
        visitor: Visitor, written_shop: Workspace) -> None:
    client, queue = visitor(), Queue(written_shop.folder.state, "x")
    names = rows(client.get("/queue", params={"q": "charger"}).text)[:3]
    data = {"unit": [f"{name}0" for name in names], "set": "problem:no", "seen": [f"{name}@0" for name in names]}
    assert client.post("/queue/correct", data=data, headers=HX).status_code == 200
    assert len({row["change"] for row in queue.history()}) == 1 and len(queue.history()) == 3
    assert client.post("/queue/correct", data=data, headers=HX).status_code == 409
    assert client.post("/undo", headers=HX).status_code == 200
    with written_shop.folder.state.reading() as state:
        assert state.rows("corrections") == []


def test_a_list_is_kept_under_a_name_shared_renamed_and_removed(visitor: Visitor) -> None:
    sara, ali = visitor(), visitor(name="Ali")
    here = {**HX, "HX-Current-URL": "http://testserver/queue?language=ru&touchpoint=app&sort=newest"}
    for name in ("روسی‌ها", XSS[0]):
        kept = sara.post("/queue/views", data={"name": name}, headers=here)
        assert kept.status_code == 200 and "language=ru&amp;touchpoint=app&amp;sort=newest" in kept.text
    assert XSS[0] not in sara.get("/queue").text and "&lt;img" in sara.get("/queue").text
    assert "روسی‌ها" not in ali.get("/queue").text
    number = re.findall(r'action="/queue/views/(\d+)', sara.get("/queue").text)[-1]
    assert ali.post(f"/queue/views/{number}/remove", headers=here).status_code == 404
    sara.post(f"/queue/views/{number}", data={"name": "Russians", "shared": "true"}, headers=here)
    assert "Russians" in ali.get("/queue").text
    assert sara.post("/queue/views", data={"name": "Russians"}, headers=here).status_code == 422
    sara.post(f"/queue/views/{number}/remove", headers=here)
    assert "Russians" not in ali.get("/queue").text + sara.get("/queue").text
