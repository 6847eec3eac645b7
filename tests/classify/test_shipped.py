"""The heads that ship: right on what nobody could mistake, sane on everything else."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from painpoints.classify import JUDGEMENTS, SENTIMENTS, Heads, Judge, load_heads
from painpoints.encode import EMBEDDED_NAME, Encoder
from painpoints.taxonomy import load_taxonomy

GOLD: dict[str, list[list[str]]] = tomllib.loads(Path(__file__).with_name("unmistakable.toml").read_text("utf8"))
TAXONOMY = load_taxonomy()
LEAST = 0.8


@pytest.fixture(scope="module")
def heads() -> Heads:
    return load_heads()


@pytest.fixture(scope="module")
def judge(heads: Heads) -> Judge:
    return Judge(heads, TAXONOMY, TAXONOMY.framework("three-stage"))


@pytest.fixture(scope="module")
def judged(judge: Judge, encoder: Encoder) -> pl.DataFrame:
    rows = [(lang, *row) for lang, found in GOLD.items() for row in found]
    frame = pl.DataFrame(rows, schema=["lang", "text", "gold_sentiment", "gold_touchpoint"], orient="row")
    mapping = judge.framework.mapping
    frame = frame.with_columns(gold_stage=pl.col("gold_touchpoint").replace_strict(mapping))
    return judge.judge(frame, encoder.encode(frame["text"].to_list()))


def test_they_fit_the_built_in_encoder_and_taxonomy(heads: Heads, encoder: Encoder) -> None:
    assert (heads.info.encoder, heads.dimension) == (EMBEDDED_NAME, encoder.info.dimension)
    assert heads.info.touchpoints == TAXONOMY.codes


def test_they_have_a_temperature_and_a_floor_for_every_task_language_and_framework(heads: Heads) -> None:
    wanted = {"*", "fa", "ar", "ru", "en"}
    assert {task: set(values) for task, values in heads.info.temperatures.items()} == dict.fromkeys(
        ("sentiment", "overall", "touchpoint", "problem", "emotion"), wanted)
    assert set(heads.info.floors) == {"sentiment", *(f"stage:{name}" for name in TAXONOMY.frameworks)}
    assert all(set(values) == wanted for values in heads.info.floors.values())


def test_the_golden_sentences_are_enough_and_of_many_kinds() -> None:
    assert set(GOLD) == {"fa", "ar", "ru", "en"}
    for rows in GOLD.values():
        assert len(rows) >= 10
        assert len({touchpoint for _, _, touchpoint in rows}) >= 8
        assert {sentiment for _, sentiment, _ in rows} == {"neg", "pos"}


@pytest.mark.parametrize("lang", list(GOLD))
@pytest.mark.parametrize("column", ["sentiment", "touchpoint", "stage"])
def test_what_nobody_could_mistake_is_judged_right(judged: pl.DataFrame, lang: str, column: str) -> None:
    rows = judged.filter(pl.col("lang") == lang)
    assert (rows[column] == rows[f"gold_{column}"]).mean() >= LEAST


@pytest.mark.parametrize("lang", list(GOLD))
def test_a_plain_complaint_is_a_problem_and_plain_praise_is_none(judged: pl.DataFrame, lang: str) -> None:
    rows = judged.filter(pl.col("lang") == lang)
    assert (rows["is_problem"] == (rows["gold_sentiment"] == "neg")).mean() >= LEAST


def test_what_is_certain_is_right_more_often_than_what_is_not(judged: pl.DataFrame) -> None:
    right = (judged["sentiment"] == judged["gold_sentiment"]) & (judged["stage"] == judged["gold_stage"])
    certain = judged["certain"]
    assert certain.sum() >= 20
    assert right.filter(certain).mean() >= 0.85


def test_the_same_complaint_with_its_zwnj_spaced_or_stripped_is_judged_alike(judge: Judge, encoder: Encoder) -> None:
    forms = ["پشتیبانی جواب نمی‌دهد", "پشتیبانی جواب نمی دهد", "پشتیبانی جواب نمیدهد"]
    found = judge.judge(pl.DataFrame({"lang": ["fa"] * 3}), encoder.encode(forms))
    assert found["sentiment"].to_list() == ["neg"] * 3
    assert found["touchpoint"].to_list() == ["support"] * 3


@pytest.mark.parametrize(("text", "lang"), [
    ("poshtibani javab nemide", "fa"), ("el app bey2fel kol shwaya", "ar"), ("dostavka opozdala na 2 chasa", "ru"),
    ("😡😡😡", "und"), ("👍", "und"), ("", "und"), ("1234567890", "und"), ("سفارش ۱۲۳ رو late آوردن", "fa"),
    ("Die Lieferung war zu spät", "de"), ("a" * 3000, "en")])
def test_whatever_it_is_it_gets_a_valid_judgement(judge: Judge, encoder: Encoder, text: str, lang: str) -> None:
    found = judge.judge(pl.DataFrame({"lang": [lang]}), encoder.encode([text])).row(0, named=True)
    assert found["sentiment"] in SENTIMENTS
    assert found["touchpoint"] in TAXONOMY.codes
    assert found["stage"] == judge.framework.mapping[found["touchpoint"]]
    numbers = [found[name] for name in JUDGEMENTS if isinstance(found[name], float)]
    assert len(numbers) == 6 + (found["emotion"] is not None)
    assert np.isfinite(numbers).all() and min(numbers) >= 0 and max(numbers) <= 1


def test_an_angry_and_a_happy_face_are_told_apart(judge: Judge, encoder: Encoder) -> None:
    found = judge.judge(pl.DataFrame({"lang": ["und"] * 2}), encoder.encode(["😡😡😡", "😍😍😍"]))
    assert found["p_neg"][0] > found["p_neg"][1]
    assert found["p_pos"][1] > found["p_pos"][0]
