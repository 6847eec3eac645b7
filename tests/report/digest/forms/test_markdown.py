"""Markdown that shows what customers wrote and does nothing else with it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup, Tag
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from painpoints.report.digest.forms import render_markdown
from painpoints.report.digest.forms.isolation import clean
from painpoints.report.digest.forms.markdown import escaped
from painpoints.report.digest.model import Digest
from painpoints.report.edition import EDITIONS, Edition

Maker = Callable[[str], Digest]
READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
ALLOWED = {"h1", "h2", "h3", "h4", "p", "strong", "blockquote", "br", "ul", "li", "code", "table", "thead", "tbody",
           "tr", "th", "td"}


def shown(digest: Digest, edition: Edition) -> BeautifulSoup:
    return BeautifulSoup(READER.render(render_markdown(digest, edition)), "html.parser")


@pytest.mark.parametrize("lang", EDITIONS)
def test_customers_words_never_become_markup(digests: dict[str, Maker], edition: Callable[[str], Edition],
                                             hostile: tuple[str, ...], plain: Callable[[str], str], lang: str) -> None:
    page = shown(digests["everything"](lang), edition(lang))
    assert {tag.name for tag in page.find_all(True)} <= ALLOWED
    quotes = [plain(quote.get_text(" ", strip=True)) for quote in page.find_all("blockquote")]
    for text in hostile:
        assert any(plain(clean(text)) in quote for quote in quotes), text
    assert "our shop's <b>data</b>" in plain(page.get_text())


@pytest.mark.parametrize("lang", EDITIONS)
def test_the_outline_is_complete(digests: dict[str, Maker], edition: Callable[[str], Edition], lang: str) -> None:
    page = shown(digests["usual"](lang), edition(lang))
    assert len(page.find_all("h1")) == 1
    assert len(page.find_all("h2")) == 8
    assert len(page.find_all("h4")) == 5
    journey, *others = page.find_all("table")
    rows = journey.find_all("tr")
    assert len(rows) == 1 + 3 + 4 and len(others) == 2, "a touchpoint with few opinions stands below the table"
    assert {len(row.find_all(["td", "th"])) for row in rows} == {4}
    assert [code.get_text() for code in page.find_all("code")] == [
        "painpoints show shop pp0001", "painpoints show shop pp0009", "painpoints merge shop pp0001 pp0009",
        "painpoints reject shop pp0001 pp0009"]


@pytest.mark.parametrize("lang", ["fa", "ar"])
def test_right_to_left_blocks_begin_with_a_mark(digests: dict[str, Maker], edition: Callable[[str], Edition],
                                                lang: str) -> None:
    page = shown(digests["everything"](lang), edition(lang))
    for tag in page.find_all(["h1", "h2", "h3", "h4"]):
        assert isinstance(tag, Tag) and tag.get_text().startswith("\u200f")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=80)
       | st.text(alphabet="#*_`[]()<>|~\\&!1.-+= :/@\"'abwсوا", min_size=1, max_size=80))
def test_escaped_text_is_read_as_it_was(text: str) -> None:
    wanted = re.sub("[ \t]+", " ", text).strip()
    html = READER.render(escaped(text))
    page = BeautifulSoup(html, "html.parser")
    assert {tag.name for tag in page.find_all(True)} <= {"p"}
    assert page.get_text().strip() == wanted.strip()


@pytest.mark.parametrize("text", ["http://a.b", "HTTPS://a.b", "www.a.b"])
def test_addresses_are_no_links_even_where_readers_make_them(text: str) -> None:
    assert text not in escaped(text)
    assert BeautifulSoup(READER.render(escaped(text)), "html.parser").get_text().strip() == text
