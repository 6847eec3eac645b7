"""Plain text: narrow, isolated, and the same numbers as the other forms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from painpoints.report.digest.forms import render_html, render_markdown, render_text
from painpoints.report.digest.forms.blocks import Spark
from painpoints.report.digest.forms.isolation import clean, runs_right_to_left
from painpoints.report.digest.forms.plain import WIDTH, width, wrapped
from painpoints.report.digest.forms.sparkline import sparkline
from painpoints.report.digest.model import Digest
from painpoints.report.edition import EDITIONS, Edition

Maker = Callable[[str], Digest]
Editions = Callable[[str], Edition]
_NUMBER = re.compile(r"\d+(?:[.,٫٬]\d+)*")


@pytest.mark.parametrize("lang", EDITIONS)
def test_lines_fit_except_commands_that_would_break(digest: Maker, edition: Editions, lang: str) -> None:
    text = render_text(digest(lang), edition(lang))
    assert [line for line in text.splitlines() if width(line) > WIDTH and "painpoints " not in line] == []
    assert text.endswith("\n") and "\t" not in text


@pytest.mark.parametrize("lang", EDITIONS)
def test_every_line_closes_what_it_opens(digest: Maker, edition: Editions, lang: str) -> None:
    for line in render_text(digest(lang), edition(lang)).splitlines():
        depth = 0
        for character in line:
            depth += (character in "\u2066\u2067\u2068") - (character == "\u2069")
            assert depth >= 0, line
        assert depth == 0, line


@pytest.mark.parametrize(("lang", "marked"), [("fa", True), ("ar", True), ("ru", False), ("en", False)])
def test_right_to_left_lines_begin_with_a_mark(digest: Maker, edition: Editions, lang: str, marked: bool) -> None:
    lines = [line for line in render_text(digest(lang), edition(lang)).splitlines() if line]
    assert {line.startswith("\u200f") for line in lines} == {marked}


@pytest.mark.parametrize("lang", EDITIONS)
def test_all_forms_say_the_same_numbers(digest: Maker, edition: Editions, lang: str) -> None:
    made, words = digest(lang), edition(lang)
    page = BeautifulSoup(render_html(made, words), "html.parser").body
    assert page is not None
    shown = MarkdownIt("commonmark").enable("table").render(render_markdown(made, words))
    html, text = set(_NUMBER.findall(page.get_text(" "))), set(_NUMBER.findall(render_text(made, words)))
    assert html == text == set(_NUMBER.findall(BeautifulSoup(shown, "html.parser").get_text(" ")))
    assert len(html) > 5


@pytest.mark.parametrize("lang", EDITIONS)
def test_digits_are_local_outside_customers_words_and_commands(digests: dict[str, Maker], edition: Editions,
                                                               lang: str) -> None:
    digest = digests["first"](lang)
    digest = replace(digest, top=tuple(replace(news, quotes=()) for news in digest.top))
    text = render_text(digest, edition(lang))
    wanted = {"fa": "۰۱۲۳۴۵۶۷۸۹", "ar": "٠١٢٣٤٥٦٧٨٩"}.get(lang, "0123456789")
    assert {c for c in text if c.isdigit()} <= set(wanted)


@pytest.mark.parametrize("lang", ["fa", "ar", "ru"])
def test_no_english_word_slips_in(digests: dict[str, Maker], edition: Editions, lang: str) -> None:
    digest = digests["usual"](lang)
    unquoted = {name: tuple(replace(news, quotes=()) for news in getattr(digest, name))
                for name in ("top", "growing", "eased")}
    digest = replace(digest, **unquoted, needs=replace(digest.needs, proposals=()),
                     weakest=replace(digest.weakest, quotes=()), volume=replace(digest.volume, sources=()))
    words = set(re.findall("[A-Za-z]+", render_text(digest, edition(lang))))
    assert words <= {"shop", "UTC", "Asia", "Tehran"}


@pytest.mark.parametrize("lang", EDITIONS)
def test_hostile_words_stay_words(digests: dict[str, Maker], edition: Editions, hostile: tuple[str, ...],
                                  lang: str) -> None:
    text = render_text(digests["everything"](lang), edition(lang))
    assert not re.search("[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202a-\u202e]", text)
    assert "evil left bell" in text and "{{7*7}}" in text and clean(hostile[0]) in text


def test_a_broken_isolate_goes_on_in_its_direction_on_the_next_line() -> None:
    lines = wrapped("\u2068" + ("سلام دنیا " * 30).strip() + "\u2069 end", indent="  ")
    assert len(lines) > 3
    assert all(line.count("\u2069") == sum(map(line.count, "\u2066\u2067\u2068")) == 1 for line in lines[:-1])
    assert all(line.startswith(("  \u2067سلام", "  \u2067دنیا")) for line in lines[1:-1])


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=400))
def test_cleaned_text_is_one_safe_line(text: str) -> None:
    cleaned = clean(text, 120)
    assert len(cleaned) <= 120 and cleaned == cleaned.strip() and "\n" not in cleaned
    kept = {c for c in cleaned if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")}
    assert kept <= {"\u200c", "\u200d"}


@given(st.text(alphabet="ab cd\u2068\u2069 سلام \u00a0漢字", max_size=300))
def test_wrapping_keeps_every_word_and_the_width(text: str) -> None:
    lines = wrapped(text, indent="   ", first="- ")
    assert all(width(line) <= WIDTH for line in lines)
    bare = str.maketrans("", "", " \u2066\u2067\u2068\u2069")
    assert "".join(lines).removeprefix("- ").translate(bare) == text.translate(bare)


@pytest.mark.parametrize(("lang", "text", "wanted"), [
    ("fa", "سلام", True), ("ar", "مرحبا", True), ("ru", "привет", False), ("en", "hi", False),
    ("fa", "Wi-Fi قطع است", False),
    ("en", "۱۲ تومان", True), ("fa", "12 !", True), ("fa", "😡", True), ("en", "😡", False),
])
def test_direction_is_that_of_the_first_letter_else_of_the_language(lang: str, text: str, wanted: bool) -> None:
    assert runs_right_to_left(lang, text) is wanted


def test_the_joiner_of_persian_words_and_emoji_stays_and_zalgo_is_thinned() -> None:
    assert clean("می\u200cروم 👨\u200d👩\u200d👧\u202e\u0007") == "می\u200cروم 👨\u200d👩\u200d👧"
    assert len(clean("a" + "\u0301" * 50)) == 5


def test_the_little_columns_show_silence_and_nothing_as_different() -> None:
    spark = Spark((None, 0.0, 0.1, 0.5, 1.0), "", "")
    assert sparkline(spark, rtl=False) == "·▁▂▃▇"
    assert sparkline(spark, rtl=True) == "\u2067·▁▂▃▇\u2069"


def test_touchpoints_with_few_opinions_share_a_line_and_silent_ones_have_none(
        digests: dict[str, Maker], edition: Callable[[str], Edition]) -> None:
    digest = digests["usual"]("en")
    counts = dict(zip((news.touchpoint for news in digest.journey), (4, 10, 1, 0, 77), strict=True))
    few = replace(digest, journey=tuple(replace(news, units=counts[news.touchpoint]) for news in digest.journey))
    text = render_text(few, edition("en"))
    assert "- Ordering and booking (10\u00a0opinions)" in text and "- Customer support (77\u00a0opinions)" in text
    assert "With fewer than 10 opinions: Price and offers: 4 and Payment: 1." in text and "Delivery (" not in text
    silent = render_text(replace(few, journey=(few.journey[3],)), edition("en"))
    assert "With fewer than" not in silent and "Net sentiment runs" not in silent
