"""The report page as text: complete, escaped, self-contained, sensible when there is little to say."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from itertools import pairwise

import polars as pl
import pytest
from bs4 import BeautifulSoup

from painpoints.errors import UsageError
from painpoints.report import render_html
from painpoints.report.edition import EDITIONS
from painpoints.store import RunData

SECTIONS = ["journey", "pains", "opportunities", "consistency", "satisfaction", "segments", "campaigns", "left", "made"]
ATTACKS = {
    "fa": "خیلی بد <script>alert('درد')</script>", "ar": "سيئ \"><img src=x onerror=alert('ألم')>",
    "ru": "плохо </script><script>alert('боль')</script>", "en": "bad '\" onmouseover=alert(1) x='<!-- {{7*7}} -->",
}


def _soup(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def _text(html: str, selector: str) -> str:
    found = _soup(html).select_one(selector)
    assert found is not None, selector
    return " ".join(found.get_text(" ").split())


@pytest.fixture(scope="module")
def pages(sample: RunData) -> dict[str, str]:
    return {lang: render_html(sample, lang=lang) for lang in EDITIONS}


@pytest.mark.parametrize("lang", EDITIONS)
def test_every_edition_has_every_section_in_order_and_direction(pages: dict[str, str], lang: str) -> None:
    soup = _soup(pages[lang])
    assert soup.html is not None
    assert (soup.html["lang"], soup.html["dir"]) == (lang, "rtl" if lang in ("fa", "ar") else "ltr")
    assert [section["id"] for section in soup.select("main > section[id]")] == SECTIONS
    for anchor in soup.select('a[href^="#"]'):
        assert soup.find(id=str(anchor["href"])[1:]) is not None, anchor["href"]
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("lang", "expected"), [
    ("en", "written between March 2, 2026 and May 10, 2026"),
    ("ru", "с 2 марта 2026\u202fг. по 10 мая 2026\u202fг."),
    ("ar", "كُتبت بين ٢ مارس ٢٠٢٦ و١٠ مايو ٢٠٢٦"),
    ("fa", "از ۱۱ اسفند ۱۴۰۴ تا ۲۰ اردیبهشت ۱۴۰۵"),
])
def test_the_period_is_told_in_the_reader_calendar(pages: dict[str, str], lang: str, expected: str) -> None:
    lede = _soup(pages[lang]).select_one(".lede")
    assert lede is not None and expected in lede.text


@pytest.mark.parametrize(("lang", "expected"), [
    ("en", "120 comments ("), ("ru", "120 отзывов ("), ("ar", "١٢٠ تعليقًا ("), ("fa", "۱۲۰ بازخورد (")])
def test_the_first_sentence_says_what_was_read(pages: dict[str, str], lang: str, expected: str) -> None:
    assert expected in _text(pages[lang], ".lede")


@pytest.mark.parametrize("lang", ["fa", "ar"])
def test_right_to_left_figures_are_in_local_digits(pages: dict[str, str], lang: str) -> None:
    soup = _soup(pages[lang])
    figures = ".figures .value, .figures .span, .measure, .feelings .share, .impact .number, .volume, .rank, .num"
    for tag in soup.select(figures):
        assert not re.search("[0-9]", tag.get_text()), tag


def test_the_weakest_link_is_named_with_its_evidence(pages: dict[str, str]) -> None:
    text = _text(pages["en"], ".weakest")
    assert "Weakest link" in text and "are complaints (" in text and "Elsewhere on the journey" in text
    assert len(_soup(pages["en"]).select(".weakest blockquote")) == 3


def test_pain_points_are_ranked_and_titled_in_the_reader_language(pages: dict[str, str]) -> None:
    for lang, title in [("fa", "پیک چند ساعت دیر می‌رسد"), ("ru", "Курьер опаздывает на несколько часов")]:
        rows = _soup(pages[lang]).select(".pains > li")
        assert [row["data-rank"] for row in rows] == [str(n) for n in range(1, 9)]
        name = rows[0].select_one(".name bdi")
        assert name is not None and name.text == title and name["lang"] == lang


def test_a_title_without_translation_keeps_its_own_language(pages: dict[str, str]) -> None:
    name = next(tag for tag in _soup(pages["en"]).select(".name bdi") if tag.text == "بسته پاره و خیس رسید")
    assert name["lang"] == "fa"


def test_quotes_stand_in_their_own_language_and_direction(pages: dict[str, str], sample: RunData) -> None:
    for quote in _soup(pages["en"]).select(".quotes blockquote"):
        bdi = quote.select_one("bdi")
        assert bdi is not None
        assert bdi["dir"] == ("rtl" if re.search("[\u0600-\u06ff]", bdi.text[:1]) else "ltr")
    texts = {bdi.text for bdi in _soup(pages["fa"]).select(".quotes blockquote > bdi")}
    assert texts <= set(sample.units["text"])


@pytest.mark.parametrize(("lang", "label", "feeling"), [
    ("en", "They expected", "anger"), ("ru", "Чего ждали", "злость"),
    ("ar", "ما كانوا يتوقعونه", "غضب"), ("fa", "انتظارشان این بود", "خشم")])
def test_a_touchpoint_tells_its_feelings_and_what_was_expected(
        pages: dict[str, str], lang: str, label: str, feeling: str) -> None:
    card = _soup(pages[lang]).select_one("#t-delivery")
    assert card is not None
    names = [tag.get_text() for tag in card.select(".feelings li > span:first-child")]
    assert len(names) == 3 and feeling in names
    for entry in card.select(".feelings li"):
        share, image = entry.select_one(".share"), entry.select_one("svg")
        assert share is not None and image is not None
        assert share.get_text() in image["aria-label"] and share["title"]
    assert label in card.get_text()
    assert 1 <= len(card.select(".expected bdi")) <= 3


@pytest.mark.parametrize("lang", EDITIONS)
def test_expectations_keep_their_words_language_and_direction(
        pages: dict[str, str], sample: RunData, lang: str) -> None:
    known = {(row["expectation"], row["lang"]) for row in sample.units.iter_rows(named=True)}
    found = _soup(pages[lang]).select(".expected bdi, .feeling bdi")
    assert {"fa", "ar", "ru", "en"} <= {bdi["lang"] for bdi in found}
    for bdi in found:
        assert bdi["dir"] == "auto" and (bdi.text, bdi["lang"]) in known


def test_a_pain_point_has_one_line_for_its_main_feeling_and_an_expectation(pages: dict[str, str]) -> None:
    for lang, worry in [("en", "worry"), ("ru", "беспокойство"), ("ar", "قلق"), ("fa", "نگرانی")]:
        lines = {row["data-rank"]: row.select(".feeling") for row in _soup(pages[lang]).select(".pains > li")}
        assert all(len(found) <= 1 for found in lines.values())
        assert any(worry in found[0].get_text() for found in lines.values() if found)


@pytest.mark.parametrize(("lang", "words"), [
    ("fa", "قرار بود ظهر برسد"), ("ar", "المفروض يوصل الظهر"), ("ru", "обещали к обеду"),
    ("en", "it should have come by noon")])
def test_a_pain_point_quotes_an_expectation_in_the_reader_language_where_there_is_one(
        pages: dict[str, str], lang: str, words: str) -> None:
    quoted = _soup(pages[lang]).select_one("#p1 .feeling bdi")
    assert quoted is not None and (quoted.text, quoted["lang"]) == (words, lang)


def test_a_pain_point_without_feeling_or_expectation_has_no_such_line(pages: dict[str, str], sample: RunData) -> None:
    leaky = sample.painpoints.filter(pl.col("painpoint_id") == "PP07LEAKYBOX")["rank"].item()
    assert _soup(pages["en"]).select(f"#p{leaky} .feeling") == []


def test_a_run_without_the_columns_shows_no_empty_headings(sample: RunData) -> None:
    for case in ("an older run", "no feelings or expectations"):
        soup = _soup(render_html(EMPTY[case](sample)))
        assert soup.select(".feelings, .expected, .feeling") == []
        assert "They expected" not in soup.text and "Feelings in negative opinions" not in soup.text


def _attacked(sample: RunData) -> RunData:
    every = " ".join(ATTACKS.values())
    pains = sample.painpoints.with_columns(pl.lit(every).alias("title"), pl.lit(every).alias("painpoint_id"),
                                           pl.lit(every).alias("theme"), pl.lit(every).alias("status")).to_dicts()
    for row in pains:
        row["titles"] = [{"lang": lang, "title": text} for lang, text in ATTACKS.items()]
        row["keyphrases"] = [{"lang": '"><script>', "phrases": list(ATTACKS.values())}]
        row["quotes"] = [{"unit_id": every, "doc_id": every, "lang": '"><b>', "text": every, "source_id": every}]
        row["langs"] = [{"lang": "</script><script>alert(1)</script>", "units": 3}]
        row["touchpoint"] = "</script><script>alert(2)</script>"
    units = sample.units.with_columns(
        pl.lit(every).alias("text"), pl.lit(every).alias("painpoint_id"), pl.lit(every).alias("emotion"),
        pl.col("lang").replace_strict(ATTACKS, default=ATTACKS["en"]).alias("expectation"))
    docs = sample.documents.with_columns(
        pl.lit(every).alias("text"), (pl.col("source") + every).alias("source"), pl.lit(every).alias("source_id"),
        (pl.col("meta.product") + every).alias("meta.product"))
    manifest = {"painpoints": every, "created": every, "inputs": [{"name": every, "rows": 3}], "model": {every: every},
                "counts": {"rejected": {every: 2}}, "timings": {every: 1.0}, "settings": {"x": [every]}}
    return RunData(docs, units, pl.DataFrame(pains, schema=sample.painpoints.schema, orient="row"), manifest)


@pytest.mark.parametrize("lang", EDITIONS)
def test_customer_text_in_any_field_never_becomes_markup(sample: RunData, lang: str) -> None:
    html = render_html(_attacked(sample), lang=lang)
    soup = _soup(html)
    clean = _soup(render_html(sample, lang=lang))
    assert len(soup.find_all("script")) == len(clean.find_all("script")) == 2
    assert len(soup.find_all("style")) == 1
    assert soup.find("img") is None and soup.find("b") is None
    assert [tag for tag in soup.find_all() if any(name.startswith("on") for name in tag.attrs)] == []
    data = soup.find("script", id="pains-data")
    assert data is not None
    parsed = json.loads(data.text)
    assert parsed["pains"][0]["langs"] == ["</script><script>alert(1)</script>"]
    assert "<" not in data.text
    assert {bdi.text for bdi in soup.select(".expected bdi, .feeling bdi")} == set(ATTACKS.values())
    assert "{{7*7}}" in soup.text and "49" not in "".join(b.text for b in soup.select("blockquote > bdi"))


def test_control_characters_do_not_reach_the_page(sample: RunData) -> None:
    pains = sample.painpoints.with_columns(pl.lit("nul\x00 bell\x07 esc\x1b").alias("title"),
                                           pl.Series("titles", [[]] * 8, sample.painpoints.schema["titles"]))
    html = render_html(replace(sample, painpoints=pains))
    assert "nul bell esc" in html and not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f]", html)


def test_the_page_asks_for_nothing_from_outside(pages: dict[str, str]) -> None:
    html = pages["en"]
    soup = _soup(html)
    assert soup.find_all(["link", "iframe", "object", "embed", "img"]) == []
    assert not re.search(r"""(src|href|action|poster|srcset)\s*=\s*["'](?!#)""", html)
    assert "url(" not in html and "@import" not in html


def test_the_content_policy_allows_only_the_page_own_script(pages: dict[str, str]) -> None:
    soup = _soup(pages["en"])
    meta = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})
    assert meta is not None
    policy = str(meta["content"])
    script = next(tag for tag in soup.find_all("script") if tag.get("type") is None).text
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; script-src ")
    assert f"'sha256-{digest}'" in policy and "script-src 'unsafe-inline'" not in policy


def test_the_same_run_gives_the_same_page(sample: RunData, pages: dict[str, str]) -> None:
    shuffled = replace(sample, units=sample.units.sample(fraction=1, shuffle=True, seed=1),
                       documents=sample.documents.sample(fraction=1, shuffle=True, seed=2))
    assert render_html(shuffled) == pages["en"]


def test_headings_do_not_skip_levels(pages: dict[str, str]) -> None:
    levels = [int(tag.name[1]) for tag in _soup(pages["en"]).find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_other_frameworks_have_their_stages(sample: RunData) -> None:
    soup = _soup(render_html(sample, framework="five-stage", lang="ru"))
    assert [tag.text for tag in soup.select(".stage > header h3")] == [
        "Осведомлённость", "Рассмотрение", "Решение", "Действие", "Лояльность"]


def test_the_segment_is_the_one_asked_for(sample: RunData) -> None:
    assert "by source" in _text(render_html(sample, segment="source"), "#segments")
    assert "by product" in _text(render_html(sample, segment="product"), "#segments")
    with pytest.raises(UsageError, match="No column 'city'"):
        render_html(sample, segment="city")


EMPTY = {
    "no pain points": lambda run: replace(run, painpoints=run.painpoints.clear(), units=run.units.with_columns(
        pl.lit(None, pl.Utf8).alias("painpoint_id"))),
    "no times": lambda run: replace(
        run, documents=run.documents.with_columns(pl.lit(None, run.documents.schema["time"]).alias("time")),
        painpoints=run.painpoints.with_columns(
            pl.lit(None, run.painpoints.schema["trend"]).alias("trend"),
            pl.lit(None, run.painpoints.schema["first_seen"]).alias("first_seen"),
            pl.lit(None, run.painpoints.schema["last_seen"]).alias("last_seen"))),
    "no ratings": lambda run: replace(
        run, documents=run.documents.with_columns(pl.lit(None, pl.Float64).alias("rating"),
                                                  pl.lit(None, pl.Utf8).alias("rating_scale")),
        painpoints=run.painpoints.with_columns(
            pl.lit(float("nan")).alias(name) for name in ("rating_loss", "rating_loss_low", "rating_loss_high"))),
    "one row": lambda run: replace(run, documents=run.documents.head(1), painpoints=run.painpoints.clear(),
                                   units=run.units.filter(pl.col("doc_id") == "d0000")),
    "one language": lambda run: replace(run, units=run.units.with_columns(pl.lit("fa").alias("lang"))),
    "all uncertain": lambda run: replace(run, units=run.units.with_columns(pl.lit(False).alias("certain"))),
    "nothing at all": lambda run: RunData(run.documents.clear(), run.units.clear(), run.painpoints.clear(), {}),
    "no optional columns": lambda run: replace(run, documents=run.documents.drop("meta.product").with_columns(
        pl.lit(None, pl.Utf8).alias("source"))),
    "no feelings or expectations": lambda run: replace(run, units=run.units.with_columns(
        pl.lit(None, pl.Utf8).alias("emotion"), pl.lit(None, pl.Float32).alias("emotion_p"),
        pl.lit(None, pl.Utf8).alias("expectation"))),
    "an older run": lambda run: replace(run, units=run.units.drop("emotion", "emotion_p", "expectation")),
    "all null judgements": lambda run: replace(run, units=run.units.with_columns(
        pl.lit(None, pl.Utf8).alias("touchpoint"), pl.lit(None, pl.Boolean).alias("is_problem"),
        pl.lit(None, pl.Boolean).alias("certain"))),
}


@pytest.mark.parametrize("lang", EDITIONS)
@pytest.mark.parametrize("case", EMPTY)
def test_little_or_no_data_still_makes_a_whole_page(sample: RunData, case: str, lang: str) -> None:
    html = render_html(EMPTY[case](sample), lang=lang)
    soup = _soup(html)
    assert [section["id"] for section in soup.select("main > section[id]")] == SECTIONS
    visible = soup.body.get_text(" ") if soup.body else ""
    assert not re.search(r"\b(nan|None|null|inf)\b", visible)
    for section in soup.select("main > section[id]"):
        assert len(section.get_text(" ").split()) >= 4, section["id"]


@pytest.mark.parametrize(("case", "selector", "words"), [
    ("no pain points", "#pains", "No problem was reported often enough"),
    ("no times", ".lede", "carry no dates"),
    ("no ratings", "#satisfaction", "hold no ratings"),
    ("all uncertain", "#journey", "too few certain opinions"),
    ("one row", "#consistency", "nothing to compare"),
    ("nothing at all", "#left", "Nothing was left out"),
    ("nothing at all", "#made", "says nothing about how it was made"),
    ("an older run", "#made", "an earlier version that did not judge feelings"),
])
def test_empty_sections_say_why(sample: RunData, case: str, selector: str, words: str) -> None:
    assert words in _text(render_html(EMPTY[case](sample)), selector)


def test_without_times_there_are_no_spark_lines_and_no_sorting_by_time(sample: RunData) -> None:
    soup = _soup(render_html(EMPTY["no times"](sample)))
    assert soup.select("svg.spark") == []
    assert soup.select('option[value="last"]') == []


def test_more_than_a_hundred_pain_points_are_cut_with_a_note(sample: RunData) -> None:
    many = pl.concat([sample.painpoints.with_columns(
        (pl.col("rank") + 8 * n).alias("rank"), pl.col("painpoint_id") + f"-{n}") for n in range(20)])
    soup = _soup(render_html(replace(sample, painpoints=many)))
    assert len(soup.select(".pains > li")) == 100
    assert "60 pain points with less impact are in findings.xlsx." in soup.text
