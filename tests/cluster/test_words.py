"""Words: forms of one word meet under one key; addresses, handles and emoji are no words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painpoints.cluster.lexicon import LISTED, load_lexicon
from painpoints.cluster.words import read_words, traits


def shown(text: str, lang: str) -> list[list[str]]:
    return [[word.text for word in stretch] for stretch in read_words(text, lang)]


@pytest.mark.parametrize("lang, forms", [
    ("fa", ["پول‌هایم", "پول", "پولم", "پولمو", "پول‌ها"]),
    ("fa", ["پيك", "پیک", "پیکش"]),
    ("ar", ["والتطبيق", "التطبيق", "تطبيق", "بالتطبيق"]),
    ("ar", ["خدمتهم", "الخدمة", "خدمة"]),
    ("ru", ["возврат", "возврата", "возвратом"]),
    ("ru", ["счёт", "счет", "счета"]),
    ("en", ["refund", "refunds", "refunded", "Refund"]),
])
def test_forms_of_a_word_share_a_key(lang: str, forms: list[str]) -> None:
    assert len({traits(form, lang).key for form in forms}) == 1


@pytest.mark.parametrize("lang, different", [
    ("fa", ["می‌شود", "نمی‌شود"]), ("ar", ["رمز", "رقم"]), ("ru", ["касса", "кассета"]), ("en", ["code", "cart"])])
def test_different_words_keep_different_keys(lang: str, different: list[str]) -> None:
    assert len({traits(word, lang).key for word in different}) == len(different)


def test_punctuation_and_emoji_part_stretches() -> None:
    assert shown("پول ندادند! پیک دیر کرد 😡 قطع شد", "fa") == [["پول", "ندادند"], ["پیک", "دیر", "کرد"], ["قطع", "شد"]]


def test_addresses_handles_and_hashtags_are_no_words() -> None:
    assert shown("see https://shop.example/a?b=1 or @mehrino #fail a@b.org", "en") == [["see"], ["or"]]


@pytest.mark.parametrize("lang, text, word", [
    ("en", "It won't open", "won't"), ("en", "the gluten-free one", "gluten-free"), ("ru", "из-за вас", "из-за"),
    ("fa", "صف زیاده", "زیاده")])
def test_what_readers_see_as_one_word_stays_one(lang: str, text: str, word: str) -> None:
    assert any(word in stretch for stretch in shown(text, lang))


@pytest.mark.parametrize("lang, word", [("fa", "نمی‌رسد"), ("fa", "نیومد"), ("ar", "لم"), ("ar", "مش"), ("ru", "не"),
                                        ("en", "doesn't"), ("en", "doesn’t")])
def test_negations_are_known(lang: str, word: str) -> None:
    assert traits(word, lang).negation
    assert not traits(word, lang).stop


@pytest.mark.parametrize("lang", LISTED)
def test_every_list_of_a_language_is_filled(lang: str) -> None:
    lexicon = load_lexicon(lang)
    assert len(lexicon.function) > 200
    assert all((lexicon.filler, lexicon.negation, lexicon.trouble, lexicon.opener, lexicon.particle, lexicon.boundary,
                lexicon.first_person, lexicon.condition, lexicon.pointing, lexicon.saying, lexicon.doing,
                lexicon.leaning))
    assert not lexicon.negation & lexicon.filler


def test_a_language_without_a_list_has_no_stop_words() -> None:
    assert [w.text for w in read_words("Der Kurier kam zu spät", "de")[0] if w.traits.stop] == []


@given(st.text(max_size=80), st.sampled_from([*LISTED, "de", "und"]))
def test_every_word_is_a_slice_of_its_text(text: str, lang: str) -> None:
    for stretch in read_words(text, lang):
        assert stretch
        for word in stretch:
            assert text[word.start:word.end] == word.text
