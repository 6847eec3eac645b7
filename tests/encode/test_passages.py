"""Every passage is read once; its units are pooled from that pass."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from painpoints.encode import Encoder, load_encoder
from painpoints.errors import UsageError
from painpoints.text import read_passages

TEXTS = {
    "fa": "اتاق تمیز بود ولی صبحونه ساعت هشت تموم شد. پشتیبانی هم جواب نداد.",
    "ar": "الغرفة نظيفة لكن الفطور خلص بدري. وخدمة العملاء ما ردت.",
    "ru": "Номер чистый, но завтрак кончился в восемь. Поддержка не ответила.",
    "en": "The room was clean but breakfast ended at eight. Support never answered.",
}


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder()


def documents(*texts: str) -> pl.DataFrame:
    return pl.DataFrame({"doc_id": [f"d{at}" for at in range(len(texts))], "text": list(texts)})


@pytest.mark.parametrize("lang", TEXTS)
def test_every_unit_has_a_vector_of_length_one(encoder: Encoder, lang: str) -> None:
    encoded = encoder.encode_passages(read_passages(documents(TEXTS[lang])))
    units = sum(len(cuts) for cuts in encoded.cuts)
    assert units >= 2
    assert encoded.vectors.shape == (units, encoder.info.dimension)
    assert len(encoded.expectations) == units
    np.testing.assert_allclose(np.linalg.norm(encoded.vectors, axis=1), 1.0, atol=1e-3)
    np.testing.assert_allclose(np.linalg.norm(encoded.passages, axis=1), 1.0, atol=1e-3)


def test_a_passage_of_one_unit_has_the_vector_of_its_text(encoder: Encoder) -> None:
    for text in ("پیک دو ساعت دیر رسید", "التوصيل تأخر يومين", "курьер опоздал на два часа", "the courier was late"):
        encoded = encoder.encode_passages(read_passages(documents(text), whole=True))
        np.testing.assert_allclose(encoded.vectors[0], encoder.encode([text])[0], atol=2e-3)
        np.testing.assert_allclose(encoded.vectors[0], encoded.passages[0], atol=2e-3)


def test_a_unit_knows_its_context(encoder: Encoder) -> None:
    after_delivery, after_food = (
        encoder.encode_passages(read_passages(documents(text)), rules=True).vectors[-1]
        for text in ("The courier came two days late. Still the same.", "The soup was cold again. Still the same."))
    assert float(after_delivery @ after_food) < 0.995


def test_vectors_do_not_depend_on_what_else_is_read(encoder: Encoder) -> None:
    alone = encoder.encode_passages(read_passages(documents(TEXTS["fa"])))
    together = encoder.encode_passages(read_passages(documents(*TEXTS.values())))
    assert alone.cuts[0] == together.cuts[0]
    np.testing.assert_array_equal(alone.vectors, together.vectors[:len(alone.vectors)])


def test_copies_are_read_once_and_all_get_their_units(encoder: Encoder) -> None:
    encoded = encoder.encode_passages(read_passages(documents(TEXTS["ru"], TEXTS["en"], TEXTS["ru"])))
    assert encoded.cuts[0] == encoded.cuts[2]
    units = len(encoded.cuts[0])
    np.testing.assert_array_equal(encoded.vectors[:units], encoded.vectors[-units:])


def test_the_same_words_as_a_list_and_as_a_text_keep_their_own_units(encoder: Encoder) -> None:
    texts = ["ارزان، سبک، محکم", "رخيص، خفيف، متين", "дешёвый, лёгкий, прочный", "cheap, light, sturdy"]
    frame = documents(*texts, *texts).with_columns(pl.Series("parts", [
        [{"field": field, "start": 0, "end": len(text)}] for field in ("pros", "text") for text in texts]))
    encoded = encoder.encode_passages(read_passages(frame), rules=True)
    assert [len(cuts) for cuts in encoded.cuts] == [3] * 4 + [1] * 4


@pytest.mark.parametrize("lang", TEXTS)
def test_a_text_longer_than_the_model_reads_keeps_all_its_units(encoder: Encoder, lang: str) -> None:
    passages = read_passages(documents(" ".join([TEXTS[lang]] * 40)))
    encoded = encoder.encode_passages(passages, rules=True)
    assert len(encoded.cuts[0]) == sum(len(block.units) for block in passages[0].blocks)
    assert np.isfinite(encoded.vectors).all()


def test_one_unit_longer_than_the_model_reads_stays_one(encoder: Encoder) -> None:
    encoded = encoder.encode_passages(read_passages(documents("طولانی " * 900), whole=True))
    assert [len(cuts) for cuts in encoded.cuts] == [1]
    np.testing.assert_allclose(np.linalg.norm(encoded.vectors, axis=1), 1.0, atol=1e-3)


def test_rules_alone_cut_as_the_rules_say(encoder: Encoder) -> None:
    passages = read_passages(documents(*TEXTS.values()))
    encoded = encoder.encode_passages(passages, rules=True)
    assert [[(c.start, c.end) for c in cuts] for cuts in encoded.cuts] == [
        [tuple(unit) for block in passage.blocks for unit in block.units] for passage in passages]


def test_no_passage_gives_no_vector(encoder: Encoder) -> None:
    encoded = encoder.encode_passages([])
    assert encoded.vectors.shape == (0, encoder.info.dimension)


def test_an_encoder_without_the_adapter_says_that_it_finds_no_units() -> None:
    with pytest.raises(UsageError, match="no head"):
        load_encoder(adapted=False).encode_passages(read_passages(documents("late")))


@pytest.mark.parametrize(("text", "words"), [
    ("قرار بود فردا برسه ولی یه هفته‌ست خبری نیست", "فردا برسه"),
    ("قالوا بيوصل خلال يومين وصارله أسبوع", "يوصل خلال يومين"),
    ("обещали перезвонить в течение часа и тишина", "перезвонить в течение часа"),
    ("they promised two-day delivery and it took two weeks", "two-day delivery")])
def test_an_expectation_is_said_in_whole_words(encoder: Encoder, text: str, words: str) -> None:
    passages = read_passages(documents(text))
    encoded = encoder.encode_passages(passages)
    found = [passages[0].text[a:b] for a, b in filter(None, encoded.expectations)]
    assert found
    for phrase in found:
        assert len(phrase.split()) >= 2 and f" {phrase} " in f" {passages[0].text} "
        assert len(set(phrase.split()) & set(words.split())) >= 1


def test_who_states_no_expectation_has_none(encoder: Encoder) -> None:
    for text in ("پیک دیر رسید", "المندوب تأخر", "курьер опоздал", "the courier was late"):
        assert encoder.encode_passages(read_passages(documents(text))).expectations == [None]


def test_a_short_answer_is_pooled_with_its_question_and_its_text_without(encoder: Encoder) -> None:
    text = "hello\nHas your refund arrived?\nstill not"
    turns = [{"speaker": who, "start": start, "end": end}
             for who, start, end in (("customer", 0, 5), ("agent", 6, 31), ("customer", 32, 41))]
    talk = pl.DataFrame({"doc_id": ["d"], "text": [text], "turns": [turns],
                         "parts": [[{"field": "turn", "start": 0, "end": 5},
                                    {"field": "turn", "start": 32, "end": 41}]]})
    answer = encoder.encode_passages(read_passages(talk))
    alone = encoder.encode_passages(read_passages(documents("hello", "still not")))
    about = encoder.encode_passages(read_passages(documents("My refund has not arrived")))
    assert [len(cuts) for cuts in answer.cuts] == [1, 1]
    assert answer.vectors[1] @ about.vectors[0] > alone.vectors[1] @ about.vectors[0] + 0.05
    assert answer.passages[1] @ alone.passages[1] > answer.vectors[1] @ alone.vectors[1]
