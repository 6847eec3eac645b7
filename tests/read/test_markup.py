"""Mark-up goes, words stay, and every kept character knows where it came from."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painpoints.read import strip_markup

PLAIN = [
    "<3 you all",
    "a < b and c > d",
    "x <b and c> y",
    "[سلام] خیلی خوب بود",
    "5*3*2",
    "snake_case and other_name",
    "I rated 3 > 2",
    "#خدمات #good nice",
    "f*** this s*** shop",
    "***** great",
    "(*_*) ^_^ -_-",
    "¯\\_(ツ)_/¯",
    "Плюсы: камера\nМинусы: цена",
    "+ камера\n- батарея",
    "> 3 часов ждал курьера",
    "> ۳ ساعت منتظر ماندم",
    "می‌خواهم ولی نمی‌شود",
    "ممتاز جدًّا 👍🏽 ‏شكراً",
    "AT&T is fine & cheap",
    "price: 5$ - 10$",
    "https://a.example/_x_/y_z_",
    "[1] first note",
    "Hello [USER], see [link]",
    "3. good",
    "Ali wrote: never again",
    "علی نوشته: افتضاح",
]


@pytest.mark.parametrize("raw", PLAIN)
def test_plain_text_comes_back_unchanged(raw: str) -> None:
    stripped = strip_markup(raw)
    assert stripped.text == raw
    assert list(stripped.offsets) == list(range(len(raw) + 1))


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("<b>good</b> bad", "good bad"),
        ("یک<br>دو<br/>سه", "یک\nدو\nسه"),
        ("<p>Курьер</p><p>опоздал</p>", "Курьер\nопоздал\n"),
        ("<ul><li>سريع</li><li>رخيص</li></ul>", "سريع\nرخيص\n"),
        ('<div class="a b" id=x>متن</div>', "متن\n"),
        ("a<script>var x = '<b>';</script>b", "a\nb"),
        ("a<style>p{}</style>b", "a\nb"),
        ("a<!-- hidden <b> -->b", "ab"),
        ("fish &amp; chips &lt;3", "fish & chips <3"),
        ("نیم&zwnj;فاصله و &#1587;", "نیم\u200cفاصله و س"),
        ("&lt;br&gt;bad&lt;br&gt;", "bad\n"),
        ("good <img src='x.png' alt='😊'> day<img alt='photo' src=y>", "good 😊 day"),
        ("<td>one</td><td>two</td>", " one  two "),
        ('cut off <a href="https://shop', "cut off "),
        ("<blockquote>he said</blockquote>I say", "I say"),
    ],
)
def test_html_is_stripped(raw: str, text: str) -> None:
    assert strip_markup(raw).text == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("[b]عالی[/b] بود", "عالی بود"),
        ("[font=Tahoma][size=4]متن[/size][/font]", "متن"),
        ("[list][*]یک[*]دو[/list]", "یک\nدو\n"),
        ("[url=https://a.example]сайт[/url]", "сайт"),
        ("[url]https://a.example[/url]", "https://a.example"),
        ("фото [img]https://a.example/b.png[/img]тут", "фото тут"),
        ("[quote=ali]کهنه[/quote]نو", "نو"),
        ("[quote]a[quote]b[/quote]c[/quote]d[quote]e[/quote]", "d\n"),
        ("[quote]never closed", "never closed"),
        ("[color=#ff0000]أحمر[/color]", "أحمر"),
        ("[user]سارا[/user] گفت", "سارا گفت"),
    ],
)
def test_bbcode_is_stripped(raw: str, text: str) -> None:
    assert strip_markup(raw).text == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("**очень** *плохо* __да__ _нет_ ***всё***", "очень плохо да нет всё"),
        ("~~نه~~ `کد` بله", "نه کد بله"),
        ("[сайт](https://a.example/x_(1)) и ![фото](https://a.example/p.png)", "сайт и "),
        ("[سلام](خوب) است", "[سلام](خوب) است"),
        ("# Verdict\nfine", "Verdict\nfine"),
        ("- slow\n- rude", "slow\nrude"),
        ("1. slow\n2. rude", "slow\nrude"),
        ("10. best\n3. worst", "10. best\n3. worst"),
        ("one\n---\ntwo", "one\n\ntwo"),
        ("```\ntext\n```\nend", "\ntext\n\nend"),
    ],
)
def test_markdown_is_stripped(raw: str, text: str) -> None:
    assert strip_markup(raw).text == text


@pytest.mark.parametrize(
    ("raw", "kept", "gone"),
    [
        ("> old words\nmy reply", "my reply", "old"),
        ("Спасибо, плохо\n\n12.03.2026 Иван Петров написал(а):\n> старое", "Спасибо", "старое"),
        ("Плохо\nвт, 5 янв. 2026 г. в 15:00, Shop <a@shop.example>:\n> старое", "Плохо", "старое"),
        ("Too late.\n\nOn Mon, Jan 5, 2026 at 3:00 PM Shop\n<a@shop.example> wrote:\n\n> old", "Too late.", "old"),
        ("افتضاح بود\nدر تاریخ ۵ مهر ۱۴۰۴ فروشگاه نوشته است:\nمتن قدیمی", "افتضاح", "قدیمی"),
        ("علی نوشته:\n> قدیمی\nپاسخ من", "پاسخ من", "قدیمی"),
        ("تجربة سيئة\nفي 5 مارس 2026 كتب المتجر:\n> كلام قديم", "تجربة", "قديم"),
        ("Bad\n-----Original Message-----\nold", "Bad", "old"),
        ("Плохо\n\nОт: Магазин\nОтправлено: 5 марта\nКому: Ольга\nстарое", "Плохо", "старое"),
        ("Awful app\nSent from my iPhone", "Awful app", "iPhone"),
    ],
)
def test_quoted_replies_are_dropped(raw: str, kept: str, gone: str) -> None:
    text = strip_markup(raw).text
    assert kept in text
    assert gone not in text


def test_a_text_of_nothing_but_quoted_lines_keeps_its_words() -> None:
    assert strip_markup("> слишком долго\n> и дорого").text == "слишком долго\nи дорого"


def test_offsets_lead_back_to_the_source_without_the_tags_around_it() -> None:
    raw = "<p>Fish &amp; <b>chips</b></p> cold"
    stripped = strip_markup(raw)
    start = stripped.text.index("chips")
    assert raw[slice(*stripped.source(start, start + 5))] == "chips"
    start = stripped.text.index("&")
    assert raw[slice(*stripped.source(start, start + 1))] == "&amp;"


_PIECES = st.sampled_from(
    [
        "<b>",
        "</b>",
        "<br>",
        "<p>",
        "&amp;",
        "&lt;",
        "[b]",
        "[/b]",
        "[quote]",
        "[/quote]",
        "[img]",
        "[/img]",
        "**",
        "_",
        "*",
        "`",
        "\n",
        "> ",
        "- ",
        "# ",
        "[a](http://b.example)",
        "<script>",
        "</script>",
        "<!--",
        "-->",
        "سلام",
        "می‌روم",
        "привет",
        "good",
        "🙂",
        " ",
        "wrote:",
        "5",
        "<",
        ">",
        "[",
        "]",
        "&",
    ]
)
_TEXTS = st.one_of(st.lists(_PIECES, max_size=30).map("".join), st.text(max_size=80))


@given(_TEXTS)
def test_offsets_are_in_range_and_never_go_back(raw: str) -> None:
    stripped = strip_markup(raw)
    assert len(stripped.offsets) == len(stripped.text) + 1
    assert len(stripped.ends) == len(stripped.text)
    assert stripped.offsets[-1] == len(raw)
    assert all(0 <= one <= two <= len(raw) for one, two in zip(stripped.offsets, stripped.offsets[1:], strict=False))
    assert all(start < end <= len(raw) for start, end in zip(stripped.offsets, stripped.ends, strict=False))


@given(_TEXTS)
def test_a_kept_letter_is_the_letter_at_its_offset(raw: str) -> None:
    stripped = strip_markup(raw)
    for character, start, end in zip(stripped.text, stripped.offsets, stripped.ends, strict=False):
        if end - start == 1 and character != "\n":
            assert raw[start] == character


@given(st.text(alphabet="abcдежسلامیو ۱۲3.،؟!\u200c", max_size=60))
def test_text_without_any_mark_is_never_touched(raw: str) -> None:
    assert strip_markup(raw).text == raw


@pytest.mark.parametrize(
    "piece",
    [
        "<!--",
        '<a b="',
        "[quote]",
        "*a ",
        "**a",
        "_a",
        "[a](",
        "<blockquote>",
        "<script>",
        "- a:\n",
        "![a](http://",
        "&amp;",
        "a\n",
    ],
)
def test_hostile_repetition_does_not_stall(piece: str) -> None:
    raw = piece * (60_000 // len(piece))
    began = time.perf_counter()
    strip_markup(raw)
    assert time.perf_counter() - began < 5
