import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from painpoints.text import segment
from painpoints.text.boundaries import lines
from painpoints.text.cues import header_pattern

LANGS = st.sampled_from([None, "fa", "ar", "ru", "en", "de"])
VOCABULARY = (
    "غذا خوب بود ولی ارسال دیر شد و بسته له اما البته الأكل لذيذ لكن الخدمة سيئة بس والسعر еда вкусная но официант "
    "хамил а хотя the food was good but and service slow however 3.5 e.g. т.д. ر.س www.a.com/x . ! ؟ ، , ... … \n - • "
    '😍 :) « » " ( ) Pros: 10/10 ; ؛ \t'
)
PIECES = st.lists(st.sampled_from(VOCABULARY.split(" ")), max_size=30)


def units(text: str, lang: str | None, **options: object) -> list[str]:
    return [text[start:end] for start, end in segment(text, lang, **options)]  # type: ignore[arg-type]


@given(st.one_of(PIECES.map(" ".join), st.text(max_size=80)), LANGS)
@settings(max_examples=500, deadline=None)
def test_spans_are_ordered_apart_and_not_empty(text: str, lang: str | None) -> None:
    spans = segment(text, lang)
    assert all(start < end for start, end in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(text[start:end] == text[start:end].strip() for start, end in spans)


def has_header(text: str) -> bool:
    """Whether something stands above a list ("Pros:") or alone on a line ("The good"): that is no opinion."""
    return ":" in text or any(header_pattern().match(text, *line) for line in lines(text, 0, len(text)))


@given(PIECES.map(" ".join).filter(lambda text: not has_header(text)), LANGS)
@settings(max_examples=300, deadline=None)
def test_every_letter_is_in_some_unit(text: str, lang: str | None) -> None:
    covered = {place for start, end in segment(text, lang) for place in range(start, end)}
    assert {m.start() for m in re.finditer(r"[^\W_]", text)} <= covered


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("fa", "غذا خوب بود ولی ارسال دیر شد", ["غذا خوب بود", "ولی ارسال دیر شد"]),
        ("fa", "غذا خوب بود.اما پیک بد بود", ["غذا خوب بود", "اما پیک بد بود"]),
        ("fa", "از بس شور بود نخوردیم", ["از بس شور بود نخوردیم"]),
        ("fa", "نه تنها گرونه بلکه زود خراب میشه", ["نه تنها گرونه بلکه زود خراب میشه"]),
        ("fa", "فروشنده اما خوش برخورد بود", ["فروشنده اما خوش برخورد بود"]),
        ("fa", "کیفیتش خوبه ؟ نه اصلا !", ["کیفیتش خوبه", "نه اصلا"]),
        ("fa", "گوشی که خریدم خراب شد", ["گوشی که خریدم خراب شد"]),
        ("fa", "فکر می‌کنم خوب باشه", ["فکر می‌کنم خوب باشه"]),
        ("ar", "الأكل لذيذ جدا لكن الخدمة بطيئة", ["الأكل لذيذ جدا", "لكن الخدمة بطيئة"]),
        ("ar", "السعر مناسب بس التوصيل تأخر", ["السعر مناسب", "بس التوصيل تأخر"]),
        ("ar", "دفعت مبلغ كبير وما أعطوني غير علبتين بس", None),
        ("ar", "عندي بس 5 ريال", ["عندي بس 5 ريال"]),
        ("ar", "السعر 85 ج.م. للواحد", ["السعر 85 ج.م. للواحد"]),
        ("ar", "جودة الأكل والخدمة ممتازة", ["جودة الأكل والخدمة ممتازة"]),
        ("ru", "Еда вкусная, но официант хамил", ["Еда вкусная", "но официант хамил"]),
        ("ru", "Деньги списали, зато товар не привезли", ["Деньги списали", "зато товар не привезли"]),
        ("ru", "Чехлы, плёнки и т.д. есть в наличии", ["Чехлы, плёнки и т.д. есть в наличии"]),
        ("ru", "Не только дорого, но и невкусно", ["Не только дорого, но и невкусно"]),
        ("en", "The food was good but the service was slow", ["The food was good", "but the service was slow"]),
        ("en", "Nothing but trouble with this bank", ["Nothing but trouble with this bank"]),
        ("en", "Not only slow but also rude", ["Not only slow but also rude"]),
        ("en", "The battery, however, is weak", ["The battery, however, is weak"]),
        ("en", "It cost $3.50 at No. 5, e.g. on Mondays", ["It cost $3.50 at No. 5, e.g. on Mondays"]),
        ("en", "Despite the rain, the terrace was full", ["Despite the rain, the terrace was full"]),
        ("en", "I loved the pasta and the salad", ["I loved the pasta and the salad"]),
        ("en", "See https://a.example/b?c=d. It is broken", ["See https://a.example/b?c=d", "It is broken"]),
    ],
)
def test_contrast_and_closing_marks(lang: str, text: str, expected: list[str] | None) -> None:
    found = units(text, lang)
    if expected is None:  # «بس» at the end means "only": it opens nothing
        assert not any(unit.startswith("بس") for unit in found)
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("fa", "نقاط قوت: سبک، ارزان\nنقاط ضعف: باتری ضعیف، بدون کیف", ["سبک", "ارزان", "باتری ضعیف", "بدون کیف"]),
        ("ar", "المميزات: خفيف، هادئ\nالعيوب: غالي", ["خفيف", "هادئ", "غالي"]),
        ("ru", "Достоинства: лёгкий, тихий\nНедостатки: короткий провод", ["лёгкий", "тихий", "короткий провод"]),
        ("en", "Pros:\n- fast\n- quiet\nCons:\n1. too heavy\n2. no case", ["fast", "quiet", "too heavy", "no case"]),
        ("en", "• good screen • bad sound", ["good screen", "bad sound"]),
    ],
)
def test_lists_of_praise_and_blame(lang: str, text: str, expected: list[str]) -> None:
    assert units(text, lang) == expected


@pytest.mark.parametrize(("lang", "text"), [("fa", "نقاط ضعف"), ("ar", "العيوب"), ("ru", "Недостатки"),
                                            ("en", "The bad"), ("en", "Pros:\nCons:")])
def test_a_header_above_nothing_says_nothing(lang: str, text: str) -> None:
    assert units(text, lang) == []


def test_items_of_a_pros_column_are_units_and_prose_in_it_is_not_torn() -> None:
    assert units("سبک، ارزان / شیک", "fa", as_list=True) == ["سبک", "ارزان", "شیک"]
    prose = "The screen is big, which is a real help when I read in bed at night"
    assert units(prose, "en", as_list=True) == [prose]


def test_emoji_part_units_and_stay_where_they_are_the_predicate() -> None:
    assert units("Nice big place 😍 terrible slow parking 😡", "en") == ["Nice big place", "terrible slow parking"]
    assert units("Graphics 🔥", "en") == ["Graphics 🔥"]
    assert units("I ❤️ this phone", "en") == ["I ❤️ this phone"]
    assert units("👍👍", "en") == ["👍👍"]


def test_a_quotation_stays_with_its_frame() -> None:
    text = "پیک گفت: «می‌ذارم پشت در. کسی برنمی‌داره.» و رفت. بسته نبود."
    assert units(text, "fa") == ["پیک گفت: «می‌ذارم پشت در. کسی برنمی‌داره.» و رفت", "بسته نبود"]


def test_a_review_all_in_quotation_marks_is_cut_like_any_other() -> None:
    assert len(units("«غذا سرد بود. پیک دیر رسید.»", "fa")) == 2


def test_given_boundaries_are_kept() -> None:
    text = "rooms were fine lobby was dark"
    assert units(text, "en", boundaries=[16]) == ["rooms were fine", "lobby was dark"]


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("fa", "راننده دیر رسید کولر هم خراب بود", 2),
        ("ar", "الغرف نظيفة الحمام ريحته عفن", 2),
        ("ru", "цена нормальная качество среднее", 2),
        ("en", "rooms were clean bathroom smelled of mould", 2),
        ("ru", "отличный сервис хорошая доставка", 1),
    ],
)
def test_clauses_without_any_punctuation(lang: str, text: str, expected: int) -> None:
    assert len(units(text, lang)) == expected
