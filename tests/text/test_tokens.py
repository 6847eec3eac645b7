"""Words as a search knows them: one spelling for all spellings, each with its place in the original."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from painpoints.text import fold_key, streams, tokenise
from painpoints.text.tokens import LONGEST, placed_streams

LETTERS = st.text(st.sampled_from(
    "میخواهرکتبسيكىةأإآؤئًّٰـ\u200c\u200d\u200f ёЁйи\u0306е\u0308abCé'’-_123۴۵۶٧٨٩,٬.!😡ﻻ²ß\n"),
    max_size=40)


def whole(text: str) -> list[str]:
    return [token.text for token in tokenise(text)]


@pytest.mark.parametrize("spellings", [
    ["می‌خواهم", "می خواهم", "میخواهم", "مي‌خواهم", "مي خواهم"],
    ["کتاب‌های خوب", "كتابهاي خوب", "کتاب های خوب"],
    ["أحمد", "احمد", "إحمد", "آحمد", "ا\u0654حمد"],
    ["خدمة ممتازة", "خدمه ممتازه", "خِدْمَة ممتـــازة!!"],
    ["مستشفى", "مستشفي", "مستشفی"],
    ["Ещё раз", "еще раз!", "ЕЩЕ  РАЗ 👍", "еще\u0301 раз"],
    ["мой", "мои\u0306", "МОЙ"],
    ["e-mail", "email", "E\u2011Mail", "e\u00admail"],
    ["don't", "dont", "don’t"],
    ["café", "cafe", "cafe\u0301"],
    ["۱۲۳", "١٢٣", "123", "１２３"],
    ["1,200", "۱٬۲۰۰", "1200"],
    ["عاااالی", "عالی"],
])
def test_spellings_of_one_word_are_one_word(spellings: list[str]) -> None:
    assert len({tuple(whole(spelling)) for spelling in spellings}) == 1


@pytest.mark.parametrize(("one", "other"), [
    ("мой", "мои"), ("2-3", "23"), ("2.5", "25"), ("1000", "10"), ("كتب", "كتاب"), ("no table", "notable"),
    ("1,2000", "12000"),
])
def test_different_words_stay_different(one: str, other: str) -> None:
    assert whole(one) != whole(other)


@pytest.mark.parametrize(("text", "parts"), [
    ("نرم‌افزارها", "نرم افزار ها"), ("میخواهم", "می خواهم"), ("500تومان", "500 تومان"), ("iPhone13", "iphone 13"),
    ("из-за", "из за"), ("#کیفیت_پایین", "کیفیت پایین"), ("didn't", "didn t"),
])
def test_a_word_of_several_parts_knows_them(text: str, parts: str) -> None:
    assert streams(text)[1] == parts


def test_a_text_without_such_words_has_no_parts() -> None:
    assert streams("Курьер опоздал, the courier was late") == ("курьер опоздал the courier was late", "")


@given(LETTERS)
@example("کتاب ها را می خواهم")
@example("😡\u200cکتابــًها")
@example("и\u0306и\u0306-ё")
def test_the_slice_of_a_token_folds_to_the_token(text: str) -> None:
    for token in tokenise(text):
        assert "".join(whole(text[token.start:token.end]))[:LONGEST] == token.text
        for part in token.parts:
            slice_ = text[part.start:part.end]
            assert part.start < part.end and (
                fold_key(slice_).replace(" ", "")[:LONGEST] == part.text or whole(slice_) == [part.text])


@given(st.text(max_size=60))
def test_tokens_stand_in_order_inside_of_any_text(text: str) -> None:
    last = 0
    for token in tokenise(text):
        assert last <= token.start < token.end <= len(text)
        assert token.text == "".join(part.text for part in token.parts)[:LONGEST]
        assert token.text.isalnum()
        last = token.end


@given(st.one_of(LETTERS, st.text(max_size=60)))
def test_streams_hold_the_same_words_in_the_same_places_as_the_tokens(text: str) -> None:
    tokens = tokenise(text)
    assert streams(text)[0].split(" ") == ([token.text for token in tokens] or [""])
    wholes, parts = placed_streams(text)
    assert wholes == [(token.text, token.start, token.end) for token in tokens]
    assert parts == [tuple(part) for token in tokens for part in token.parts]
    assert all(word for stream in streams(text) if stream for word in stream.split(" "))
