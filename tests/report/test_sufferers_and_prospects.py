"""Who suffers, what is asked for and what mending could bring: on the card, in the workbook and in the CSV."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import fastexcel
import polars as pl
import pytest
from bs4 import BeautifulSoup

from painpoints.cluster import IF_SOLVED, PAINPOINTS
from painpoints.report import render_html, write_tables
from painpoints.report.edition import EDITIONS, Edition
from painpoints.report.sections.sufferers import group_name
from painpoints.store import RunData
from painpoints.taxonomy import Taxonomy, load_taxonomy

ATTACK = "<script>alert('درد')</script>"


def _skew(kind: str, value: str, documents: int, ratio: float) -> dict[str, Any]:
    expected = documents / ratio if ratio else 9.0
    return {"kind": kind, "value": value, "documents": documents, "expected": expected, "ratio": ratio,
            "low": ratio * 0.8, "high": ratio * 1.25, "q": 0.001}


SKEWS = [_skew("lang", "fa", 900, 3.1), _skew("meta.product", "کیف چرمی", 2, 2.4), _skew("source", "Telegram", 1, 0.2),
         _skew("rating", "low", 900, 1.1)]
ASKS = [{"unit_id": "u1", "lang": "fa", "text": "لطفا زودتر بیاید"},
        {"unit_id": "u2", "lang": "ru", "text": "Звоните заранее"},
        {"unit_id": "u3", "lang": "ar", "text": "ياريت تتصلوا قبل"}]


@pytest.fixture(scope="module")
def told(sample: RunData) -> RunData:
    """The sample, with findings about its first pain point and none about the second; the others have no columns."""
    return replace(sample, painpoints=_with(sample.painpoints, [SKEWS, []], [ASKS, []], [
        (0.12, 0.05, 0.2, -0.021, -0.034, -0.008), (None,) * 6]))


def _with(points: pl.DataFrame, skews: list[Any], asks: list[Any], solved: list[Any]) -> pl.DataFrame:
    places = [min(rank - 1, len(skews) - 1) for rank in points["rank"]]
    return points.with_columns(
        pl.Series("skews", [skews[at] for at in places], PAINPOINTS["skews"]),
        pl.Series("asks", [asks[at] for at in places], PAINPOINTS["asks"]),
        *(pl.Series(name, [solved[at][n] for at in places], pl.Float64) for n, name in enumerate(IF_SOLVED)))


def _card(run: RunData, lang: str) -> Any:
    card = BeautifulSoup(render_html(run, lang=lang), "html.parser").select_one("#p1")
    assert card is not None
    return card


def _words(tag: Any) -> str:
    return " ".join(tag.get_text(" ").split())


@pytest.mark.parametrize(("lang", "most", "segment"), [
    ("en", "mostly Persian (3.1×)", "product کیف چرمی"), ("fa", "بیشتر فارسی (۳٫۱ برابر)", "محصول کیف چرمی"),
    ("ar", "غالبًا الفارسية (×٣٫١)", "کیف چرمی"), ("ru", "в основном персидский (×3,1)", "товар کیف چرمی")])
def test_the_card_says_in_one_line_who_suffers_most(told: RunData, lang: str, most: str, segment: str) -> None:
    line = _card(told, lang).select_one(".who")
    assert line is not None
    assert _words(line).startswith(most)
    assert segment in line.text
    assert "Telegram" not in line.text, "those who are spared are told in the facts alone"


@pytest.mark.parametrize("lang", EDITIONS)
def test_the_facts_tell_every_notable_finding_with_its_interval(told: RunData, taxonomy: Taxonomy, lang: str) -> None:
    edition = Edition.of(lang, taxonomy, "three-stage")
    facts = _words(_card(told, lang).select_one(".facts"))
    assert edition.say("sufferers.title") in facts and edition.say("sufferers.help") in facts
    assert "Telegram" in facts
    assert edition.say("sufferers.low") not in facts, "a ratio of 1.1 is not worth a reader's time"
    assert edition.span(edition.number(3.1 * 0.8, 1), edition.number(3.1 * 1.25, 1)) in facts


def test_where_nobody_suffers_more_the_line_says_who_is_spared(told: RunData) -> None:
    spared = replace(told, painpoints=_with(told.painpoints, [[_skew("lang", "ru", 0, 0.0)]], [[]], [(None,) * 6]))
    assert "hardly ever Russian" in _words(_card(spared, "en").select_one(".who"))


@pytest.mark.parametrize(("lang", "told_as", "zero"), [
    ("en", "hardly ever Telegram", "0.0"), ("ru", "почти не встречается: Telegram", "×0,0"),
    ("ar", "نادرًا جدًا: Telegram", "×٠٫٠"), ("fa", "تقریباً هرگز Telegram", "۰٫۰ برابر")])
def test_zero_times_is_told_in_words_and_the_spared_do_not_crowd_out_those_who_suffer(
        told: RunData, lang: str, told_as: str, zero: str) -> None:
    skews = [_skew("source", name, 0, 0.0) for name in ("Telegram", "Instagram", "WhatsApp", "e-mail")]
    run = replace(told, painpoints=_with(told.painpoints, [[*skews, _skew("lang", "fa", 900, 3.1)]], [[]],
                                         [(None,) * 6]))
    facts = _words(_card(run, lang).select_one(".facts"))
    assert told_as in facts and f"({zero})" not in facts
    assert facts.index(Edition.of(lang, load_taxonomy(), "three-stage").language("fa")) < facts.index("Telegram")
    assert "Instagram" in facts and "WhatsApp" not in facts


def test_ratings_are_told_in_the_details_only_and_few_high_ones_go_without_saying_beside_many_low_ones(
        told: RunData) -> None:
    both = [_skew("rating", "low", 900, 1.5), _skew("rating", "high", 1, 0.1)]
    for skews, expected, silent in ((both, "mostly low ratings (1.5×)", "high ratings"),
                                    (both[1:], "seldom high ratings (0.1×)", "low ratings")):
        run = replace(told, painpoints=_with(told.painpoints, [skews], [[]], [(None,) * 6]))
        card = _card(run, "en")
        assert card.select_one(".who") is None
        assert expected in _words(card) and silent not in _words(card)


@pytest.mark.parametrize("lang", EDITIONS)
def test_what_customers_ask_for_stands_in_its_own_direction(told: RunData, taxonomy: Taxonomy, lang: str) -> None:
    card = _card(told, lang)
    assert [(bdi["lang"], bdi["dir"], bdi.text) for bdi in card.select(".asks bdi")] == [
        (ask["lang"], "auto", ask["text"]) for ask in ASKS]
    assert Edition.of(lang, taxonomy, "three-stage").say("prospects.asks") in [h.text for h in card.select("h3")]


@pytest.mark.parametrize(("lang", "rating", "negative"), [
    ("en", "+0.12 of a point on the scale from 1 to 5 (+0.05 to +0.20)", "−2.1 percentage points (−3.4 to −0.8)"),
    ("ru", "+0,12 балла", "−2,1 п. п."), ("fa", "۰٫۱۲", "۲٫۱"), ("ar", "٠٫١٢", "٢٫١")])
def test_the_card_says_what_mending_could_bring_and_that_it_is_a_bound(
        told: RunData, taxonomy: Taxonomy, lang: str, rating: str, negative: str) -> None:
    facts = _words(_card(told, lang).select_one(".facts"))
    assert rating in facts and negative in facts
    assert Edition.of(lang, taxonomy, "three-stage").say("prospects.help") in facts


@pytest.mark.parametrize("lang", EDITIONS)
def test_a_pain_point_without_findings_shows_no_empty_headings(told: RunData, taxonomy: Taxonomy, lang: str) -> None:
    edition = Edition.of(lang, taxonomy, "three-stage")
    page = BeautifulSoup(render_html(told, lang=lang), "html.parser")
    second = page.select_one("#p2")
    assert second is not None and second.select(".who, .asks") == []
    for key in ("sufferers.title", "prospects.title", "prospects.asks"):
        assert edition.say(key) not in _words(second)


def test_only_a_sure_gain_is_among_the_opportunities(told: RunData) -> None:
    def said(run: RunData) -> str:
        return _words(BeautifulSoup(render_html(run), "html.parser").select_one("#opportunities"))

    assert "the mean rating would rise by 0.12 at most" in said(told)
    unsure = replace(told, painpoints=told.painpoints.with_columns(pl.lit(-0.01).alias("if_solved_rating_low")))
    assert "would rise" not in said(unsure)


@pytest.mark.parametrize("lang", EDITIONS)
def test_hostile_values_stay_text(sample: RunData, lang: str) -> None:
    hostile = replace(sample, painpoints=_with(
        sample.painpoints, [[_skew("meta.product", ATTACK, 900, 2.0), _skew("source", ATTACK, 900, 2.0)]],
        [[{"unit_id": ATTACK, "lang": '"><b>', "text": ATTACK}]], [(0.1,) * 6]))
    page = BeautifulSoup(render_html(hostile, lang=lang), "html.parser")
    assert len(page.find_all("script")) == 2 and page.find("b") is None
    assert ATTACK in _words(page.select_one("#p1 .who")) and page.select_one("#p1 .asks bdi").text == ATTACK


@pytest.mark.parametrize("lang", EDITIONS)
def test_the_workbook_has_a_sheet_of_findings_and_columns_for_the_rest(
        told: RunData, taxonomy: Taxonomy, tmp_path: Path, lang: str) -> None:
    edition = Edition.of(lang, taxonomy, "three-stage")
    book = fastexcel.read_excel(write_tables(told, tmp_path, lang=lang)[1])
    found = book.load_sheet(edition.say("sheet.skews"), dtypes="string").to_polars()
    assert found[edition.say("segments.segment")].to_list() == [
        group_name(edition, skew["kind"], skew["value"]) for skew in SKEWS]
    assert [float(ratio) for ratio in found[edition.say("sheet.ratio")]] == [skew["ratio"] for skew in SKEWS]
    pains = book.load_sheet(edition.say("sheet.painpoints"), dtypes="string").to_polars()
    first, second = pains.row(0, named=True), pains.row(1, named=True)
    assert first[edition.say("sheet.asks")].split("\n") == [ask["text"] for ask in ASKS]
    assert first[edition.say("sheet.who")].count("\n") == 2 and "<" not in first[edition.say("sheet.who")]
    assert float(first[edition.say("sheet.if_solved_rating")]) == pytest.approx(0.12)
    assert float(first[edition.say("sheet.if_solved_negative")]) == pytest.approx(-0.021)
    assert second[edition.say("sheet.asks")] is None and second[edition.say("sheet.if_solved_rating")] is None


def test_the_csv_names_them_too_and_an_older_run_has_empty_cells(
        told: RunData, sample: RunData, tmp_path: Path) -> None:
    def rows(run: RunData, folder: str) -> list[dict[str, str]]:
        with write_tables(run, tmp_path / folder)[0].open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    first = rows(told, "told")[0]
    assert first["skews"] == "lang=fa 3.10; meta.product=کیف چرمی 2.40; source=Telegram 0.20; rating=low 1.10"
    assert [first[f"ask_{n}"] for n in (1, 2, 3)] == [ask["text"] for ask in ASKS]
    assert float(first["if_solved_negative_low"]) == pytest.approx(-0.034)
    older = rows(sample, "older")[0]
    assert {older[name] for name in ("skews", "ask_1", *IF_SOLVED)} == {""}
    assert not re.search("nan|None", str(older["skews"]))


@pytest.mark.parametrize("lang", EDITIONS)
def test_a_value_that_names_its_column_itself_is_not_told_twice(taxonomy: Taxonomy, lang: str) -> None:
    edition = Edition.of(lang, taxonomy, "three-stage")
    assert group_name(edition, "meta.branch", "Branch 12") == "Branch 12"
    assert group_name(edition, "meta.branch", "12") == "branch 12"
    assert group_name(edition, "source", "Telegram") == "Telegram"
