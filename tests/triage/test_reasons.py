"""Reasons are worded in four languages."""

from __future__ import annotations

import re

import pytest

from painpoints.triage import PARTS, reason_text
from painpoints.triage.ranking import FEELINGS, TRENDS
from painpoints.triage.reasons import LISTED, _wording

SCRIPT = {"fa": "[آ-ی]", "ar": "[ء-ي]", "ru": "[а-я]", "en": "[a-z]"}


@pytest.mark.parametrize("lang", LISTED)
@pytest.mark.parametrize("code", [*PARTS, "fresh"])
def test_every_reason_has_words_in_every_language(code: str, lang: str) -> None:
    for detail in ("", "3"):
        said = reason_text(code, detail, lang)
        assert re.search(SCRIPT[lang], said)
        assert "{" not in said


@pytest.mark.parametrize("lang", LISTED)
def test_all_files_word_the_same_things(lang: str) -> None:
    assert {name: set(table) for name, table in _wording(lang).items()} == {
        "reasons": {*PARTS, "fresh"}, "emotion": set(FEELINGS), "trend": set(TRENDS)}


@pytest.mark.parametrize(("lang", "said"), [
    ("en", "age: 5 hours"), ("fa", "گذشته از نوشتن: ۵ ساعت"), ("ru", "прошло времени: 5 часов")])
def test_an_age_is_counted_as_the_language_counts(lang: str, said: str) -> None:
    assert reason_text("fresh", "5", lang) == said


def test_numbers_and_quotes_are_in_the_readers_form() -> None:
    assert "١٬٢٠٠" in reason_text("reach", "1200", "ar")
    assert "۲" in reason_text("again", "2", "fa")
    assert reason_text("legal", "حماية\n المستهلك", "en") == "law or authorities: \u2068حماية المستهلك\u2069"
    assert reason_text("emotion", "anger", "ru") == "злится"
    assert reason_text("trend", "new", "en") == "its pain point is new"


def test_other_languages_read_english_and_unknown_codes_are_an_error() -> None:
    assert reason_text("problem", "", "de") == reason_text("problem", "", "en")
    with pytest.raises(KeyError):
        reason_text("no_such_reason", "", "en")
