"""Accuracy, macro-F1, per-class figures and kappa: the same as scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from painpoints.classify.metrics import accuracy, class_figures, cohen_kappa, confusion_matrix, f1_scores, macro_f1

CLASSES = 5
PAIRS = st.lists(st.tuples(st.integers(0, CLASSES - 1), st.integers(0, CLASSES - 1)), min_size=1, max_size=60)


def split(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    gold, predicted = zip(*pairs, strict=True)
    return np.array(gold), np.array(predicted)


@given(PAIRS)
@settings(deadline=None)
def test_the_matrix_and_accuracy_are_scikit_learns(pairs: list[tuple[int, int]]) -> None:
    gold, predicted = split(pairs)
    confusion = confusion_matrix(gold, predicted, CLASSES)
    np.testing.assert_array_equal(confusion, sk.confusion_matrix(gold, predicted, labels=range(CLASSES)))
    assert accuracy(confusion) == pytest.approx(sk.accuracy_score(gold, predicted))


@given(PAIRS)
@settings(deadline=None)
def test_macro_f1_averages_over_the_classes_in_gold(pairs: list[tuple[int, int]]) -> None:
    gold, predicted = split(pairs)
    expected = sk.f1_score(gold, predicted, labels=sorted(set(gold)), average="macro", zero_division=0)
    assert macro_f1(confusion_matrix(gold, predicted, CLASSES)) == pytest.approx(expected)


@given(PAIRS)
@settings(deadline=None)
def test_every_class_has_scikit_learns_precision_recall_and_f1(pairs: list[tuple[int, int]]) -> None:
    gold, predicted = split(pairs)
    seen = sorted(set(gold) | set(predicted))
    found = class_figures(confusion_matrix(gold, predicted, CLASSES), [str(k) for k in range(CLASSES)])
    expected = sk.precision_recall_fscore_support(gold, predicted, labels=seen, zero_division=0)
    assert [c.label for c in found] == [str(k) for k in seen]
    np.testing.assert_allclose([[c.precision, c.recall, c.f1, c.support] for c in found], np.array(expected).T)
    assert [c.predicted for c in found] == [int((predicted == k).sum()) for k in seen]


@given(PAIRS)
@settings(deadline=None)
def test_kappa_is_scikit_learns_where_there_is_one(pairs: list[tuple[int, int]]) -> None:
    gold, predicted = split(pairs)
    found = cohen_kappa(confusion_matrix(gold, predicted, CLASSES))
    if len(set(gold) | set(predicted)) == 1:
        assert found is None
    else:
        assert found == pytest.approx(sk.cohen_kappa_score(gold, predicted))


def test_a_class_that_is_only_predicted_does_not_lower_macro_f1_by_a_zero_of_its_own() -> None:
    confusion = confusion_matrix(np.array([0, 0, 0, 1]), np.array([0, 0, 2, 1]), 3)
    assert macro_f1(confusion) == pytest.approx((0.8 + 1.0) / 2)
    assert f1_scores(confusion).tolist() == pytest.approx([0.8, 1.0, 0.0])


def test_no_row_has_figures_of_nothing() -> None:
    empty = confusion_matrix(np.array([], int), np.array([], int), 3)
    assert (accuracy(empty), macro_f1(empty), cohen_kappa(empty), class_figures(empty, "abc")) == (0.0, 0.0, None, ())
