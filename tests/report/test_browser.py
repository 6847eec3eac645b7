"""The report page in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from painpoints.report import render_html
from painpoints.store import RunData

THEMED = (2, 3, 6)


@pytest.fixture(scope="module")
def files(sample: RunData, talks: RunData, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("pages")
    addresses = {}
    for lang in ("fa", "ar", "ru", "en"):
        path: Path = folder / f"{lang}.html"
        path.write_text(render_html(sample, lang=lang), encoding="utf8")
        addresses[lang] = path.as_uri()
        path = folder / f"talks-{lang}.html"
        path.write_text(render_html(talks, lang=lang), encoding="utf8")
        addresses[f"talks-{lang}"] = path.as_uri()
    themed = replace(sample, painpoints=sample.painpoints.with_columns(
        theme=pl.when(pl.col("rank").is_in(THEMED)).then(pl.lit("Money"))))
    path = folder / "themed.html"
    path.write_text(render_html(themed, lang="fa"), encoding="utf8")
    return {**addresses, "themed": path.as_uri()}


class Page:
    """An open page that keeps its complaints and its requests."""

    def __init__(self, browser: Any, address: str, width: int = 1280, **context: Any) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": 900}, **context)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.complaints.append("dialog"), dialog.dismiss()))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(address)


@pytest.fixture
def opened(browser: Any, files: dict[str, str]) -> Iterator[Any]:
    pages: list[Page] = []

    def opener(lang: str, width: int = 1280, **context: Any) -> Page:
        pages.append(Page(browser, files[lang], width, **context))
        return pages[-1]

    yield opener
    for page in pages:
        page.context.close()


@pytest.mark.parametrize("lang", ["fa", "ar", "ru", "en"])
def test_no_errors_no_dialogs_and_no_requests(opened: Any, files: dict[str, str], lang: str) -> None:
    page = opened(lang)
    page.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.complaints == []
    assert page.requests == [files[lang]]


@pytest.mark.parametrize("width", [390, 768, 1280])
@pytest.mark.parametrize("lang", ["fa", "ar", "ru", "en", "talks-fa", "talks-en"])
def test_nothing_runs_over_the_edge(opened: Any, lang: str, width: int) -> None:
    page = opened(lang, width).page
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    over = page.evaluate("""() => [...document.querySelectorAll('main *')].filter(el => {
        if (el.closest('.scroll, svg, .quiet') || !el.getClientRects().length) return false;
        const r = el.getBoundingClientRect();
        return r.left < -1 || r.right > innerWidth + 1;
    }).map(el => el.className || el.tagName)""")
    assert over == []


@pytest.mark.parametrize(("lang", "direction"), [("fa", "rtl"), ("en", "ltr")])
def test_the_journey_runs_with_the_reading_direction(opened: Any, lang: str, direction: str) -> None:
    page = opened(lang).page
    assert page.evaluate("getComputedStyle(document.documentElement).direction") == direction
    starts = page.evaluate("[...document.querySelectorAll('.stage')].map(s => s.getBoundingClientRect().left)")
    assert starts == sorted(starts, reverse=direction == "rtl")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("lang", ["fa", "ar", "ru", "en"])
def test_customers_speak_from_the_side_where_reading_begins(opened: Any, lang: str, width: int) -> None:
    page = opened(f"talks-{lang}", width).page
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    customer, agent = (page.evaluate(f"document.querySelector('.talks .{role} .bubble').getBoundingClientRect().left")
                       for role in ("customer", "agent"))
    assert (customer > agent) == (lang in ("fa", "ar"))


def _ranks(page: Any) -> list[int]:
    ranks: list[int] = page.evaluate(
        "[...document.querySelectorAll('.pains > li')].filter(li => li.offsetParent).map(li => +li.dataset.rank)")
    return ranks


def test_filters_narrow_the_list_and_reset_brings_it_back(opened: Any, sample: RunData) -> None:
    page = opened("fa").page
    assert _ranks(page) == list(range(1, 9))
    page.select_option("select[name=touchpoint]", "app")
    expected = [row["rank"] for row in sample.painpoints.iter_rows(named=True) if row["touchpoint"] == "app"]
    assert _ranks(page) == expected
    assert page.text_content(".showing") == "۱ از ۸ نقطهٔ درد"
    page.select_option("select[name=stage]", "before")
    assert _ranks(page) == [] and page.is_visible(".none-match")
    page.click("button[type=reset]")
    page.wait_for_function("document.querySelectorAll('.pains > li:not([hidden])').length === 8")
    assert not page.is_visible(".none-match")


def test_the_language_filter_keeps_pains_heard_in_that_language(opened: Any, sample: RunData) -> None:
    page = opened("en").page
    page.select_option("select[name=language]", "ar")
    expected = [row["rank"] for row in sample.painpoints.iter_rows(named=True)
                if any(entry["lang"] == "ar" for entry in row["langs"])]
    assert _ranks(page) == expected


@pytest.mark.parametrize(("choice", "column"), [("units", "units"), ("loss", "rating_loss"), ("last", "last_seen")])
def test_sorting_orders_by_the_chosen_figure(opened: Any, sample: RunData, choice: str, column: str) -> None:
    page = opened("ru").page
    page.select_option("select[name=sort]", choice)
    rows = sorted(sample.painpoints.iter_rows(named=True), key=lambda row: row["rank"])
    expected = [row["rank"] for row in sorted(rows, key=lambda row: row[column], reverse=True)]
    assert _ranks(page) == expected
    page.select_option("select[name=sort]", "impact")
    assert _ranks(page) == list(range(1, 9))


def _listed(page: Any) -> list[str]:
    """What is seen of the list, from top to bottom: ranks, and ``theme`` for a heading."""
    listed: list[str] = page.evaluate(
        "[...document.querySelectorAll('.pains > li')].filter(li => li.offsetParent)"
        ".sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)"
        ".map(li => li.dataset.rank || 'theme')")
    return listed


def test_a_theme_stays_together_under_its_heading_however_the_list_is_sorted(opened: Any, sample: RunData) -> None:
    page = opened("themed").page
    assert _listed(page) == ["1", "theme", "2", "3", "6", "4", "5", "7", "8"]
    page.select_option("select[name=sort]", "units")
    by_units = sample.painpoints.sort(["units", "rank"], descending=[True, False])["rank"].to_list()
    own = [str(rank) for rank in by_units if rank in THEMED]
    expected = [str(rank) for rank in by_units if str(rank) not in own[1:]]
    expected[expected.index(own[0]):expected.index(own[0]) + 1] = ["theme", *own]
    assert _listed(page) == expected
    page.select_option("select[name=sort]", "impact")
    assert _listed(page) == ["1", "theme", "2", "3", "6", "4", "5", "7", "8"]


def test_a_heading_goes_when_a_filter_leaves_less_than_two_under_it(opened: Any) -> None:
    page = opened("themed").page
    page.select_option("select[name=touchpoint]", "support")
    assert _listed(page) == ["3"]
    page.click("button[type=reset]")
    page.wait_for_function("document.querySelectorAll('.pains > li:not([hidden])').length === 9")
    assert _listed(page) == ["1", "theme", "2", "3", "6", "4", "5", "7", "8"]


def test_a_row_opens_and_closes_by_keyboard(opened: Any) -> None:
    page = opened("en").page
    summary = page.locator("#p1 summary")
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("#p1 blockquote").first.is_visible()
    page.keyboard.press("Space")
    assert not page.locator("#p1 blockquote").first.is_visible()


def test_tab_reaches_skip_link_filters_and_rows(opened: Any) -> None:
    page = opened("en").page
    reached = []
    for _ in range(80):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.name || document.activeElement.getAttribute('class') "
                                     "|| document.activeElement.tagName"))
    assert reached[0] == "skip"
    assert {"stage", "touchpoint", "language", "sort", "SUMMARY"} <= set(reached)


def test_a_link_to_a_pain_point_opens_it_even_when_it_was_filtered_away(opened: Any) -> None:
    page = opened("en").page
    page.select_option("select[name=touchpoint]", "packaging")
    page.evaluate("location.hash = '#p1'")
    page.wait_for_function("document.querySelector('#p1 details').open && !document.querySelector('#p1').hidden")


def test_without_script_everything_is_there_to_read(opened: Any) -> None:
    page = opened("fa", java_script_enabled=False).page
    assert page.locator(".pains > li").count() == 8
    assert not page.locator(".filters").is_visible()
    page.locator("#p2 summary").click()
    assert page.locator("#p2 blockquote").first.is_visible()


def test_quotes_keep_their_own_direction(opened: Any) -> None:
    page = opened("en").page
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    found = page.evaluate("[...document.querySelectorAll('.quotes bdi[lang]')].map(b => "
                          "[b.lang, getComputedStyle(b).direction])")
    assert {("fa", "rtl"), ("ar", "rtl"), ("ru", "ltr"), ("en", "ltr")} <= {tuple(pair) for pair in found}


def test_dark_and_light_differ_and_both_have_a_background(opened: Any) -> None:
    grounds = [opened("en", color_scheme=scheme).page.evaluate("getComputedStyle(document.body).backgroundColor")
               for scheme in ("light", "dark")]
    assert grounds == ["rgb(251, 250, 247)", "rgb(20, 22, 26)"]


def test_paper_shows_what_is_folded_away_and_no_controls(opened: Any) -> None:
    page = opened("en").page
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#p5 blockquote").first.is_visible()
    assert not page.locator(".filters").is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.querySelectorAll('details[open]').length") == 0
