"""Keyphrases say what a cluster is about, in its own words."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from painpoints.cluster.excerpts import chosen, members_by_language
from painpoints.cluster.lexicon import load_lexicon
from painpoints.cluster.phrases import candidate_phrases, keyphrases, read_units
from painpoints.cluster.words import read_words, traits


def phrased(units: pl.DataFrame, labels: np.ndarray) -> dict[int, dict[str, list[str]]]:
    counted = np.where(units["weight"].to_numpy() > 0, labels, -1)
    asked = chosen(units, counted, members_by_language(counted, units["lang"].to_list()), np.zeros(len(units)))
    return keyphrases(read_units(asked))


EXPECTED = {
    "fa": [("پول",), ("سبد",), ("پیک", "دیر"), ("صف", "صندوق"), ("کد", "پیامک")],
    "ar": [("المبلغ",), ("السلة",), ("المندوب",), ("الطابور", "طابور", "الفرع"), ("رمز",)],
    "ru": [("деньги",), ("корзина", "приложение"), ("курьер",), ("очередь",), ("код",)],
    "en": [("refund",), ("cart",), ("courier",), ("queue",), ("code",)],
}


@pytest.mark.parametrize("lang", EXPECTED)
def test_the_first_phrases_name_the_pain(corpus, lang: str) -> None:
    found = phrased(corpus.units, corpus.labels)
    for cluster, words in enumerate(EXPECTED[lang]):
        first = " | ".join(found[cluster][lang][:2]).lower()
        assert any(word in first for word in words), (cluster, first)


def test_no_phrase_begins_or_ends_with_a_stop_word(corpus) -> None:
    for by_lang in phrased(corpus.units, corpus.labels).values():
        for lang, phrases in by_lang.items():
            for phrase in phrases:
                first, last = (traits(word, lang) for word in (phrase.split()[0], phrase.split()[-1]))
                assert not first.stop and not last.stop, phrase


def test_at_most_six_and_none_contains_another(corpus) -> None:
    for by_lang in phrased(corpus.units, corpus.labels).values():
        for phrases in by_lang.values():
            assert 1 <= len(phrases) <= 6
            for one in phrases:
                assert not any(one != other and f" {one.lower()} " in f" {other.lower()} " for other in phrases)


@pytest.mark.parametrize("lang, text, unwanted", [
    ("fa", "گوشی Samsung دیر رسید", "Samsung"), ("ar", "جهاز Xiaomi معطل", "Xiaomi"),
    ("ru", "Блендер Bosch сгорел", "Bosch"),
    ("en", "waited 45 minutes", "45"), ("en", "write to @shop now", "shop")])
def test_brands_in_latin_letters_numbers_and_handles_are_no_phrases(lang: str, text: str, unwanted: str) -> None:
    surfaces = [surface for _, surface in candidate_phrases(read_words(text, lang), lang)]
    assert surfaces
    assert not any(unwanted in surface for surface in surfaces)


@pytest.mark.parametrize("lang, text, wanted, unwanted", [
    ("en", "refund not received", "refund not received", "refund not"),
    ("ru", "деньги не пришли", "деньги не пришли", "деньги не"),
    ("fa", "کد نمی‌رسد", "کد نمی‌رسد", "بدون"),
    ("ar", "المبلغ لم يصل", "المبلغ لم يصل", "المبلغ لم")])
def test_a_negation_keeps_its_verb(lang: str, text: str, wanted: str, unwanted: str) -> None:
    surfaces = [surface for _, surface in candidate_phrases(read_words(text, lang), lang)]
    assert wanted in surfaces
    assert unwanted not in surfaces


def test_a_word_spread_evenly_over_clusters_is_no_keyphrase() -> None:
    pains = ["late courier", "broken lamp", "rude cashier", "lost coupon"]
    texts = [f"{pain} mehrino {extra}" for pain in pains for extra in ("again", "", "really")]
    units = pl.DataFrame({"unit_id": [f"u{i}" for i in range(12)], "lang": ["en"] * 12, "model_text": texts,
                          "weight": [1] * 12})
    found = phrased(units, np.repeat(np.arange(4), 3))
    assert [by_lang["en"][0] for by_lang in found.values()]
    assert not any(phrase == "mehrino" for by_lang in found.values() for phrase in by_lang["en"])


def test_copies_do_not_make_a_phrase_frequent(corpus) -> None:
    copies = corpus.units.filter(pl.col("cluster") == 0).head(1)
    loud = pl.concat([corpus.units, *[copies.with_columns(
        pl.lit(0).cast(pl.Int64).alias("weight"), pl.lit(f"copy{i}").alias("unit_id")) for i in range(50)]])
    labels = loud["cluster"].fill_null(-1).to_numpy()
    assert phrased(loud, labels) == phrased(corpus.units, corpus.labels)


def test_forms_with_and_without_zwnj_are_one_phrase() -> None:
    texts = ["پول‌های من برنگشت", "پولم برنگشت", "پول برنگشت"]
    units = pl.DataFrame({"unit_id": ["a", "b", "c"], "lang": ["fa"] * 3, "model_text": texts, "weight": [1] * 3})
    first = phrased(units, np.zeros(3, np.int64))[0]["fa"][0]
    assert load_lexicon("fa").function.isdisjoint(first.split())
    assert "برنگشت" in first and "پول" in first


@pytest.mark.parametrize("lang, texts, shared, alone", [
    ("en", ["gift card lost", "lost my gift card", "gift card vanished in Dover"], "gift card", "Dover"),
    ("ru", ["подарочная карта пропала", "где подарочная карта", "подарочная карта исчезла в Пензе"], "подарочная карта",
     "Пензе"),
    ("ar", ["بطاقة الهدايا ضاعت", "وين بطاقة الهدايا", "بطاقة الهدايا اختفت بالرياض"], "بطاقة الهدايا", "بالرياض"),
    ("fa", ["کارت هدیه گم شد", "کارت هدیه کو", "کارت هدیه تو ملایر پرید"], "کارت هدیه", "ملایر")])
def test_what_one_customer_says_is_not_told_beside_what_several_say(
        lang: str, texts: list[str], shared: str, alone: str) -> None:
    units = pl.DataFrame({"unit_id": ["a", "b", "c"], "lang": [lang] * 3, "model_text": texts, "weight": [1] * 3})
    found = phrased(units, np.zeros(3, np.int64))[0][lang]
    assert found[0] == shared
    assert not any(alone in phrase for phrase in found)


def test_an_arabic_keyphrase_does_not_begin_with_and() -> None:
    texts = ["والبطاقة ضاعت", "والبطاقة ما اشتغلت", "والبطاقة مرفوضة"]
    units = pl.DataFrame({"unit_id": ["a", "b", "c"], "lang": ["ar"] * 3, "model_text": texts, "weight": [1] * 3})
    assert phrased(units, np.zeros(3, np.int64))[0]["ar"] == ["البطاقة"]
