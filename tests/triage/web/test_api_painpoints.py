"""The API: what pages show and do, for scripts, in the form that it describes, to whom may have it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from painpoints.triage.web.api.digests import DigestAnswer
from painpoints.triage.web.wording import LANGUAGES

if TYPE_CHECKING:
    from painpoints.pipeline import Workspace

LANGS = tuple(LANGUAGES)
PARCEL, CHECKOUT, FIRE = "0PARCEL0000000000000000000", "1CHECKOUT00000000000000000", "2FIRE000000000000000000000"
EDITS = [(f"/api/painpoints/{PARCEL}/{name}", body) for name, body in (
    ("rename", {"title": "x"}), ("merge", {"into": FIRE}), ("split", {}), ("retire", None), ("reopen", None),
    ("pin", None), ("reject", None))] + [("/api/painpoints/gather", {"unit_ids": ["0000"]}),
                                         ("/api/painpoints/release", {"unit_ids": ["0000"]})]
READ = ["/api/painpoints", f"/api/painpoints/{PARCEL}", "/api/journey",
        "/api/digest", "/api/search?q=courier"]
Visitor = Callable[..., TestClient]


@pytest.fixture
def units(written_shop: Workspace) -> Callable[[str], list[str]]:
    """The opinions of a pain point."""
    return lambda key: sorted(written_shop.data().units.filter(painpoint_id=key)["unit_id"])


@pytest.fixture
def database() -> None:
    """What is answered does not hang on where the state is."""


def ids(client: TestClient, **query: Any) -> list[str]:
    return [point["painpoint_id"] for point in client.get("/api/painpoints", params=query).json()["painpoints"]]


def test_the_list_pages_and_counts_as_the_page_does(visitor: Visitor) -> None:
    client = visitor("reader")
    whole = client.get("/api/painpoints").json()
    assert whole["found"] == len(whole["painpoints"]) == 3
    sizes = [point["documents"] for point in whole["painpoints"]]
    assert sizes == sorted(sizes, reverse=True) and sizes[-1] > 0
    assert ids(client, offset=1, limit=1) == ids(client)[1:2]
    assert ids(client, status="retired") == []
    first = whole["painpoints"][0]
    assert sum(each["units"] for each in first["langs"]) == first["units"]
    assert first["first_seen"] <= first["last_seen"] and first["weeks"]


def test_one_has_its_opinions_a_page_at_a_time_and_in_one_language(visitor: Visitor, units: Any) -> None:
    client = visitor("reader")
    whole = client.get(f"/api/painpoints/{PARCEL}?limit=500").json()
    assert whole["found"] == len(whole["opinions"])
    assert sum(each["copies"] for each in whole["opinions"]) == len(units(PARCEL))
    assert client.get(f"/api/painpoints/{PARCEL}?offset=2&limit=3").json()["opinions"] == whole["opinions"][2:5]
    arabic = client.get(f"/api/painpoints/{PARCEL}?language=ar").json()["opinions"]
    assert arabic and {each["lang"] for each in arabic} == {"ar"}
    assert client.get("/api/painpoints/0parc").json()["painpoint_id"] == PARCEL


@pytest.mark.parametrize("lang", LANGS)
def test_words_are_in_the_language_of_the_request_and_never_mark_up(visitor: Visitor, lang: str,
                                                                    written_shop: Workspace) -> None:
    written_shop.rename(FIRE, "<b>آتش</b> & fire", who="ali")
    client = visitor("reader", **{"accept-language": lang})
    found = client.get(f"/api/painpoints/{FIRE}").json()
    assert found["title"] == "<b>آتش</b> & fire" and found["named_by"] == "person"
    assert [event["event"] for event in found["lineage"]] == ["renamed", "born"]
    assert "<bdi>" not in found["lineage"][0]["words"]
    names = {row["touchpoint"]: row["name"] for row in client.get("/api/journey").json()["touchpoints"]}
    assert names["delivery"] == written_shop.edition(lang).touchpoint("delivery")


def test_the_journey_has_its_stages_its_touchpoints_and_its_weakest_link(visitor: Visitor) -> None:
    found = visitor("reader").get("/api/journey").json()
    assert [row["stage"] for row in found["stages"]] and {"app", "delivery", "product"} == {
        row["touchpoint"] for row in found["touchpoints"]}
    for row in found["touchpoints"]:
        assert row["neg"] + row["neu"] + row["pos"] == row["units"]
        assert row["harm_low"] <= row["harm"] <= row["harm_high"]
    assert found["weakest"]["touchpoint"] == "app" and found["weakest"]["quotes"]


@pytest.mark.parametrize("week", [None, "2026-W38", "2026-09-16"])
def test_a_digest_has_the_form_that_is_described(visitor: Visitor, week: str | None) -> None:
    answer = visitor("reader").get("/api/digest", params={"week": week} if week else {})
    assert answer.status_code == 200
    told = DigestAnswer.model_validate(answer.json()).model_dump()
    assert told["schema_"] == 1 and told["volume"]["documents"] > 0
    if week:
        assert told["period"]["week"] == "2026-W38" or told["period"]["first"].isoformat() <= "2026-09-16"


def test_a_digest_says_so_where_something_grew_from_nothing(visitor: Visitor) -> None:
    told = [news for week in ("2026-W38", "2026-W39") for kind in ("new", "growing", "top")
            for news in visitor("reader").get(f"/api/digest?week={week}").json()[kind] if news["growth"]]
    assert all((news["growth"]["value"] is None) == news["growth"]["from_nothing"] for news in told)


@pytest.mark.parametrize(("words", "script"), [("سفارش", "fa"), ("كيفيت", "fa"), ("الشحنه", "ar"), ("еще", "ru"),
                                               ("\"three weeks\"", "en")])
def test_texts_are_found_however_they_are_spelt(visitor: Visitor, words: str, script: str) -> None:
    found = visitor("reader").get("/api/search", params={"q": words, "limit": 500}).json()
    assert 0 < found["total"] == len(found["hits"]) < 60
    for hit in found["hits"]:
        assert hit["spans"] and all(0 <= start < end <= len(hit["text"]) for start, end in hit["spans"])
    one = visitor("reader").get("/api/search", params={"q": words, "limit": 1}).json()
    assert one["total"] == found["total"] and one["hits"] == found["hits"][:1]


def test_every_edit_takes_effect_and_is_taken_back(visitor: Visitor, units: Any) -> None:
    client = visitor()
    before = client.get("/api/painpoints").json()
    parcel, checkout = units(PARCEL), units(CHECKOUT)

    def edit(path: str, body: Any = None) -> list[str]:
        answer = client.post(f"/api/painpoints/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["painpoint_ids"])

    def undone(kind: str) -> None:
        answer = client.post("/api/undo")
        assert answer.status_code == 200 and answer.json()["edit"] == kind
        assert strip(client.get("/api/painpoints").json()) == strip(before)

    def strip(found: dict[str, Any]) -> Any:
        return [(p["painpoint_id"], p["title"], p["status"], p["pinned"], p["units"]) for p in found["painpoints"]]

    assert edit(f"{PARCEL}/rename", {"title": " بسته\u200cها دیر \x00 می‌رسند "}) == [PARCEL]
    assert client.get(f"/api/painpoints/{PARCEL}").json()["title"] == "بسته\u200cها دیر می‌رسند"
    undone("rename")
    assert edit(f"{PARCEL}/merge", {"into": CHECKOUT}) == [CHECKOUT, PARCEL]
    assert client.get(f"/api/painpoints/{PARCEL}").json()["merged_into"] == CHECKOUT
    assert client.get(f"/api/painpoints/{CHECKOUT}").json()["units"] == len(parcel) + len(checkout)
    undone("merge")
    (half,) = edit(f"{PARCEL}/split", {"unit_ids": parcel[:2]})
    assert half not in (PARCEL, CHECKOUT, FIRE) and units(PARCEL) == parcel[2:]
    undone("split")
    parts = client.get(f"/api/painpoints/{PARCEL}/halves").json()
    (half,) = edit(f"{PARCEL}/split", {})
    assert set(units(half)) == {each["unit_id"] for each in parts["going"]}
    undone("split")
    assert edit(f"{FIRE}/retire") == [FIRE] and ids(client, status="retired") == [FIRE]
    assert edit(f"{FIRE}/reopen") == [FIRE] and FIRE in ids(client)
    client.post("/api/undo")
    undone("retire")
    assert edit(f"{FIRE}/pin") == [FIRE] and client.get(f"/api/painpoints/{FIRE}").json()["pinned"]
    undone("pin")
    (born,) = edit("gather", {"unit_ids": [parcel[0], checkout[0]], "title": "Два разных"})
    assert units(born) == sorted([parcel[0], checkout[0]])
    undone("gather")
    assert edit("release", {"unit_ids": [parcel[0]]}) == [PARCEL] and units(PARCEL) == parcel[1:]
    undone("release")


def test_what_is_proposed_can_be_turned_down(visitor: Visitor, written_shop: Workspace) -> None:
    with written_shop.folder.state.writing() as state:
        state.insert("proposals", [{"kind": "merge", "painpoint_id": PARCEL, "other": FIRE, "share": .7,
                                    "addition": 2}])
    client = visitor()
    assert [(each["painpoint_id"], each["other"]) for each in client.get("/api/painpoints").json()["proposals"]] == [
        (PARCEL, FIRE)]
    assert client.post(f"/api/painpoints/{PARCEL}/reject", json={"other": FIRE}).json()["painpoint_ids"] == [
        PARCEL, FIRE]
    assert client.get(f"/api/painpoints/{PARCEL}").json()["proposals"] == []


@pytest.mark.parametrize(("path", "body"), EDITS)
def test_readers_change_nothing_and_nobody_sees_nothing(visitor: Visitor, path: str, body: Any,
                                                        written_shop: Workspace) -> None:
    answer = visitor("reader").post(path, json=body)
    assert answer.status_code == 403 and answer.json() == {"error": "Forbidden"}
    assert written_shop.edits() == []


@pytest.mark.parametrize("path", READ)
def test_readers_may_read_everything_and_who_has_no_role_nothing(visitor: Visitor, path: str) -> None:
    assert visitor("reader").get(path).status_code == 200
    assert visitor("nobody").get(path).status_code == 403
    assert visitor("reader").get(f"/api/painpoints/{PARCEL}/halves").status_code == 403


@pytest.mark.parametrize(("method", "path", "body", "status"), [
    ("GET", "/api/painpoints/9NOTHING", None, 404), ("GET", "/api/painpoints/..%2f..", None, 404),
    ("GET", "/api/painpoints/a'b--", None, 422), ("GET", "/api/painpoints?order=no", None, 422),
    ("GET", "/api/painpoints?limit=100000", None, 422), ("GET", "/api/digest?week=2026-W99", None, 422),
    ("GET", "/api/digest?week=<script>", None, 422), ("GET", "/api/search?q=%2B", None, 422),
    ("GET", "/api/nothing", None, 404),
    ("POST", f"/api/painpoints/{PARCEL}/rename", {"title": " \n "}, 422),
    ("POST", f"/api/painpoints/{PARCEL}/rename", {"title": "x", "id": "y"}, 422),
    ("POST", f"/api/painpoints/{PARCEL}/rename", {"title": "x" * 201}, 422),
    ("POST", f"/api/painpoints/{PARCEL}/merge", {"into": PARCEL}, 422),
    ("POST", f"/api/painpoints/{PARCEL}/merge", {"into": "9NOTHING"}, 404),
    ("POST", f"/api/painpoints/{PARCEL}/split", {"unit_ids": ["0123456789"]}, 404),
    ("POST", f"/api/painpoints/{PARCEL}/reject", None, 404),
    ("POST", "/api/painpoints/gather", {"unit_ids": []}, 422),
    ("POST", "/api/painpoints/release", {"unit_ids": ["../../etc"]}, 422)])
def test_what_cannot_be_is_told_in_one_form(visitor: Visitor, method: str, path: str, body: Any, status: int) -> None:
    answer = visitor().request(method, path, json=body)
    assert answer.status_code == status, answer.text
    told = answer.json()
    assert set(told) <= {"error", "hint"} and told["error"]
    assert "script" not in answer.text and "Traceback" not in answer.text


def test_a_conflict_and_a_busy_workspace_have_codes_of_their_own(visitor: Visitor, written_shop: Workspace) -> None:
    client = visitor()
    client.post(f"/api/painpoints/{PARCEL}/rename", json={"title": "one"})
    written_shop.rename(PARCEL, "two", who="ali")
    answer = client.post("/api/undo")
    assert answer.status_code == 409 and answer.json()["hint"]
    with written_shop.folder.alone():
        answer = client.post(f"/api/painpoints/{PARCEL}/retire")
    assert answer.status_code == 503 and answer.json()["hint"]


def test_every_route_is_described_with_its_answer_and_its_refusals(visitor: Visitor) -> None:
    schema = visitor().get("/api/openapi.json").json()
    ours = {path: entry for path, entry in schema["paths"].items()
            if re.match(r"/api/(painpoints|journey|digest|search)", path)}
    assert len(ours) == 15
    for path, entry in ours.items():
        for method, told in entry.items():
            content = told["responses"]["200"]["content"]["application/json"]["schema"]
            assert "$ref" in content, f"{method} {path}"
            for code in ("401", "403", "404", "422"):
                refused = told["responses"][code]["content"]["application/json"]["schema"]
                assert refused == {"$ref": "#/components/schemas/Refusal"}, f"{method} {path} {code}"
            assert ("409" in told["responses"]) == (method == "post")
