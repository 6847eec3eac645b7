"""The embedded encoder is the model its package ships, in another engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from painpoints.encode import EMBEDDED_NAME, Encoder, load_encoder, resolve_model

REFERENCE = json.loads(Path(__file__).with_name("reference.json").read_text("utf8"))["sentences"]
WORDS = ("سفارش", "می‌رسد", "الطلب", "курьер", "refund", "😡", "۱۲۳", "payment", "نمیده", "لا", "не", "…")


def tokens(text: str) -> list[str]:
    tokenizer = _tokenizer()
    return list(tokenizer.encode(text, add_special_tokens=False).tokens)


_LOADED: list[Any] = []


def _tokenizer() -> Any:
    from tokenizers import Tokenizer

    if not _LOADED:
        _LOADED.append(Tokenizer.from_file(str(Path(resolve_model().path) / "tokenizer.json")))
    return _LOADED[0]


@pytest.fixture(scope="module")
def plain() -> Encoder:
    return load_encoder(adapted=False)


@pytest.mark.parametrize("case", REFERENCE, ids=lambda c: c["name"])
def test_vectors_are_those_of_the_packages_own_engine(plain: Encoder, case: dict[str, Any]) -> None:
    expected = np.array(case["vector"])
    found = plain.encode([case["text"]])[0]
    assert found @ expected / np.linalg.norm(expected) > 0.999


def test_in_full_precision_too() -> None:
    encoder = load_encoder(precision="fp32", adapted=False)
    assert encoder.info.precision == "fp32"
    found = encoder.encode([case["text"] for case in REFERENCE])
    expected = np.array([case["vector"] for case in REFERENCE])
    cosines = (found * expected).sum(1) / np.linalg.norm(expected, axis=1)
    assert cosines.min() > 0.9995


def test_the_reference_tells_sentences_apart() -> None:
    vectors = np.array([case["vector"] for case in REFERENCE])
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, 0)
    assert cosines.max() < 0.95, "the golden check would pass for any of these in place of another"


def test_info_says_which_model_and_from_where(encoder: Encoder) -> None:
    info = encoder.info
    assert (info.name, info.dimension, info.prefix, info.max_tokens) == (EMBEDDED_NAME, 384, "query: ", 256)
    assert info.source in ("embedded", "hub cache")


def test_a_zwnj_is_a_space_to_the_model() -> None:
    assert tokens("می‌رسد") == tokens("می رسد")
    assert tokens("می‌رسد") != tokens("میرسد")


def test_tatweel_is_left_to_normalisation() -> None:
    assert tokens("جمـــيل") != tokens("جميل")


def test_presentation_forms_and_wide_letters_are_folded() -> None:
    assert tokens("ﻻ") == tokens("لا")
    assert tokens("ａｐｐ") == tokens("app")


@pytest.mark.parametrize("invisible", ["\u200b", "\u200e", "\u200f", "\ufeff", "\u2028", "\t", "\n", "   "])
def test_invisible_marks_and_white_space_separate_like_one_space(invisible: str) -> None:
    assert tokens(f"поздно{invisible}привезли") == tokens("поздно привезли")


def test_control_characters_vanish() -> None:
    assert tokens("re\x08fund\x7f") == tokens("refund")


@pytest.mark.parametrize("emoji", ["😡", "👍", "❤️", "🔥"])
def test_emoji_are_known_to_the_model(emoji: str) -> None:
    assert "<unk>" not in tokens(emoji)


@pytest.mark.parametrize("text", ["پشتیبانی جواب نمی‌دهد", "الدعم لا يرد", "поддержка молчит", "support is silent"])
def test_the_four_languages_have_whole_words_not_letters(text: str) -> None:
    assert len(tokens(text)) <= 8
    assert "<unk>" not in tokens(text)


def test_special_tokens_frame_a_text() -> None:
    framed = _tokenizer().encode("query: delivery").tokens
    assert (framed[0], framed[-1]) == ("<s>", "</s>")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8))
def test_spaces_around_and_between_words_do_not_matter(words: list[str]) -> None:
    assert tokens("  " + "   ".join(words)) == tokens("  " + " ".join(words))
