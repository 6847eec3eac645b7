"""What labels teach: nothing when there is nothing to learn, their own class when there is, and never at random."""

from __future__ import annotations

import numpy as np
import pytest

from painpoints.classify import (
    CALIBRATED_FROM,
    Correction,
    Examples,
    Space,
    Start,
    change,
    change_by_language,
    corrected,
    learn,
    read_anchors,
    temperatures_of,
)
from painpoints.classify.tuning import NOTHING, language_shares
from painpoints.taxonomy import load_taxonomy

WIDTH, CLASSES = 24, 5
PLAIN = {"*": 1.0}


def places(count: int, seed: int = 0, level: float = 0.0) -> np.ndarray:
    found = np.random.default_rng(seed).normal(0, 1, (count, WIDTH))
    found[:, 0] += level
    return found.astype(np.float32)


def start(new: int = 0) -> Start:
    """Heads that know their classes by the first directions, and ``new`` classes that they do not know."""
    weight = np.zeros((CLASSES + new, WIDTH), np.float32)
    weight[:CLASSES, :CLASSES] = 3 * np.eye(CLASSES)
    weight[CLASSES:] = weight[:CLASSES].mean(0)
    return Start(weight, np.zeros(CLASSES + new, np.float32), np.arange(CLASSES + new) >= CLASSES)


def examples(hidden: np.ndarray, labels: np.ndarray, langs: list[str] | None = None) -> Examples:
    return Examples(hidden, labels, langs or ["en"] * len(labels), np.arange(len(labels)) % 3)


def known_labels(hidden: np.ndarray) -> np.ndarray:
    return (hidden @ start().weight.T).argmax(1)


SPACE = Space.around(places(200, seed=9))


def said(hidden: np.ndarray, correction: Correction, lang: str = "en", new: int = 0) -> np.ndarray:
    return corrected(hidden, start(new), correction, [lang] * len(hidden)).argmax(1)


def test_labels_that_say_what_the_heads_say_change_next_to_nothing() -> None:
    hidden = places(120, seed=1)
    learnt = learn(examples(hidden, known_labels(hidden)), start(), SPACE, PLAIN)
    other = places(500, seed=2)
    assert (said(other, learnt.correction) == known_labels(other)).mean() > 0.9


def test_labels_drawn_by_lot_teach_nothing() -> None:
    hidden = places(60, seed=3)
    lot = np.random.default_rng(4).integers(0, CLASSES, 60)
    flat = Start(np.zeros((CLASSES, WIDTH), np.float32), np.zeros(CLASSES, np.float32), np.zeros(CLASSES, bool))
    learnt = learn(examples(hidden, lot), flat, SPACE, PLAIN)
    assert learnt.strength == NOTHING
    assert not learnt.correction.weight.any() and not learnt.correction.bias.any()


def shifted(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Texts far out in a direction the heads do not read, where this company calls everything class 4."""
    hidden = places(count, seed)
    hidden[:, 20] += np.float32(5)
    return hidden, np.full(count, 4)


def test_labels_for_one_class_move_that_class_where_they_lie_and_little_elsewhere() -> None:
    learnt = learn(examples(*shifted(80, 5)), start(), SPACE, PLAIN)
    there, gold = shifted(300, 6)
    assert (known_labels(there) == gold).mean() < 0.4
    assert (said(there, learnt.correction) == gold).mean() > 0.8
    elsewhere = places(500, seed=7)
    assert (said(elsewhere, learnt.correction) == known_labels(elsewhere)).mean() > 0.85
    assert not learnt.correction.weight[:4].any(), "classes without labels get no correction of their own"


def test_many_labels_move_more_than_few() -> None:
    there, gold = shifted(300, 6)
    moved = [float((said(there, learn(examples(*shifted(n, 5)), start(), SPACE, PLAIN, strength=3.0).correction)
                    == gold).mean()) for n in (3, 12, 200)]
    assert moved[0] < moved[1] < moved[2]


def test_a_language_without_labels_stays_as_it_was_to_the_bit() -> None:
    learnt = learn(examples(*shifted(80, 5), ["fa"] * 80), start(), SPACE, PLAIN)
    there, _ = shifted(300, 6)
    plain = there @ start().weight.T + start().bias
    assert np.array_equal(corrected(there, start(), learnt.correction, ["ru"] * 300), plain)
    assert not np.allclose(corrected(there, start(), learnt.correction, ["fa"] * 300), plain)


def test_the_share_of_a_language_grows_with_its_labels() -> None:
    shares = language_shares(["fa"] * 10 + ["ru"] * 990)
    assert shares == {"fa": 0.5, "ru": 0.99}


def test_a_new_class_is_found_in_every_language_and_leaves_the_others_alone() -> None:
    """24 examples in one language, none of any other class."""
    hidden, _ = shifted(24, 11)
    learnt = learn(examples(hidden, np.full(24, CLASSES), ["fa"] * 24), start(1), SPACE, PLAIN)
    there, _ = shifted(200, 12)
    assert (said(there, learnt.correction, "ru", 1) == CLASSES).mean() > 0.6
    elsewhere = places(500, seed=13)
    assert (said(elsewhere, learnt.correction, "ru", 1) == known_labels(elsewhere)).mean() > 0.9


def test_the_same_labels_teach_the_same_to_the_bit() -> None:
    first, second = (learn(examples(*shifted(50, 5)), start(), SPACE, PLAIN) for _ in range(2))
    assert first.strength == second.strength
    assert np.array_equal(first.correction.weight, second.correction.weight)
    assert np.array_equal(first.left_out, second.left_out)


def test_rows_are_judged_by_what_the_others_taught() -> None:
    """A label that contradicts all its like must not have been learnt by the time its own row is judged."""
    hidden, labels = shifted(90, 5)
    labels[7] = 2
    assert learn(examples(hidden, labels), start(), SPACE, PLAIN, strength=0.3).left_out[7].argmax() == 4


def test_temperatures_are_fitted_from_a_hundred_labels_on_and_else_kept() -> None:
    hidden = places(CALIBRATED_FROM + 40, seed=1)
    langs = ["fa"] * CALIBRATED_FROM + ["en"] * 40
    rows = examples(hidden, known_labels(hidden), langs)
    fitted = temperatures_of(learn(rows, start(), SPACE, PLAIN), rows, {"*": 1.7, "en": 1.3, "fa": 1.1})
    assert (fitted["*"], fitted["en"]) == (1.7, 1.3)
    assert fitted["fa"] < 1.0, "labels that always agree make surer"


def test_anchors_are_two_texts_of_every_touchpoint_and_language() -> None:
    langs = [lang for _, lang in read_anchors()]
    assert {lang: langs.count(lang) for lang in set(langs)} == dict.fromkeys(("fa", "ar", "ru", "en"), 59)
    assert len(load_taxonomy().codes) * 2 - 1 == 59, "the overall verdict that is no experience has one sentiment only"


@pytest.mark.parametrize(("hits_before", "hits_after", "worse"), [(80, 60, True), (60, 80, False), (80, 80, False),
                                                                 (80, 79, False)])
def test_worse_is_what_chance_does_not_explain(hits_before: int, hits_after: int, worse: bool) -> None:
    gold = np.arange(100) % 2
    before, after = (np.where(np.arange(100) < hits, gold, 1 - gold) for hits in (hits_before, hits_after))
    found = change(gold, before, after, 2)
    assert (found.accuracy_before, found.accuracy_after) == (hits_before / 100, hits_after / 100)
    assert found.worse is worse
    assert (found.only_before, found.only_after) == (max(0, hits_before - hits_after), max(0, hits_after - hits_before))


def test_a_language_that_lost_is_named_though_all_together_won() -> None:
    gold = np.zeros(200, np.int64)
    langs = ["fa"] * 60 + ["en"] * 130 + ["ru"] * 10
    before = np.r_[np.zeros(60), np.ones(130), np.zeros(10)].astype(np.int64)
    after = np.r_[np.ones(30), np.zeros(30), np.zeros(130), np.zeros(10)].astype(np.int64)
    assert not change(gold, before, after, 2).worse
    found = change_by_language(gold, before, after, 2, langs, 30)
    assert {lang: each.worse for lang, each in found.items()} == {"fa": True, "en": False}
