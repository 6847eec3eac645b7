"""The HTML message: safe, small, inline, and whole in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag

from painpoints.report.digest.forms import render_html
from painpoints.report.digest.forms.html import columns, halves, isolates_as_markup
from painpoints.report.digest.forms.isolation import clean
from painpoints.report.digest.model import Digest
from painpoints.report.edition import EDITIONS, Edition

Maker = Callable[[str], Digest]
Editions = Callable[[str], Edition]
GMAIL_CLIPS_AT = 102_000
RTL = {"fa": "rtl", "ar": "rtl", "ru": "ltr", "en": "ltr"}


def read(digest: Digest, edition: Edition) -> BeautifulSoup:
    return BeautifulSoup(render_html(digest, edition), "html.parser")


@pytest.mark.parametrize("lang", EDITIONS)
def test_nothing_is_loaded_run_or_linked(digest: Maker, edition: Editions, lang: str) -> None:
    html = render_html(digest(lang), edition(lang))
    page = BeautifulSoup(html, "html.parser")
    assert page.find_all(["script", "img", "link", "a", "iframe", "form", "svg", "object", "video", "base"]) == []
    assert not re.search(r"url\(|@import|@font-face", html)
    names = {name for tag in page.find_all(True) for name in tag.attrs}
    assert not names & {"src", "href"} and not any(name.startswith("on") for name in names)
    assert len(html.encode()) < GMAIL_CLIPS_AT


@pytest.mark.parametrize("lang", EDITIONS)
def test_hostile_words_stay_words(digests: dict[str, Maker], edition: Editions, hostile: tuple[str, ...],
                                  lang: str) -> None:
    page = read(digests["everything"](lang), edition(lang))
    quotes = [quote.p.get_text() for quote in page.find_all("blockquote") if quote.p]
    assert {clean(text) for text in hostile} <= set(quotes)
    assert "our shop's <b>data</b>" in page.get_text()
    assert page.find_all(["b", "u", "i"]) == []


@pytest.mark.parametrize("lang", EDITIONS)
def test_direction_and_language_stand_where_mail_clients_leave_them(digest: Maker, edition: Editions,
                                                                    lang: str) -> None:
    page = read(digest(lang), edition(lang))
    assert page.html is not None and page.body is not None
    outer = page.body.find("table")
    assert isinstance(outer, Tag)
    for tag in (page.html, page.body, outer, outer.find("table")):
        assert isinstance(tag, Tag) and tag["dir"] == RTL[lang] and tag["lang"] == lang
    start = "right" if RTL[lang] == "rtl" else "left"
    for section in page.select("td.inside"):
        assert section["dir"] == RTL[lang] and f"text-align:{start}" in str(section["style"])


@pytest.mark.parametrize("lang", EDITIONS)
def test_tables_are_layout_pictures_or_data_with_heads(digests: dict[str, Maker], edition: Editions, lang: str) -> None:
    page = read(digests["everything"](lang), edition(lang))
    data = []
    for table in page.find_all("table"):
        if table.get("role") == "img":
            assert len(str(table["aria-label"])) > 20 and not re.search("[\u2066-\u2069]", str(table["aria-label"]))
        elif table.get("role") != "presentation":
            data.append(table)
    assert len(data) == 3
    for table in data:
        assert {th["scope"] for th in table.find_all("th")} <= {"col", "row", "rowgroup"}
        for row in table.tbody.find_all("tr", recursive=False):
            assert row.find(["th", "td"]).name == "th"


def test_quotes_keep_their_own_language_and_direction(digests: dict[str, Maker], edition: Editions) -> None:
    for lang in EDITIONS:
        page = read(digests["usual"](lang), edition(lang))
        spoken = {(p["lang"], p["dir"]) for p in page.select("blockquote p[lang]")}
        assert spoken == {("fa", "rtl"), ("ar", "rtl"), ("ru", "ltr"), ("en", "ltr")}


def test_quotes_stand_once_for_each_pain_point(digests: dict[str, Maker], edition: Editions) -> None:
    page = read(replace(digests["usual"]("en"), weakest=None), edition("en"))
    quotes = [quote.p.get_text() for quote in page.find_all("blockquote") if quote.p]
    assert len(quotes) == len(set(quotes)) == 9
    assert "Quotes above, under “Growing”" in page.get_text()


@pytest.mark.parametrize(("lang", "wanted"), [
    ("fa", "▲ بالا آمده از رتبهٔ ۳"), ("ar", "▲ صعدت من الترتيب ٣"),
    ("ru", "▲ поднялась с 3-го места"), ("en", "▲ up from rank 3"),
])
def test_arrows_are_said_in_words_too(digests: dict[str, Maker], edition: Editions, lang: str, wanted: str) -> None:
    page = read(digests["usual"](lang), edition(lang))
    assert wanted in [p.get_text() for p in page.find_all("p")]
    arrows = [tag for tag in page.find_all("span") if tag.get_text() in ("▲", "▼")]
    assert len(arrows) >= 6 and all(arrow["aria-hidden"] == "true" for arrow in arrows)
    assert len(re.findall("[▲▼]", page.get_text())) == len(arrows)


def test_nothing_is_compared_in_the_first_week(digests: dict[str, Maker], edition: Editions) -> None:
    text = read(digests["first"]("en"), edition("en")).get_text()
    assert not re.search(r"before(?! purchase)|Change|▲|▼|Compared", text.replace("Before, during", ""))


def test_a_silent_week_says_so_and_shows_no_empty_tables(digests: dict[str, Maker], edition: Editions) -> None:
    page = read(digests["quiet"]("en"), edition("en"))
    assert [h2.get_text() for h2 in page.find_all("h2")] == [
        "What changed", "Feedback, languages, sources", "What needs you", "What is not covered",
        "How the figures are made"]


def test_a_persons_title_wins_and_a_huge_one_is_cut(digests: dict[str, Maker], edition: Editions) -> None:
    page = read(digests["everything"]("en"), edition("en"))
    title = next(h3.get_text() for h3 in page.find_all("h3") if "alert" in h3.get_text())
    assert title.startswith("<script>alert(1)</script>Courier") and "…" in title and len(title) < 190
    assert "never shown" not in page.get_text()


def test_a_title_is_in_the_editions_language_wherever_it_is_known(digests: dict[str, Maker], edition: Editions) -> None:
    text = read(digests["usual"]("ru"), edition("ru")).get_text()
    assert "«Курьер опаздывает на часы» и «Courier cannot find the address»" in text


def test_what_is_drawn() -> None:
    assert columns((None, 0.0, 0.5, 1.0)) == [0, 2, 13, 26]
    assert halves(-1.0) == (0, 50, 0, 50) and halves(1.0) == (50, 0, 50, 0)
    assert halves(0.0) == (50, 0, 0, 50) and halves(-0.001) == (49, 1, 0, 50)
    assert isolates_as_markup("a \u2068<b>\u2069") == "a <bdi>&lt;b&gt;</bdi>"


@pytest.fixture
def opened(browser: Any) -> Iterator[Callable[..., Any]]:
    contexts = []

    def opener(html: str, width: int = 700, **options: Any) -> Any:
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, **options))
        page = contexts[-1].new_page()
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("dialog", lambda dialog: (page.asked.append("dialog"), dialog.dismiss()))
        page.set_content(html)
        return page

    yield opener
    for context in contexts:
        context.close()


OVER = """() => [...document.querySelectorAll('body *')].filter(el => {
    const r = el.getBoundingClientRect();
    return r.width && getComputedStyle(el).opacity > 0 && (r.left < -1 || r.right > innerWidth + 1);
}).map(el => el.tagName + ' ' + el.textContent.trim().slice(0, 40))"""

CONTRAST = """() => {
    const parse = c => c.match(/[\\d.]+/g).map(Number);
    const linear = v => v / 255 <= .03928 ? v / 255 / 12.92 : ((v / 255 + .055) / 1.055) ** 2.4;
    const light = c => { const [r, g, b] = c.map(linear); return .2126 * r + .7152 * g + .0722 * b; };
    const ground = el => { for (; el; el = el.parentElement) { const c = parse(getComputedStyle(el).backgroundColor);
                           if (c.length < 4 || c[3] > 0) return c.slice(0, 3); } return [255, 255, 255]; };
    const words = el => [...el.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    return [...document.querySelectorAll('body *')].filter(words)
            .filter(el => el.getBoundingClientRect().height > 3).map(el => {
        const a = light(parse(getComputedStyle(el).color).slice(0, 3)), b = light(ground(el));
        return [(Math.max(a, b) + .05) / (Math.min(a, b) + .05), el.textContent.trim().slice(0, 40)];
    });
}"""


@pytest.mark.parametrize("styled", [True, False])
@pytest.mark.parametrize("lang", EDITIONS)
def test_nothing_runs_over_the_edge_with_or_without_the_style_sheet(
        opened: Any, digests: dict[str, Maker], edition: Editions, lang: str, styled: bool) -> None:
    html = render_html(digests["everything"](lang), edition(lang))
    if not styled:
        html = re.sub("<style>.*?</style>", "", html, flags=re.DOTALL)
    page = opened(html)
    for width in (390, 700):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(OVER) == []
    column = page.evaluate("document.querySelector('table.card').getBoundingClientRect().width")
    assert 600 <= column <= 642
    assert page.asked == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_stands_out_from_its_ground(opened: Any, digests: dict[str, Maker], edition: Editions,
                                              scheme: str) -> None:
    page = opened(render_html(digests["everything"]("ru"), edition("ru")), color_scheme=scheme)
    ground = page.evaluate("getComputedStyle(document.querySelector('table.card')).backgroundColor")
    assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(28, 31, 37)"}[scheme]
    found = page.evaluate(CONTRAST)
    assert len(found) > 100
    assert [pair for pair in found if pair[0] < 4.5] == []


@pytest.mark.parametrize("lang", EDITIONS)
def test_bars_columns_and_tables_run_with_the_reading_direction(
        opened: Any, digests: dict[str, Maker], edition: Editions, lang: str) -> None:
    page = opened(render_html(digests["usual"](lang), edition(lang)))
    assert page.evaluate("getComputedStyle(document.querySelector('table.card')).direction") == RTL[lang]
    left = "e => e.getBoundingClientRect().left"
    sign = -1 if RTL[lang] == "rtl" else 1
    now, past = page.eval_on_selector(".now", left), page.eval_on_selector(".past", left)
    assert (now - past) * sign > 50
    negative, positive = page.eval_on_selector("td.neg", left), page.eval_on_selector("td.pos", left)
    assert (positive - negative) * sign > 0
    heads = page.eval_on_selector_all("thead th", f"all => all.slice(0, 4).map({left})")
    assert heads == sorted(heads, reverse=sign < 0)
    assert page.evaluate("getComputedStyle(document.querySelector('td.inside')).textAlign") == (
        "right" if sign < 0 else "left")


@pytest.mark.parametrize("lang", ["fa", "ar"])
def test_numbers_and_foreign_names_do_not_turn_a_line_around(opened: Any, digests: dict[str, Maker], edition: Editions,
                                                             lang: str) -> None:
    page = opened(render_html(digests["everything"](lang), edition(lang)), 390)
    place = """text => { const card = document.querySelector('table.card');
        const walk = document.createTreeWalker(card, NodeFilter.SHOW_TEXT);
        for (let n; n = walk.nextNode();) { const at = n.textContent.indexOf(text);
            if (at >= 0) { const r = document.createRange(); r.setStart(n, at); r.setEnd(n, at + text.length);
                           const b = r.getBoundingClientRect(); return [b.left, b.right, b.top]; } } }"""
    label, value = (page.evaluate(place, text) for text in ({"fa": "محصول", "ar": "المنتج"}[lang], "| A"))
    assert value[1] <= label[0] and abs(value[2] - label[2]) < 8
    command = page.eval_on_selector("code", "e => getComputedStyle(e).direction")
    assert command == "ltr"
