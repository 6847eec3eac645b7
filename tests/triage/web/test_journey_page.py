"""The journey's page: the map of the report, in the reader's language, with ways to the pain points."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import resources
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from painpoints.triage.web.wording import LANGUAGES

if TYPE_CHECKING:
    from painpoints.pipeline import Workspace

CHECKOUT = "1CHECKOUT00000000000000000"
Visitor = Callable[..., TestClient]


@pytest.fixture
def database() -> None:
    """What pages show does not hang on where the state is."""


def shown(client: TestClient) -> BeautifulSoup:
    answer = client.get("/journey")
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_touchpoint_stands_there_by_its_name_with_its_bar(visitor: Visitor, lang: str,
                                                                written_shop: Workspace) -> None:
    page = shown(visitor("reader", **{"accept-language": lang}))
    edition = written_shop.edition(lang)
    cards = {card["id"]: card for card in page.select("article.card")}
    assert set(cards) == {"t-app", "t-delivery", "t-product"}
    for code, card in cards.items():
        assert edition.touchpoint(code.removeprefix("t-")) in card.get_text()
        bar = card.select_one("svg.bar[role=img]")
        assert bar is not None and bar["aria-label"]
    assert edition.number(written_shop.data().units.filter(touchpoint="app", certain=True).height) in cards[
        "t-app"].get_text()
    assert page.html is not None and page.html["dir"] == ("rtl" if lang in ("fa", "ar") else "ltr")
    assert not page.select("[style]") and not page.select("style")


def test_pain_points_lead_to_their_pages_by_their_present_titles(visitor: Visitor, written_shop: Workspace) -> None:
    client = visitor()
    assert shown(client).select(f'a[href="/points/{CHECKOUT}"]')
    written_shop.rename(CHECKOUT, "<i>پرداخت</i> & оплата", who="ali")
    links = shown(client).select(f'a[href="/points/{CHECKOUT}"]')
    assert links and all(link.get_text(strip=True) == "<i>پرداخت</i> & оплата" for link in links)
    assert client.get(str(links[0]["href"])).status_code == 200


def test_the_style_of_the_map_reaches_nothing_else(visitor: Visitor) -> None:
    answer = visitor("reader").get("/journey.css")
    assert answer.headers["content-type"].startswith("text/css")
    text = answer.text.strip()
    assert text.startswith(".journey-map {") and text.endswith("}") and text.count("{") == text.count("}")


def test_no_class_of_the_page_takes_the_bars_of_the_map_away() -> None:
    # The report draws with classes of its own; a rule of the page for one of them would change its drawings.
    folder = resources.files("painpoints.triage.web").joinpath("static")
    for name in ("page.css", "journey.css"):
        rules = re.findall(r"(?m)^\s*([^{}@/]+)\{", folder.joinpath(name).read_text("utf8"))
        selectors = {part.strip() for rule in rules for part in rule.split(",")}
        drawn = re.compile(r"\.(bar|curve|feelings|measure|channel)\b")
        assert not {selector for selector in selectors if drawn.match(selector)}


def test_an_empty_workspace_says_what_to_do_first(visitor: Visitor, written_shop: Workspace) -> None:
    with written_shop.folder.state.writing() as state:
        state.remove("additions", "number", [1, 2])
    for path in ("/journey", "/points", "/digest", "/export/journey.csv", "/api/journey", "/api/painpoints"):
        assert visitor("reader").get(path).status_code in (303, 404), path
