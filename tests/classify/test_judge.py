"""Judgement columns: all there, consistent with each other, and honest about doubt."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from painpoints.classify import EMOTIONS, JUDGEMENTS, SENTIMENTS, Heads, Judge
from painpoints.taxonomy import NO_STAGE, load_taxonomy

TAXONOMY = load_taxonomy()
FRAMEWORKS = list(TAXONOMY.frameworks)
LANGS = ("fa", "ar", "ru", "en", "tr", "und")
ToyHeads = Callable[..., Heads]


def units(count: int) -> pl.DataFrame:
    return pl.DataFrame({"unit_id": [f"u{i}" for i in range(count)], "lang": [LANGS[i % 6] for i in range(count)]},
                        schema={"unit_id": pl.Utf8, "lang": pl.Utf8})


def vectors(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, 12)).astype(np.float32)


def judged(heads: Heads, framework: str = "three-stage", count: int = 600) -> pl.DataFrame:
    return Judge(heads, TAXONOMY, TAXONOMY.framework(framework)).judge(units(count), vectors(count))


def test_the_columns_are_those_promised_beside_those_given(toy_heads: ToyHeads) -> None:
    frame = judged(toy_heads())
    assert frame.columns == ["unit_id", "lang", *JUDGEMENTS]
    assert frame["unit_id"].to_list() == units(600)["unit_id"].to_list()
    assert frame.drop("emotion", "emotion_p").null_count().sum_horizontal().item() == 0
    types = {name: frame.schema[name] for name in JUDGEMENTS}
    assert {types[n] for n in ("sentiment", "touchpoint", "stage")} == {pl.Utf8}
    assert {types[n] for n in ("p_neg", "p_neu", "p_pos", "touchpoint_p", "stage_p", "problem_p")} == {pl.Float32}
    assert {types[n] for n in ("is_problem", "certain")} == {pl.Boolean}


def test_sentiment_is_the_likeliest_and_its_probabilities_sum_to_one(toy_heads: ToyHeads) -> None:
    frame = judged(toy_heads())
    likely = frame.select("p_neg", "p_neu", "p_pos").to_numpy()
    assert np.allclose(likely.sum(1), 1, atol=1e-5)
    assert frame["sentiment"].to_list() == [SENTIMENTS[i] for i in likely.argmax(1)]
    assert set(frame["sentiment"]) == set(SENTIMENTS)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_stage_follows_from_the_touchpoint(toy_heads: ToyHeads, framework: str) -> None:
    frame = judged(toy_heads(), framework)
    mapping = TAXONOMY.framework(framework).mapping
    assert frame["stage"].to_list() == [mapping[code] for code in frame["touchpoint"]]
    assert frame["touchpoint"].n_unique() > 10


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_stage_is_at_least_as_likely_as_its_touchpoint(toy_heads: ToyHeads, framework: str) -> None:
    frame = judged(toy_heads(), framework)
    assert (frame["stage_p"] >= frame["touchpoint_p"]).all()
    assert (frame["stage_p"] > frame["touchpoint_p"]).any()
    assert frame["stage_p"].max() <= 1.0


def test_the_framework_changes_the_stage_and_nothing_else(toy_heads: ToyHeads) -> None:
    three, five = judged(toy_heads()), judged(toy_heads(), "five-stage")
    same = [name for name in JUDGEMENTS if name not in ("stage", "stage_p", "certain")]
    assert three.select(same).equals(five.select(same))
    assert three["stage"].to_list() != five["stage"].to_list()


def test_a_problem_is_one_from_even_odds_on(toy_heads: ToyHeads) -> None:
    frame = judged(toy_heads())
    assert frame["is_problem"].to_list() == [p >= 0.5 for p in frame["problem_p"]]
    assert frame["is_problem"].n_unique() == 2


def test_where_all_or_no_labels_stay_possible_nothing_is_certain(toy_heads: ToyHeads) -> None:
    assert judged(toy_heads(0.5, 0.5))["certain"].any()
    for sentiment, stage in ((0.0, 0.5), (0.5, 0.0), (1.01, 0.5), (0.5, 1.01)):
        assert not judged(toy_heads(sentiment, stage))["certain"].any()


def test_certain_means_that_one_sentiment_and_one_stage_alone_stay_possible(toy_heads: ToyHeads) -> None:
    frame = judged(toy_heads(0.2, 0.55))
    left = frame.select(pl.sum_horizontal(pl.col("p_neg", "p_neu", "p_pos") >= 0.2)).to_series()
    expected = [n == 1 and t >= 0.55 for n, t in zip(left, frame["stage_p"], strict=True)]
    assert frame["certain"].to_list() == expected
    assert 0 < frame["certain"].sum() < len(frame)


def test_only_negative_units_have_an_emotion_and_a_flat_fault_has_none(toy_heads: ToyHeads) -> None:
    frame = judged(toy_heads(), count=2000)
    felt = frame.filter(pl.col("emotion").is_not_null())
    assert set(felt["sentiment"]) == {"neg"}
    assert set(felt["emotion"]) <= set(EMOTIONS) - {"none"}
    assert felt["emotion_p"].is_between(1 / len(EMOTIONS), 1).all()
    assert frame.filter(pl.col("emotion").is_null())["emotion_p"].is_null().all()
    assert frame.filter((pl.col("sentiment") == "neg") & pl.col("emotion").is_null()).height > 0


def test_each_language_has_its_own_temperature(toy_heads: ToyHeads) -> None:
    same = np.repeat(vectors(1), 2, axis=0)
    frame = pl.DataFrame({"unit_id": ["a", "b"], "lang": ["fa", "en"]})
    found = Judge(toy_heads(), TAXONOMY, TAXONOMY.framework("three-stage")).judge(frame, same)
    surest = found.select(pl.max_horizontal("p_neg", "p_neu", "p_pos")).to_series().to_list()
    assert found["sentiment"][0] == found["sentiment"][1]
    assert surest[0] < surest[1], "Persian has the higher temperature here"
    assert found["problem_p"][0] == pytest.approx(found["problem_p"][1])


def test_a_unit_is_judged_alike_in_any_company(toy_heads: ToyHeads) -> None:
    whole = judged(toy_heads(), count=50)
    judge = Judge(toy_heads(), TAXONOMY, TAXONOMY.framework("three-stage"))
    alone = pl.concat([judge.judge(units(50)[i:i + 1], vectors(50)[i:i + 1]) for i in range(50)])
    for name in JUDGEMENTS:
        if whole.schema[name] == pl.Float32:
            assert np.allclose(whole[name].fill_null(-1), alone[name].fill_null(-1), atol=1e-5)
        else:
            assert whole[name].to_list() == alone[name].to_list()


def test_no_units_get_all_columns_and_no_rows(toy_heads: ToyHeads) -> None:
    frame = judged(toy_heads(), count=0)
    assert frame.shape == (0, 2 + len(JUDGEMENTS))
    assert frame.schema == judged(toy_heads(), count=3).schema


def test_verdicts_have_no_stage(toy_heads: ToyHeads) -> None:
    frame = judged(toy_heads(), count=3000).filter(pl.col("touchpoint").is_in(["general", "none"]))
    assert len(frame) > 10
    assert set(frame["stage"]) == {NO_STAGE}


@settings(max_examples=40, deadline=None)
@given(arrays(np.float32, st.tuples(st.integers(1, 5), st.just(12)), elements=st.floats(-50, 50, width=32)))
def test_any_finite_vector_gets_a_valid_judgement(given_vectors: np.ndarray) -> None:
    frame = Judge(_fixed_heads(), TAXONOMY, TAXONOMY.framework("four-stage")).judge(
        units(len(given_vectors)), given_vectors)
    numbers = frame.select("p_neg", "p_neu", "p_pos", "touchpoint_p", "stage_p", "problem_p").to_numpy()
    assert np.isfinite(numbers).all() and (numbers >= 0).all() and (numbers <= 1).all()


_KEPT: list[Heads] = []


@pytest.fixture(autouse=True)
def _keep(toy_heads: ToyHeads) -> None:
    _KEPT[:] = [toy_heads()]


def _fixed_heads() -> Heads:
    return _KEPT[0]
