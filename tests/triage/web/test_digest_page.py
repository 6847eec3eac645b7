"""The digest's page: what is sent, on a page, week by week, and as files to be kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from painpoints.triage.web.wording import LANGUAGES

if TYPE_CHECKING:
    from painpoints.pipeline import Workspace

PARCEL = "0PARCEL0000000000000000000"
Visitor = Callable[..., TestClient]


@pytest.fixture
def database() -> None:
    """What pages show does not hang on where the state is."""


def shown(client: TestClient, path: str = "/digest") -> BeautifulSoup:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_week_is_told_in_every_language(visitor: Visitor, lang: str) -> None:
    page = shown(visitor("reader", **{"accept-language": lang}), "/digest?week=2026-W38")
    assert page.main is not None and page.main.h1 is not None
    assert len(page.select("article.digest > section.card")) >= 3
    levels = [int(heading.name[1]) for heading in page.main.find_all(["h1", "h2", "h3", "h4"])]
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert not page.select("[style]") and not page.select("style")
    labels = [region.get("aria-label") or region.get("aria-labelledby")
              for region in page.main.select("section, [role=region]")]
    assert len(labels) == len(set(labels))


def test_weeks_follow_one_another_until_there_are_no_more(visitor: Visitor) -> None:
    client, path, seen = visitor("reader"), "/digest", []
    while path:
        page = shown(client, path)
        assert page.main is not None and page.main.h1 is not None
        seen.append(page.main.h1.get_text())
        link = page.select_one("a[rel=prev]")
        path = "" if link is None else f"/digest{link['href']}"
        assert len(seen) < 12
    assert len(seen) == len(set(seen)) >= 3
    back = page.select_one("a[rel=next]")
    assert back is not None
    later = shown(client, f"/digest{back['href']}").select_one("main h1")
    assert later is not None and later.get_text() == seen[-2]


def test_pain_points_lead_to_their_pages_and_no_title_is_mark_up(visitor: Visitor, written_shop: Workspace) -> None:
    written_shop.rename(PARCEL, "<img src=x onerror=alert(1)> دیر", who="ali")
    page = shown(visitor(), "/digest?week=2026-W39")
    assert page.select(f'a[href="/points/{PARCEL}"]') and not page.select("img, [onerror]")
    assert "<img src=x onerror=alert(1)> دیر" in page.get_text()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("form", "kind", "ending"), [
    ("html", "text/html", "html"), ("md", "text/markdown", "md"), ("text", "text/plain", "txt"),
    ("json", "application/json", "json")])
def test_every_form_is_kept_as_a_file_and_never_shown_in_place(visitor: Visitor, lang: str, form: str, kind: str,
                                                               ending: str) -> None:
    client = visitor("reader", **{"accept-language": lang})
    answer = client.get(f"/digest/file/{form}?week=2026-W38&lang={lang}")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith(kind)
    name = answer.headers["content-disposition"]
    assert name.startswith("attachment") and f".{ending}" in name
    if form == "json":
        assert json.loads(answer.text)["period"]["week"]


@pytest.mark.parametrize("path", ["/digest?week=2026-W99", "/digest?week=<b>", "/digest/file/exe",
                                  "/digest/file/..%2fstate"])
def test_what_there_is_not_is_told(visitor: Visitor, path: str) -> None:
    answer = visitor("reader").get(path)
    assert answer.status_code in (404, 422) and "<b>" not in answer.text
