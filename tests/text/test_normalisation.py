import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from painpoints.text import normalise

LANGS = st.sampled_from([None, "fa", "ar", "ru", "en", "tr"])
TRICKY = st.text(
    alphabet=st.one_of(
        st.sampled_from(list("می نمی‌ها های تر ام ه خواهم كتاب يىةأإآ ـ\u064b\u0670۱۲٣٤٪٫ آ\u0653ا")),
        st.sampled_from(list("soO!?…..  \n\r\t\u200b\u200c\u200d\u200e\u00ad\ufeff\u2028ёйе\u0306\u0301")),
        st.sampled_from(["👍", "🏽", "👩", "\u200d", "❤", "\ufe0f", "🇮", "🇷", "ﷲ", "ﻻ", "ﬁ", "Ａ", "𝗯", "1", "\u20e3"]),
        st.characters(),
    ),
    max_size=40,
)


@given(TRICKY, LANGS)
@settings(max_examples=400, deadline=None)
def test_normalising_twice_changes_nothing(raw: str, lang: str | None) -> None:
    once = normalise(raw, lang).text
    assert normalise(once, lang).text == once


@given(TRICKY, LANGS)
@settings(max_examples=400, deadline=None)
def test_offsets_never_fall_and_end_with_the_raw_text(raw: str, lang: str | None) -> None:
    result = normalise(raw, lang)
    assert len(result.offsets) == len(result.text) + 1
    assert list(result.offsets) == sorted(result.offsets)
    assert result.offsets[-1] == len(raw)
    assert all(0 <= place <= len(raw) for place in result.offsets)


@given(st.text(alphabet="abc абв غذا خوب.", max_size=60))
def test_characters_that_stay_point_at_themselves(raw: str) -> None:
    result = normalise(raw)
    if "\u200c" not in result.text:
        for char, place in zip(result.text, result.offsets, strict=False):
            assert raw[place] == char or char in " \n"


@pytest.mark.parametrize("typed", ["می‌خواهم", "می خواهم", "میخواهم", "مي خواهم", "ميخواهم", "می‌ خواهم"])
def test_zwnj_present_stripped_and_spaced_become_one_form(typed: str) -> None:
    assert normalise(f"کتاب {typed} لطفا", "fa").text == "کتاب می‌خواهم لطفا"


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("کتابها", "کتاب‌ها"),
        ("کتاب ها", "کتاب‌ها"),
        ("كتاب هاي خوب", "کتاب‌های خوب"),
        ("بزرگ تر", "بزرگ‌تر"),
        ("خسته ام", "خسته‌ام"),
        ("ارسال شده اند", "ارسال شده‌اند"),
        ("نمیشه", "نمی‌شه"),
        ("نمی رسد", "نمی‌رسد"),
        ("بچههای", "بچه‌های"),
    ],
)
def test_persian_affixes_get_their_zwnj(typed: str, canonical: str) -> None:
    assert normalise(typed, "fa").text == canonical


@pytest.mark.parametrize("word", ["تنها", "بها", "میز", "میدان", "میان", "میوه", "انتها", "دختر", "میلیون", "تنهایی"])
def test_words_that_only_look_affixed_stay(word: str) -> None:
    assert normalise(f"این {word} بود", "fa").text == f"این {word} بود"


def test_arabic_letters_become_persian_only_in_persian() -> None:
    assert normalise("كيفيت عالي", "fa").text == "کیفیت عالی"
    assert normalise("كيفية الطلب على الموقع", "ar").text == "كيفية الطلب على الموقع"


def test_persian_letters_typed_in_arabic_become_arabic() -> None:
    assert normalise("المنتج کان سیئ", "ar").text == "المنتج كان سيئ"


def test_without_a_language_letters_are_not_exchanged() -> None:
    assert normalise("كيفيت").text == "كيفيت"


@pytest.mark.parametrize(
    ("raw", "lang", "clean"),
    [
        ("عاااااالی", "fa", "عالی"),
        ("رووووعة", "ar", "روعة"),
        ("هههههههه", "ar", "هه"),
        ("sooooo good", "en", "soo good"),
        ("оооочень", "ru", "оочень"),
        ("www.shop.com", "en", "www.shop.com"),
        ("AAA battery", "en", "AAA battery"),
        ("ужас!!!!!!!!", "ru", "ужас!!!"),
        ("جميـــــلٌ جِدًّا", "ar", "جميل جدا"),
        ("۱۲۳٫۵ و ٤٥٪", "fa", "123.5 و 45%"),
        ("ﷲ ﻻ ﺳﻼﻡ", "ar", "الله لا سلام"),
        ("Ｆｕｌｌ　ｗｉｄｔｈ", "en", "Full width"),
        ("a\u200bb\u00adc\ufeff \u202bd\u202c", "en", "abc d"),
        ("cafe\u0301", "en", "café"),
        ("line one \r\n\r\n  line two", "en", "line one\nline two"),
    ],
)
def test_golden(raw: str, lang: str, clean: str) -> None:
    assert normalise(raw, lang).text == clean


@pytest.mark.parametrize("emoji", ["👨‍👩‍👧", "❤️", "👍🏽", "🏳️‍🌈", "🇮🇷", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "☹️"])
def test_emoji_sequences_stay_whole(emoji: str) -> None:
    assert normalise(f"خوب {emoji} بود", "fa").text == f"خوب {emoji} بود"


def test_offsets_lead_back_through_every_kind_of_change() -> None:
    raw = "  كتابها\u200f  عااااالی"
    result = normalise(raw, "fa")
    assert result.text == "کتاب‌ها عالی"
    assert raw[result.offsets[0]] == "ك"
    assert raw[result.offsets[result.text.index("ع")]] == "ع"
    assert raw[result.offsets[len(result.text) - 1]] == "ی"
