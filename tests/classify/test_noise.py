"""Adverts, spam and off-topic comments: what shows them, and what becomes of their units."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from painpoints.classify import KINDS, load_noise, mark_noise
from painpoints.classify.noise import _lexicon, cues

CORPUS = Path(__file__).resolve().parents[2] / "corpora" / "spam"
LANGS = ("fa", "ar", "ru", "en")


def rows(lang: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (CORPUS / f"{lang}.jsonl").open(encoding="utf8")]


@pytest.mark.parametrize("lang", LANGS)
def test_the_corpus_has_sixty_noisy_texts_and_hard_customers_in_each_language(lang: str) -> None:
    kinds = [row["kind"] for row in rows(lang)]
    assert set(kinds) == set(KINDS) and len({row["id"] for row in rows(lang)}) == len(kinds)
    assert len(kinds) - kinds.count("customer") >= 60 and kinds.count("customer") >= 25


@pytest.mark.parametrize("text", [
    "۰۹۱۲ ۳۴۵ ۶۷ ۸۹ زنگ بزن", "اتصل ٠٥٠١٢٣٤٥٦٧", "тел. 8 (916) 123-45-67", "call +1 212 555 0188",
    "call [phone 1]"])
def test_a_number_to_call_is_a_cue_in_any_digits_and_after_redaction(text: str) -> None:
    assert cues([text])[0, 0] == 1.0


def test_zwnj_and_arabic_letters_hide_no_cue() -> None:
    plain, other = cues(["شرط‌بندی معتبر", "شرط بندي معتبر"])
    assert plain.any() and (plain == other).all()


SAID = st.lists(st.sampled_from(["доставка", "ДОСТАВКА", "خرید", "غالي", "good", "GOOD", "ok", "ſtorm", "Storm",
                                 "İstan", "istan", "x=x", "a", "12", "0912", "(345)", "۶۷۸",
                                 "٩٠", "[phone 1]", "[url]", "[handle 2]", "📞", "@shop_1", "HTTPS://x.y", "www.a",
                                 "t.me/b", "a.Shop", "b.ru", "c.d"]), max_size=12)


@given(SAID, st.sampled_from([" ", "  ", "\n", ", "]))
def test_what_is_looked_at_first_rules_out_no_text_with_the_cue(words: list[str], between: str) -> None:
    text = between.join(words)
    found = cues([text])[0]
    for column, (pattern, _) in enumerate(_lexicon()[0]):
        assert found[column] == (pattern.search(text) is not None)


@pytest.mark.parametrize("text", ["برای سفارش بنویسید", "للتواصل معنا", "звоните нам", "call now"])
def test_a_word_is_found_beside_words_in_other_scripts(text: str) -> None:
    assert cues([f"OK, хорошо, خوب {text}"])[0].sum() == cues([text])[0].sum() >= 1


def test_a_text_without_any_has_no_cue() -> None:
    assert not cues(["The parcel came late", "بسته دیر رسید", "وصل الطرد متأخرا", "Посылка пришла поздно", ""]).any()


def test_the_shipped_head_gives_probabilities() -> None:
    head = load_noise()
    likely = head.probabilities(["a", "b"], np.stack([head.mean, head.mean + head.scale]))
    assert likely.shape == (2, len(KINDS)) and np.allclose(likely.sum(1), 1)
    assert set(head.least) == set(KINDS[1:]) and min(head.least.values()) >= 0.5


def test_an_average_customer_text_is_no_noise() -> None:
    head = load_noise()
    assert head.kinds(["the parcel came late"], head.mean[None]) == [None]


@pytest.mark.parametrize("text", [
    "سود تضمینی! برای سفارش دایرکت پیام بدید ۰۹۱۲ ۳۴۵ ۶۷ ۸۹", "أرباح مضمونة! للطلب اتصل على ٠٥٠١٢٣٤٥٦٧",
    "Займ на карту без отказа! Звоните 8 (916) 123-45-67", "Guaranteed win rate! DM me, call now +1 212 555 0188"])
def test_cues_make_noise_many_times_as_likely(text: str) -> None:
    head = load_noise()
    plain, noisy = head.probabilities(["", text], np.stack([head.mean, head.mean]))[:, 1:].sum(1)
    assert noisy > 10 * plain


def test_units_of_noise_are_on_no_touchpoint_and_no_problem() -> None:
    units = pl.DataFrame({"doc_id": ["a", "b"], "touchpoint": ["delivery", "delivery"], "stage": ["after", "after"],
                          "is_problem": [True, True], "problem_p": [0.9, 0.9]},
                         schema_overrides={"problem_p": pl.Float32})
    marked = mark_noise(units, {"a": "advert"})
    assert marked["none_kind"].to_list() == ["advert", None]
    assert marked["touchpoint"].to_list() == ["none", "delivery"] and marked["is_problem"].to_list() == [False, True]
    assert marked["problem_p"][0] < 0.5 and marked["stage"].to_list() == ["none", "after"]
    assert mark_noise(units, {})["none_kind"].null_count() == 2
