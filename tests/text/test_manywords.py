"""Many texts are folded at once as each is folded alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painpoints.text import fold_many, fold_words

LETTERS = st.sampled_from([*"aabAe1²_ \n.!,'-", "\x00", "\u0301", "\u0308", "é", "й", "и", "ß", "ﷺ", "ي", "ک", "ـ",
                           "\u200c", "\u064e", "۵", "ﬁ", "\u00a0", "🙂", "\ud800"])


@given(st.lists(st.text(LETTERS, max_size=12), max_size=6))
def test_many_texts_are_folded_as_each_alone(texts: list[str]) -> None:
    assert fold_many(texts) == [fold_words(text) for text in texts]


@given(st.lists(st.text(max_size=20), max_size=4))
def test_whatever_the_letters_are(texts: list[str]) -> None:
    assert fold_many(texts) == [fold_words(text) for text in texts]


@pytest.mark.parametrize("texts", [["سلاااام، خوبه!!", "Sooo   good…"] * 15_000, ["", "", " "], []])
def test_however_many_there_are(texts: list[str]) -> None:
    assert fold_many(texts) == [fold_words(text) for text in texts]


def test_nothing_of_one_text_runs_over_into_the_next() -> None:
    assert fold_many(["aa", "a", "\u0301b", "x\x00y"]) == [" aa ", " a ", " b ", " x y "]
