"""The student reads passages as the full encoder does, nearly, without what the full encoder needs."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from painpoints.classify import load_heads
from painpoints.encode import StudentEncoder, load_student
from painpoints.errors import ModelError
from painpoints.text import Passage, read_passages

TEXTS = {
    "fa": "اتاق تمیز بود ولی صبحونه ساعت هشت تموم شد. پشتیبانی هم جواب نداد.",
    "ar": "الغرفة نظيفة لكن الفطور خلص بدري. وخدمة العملاء ما ردت.",
    "ru": "Номер чистый, но завтрак кончился в восемь. Поддержка не ответила.",
    "en": "The room was clean but breakfast ended at eight. Support never answered.",
}
LATE = {"fa": "پیک دو ساعت دیر رسید", "ar": "تأخر المندوب ساعتين", "ru": "Курьер опоздал на два часа",
        "en": "The courier came two hours late"}
SUPPORT = {"fa": "پشتیبانی جواب تلفن را نمی‌دهد", "ar": "خدمة العملاء لا ترد على الهاتف",
           "ru": "Служба поддержки не отвечает на звонки", "en": "Customer support does not answer the phone"}


@pytest.fixture(scope="module")
def student() -> StudentEncoder:
    return load_student()


def passages(*texts: str) -> list[Passage]:
    return read_passages(pl.DataFrame({"doc_id": [f"d{at}" for at in range(len(texts))], "text": list(texts)}))


@pytest.mark.parametrize("lang", TEXTS)
def test_every_unit_of_the_rules_has_a_vector_of_length_one(student: StudentEncoder, lang: str) -> None:
    read = passages(TEXTS[lang])
    encoded = student.encode_passages(read)
    assert [(cut.start, cut.end) for cut in encoded.cuts[0]] == [
        (unit.start, unit.end) for block in read[0].blocks for unit in block.units]
    assert encoded.vectors.shape == (len(encoded.cuts[0]), student.info.dimension)
    assert encoded.expectations == [None] * len(encoded.vectors)
    np.testing.assert_allclose(np.linalg.norm(encoded.vectors, axis=1), 1.0, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(encoded.passages, axis=1), 1.0, atol=1e-5)


def test_a_vector_is_the_same_bit_for_bit_whatever_is_read_with_it(student: StudentEncoder) -> None:
    texts = [*TEXTS.values(), *LATE.values(), *SUPPORT.values()] * 40
    whole = student.encode_passages(passages(*texts))
    order = np.random.default_rng(1).permutation(len(texts))
    mixed = student.encode_passages(passages(*(texts[at] for at in order)))
    assert np.array_equal(mixed.passages, whole.passages[order])
    edges = np.cumsum([0, *(len(cuts) for cuts in whole.cuts)])
    assert np.array_equal(mixed.vectors, np.concatenate([whole.vectors[edges[at]:edges[at + 1]] for at in order]))
    alone = [student.encode_passages(passages(text)).vectors for text in texts[:12]]
    assert np.array_equal(np.concatenate(alone), whole.vectors[:edges[12]])


def test_a_text_alone_is_read_as_a_passage_of_one_unit(student: StudentEncoder) -> None:
    read = passages(*LATE.values())
    encoded = student.encode_passages(read)
    assert np.array_equal(student.encode([passage.text for passage in read]), encoded.passages)
    assert np.array_equal(encoded.vectors, encoded.passages)


def test_a_unit_knows_the_passage_it_stands_in(student: StudentEncoder) -> None:
    read = passages("It was late.", "The food came cold. It was late.")
    alone, after = student.encode_passages(read).vectors[[0, -1]]
    assert 0.5 < float(alone @ after) < 0.999


def test_an_answer_counts_with_its_question_and_its_passage_without(student: StudentEncoder) -> None:
    asked = passages("Did the courier come late\nYes, two hours.")[0]
    answer = replace(asked, context=asked.text.index("Yes"), blocks=asked.blocks[-1:])
    plain, counted = (student.encode_passages([one]) for one in (replace(answer, context=0), answer))
    alone, whole = student.encode(["Yes, two hours.", asked.text])
    assert float(counted.vectors[0] @ whole) > float(plain.vectors[0] @ whole)
    assert float(counted.passages[0] @ alone) > float(plain.passages[0] @ alone)


@pytest.mark.parametrize("empty", [[], [""], ["   "], ["", "ok", ""]])
def test_what_has_no_word_has_no_direction(student: StudentEncoder, empty: list[str]) -> None:
    vectors = student.encode(empty)
    assert vectors.shape == (len(empty), student.info.dimension)
    assert [bool(row.any()) for row in vectors] == [text.strip() != "" for text in empty]


def test_the_same_complaint_is_near_in_every_language_and_another_is_not(student: StudentEncoder) -> None:
    late, support = (student.encode(list(of.values())) for of in (LATE, SUPPORT))
    same = [float(of[i] @ of[j]) for of in (late, support) for i in range(4) for j in range(i)]
    other = (late @ support.T).ravel()
    assert np.mean(same) > other.mean() + 0.15


@pytest.mark.parametrize("lang", LATE)
def test_its_heads_tell_what_is_plain(student: StudentEncoder, lang: str) -> None:
    heads = load_heads(fast=True)
    likely = heads.probabilities(student.encode([LATE[lang], SUPPORT[lang]]), [lang, lang])
    assert likely.sentiment.argmax(1).tolist() == [0, 0]
    assert likely.problem[:, 1].min() > 0.5
    assert [heads.info.touchpoints[at] for at in likely.touchpoint.argmax(1)] == ["delivery", "support"]


def test_it_runs_without_what_the_full_encoder_needs() -> None:
    code = ("import sys; from painpoints.encode import load_student; from painpoints.classify import load_heads; "
            "load_heads(fast=True).logits(load_student().encode(['late', 'دیر'])); "
            "sys.exit(any(name in sys.modules for name in ('torch', 'transformers', 'sentence_transformers')))")
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_folder_without_a_student_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no student that can be read"):
        load_student(tmp_path)
