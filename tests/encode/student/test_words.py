"""Texts to words by hash, all at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from painpoints.encode.student.words import RUNS, letter_runs, read_words


def spelt(*texts: str) -> list[str]:
    words = read_words(texts)
    return ["".join(map(chr, words.letters[a:b])) for a, b in zip(words.first, words.last, strict=True)]


@pytest.mark.parametrize("text, words", [
    ("The courier's LATE!!", ["the", "couriers", "late", "!", "!"]),
    ("پیک می‌رسد، ۱۵ دقیقه دیر", ["پیک", "می", "رسد", "،", "15", "دقیقه", "دیر"]),
    ("المُنْدوب تأخّر ســاعتين؟", ["المندوب", "تاخر", "ساعتين", "؟"]),
    ("Ёлки, курьер опоздал…", ["елки", ",", "курьер", "опоздал", "…"]),
    ("good👍🏽bad", ["good", "👍", "bad"]),
    ("  \n\t ", []),
])
def test_words_are_runs_of_letters_and_every_mark_stands_alone(text: str, words: list[str]) -> None:
    assert spelt(text) == words


def test_a_word_has_one_hash_wherever_it_stands_and_however_it_is_written() -> None:
    words = read_words(["late", "Very LATE again", "поздно late", "lately"])
    of = dict(zip(spelt("late", "Very LATE again", "поздно late", "lately"), words.hashes.tolist(), strict=True))
    assert len({words.hashes[at] for at in (0, 2, 5)}) == 1
    assert len(set(of.values())) == len(of) == 5


def test_places_are_characters_of_the_text_as_given() -> None:
    texts = ["خوب بود", "", "The courier’s late"]
    words = read_words(texts)
    assert words.texts.tolist() == [0, 0, 2, 2, 2]
    assert [texts[of][at] for of, at in zip(words.texts, words.starts, strict=True)] == ["خ", "ب", "T", "c", "l"]


@given(st.lists(st.text(max_size=20), max_size=6))
def test_texts_are_read_together_as_they_are_alone(texts: list[str]) -> None:
    together = read_words(texts)
    alone = [read_words([text]) for text in texts]
    assert together.hashes.tolist() == [value for words in alone for value in words.hashes.tolist()]
    assert together.starts.tolist() == [value for words in alone for value in words.starts.tolist()]


def test_a_word_nobody_taught_shares_runs_of_letters_with_its_kin() -> None:
    words = read_words(["courier couriers банк"])
    runs, counts = letter_runs(words, np.arange(3))
    kin, other, stranger = np.split(runs, np.cumsum(counts)[:-1])
    assert counts.tolist() == [sum(length + 3 - run for run in RUNS) for length in (7, 8, 4)]
    assert len(np.intersect1d(kin, other)) >= 8
    assert not len(np.intersect1d(kin, stranger))


def test_the_beginning_of_a_word_is_not_its_middle() -> None:
    runs, counts = letter_runs(read_words(["cat concat"]), np.arange(2))
    alone, inside = np.split(runs, np.cumsum(counts)[:-1])
    assert 0 < len(np.intersect1d(alone, inside)) < counts[0]
