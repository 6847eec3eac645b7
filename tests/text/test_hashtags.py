"""Models read a hashtag as its words; units and quotes keep it as it was written."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from painpoints.text import cut_units
from painpoints.text.hashtags import tag_words, tags_in_words
from painpoints.text.normalisation import normalise


@pytest.mark.parametrize(("tag", "lang", "words"), [
    ("CustomerService", "en", "Customer Service"), ("customerservicefail", "en", "customer service fail"),
    ("iPhone15", "en", "iPhone 15"), ("late_delivery", "en", "late delivery"), ("snappfood", "en", "snappfood"),
    ("خدمات_مشتریان", "fa", "خدمات مشتریان"), ("خدماتمشتریان", "fa", "خدمات مشتریان"), ("اسنپ‌فود", "fa", "اسنپ‌فود"),
    ("خدمة_العملاء", "ar", "خدمة العملاء"), ("خدمةالعملاء", "ar", "خدمة العملاء"),
    ("плохойсервис", "ru", "плохой сервис"), ("ВернитеДеньги", "ru", "Верните Деньги"),
    ("неработает", "ru", "не работает"),
    ("CustomerService", "fa", "Customer Service")])
def test_a_tag_is_its_words(tag: str, lang: str, words: str) -> None:
    assert " ".join(tag[start:end] for start, end in tag_words(tag, lang)) == words


@pytest.mark.parametrize(("text", "lang", "tag", "read"), [
    ("The #CustomerService of this shop is awful", "en", "#CustomerService", "Customer Service"),
    ("این #خدمات_مشتریان شما افتضاح است", "fa", "#خدمات_مشتریان", "خدمات مشتریان"),
    ("هذه #خدمة_العملاء سيئة جدا", "ar", "#خدمة_العملاء", "خدمة العملاء"),
    ("Это просто #плохойсервис и всё", "ru", "#плохойсервис", "плохой сервис")])
def test_units_keep_the_tag_and_models_read_its_words(text: str, lang: str, tag: str, read: str) -> None:
    units = cut_units(pl.DataFrame({"doc_id": ["d"], "text": [text]}))
    assert units["lang"][0] == lang
    (unit,) = units.filter(pl.col("model_text").str.contains(read, literal=True)).to_dicts()
    assert tag in unit["text"]
    assert unit["text"] == text[unit["start"]:unit["end"]]
    assert "#" not in unit["model_text"]


def test_numbers_and_links_are_no_tags() -> None:
    for text in ("the #1 shop", "see https://shop.example/a#Part of it", "C# is a language"):
        assert tags_in_words(normalise(text, "en"), "en").text == text


@given(st.text(alphabet="#_aBсЖشم 1\u200c.!", max_size=40), st.sampled_from(["en", "fa", "ar", "ru", "und"]))
def test_offsets_lead_back(text: str, lang: str) -> None:
    before = normalise(text, lang)
    after = tags_in_words(before, lang)
    assert len(after.offsets) == len(after.text) + 1
    assert list(after.offsets) == sorted(after.offsets)
    assert after.offsets[-1] == before.offsets[-1]
