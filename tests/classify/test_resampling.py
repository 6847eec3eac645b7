"""Bootstrap intervals, paired differences, McNemar's test and Holm's correction, against known cases."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from painpoints.classify.resampling import Interval, bootstrap, holm, mcnemar, paired_bootstrap


def sample(rows: int, right: float, classes: int = 3, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Gold and predicted classes of which about ``right`` agree."""
    source = np.random.default_rng(seed)
    gold = source.integers(0, classes, rows)
    wrong = source.random(rows) >= right
    return gold, np.where(wrong, (gold + 1) % classes, gold)


def span(interval: Interval | None) -> tuple[float, float]:
    assert interval is not None
    return interval.low, interval.high


def test_the_interval_of_accuracy_is_scipys_bootstrap_interval() -> None:
    gold, predicted = sample(400, 0.8)
    ours = span(bootstrap(gold, predicted, 3).accuracy)
    theirs = stats.bootstrap(((gold == predicted).astype(float),), np.mean, n_resamples=2000, method="percentile",
                             rng=np.random.default_rng(1)).confidence_interval
    assert ours == pytest.approx((theirs.low, theirs.high), abs=0.012)


def test_the_interval_of_macro_f1_is_that_of_resampling_row_by_row() -> None:
    from sklearn.metrics import f1_score

    gold, predicted = sample(150, 0.7)
    source = np.random.default_rng(5)
    slow = []
    for _ in range(400):
        rows = source.integers(0, len(gold), len(gold))
        slow.append(f1_score(gold[rows], predicted[rows], labels=np.unique(gold[rows]), average="macro"))
    assert span(bootstrap(gold, predicted, 3).macro_f1) == pytest.approx(tuple(np.quantile(slow, (0.025, 0.975))),
                                                                         abs=0.02)


def test_units_of_one_document_stand_or_fall_together() -> None:
    gold, predicted = sample(40, 0.7)
    alone = span(bootstrap(gold, predicted, 3).accuracy)
    tenfold = bootstrap(np.repeat(gold, 10), np.repeat(predicted, 10), 3, np.repeat(np.arange(40), 10))
    unaware = span(bootstrap(np.repeat(gold, 10), np.repeat(predicted, 10), 3).accuracy)
    assert span(tenfold.accuracy) == pytest.approx(alone)
    assert unaware[1] - unaware[0] < (alone[1] - alone[0]) / 2


def test_the_same_seed_gives_the_same_interval_and_another_another() -> None:
    gold, predicted = sample(100, 0.8)
    assert bootstrap(gold, predicted, 3) == bootstrap(gold, predicted, 3)
    assert bootstrap(gold, predicted, 3) != bootstrap(gold, predicted, 3, seed=1)


def test_blocks_do_not_change_what_is_drawn_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    import painpoints.classify.resampling as resampling

    monkeypatch.setattr(resampling, "_CELLS", 700)
    blocks = list(resampling._weights(100, 1000, 0))
    assert sum(len(block) for block in blocks) == 1000
    assert max(len(block) for block in blocks) == 7
    assert all((block.sum(1) == 100).all() for block in blocks)


def test_one_document_has_no_interval() -> None:
    one = bootstrap(np.array([0, 1]), np.array([0, 0]), 2, np.array([7, 7]))
    assert (one.accuracy, one.macro_f1) == (None, None)


def test_a_judge_does_not_differ_from_itself() -> None:
    gold, predicted = sample(200, 0.7)
    found = paired_bootstrap(gold, predicted, predicted, 3)
    assert span(found.accuracy) == span(found.macro_f1) == (0.0, 0.0)


def test_a_better_judge_has_an_interval_above_zero_and_the_other_way_round_below() -> None:
    gold, worse = sample(300, 0.6)
    better = np.where(np.arange(300) % 3 == 0, gold, worse)
    up, down = paired_bootstrap(gold, worse, better, 3), paired_bootstrap(gold, better, worse, 3)
    assert span(up.accuracy)[0] > 0 and span(up.macro_f1)[0] > 0
    assert span(down.accuracy) == pytest.approx((-span(up.accuracy)[1], -span(up.accuracy)[0]))


def test_a_paired_interval_is_narrower_than_two_single_ones() -> None:
    gold, one = sample(300, 0.7)
    other = np.where(np.arange(300) < 15, gold, one)
    paired = span(paired_bootstrap(gold, one, other, 3).accuracy)
    low, high = span(bootstrap(gold, other, 3).accuracy)
    assert paired[1] - paired[0] < (high - low) / 2


@given(st.integers(0, 60), st.integers(0, 60))
@settings(deadline=None)
def test_mid_p_is_the_exact_binomial_test_less_half_of_what_was_seen(only_a: int, only_b: int) -> None:
    rows = only_a + only_b
    exact = stats.binomtest(only_a, rows).pvalue if rows else 1.0
    expected = 1.0 if only_a == only_b else exact - stats.binom.pmf(only_a, rows, 0.5)
    assert mcnemar(only_a, only_b) == pytest.approx(expected, abs=1e-9)
    assert mcnemar(only_a, only_b) == mcnemar(only_b, only_a)


def test_mcnemar_of_a_published_table() -> None:
    # Fagerland, Lydersen & Laake 2013, airway hyper-responsiveness: 1 and 7 discordant pairs, exact .070, mid-p .039.
    assert mcnemar(1, 7) == pytest.approx(0.0391, abs=5e-5)


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9]) == pytest.approx([1.0, 1.0])
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
@settings(deadline=None)
def test_holm_never_lowers_a_value_nor_changes_their_order(values: list[float]) -> None:
    corrected = holm(values)
    assert all(value <= new <= 1 for value, new in zip(values, corrected, strict=True))
    assert sorted(corrected) == [corrected[at] for at in sorted(range(len(values)), key=lambda at: values[at])]
