"""A company's own touchpoints, learnt from a handful of sentences in several languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from painpoints.classify import ExampleTouchpoints, Judge, learn_touchpoints, load_heads
from painpoints.encode import Encoder
from painpoints.taxonomy import Framework, Taxonomy, Touchpoint, load_taxonomy

GATE = ("We stood at the gate for forty minutes before boarding", "The boarding gate was changed twice",
        "Boarding by rows was chaos", "صف سوار شدن خیلی شلوغ بود", "گیت پرواز عوض شد و خبر ندادند",
        "کارت پرواز را دم گیت سه بار نگاه کردند")
MEAL = ("The meal on board was a cold sandwich", "Lunch on the plane was tasty", "They ran out of vegetarian dishes",
        "غذای هواپیما سرد و بی‌مزه بود", "ناهار پرواز خیلی خوب بود", "نوشیدنی خنک نداشتند")
BAGS = ("My suitcase came out with a broken wheel", "They lost our luggage for three days",
        "Baggage claim took an hour", "چمدانم با چرخ شکسته آمد", "بار ما را گم کردند",
        "یک ساعت پای نوار منتظر چمدان بودیم")
UNSEEN = [("The crew let us board an hour late and the gate was packed", "gate"),
          ("دم گیت یک ساعت سرپا منتظر سوار شدن بودیم", "gate"), ("Посадку задержали, у выхода давка", "gate"),
          ("The chicken we were served was dry and cold", "meal"), ("شام پرواز خوشمزه بود", "meal"),
          ("وجبة الطائرة كانت باردة", "meal"), ("My bag never arrived, it was sent to another city", "bags"),
          ("چمدان من اصلاً نرسید", "bags"), ("Чемодан пришёл сломанным", "bags")]


def own_taxonomy(**examples: Sequence[str]) -> Taxonomy:
    verdicts = tuple(load_taxonomy().touchpoint(code) for code in ("general", "none"))
    stages = {"gate": "purchase", "meal": "post_purchase", "bags": "loyalty"}
    touchpoints = tuple(Touchpoint(code, stages[code], "both", {"en": code}, "", tuple(texts))
                        for code, texts in examples.items()) + verdicts
    mapping = {t.code: t.stage for t in touchpoints}
    framework = replace(load_taxonomy().framework("four-stage"), mapping=mapping)
    return Taxonomy(touchpoints, {"four-stage": framework}, source="own.toml")


@pytest.fixture(scope="module")
def learnt(encoder: Encoder) -> ExampleTouchpoints:
    return learn_touchpoints(own_taxonomy(gate=GATE, meal=MEAL, bags=BAGS), encoder)


@pytest.fixture(scope="module")
def framework() -> Framework:
    return own_taxonomy(gate=GATE, meal=MEAL, bags=BAGS).framework("four-stage")


def judged(examples: ExampleTouchpoints, framework: Framework, encoder: Encoder, texts: list[str]) -> pl.DataFrame:
    taxonomy = own_taxonomy(gate=GATE, meal=MEAL, bags=BAGS)
    return Judge(load_heads(), taxonomy, framework, examples).judge(
        pl.DataFrame({"lang": ["en"] * len(texts)}), encoder.encode(texts))


def test_a_few_examples_in_two_languages_tell_touchpoints_apart_in_four(
        learnt: ExampleTouchpoints, framework: Framework, encoder: Encoder) -> None:
    found = judged(learnt, framework, encoder, [text for text, _ in UNSEEN])
    right = [code == gold for code, (_, gold) in zip(found["touchpoint"], UNSEEN, strict=True)]
    assert np.mean(right) >= 0.75
    assert found["stage"].to_list() == [framework.mapping[code] for code in found["touchpoint"]]


def test_left_one_out_the_examples_are_mostly_recognised(learnt: ExampleTouchpoints) -> None:
    assert 0.6 <= learnt.left_one_out_accuracy <= 1.0
    assert learnt.codes == ("gate", "meal", "bags", "general", "none")


def test_probabilities_sum_to_one_and_keep_the_heads_share_for_verdicts(learnt: ExampleTouchpoints,
                                                                        encoder: Encoder) -> None:
    vectors = encoder.encode([text for text, _ in UNSEEN])
    trained_codes = ("ads", "general", "none")
    trained = np.tile([0.2, 0.5, 0.3], (len(vectors), 1))
    found = learnt.blend(vectors, trained, trained_codes)
    assert np.allclose(found.sum(1), 1)
    assert np.allclose(found[:, 3], 0.5) and np.allclose(found[:, 4], 0.3)
    assert (found >= 0).all()


def test_an_overall_verdict_stays_one_whatever_the_taxonomy(learnt: ExampleTouchpoints, framework: Framework,
                                                            encoder: Encoder) -> None:
    found = judged(learnt, framework, encoder, ["Worst company ever", "افتضاح", "Просто ужас", "سيء جداً"])
    assert (found["touchpoint"] == "general").mean() >= 0.75
    assert set(found.filter(pl.col("touchpoint") == "general")["stage"]) == {"none"}


def test_two_touchpoints_are_told_apart_too(encoder: Encoder) -> None:
    learnt = learn_touchpoints(own_taxonomy(gate=GATE, meal=MEAL), encoder)
    assert (learnt.codes, learnt.weights.shape) == (("gate", "meal", "general", "none"), (2, 384))
    unseen = [(text, gold) for text, gold in UNSEEN if gold != "bags"]
    trained = np.tile([1.0, 0.0, 0.0], (len(unseen), 1))
    found = learnt.blend(encoder.encode([text for text, _ in unseen]), trained, ("ads", "general", "none"))
    assert np.allclose(found.sum(1), 1)
    right = [learnt.codes[i] == gold for i, (_, gold) in zip(found.argmax(1), unseen, strict=True)]
    assert np.mean(right) >= 0.8


def test_examples_that_say_nothing_about_their_touchpoint_give_modest_probabilities(encoder: Encoder) -> None:
    mixed = [text for texts in zip(GATE, MEAL, BAGS, strict=True) for text in texts]
    confused = learn_touchpoints(own_taxonomy(gate=mixed[0::2], meal=mixed[1::2]), encoder)
    clear = learn_touchpoints(own_taxonomy(gate=GATE, meal=MEAL), encoder)
    vectors = encoder.encode([text for text, _ in UNSEEN])
    trained = np.tile([1.0, 0.0, 0.0], (len(vectors), 1))
    sure = [model.blend(vectors, trained, ("ads", "general", "none")).max(1).mean() for model in (confused, clear)]
    assert sure[0] < 0.65 < sure[1]
    assert confused.left_one_out_accuracy < clear.left_one_out_accuracy


def test_the_order_of_examples_does_not_matter(learnt: ExampleTouchpoints, encoder: Encoder) -> None:
    turned = learn_touchpoints(own_taxonomy(gate=GATE[::-1], meal=MEAL[::-1], bags=BAGS[::-1]), encoder)
    assert np.allclose(turned.weights, learnt.weights, atol=1e-2)
    assert turned.left_one_out_accuracy == learnt.left_one_out_accuracy
