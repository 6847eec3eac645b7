"""What somebody types to search, and the places in a text that answer it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painpoints.errors import UsageError
from painpoints.text import mark, parse_question, tokenise


def marked(text: str, words: str) -> list[str]:
    return [text[start:end] for start, end in mark(text, parse_question(words))]


@pytest.mark.parametrize(("text", "words", "found"), [
    ("پیک سه ساعت دیر رسید", "دير", ["دیر"]),
    ("كل شيء متأخر، والمندوب متاخر", "متأخر", ["متأخر", "متاخر"]),
    ("Ещё раз опоздал! ЕЩЕ раз", "еще", ["Ещё", "ЕЩЕ"]),
    ("Late again. LATE!", "late", ["Late", "LATE"]),
    ("این نرم‌افزار بد است", '"نرم افزار"', ["نرم‌افزار"]),
    ("این نرم افزار بد است", "نرم‌افزار", ["نرم افزار"]),
    ("این نرمافزار بد است", "نرم افزار", ["نرمافزار"]),
    ("من کتاب ها را می خواهم", "کتابها میخواهم", ["کتاب ها", "می خواهم"]),
    ("کتاب‌ها خوب بود", "کتاب", ["کتاب"]),
    ("قیمت ۱۲۳ تومان، ١٢٣، 123", "١٢٣", ["۱۲۳", "١٢٣", "123"]),
    ("refunded, refunds, a refund", "refund*", ["refunded", "refunds", "refund"]),
    ("the refund came late", '"refund came" -early', ["refund came"]),
    ("опция iPhone13 و سفارش دیر", "iphone دیر", ["iPhone", "دیر"]),
    ("خِدْمَة ممتـــازة جدا", "خدمه ممتازه", ["خِدْمَة", "ممتـــازة"]),
    ("cold food, cold soup", '"cold so*"', ["cold soup"]),
    ("cold food, cold soup", '"cold so"*', ["cold soup"]),
])
def test_hits_are_slices_of_the_original(text: str, words: str, found: list[str]) -> None:
    assert marked(text, words) == found


def test_what_is_left_out_is_never_marked() -> None:
    question = parse_question('late -"very late" −refund')
    assert [term.alternatives for term in question.unwanted] == [(("very", "late"),), (("refund",),)]
    assert marked("very late, no refund", 'late -"very late" -refund') == ["late"]


@pytest.mark.parametrize("words", ["", "   ", "*", '"', '""', "-", "- -", "؟ ! …", "😡", "\u200f", "( )"])
def test_a_question_without_words_is_told_what_a_question_is(words: str) -> None:
    with pytest.raises(UsageError, match="nothing to search for") as caught:
        parse_question(words)
    assert "phrase" in str(caught.value.hint)


@pytest.mark.parametrize("words", ["-late", '-"very late" -refund', "\u200f-دیر"])
def test_only_exclusions_ask_for_a_word_to_find(words: str) -> None:
    with pytest.raises(UsageError, match="left out"):
        parse_question(words)


def test_a_pasted_page_is_refused_with_both_numbers() -> None:
    with pytest.raises(UsageError, match="150 words; 64"):
        parse_question(" ".join(f"word-{n}" for n in range(150)))


@pytest.mark.parametrize(("words", "terms"), [("and/or", 1), ("2.5", 1), ("late late", 1), ("foo-bar baz", 2),
                                            ("a* b", 2)])
def test_what_has_no_space_inside_is_one_term(words: str, terms: int) -> None:
    assert len(parse_question(words).terms) == terms


@given(st.text(max_size=80))
def test_nothing_that_is_typed_fails_otherwise(words: str) -> None:
    try:
        question = parse_question(words)
    except UsageError:
        return
    said = [word for term in question.terms for alternative in term.alternatives for word in alternative]
    assert said and all(word.isalnum() for word in said)


@given(st.text(st.sampled_from("میخواهم كتابها ёеЁ آأ۱2٣abc-'\u200cًـ \n"), min_size=1, max_size=50), st.data())
def test_every_word_of_a_text_is_found_in_it_where_it_stands(text: str, data: st.DataObject) -> None:
    tokens = tokenise(text)
    if not tokens:
        return
    token = data.draw(st.sampled_from(tokens))
    spans = mark(text, parse_question(f'"{text[token.start:token.end]}"'))
    assert any(start <= token.start and token.end <= end for start, end in spans)
