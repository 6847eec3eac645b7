"""All figures of one task together."""

from __future__ import annotations

import numpy as np
import pytest

from painpoints.classify import Verdicts, measure
from painpoints.classify.figures import Certain

CLASSES = ("neg", "neu", "pos")


def verdicts(second: list[str | None] | None = None) -> Verdicts:
    return Verdicts(gold=["neg", "neg", "pos", "pos"], second=second, predicted=["neg", "pos", "pos", "neu"],
                    confidence=np.array([0.9, 0.6, 0.8, 0.4]), certain=np.array([True, False, True, False]),
                    documents=np.array([0, 0, 1, 2]),
                    probabilities=np.array([[.9, .1, 0], [.3, .1, .6], [.1, .1, .8], [.3, .4, .3]]))


def test_what_is_measured() -> None:
    found = measure(verdicts(), CLASSES)
    assert (found.n, found.documents, found.accuracy) == (4, 3, 0.5)
    assert found.macro_f1 == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert found.labels == CLASSES and found.confusion == ((1, 0, 1), (0, 0, 0), (0, 1, 1))
    assert found.certain == Certain(2, 0.5, 1.0)
    assert found.brier == pytest.approx((0.01 + 0.36 + 0.04 + 0.16) / 4)
    assert found.brier_classes == pytest.approx((0.02 + (0.49 + 0.01 + 0.36) + 0.06 + (0.09 + 0.16 + 0.49)) / 4)
    assert found.ece == pytest.approx((0.1 + 0.6 + 0.2 + 0.4) / 4)
    assert sum(b.n for b in found.reliability) == 4


def test_agreement_counts_only_rows_with_both_labels() -> None:
    people = measure(verdicts(["neg", None, "neg", "pos"]), CLASSES).agreement
    assert people is not None
    assert (people.n, people.accuracy, people.judge_accuracy) == (3, pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert people.kappa == pytest.approx(0.4)
    assert measure(verdicts([None] * 4), CLASSES).agreement is None
    assert measure(verdicts(), CLASSES).agreement is None


def test_rows_taken_keep_their_own_judgements() -> None:
    found = measure(verdicts().take(np.array([2, 3])), CLASSES)
    assert (found.n, found.accuracy, found.certain.n) == (2, 0.5, 1)
    assert found.labels == ("neu", "pos")


def test_nothing_certain_has_no_accuracy() -> None:
    found = measure(verdicts().take(np.array([1])), CLASSES)
    assert found.certain == Certain(0, 0.0, None)
    assert found.accuracy_interval is None
