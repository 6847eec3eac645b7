"""Themes as headings over the pain points, and how steady a pain point is, in four languages."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import fastexcel
import polars as pl
import pytest
from bs4 import BeautifulSoup, Tag

from painpoints.report import render_html, write_tables
from painpoints.report.edition import EDITIONS, Edition
from painpoints.report.sections.pains import theme_titles
from painpoints.store import RunData
from painpoints.taxonomy import Taxonomy

MONEY = ["PP06REFUND", "PP03NOREPLY", "PP04DOUBLECHARGE"]
SHAKY = "PP05WRONGITEM"


@pytest.fixture(scope="module")
def themed(sample: RunData) -> RunData:
    """The sample with a theme of three pain points, one of a single one, and one shaky pain point."""
    pains = sample.painpoints.with_columns(
        theme=pl.when(pl.col("painpoint_id").is_in(MONEY)).then(pl.lit("Refunds take weeks"))
        .when(pl.col("painpoint_id") == "PP08PHOTOS").then(pl.col("title")),
        stability=pl.when(pl.col("painpoint_id") == SHAKY).then(0.31).otherwise(0.88))
    units = sample.units.with_columns(border=pl.when(pl.col("painpoint_id").is_not_null()).then(
        pl.col("unit_id").str.ends_with("2")))
    return replace(sample, painpoints=pains, units=units)


@pytest.fixture(scope="module")
def pages(themed: RunData) -> dict[str, BeautifulSoup]:
    return {lang: BeautifulSoup(render_html(themed, lang=lang), "html.parser") for lang in EDITIONS}


def _text(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").split())


def test_pain_points_of_a_theme_stand_under_its_heading_where_the_first_would_stand(
        pages: dict[str, BeautifulSoup], themed: RunData) -> None:
    ranks = dict(themed.painpoints.select("painpoint_id", "rank").iter_rows())
    own = sorted(ranks[name] for name in MONEY)
    rest = [rank for rank in range(own[0] + 1, 9) if rank not in own]
    expected = [*map(str, range(1, own[0])), "heading", *map(str, own), *map(str, rest)]
    for soup in pages.values():
        assert [row.get("data-rank", "heading") for row in soup.select(".pains > li")] == expected
        assert {row["data-rank"] for row in soup.select(".pains > li[data-theme]")} == {str(rank) for rank in own}


@pytest.mark.parametrize(("lang", "before", "size"), [
    ("en", "Theme:", "3 pain points, 28 opinions"), ("ru", "Тема:", "3 болевые точки, 28 высказываний"),
    ("ar", "الموضوع:", "٣ نقاط ألم، ٢٨ رأيًا"), ("fa", "موضوع:", "۳ نقطهٔ درد، ۲۸ گزاره")])
def test_a_theme_is_named_in_the_readers_language_after_its_biggest_pain_point(
        pages: dict[str, BeautifulSoup], themed: RunData, lang: str, before: str, size: str) -> None:
    (heading,) = pages[lang].select(".pains > li.theme")
    title = heading.select_one("h3 bdi")
    refund = themed.painpoints.row(by_predicate=pl.col("painpoint_id") == "PP06REFUND", named=True)
    titles = {entry["lang"]: entry["title"] for entry in refund["titles"]}
    assert title is not None and title.text == titles.get(lang, refund["title"]) and title["dir"] == "auto"
    assert _text(heading).startswith(before) and size in _text(heading)


def test_a_theme_of_one_and_pain_points_without_a_theme_have_no_heading(pages: dict[str, BeautifulSoup]) -> None:
    for soup in pages.values():
        assert len(soup.select(".pains > li.theme")) == 1


def test_a_run_without_themes_or_stability_is_a_plain_list(sample: RunData) -> None:
    soup = BeautifulSoup(render_html(sample), "html.parser")
    assert not soup.select(".pains > li.theme, .pains > li[data-theme], .shaky")
    assert "Grouping" not in soup.text


@pytest.mark.parametrize(("lang", "label", "steady"), [
    ("en", "shaky grouping", "steady"), ("ru", "шаткая группировка", "устойчивая"),
    ("ar", "تجميع غير ثابت", "ثابت"), ("fa", "گروه‌بندی ناپایدار", "پایدار")])
def test_a_shaky_pain_point_is_marked_and_a_steady_one_only_says_so_within(
        pages: dict[str, BeautifulSoup], themed: RunData, lang: str, label: str, steady: str) -> None:
    rank = themed.painpoints.row(by_predicate=pl.col("painpoint_id") == SHAKY, named=True)["rank"]
    (mark,) = pages[lang].select(".pains .shaky")
    assert _text(mark) == label and mark["title"]
    assert pages[lang].select(f"#p{rank} summary .shaky") == [mark]
    for number in range(1, 9):
        facts = pages[lang].select_one(f"#p{number} .facts")
        assert facts is not None
        assert (str(mark["title"]) in _text(facts)) == (number == rank)
        assert any(_text(dd).split()[0] == steady for dd in facts.select("dd")) == (number != rank)


def test_the_title_of_a_theme_that_was_named_anew_is_that_of_its_biggest(themed: RunData, taxonomy: Taxonomy) -> None:
    edition = Edition.of("en", taxonomy, "three-stage")
    anew = themed.painpoints.with_columns(theme=pl.col("theme").str.replace("Refunds take weeks", "What it was called"))
    assert theme_titles(edition, anew)["What it was called"] == theme_titles(edition, themed.painpoints)[
        "Refunds take weeks"] == ("Refunds take weeks", "en")


@pytest.mark.parametrize("lang", EDITIONS)
def test_the_tables_tell_theme_grouping_and_border_cases(
        themed: RunData, taxonomy: Taxonomy, tmp_path: Path, lang: str) -> None:
    plain, book = write_tables(themed, tmp_path, lang=lang)
    edition = Edition.of(lang, taxonomy, "three-stage")
    with plain.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["painpoint_id"]: row for row in csv.DictReader(file)}
    assert (rows[SHAKY]["stability"], rows[SHAKY]["theme"]) == ("0.31", "")
    assert {rows[name]["theme"] for name in MONEY} == {"Refunds take weeks"}
    reader = fastexcel.read_excel(book)

    def sheet(name: str) -> pl.DataFrame:
        return reader.load_sheet(edition.say(f"sheet.{name}"), dtypes="string").to_polars()

    found = {row[edition.say("sheet.id")]: row for row in sheet("painpoints").iter_rows(named=True)}
    themes = {found[name][edition.say("pains.theme")] for name in MONEY}
    assert themes == {theme_titles(edition, themed.painpoints)["Refunds take weeks"][0]}
    assert found[SHAKY][edition.say("pains.grouping")] == edition.say("pains.shaky")
    assert found["PP06REFUND"][edition.say("pains.grouping")] == edition.say("pains.steady")
    said = sheet("units")[edition.say("sheet.border")].to_list()
    assert said.count(edition.say("sheet.yes")) == int(themed.units["border"].sum()) > 0
    assert said.count(None) == themed.units["border"].null_count()


def test_the_tables_of_an_older_run_have_no_grouping(sample: RunData, tmp_path: Path) -> None:
    plain, _ = write_tables(sample, tmp_path)
    with plain.open(encoding="utf-8-sig", newline="") as file:
        assert {row["stability"] for row in csv.DictReader(file)} == {""}
