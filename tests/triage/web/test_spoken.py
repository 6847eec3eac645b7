"""A conversation on the queue's page: its turns with their speakers, the opinions in them, what it shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from bs4 import BeautifulSoup

from painpoints.report import Edition
from painpoints.taxonomy import load_taxonomy
from painpoints.triage.web.spoken import spoken
from painpoints.triage.web.wording import LANGUAGES

if TYPE_CHECKING:
    from painpoints.pipeline import Workspace

LANGS = tuple(LANGUAGES)
TURN = pl.List(pl.Struct({"speaker": pl.Utf8, "who": pl.Int32, "time": pl.Datetime("us", "UTC"), "start": pl.Int64,
                          "end": pl.Int64}))
AT = datetime(2026, 9, 7, 9, tzinfo=UTC)


def turn(text: str, said: str, speaker: str, who: int, time: datetime | None = None) -> dict[str, Any]:
    start = text.index(said)
    return {"speaker": speaker, "who": who, "time": time, "start": start, "end": start + len(said)}


def edition(lang: str = "en") -> Edition:
    return Edition.of(lang, load_taxonomy(), "three-stage")


PARTS = ("سلام، بسته‌ام نرسیده", "سلام، فردا می‌رسد", "باز هم نرسید! پولم را پس بدهید")
TEXT = "\n".join(PARTS)
DOCUMENT = {"text": TEXT, "turns": [turn(TEXT, part, speaker, who) for part, speaker, who in zip(
    PARTS, ("customer", "agent", "customer"), (0, 1, 0), strict=True)]}


def test_every_turn_is_told_with_its_speaker_and_its_own_words() -> None:
    turns = spoken(DOCUMENT, [], edition("fa"))
    assert [(one.speaker, one.name, one.text.plain) for one in turns] == [
        ("customer", "مشتری", PARTS[0]), ("agent", "کارشناس", PARTS[1]), ("customer", "مشتری", PARTS[2])]


def test_opinions_stand_in_the_turn_that_says_them() -> None:
    start = TEXT.index("پولم را")
    units = [{"unit_id": "a", "start": 0, "end": len(PARTS[0])}, {"unit_id": "b", "start": start, "end": len(TEXT)}]
    turns = spoken(DOCUMENT, units, edition("fa"))
    told = [[(passage.unit["unit_id"] if passage.unit else None, "".join(piece.text for piece in passage.pieces))
             for passage in one.text.passages] for one in turns]
    assert told == [[("a", PARTS[0])], [(None, PARTS[1])], [(None, "باز هم نرسید! "), ("b", "پولم را پس بدهید")]]


def test_what_was_searched_for_is_found_in_the_turns() -> None:
    turns = spoken(DOCUMENT, [], edition("fa"), "فردا")
    assert [[piece.text for passage in one.text.passages for piece in passage.pieces if piece.found]
            for one in turns] == [[], ["فردا"], []]


def test_what_the_conversation_shows_stands_at_its_turns() -> None:
    judged = {"resolution": "unresolved", "resolution_turn": 2, "trajectory": "worse", "lowest_turn": 2,
              "courtesy": "plain", "courtesy_turn": None, "effort_signs": [{"sign": "repeat", "turn": 2}],
              "promises": [{"turn": 1, "hours": 24.0, "kept": "broken", "kept_turn": 2}]}
    marks = [[mark["text"] for mark in one.marks] for one in spoken(DOCUMENT, [], edition(), "", judged)]
    assert marks == [[], ["Promise: within 24 hours – broken"],
                     ["Shows: Unresolved", "Asks again", "Promise broken here", "Lowest point"]]


def test_a_comment_that_is_no_conversation_has_no_turns() -> None:
    assert spoken({"text": "سلام"}, [], edition()) == () == spoken({"text": "سلام", "turns": None}, [], edition())


@pytest.fixture
def database() -> None:
    """What pages show does not hang on where the state is."""


def with_turns(shop: Workspace) -> str:
    """Makes a conversation of the comment that holds most opinions, and gives its id: each opinion is a turn of the
    customer, the rest is the agent's."""
    units = shop.data().units
    chosen = units.group_by("doc_id").len().sort("len", "doc_id", descending=True)["doc_id"][0]
    spans = units.filter(doc_id=chosen).sort("start").select("start", "end").rows()
    turns = [{"speaker": "customer" if at % 2 == 0 else "agent", "who": at % 2, "time": AT, "start": start, "end": end}
             for at, (start, end) in enumerate(spans)]
    for path in shop.folder.path.rglob("documents.parquet"):
        frame = pl.read_parquet(path)
        frame.with_columns(turns=pl.Series([turns if name == chosen else None for name in frame["doc_id"]], dtype=TURN)
                           ).write_parquet(path)
    return str(chosen)


def with_judgement(shop: Workspace, name: str) -> None:
    """Lets the conversation be judged: left unresolved at its second turn, where the customer asks again."""
    judged = pl.DataFrame({"doc_id": [name]}).with_columns(
        resolution=pl.lit("unresolved"), resolution_turn=pl.lit(1), trajectory=pl.lit("worse"), lowest_turn=pl.lit(1),
        courtesy=pl.lit("plain"), courtesy_turn=pl.lit(None, pl.Int32), touchpoint=pl.lit("delivery"),
        stage=pl.lit("after"), main_unit=pl.lit(f"{name}0"),
        effort_signs=pl.Series([[{"sign": "repeat", "turn": 1}]]),
        promises=pl.Series([[]], dtype=pl.List(pl.Struct({"turn": pl.Int32, "hours": pl.Float64, "kept": pl.Utf8,
                                                          "kept_turn": pl.Int32}))))
    holding = next(path for path in shop.folder.path.rglob("documents.parquet")
                   if name in pl.read_parquet(path)["doc_id"])
    units = next(holding.parent.glob("units*.parquet"))
    judged.write_parquet(units.with_name(units.name.replace("units", "conversations")))


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_tells_how_the_conversation_went(written_shop: Workspace, request: pytest.FixtureRequest, lang: str
                                                  ) -> None:
    name = with_turns(written_shop)
    with_judgement(written_shop, name)
    visitor: Callable[..., Any] = request.getfixturevalue("visitor")
    page = BeautifulSoup(visitor().get(f"/queue/{name}?lang={lang}").text, "html.parser")
    say = edition(lang).say
    assert [tag.get_text() for tag in page.select("#comment > .signs .tag")] == [
        say("conversations.unresolved"), f"{say('conversations.trajectory')}: {say('conversations.worse')}"]
    turns = page.select("#comment .spoken > li")
    assert [[tag.get_text() for tag in turn.select(".signs .tag")] for turn in turns] == [
        [], [say("conversations.shows", outcome=say("conversations.unresolved")), say("conversations.repeat"),
             say("conversations.lowest")]]


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_shows_turns_instead_of_one_text(written_shop: Workspace, request: pytest.FixtureRequest, lang: str
                                                  ) -> None:
    name = with_turns(written_shop)
    visitor: Callable[..., Any] = request.getfixturevalue("visitor")
    page = BeautifulSoup(visitor().get(f"/queue/{name}?lang={lang}").text, "html.parser")
    assert page.select("#comment blockquote.text") == []
    turns = page.select("#comment ol.spoken > li")
    say = edition(lang).say
    assert [(one["class"], one.p.get_text().split("·")[0].strip()) for one in turns] == [
        (["customer"], say("conversations.customer")), (["agent"], say("conversations.agent"))]
    assert [one["data-unit"] for one in page.select("#comment .spoken .unit")] == [f"{name}0", f"{name}1"]
    other = next(key for key in written_shop.data().documents["doc_id"] if key != name)
    page = BeautifulSoup(visitor().get(f"/queue/{other}?lang={lang}").text, "html.parser")
    assert page.select("#comment blockquote.text") and page.select("#comment .spoken") == []


def test_the_list_shows_what_the_customer_says_not_what_is_said_around_it(
        written_shop: Workspace, request: pytest.FixtureRequest) -> None:
    name = with_turns(written_shop)
    visitor: Callable[..., Any] = request.getfixturevalue("visitor")
    row = BeautifulSoup(visitor().get("/queue").text, "html.parser").select_one(f"#open-{name}")
    units = {one["text"] for one in written_shop.data().units.filter(doc_id=name).iter_rows(named=True)}
    assert row is not None and row.get_text(strip=True) in units
