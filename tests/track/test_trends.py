"""The trend rule: each status where it belongs, none where there is only chance, and no second thoughts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from painpoints.errors import ColumnError, InputError
from painpoints.track import TRENDS, TrendRule, latest_status, weekly_trends

MONDAY = date(2026, 1, 5)
VOLUME = 1000


def counts(series: dict[str, Sequence[int]], volume: Sequence[int] | int = VOLUME) -> pl.DataFrame:
    rows = [(point, MONDAY + timedelta(weeks=w), n, volume if isinstance(volume, int) else volume[w])
            for point, weeks in series.items() for w, n in enumerate(weeks)]
    return pl.DataFrame(rows, schema=["painpoint_id", "week", "documents", "volume"], orient="row")


def crowd(weeks: int, points: int = 60, seed: int = 8) -> dict[str, list[int]]:
    """Pain points that never change."""
    draw = np.random.default_rng(seed)
    return {f"still{i}": draw.poisson(mean, weeks).tolist() for i, mean in enumerate(draw.uniform(1, 30, points))}


def history(weeks: Sequence[int]) -> list[str]:
    """The statuses of a pain point among others that never change."""
    found = weekly_trends(counts({**crowd(len(weeks)), "it": weeks}))
    return found.filter(painpoint_id="it")["status"].to_list()


LEVEL = [19, 22, 20, 17, 21, 23, 18, 20, 20, 22, 19, 18, 21, 20, 17, 22, 20, 19]


@pytest.mark.parametrize("weeks, status", [
    (LEVEL, "steady"),
    ([*LEVEL, 41, 38], "growing"),
    ([*LEVEL, 8, 7], "easing"),
    ([0] * 18 + [9, 8], "new"),
    ([0, 1] + [0] * 16 + [9, 8], "new"),
    ([*LEVEL, 0, 0, 0, 0], "resolved"),
    ([*LEVEL, 0, 0, 0, 0, 0, 0, 0, 0, 12, 10], "reopened"),
    ([*LEVEL, 26], "steady"),
    ([0] * 18 + [1, 1], "steady"),
    ([2, 0, 1, 0, 0, 1, 0, 0, 2, 0, 1, 0, 0, 0, 0, 0], "steady"),
    ([0] * 20, "steady"),
    ([5, 40], "steady"),
])
def test_the_status_of_the_last_week(weeks: list[int], status: str) -> None:
    assert history(weeks)[-1] == status


def test_a_life_from_birth_to_return() -> None:
    weeks = [0] * 10 + LEVEL + [45, 42, 38, 41] + [0] * 14 + [15] * 3
    found = history(weeks)
    told = [status for before, status in zip(["steady", *found], found, strict=False) if status != before]
    assert told == ["new", "steady", "growing", "easing", "resolved", "reopened"]


def test_a_birth_is_new_until_eight_weeks_after_its_first_mention() -> None:
    found = history([0] * 10 + LEVEL[:14])
    assert found[10:18] == ["new"] * 8
    assert set(found[18:]) == {"steady"}


def test_what_is_resolved_stays_so_until_it_returns_and_a_stray_mention_is_no_return() -> None:
    found = history([*LEVEL, *[0] * 6, 1, *[0] * 6])
    assert found[-9:] == ["resolved"] * 9


def test_what_rises_from_next_to_nothing_but_was_there_all_along_is_growing_not_new() -> None:
    assert history([1, 0, 2, 1, 1, 0, 1, 2, 0, 1, 1, 0, 2, 1, 0, 1, 1, 1, 9, 8])[-1] == "growing"


def test_a_step_to_a_new_level_becomes_the_level() -> None:
    found = history([*LEVEL, *(2 * n for n in LEVEL), *(2 * n for n in LEVEL)])
    assert "growing" in found[18:21]
    assert found[-1] == "steady"


def test_a_status_once_given_is_not_changed_by_later_weeks() -> None:
    series = {**crowd(40), "it": [*LEVEL, *(2 * n for n in LEVEL), 0, 0, 0, 0]}
    whole, part = weekly_trends(counts(series)), weekly_trends(counts({p: w[:25] for p, w in series.items()}))
    assert_frame_equal(whole.filter(pl.col("week") < MONDAY + timedelta(weeks=25)), part)


def test_more_feedback_is_no_trend() -> None:
    volume = [1000] * 18 + [3000] * 4
    draw = np.random.default_rng(9)
    means = draw.uniform(1, 30, 60)[:, None] * np.array(volume) / 1000
    series = {f"p{i}": weeks for i, weeks in enumerate(draw.poisson(means).tolist())}
    late = pl.col("alarm") & (pl.col("week") >= MONDAY + timedelta(weeks=18))
    assert weekly_trends(counts(series, volume)).filter(late).height <= 2
    assert weekly_trends(counts(series, 3000)).filter(late).height > 40


def test_a_noisy_pain_point_needs_more_to_be_growing_than_an_even_one() -> None:
    noisy = [5, 42, 14, 33, 9, 28, 40, 6, 19, 31, 8, 35, 12, 30, 7, 38, 16, 10]
    assert sum(noisy) > sum(LEVEL)
    assert history([*LEVEL, 40])[-1] == "growing"
    assert history([*noisy, 40])[-1] == "steady"


def test_chance_alone_rings_less_than_one_alarm_a_week_over_two_hundred() -> None:
    draw = np.random.default_rng(77)
    means = draw.lognormal(1.6, 1.2, (200, 1)).clip(0.3, 80)
    found = weekly_trends(counts({f"p{i}": w for i, w in enumerate(draw.poisson(means, (200, 40)).tolist())}))
    assert found["alarm"].sum() / 40 < 0.3


def test_the_rate_is_per_thousand_with_an_exact_interval() -> None:
    row = weekly_trends(counts({"it": [10]}, 400)).row(0, named=True)
    assert (row["rate"], row["rate_low"], row["rate_high"]) == pytest.approx((25.0, 11.988, 45.976), abs=1e-2)
    assert (row["growth"], row["p_rise"], row["status"]) == (None, 1.0, "steady")


def test_growth_comes_with_its_interval_and_window() -> None:
    row = weekly_trends(counts({**crowd(20), "it": [*LEVEL, 41, 38]})).filter(painpoint_id="it").row(-1, named=True)
    assert row["window"] == 2
    assert row["growth"] == pytest.approx(79 / 2 / np.mean(LEVEL), rel=1e-6)
    assert 1 < row["growth_low"] < row["growth"] < row["growth_high"]


def test_a_week_without_any_document_is_a_gap_not_a_fall() -> None:
    gone = 15
    frame = counts({**crowd(20), "it": [*LEVEL, 20, 21]}).filter(pl.col("week") != MONDAY + timedelta(weeks=gone))
    found = weekly_trends(frame)
    gap = found.filter((pl.col("week") == MONDAY + timedelta(weeks=gone)) & (pl.col("painpoint_id") == "it"))
    assert gap.select("documents", "volume", "rate", "status").rows() == [(0, 0, None, "steady")]
    assert not found.filter(painpoint_id="it")["alarm"].any()


def test_a_missing_row_is_a_week_without_a_mention_and_the_order_of_rows_makes_no_difference() -> None:
    full = counts({**crowd(24), "it": [*LEVEL, 0, 0, 0, 0, 0, 0]})
    sparse = full.filter(pl.col("documents") > 0).sample(fraction=1, shuffle=True, seed=3)
    assert_frame_equal(weekly_trends(full), weekly_trends(sparse))


def test_the_rule_can_be_told_otherwise() -> None:
    frame = counts({**crowd(19), "it": [*LEVEL, 40]})
    assert latest_status(weekly_trends(frame))["it"] == "growing"
    assert latest_status(weekly_trends(frame, TrendRule(up=2.5)))["it"] == "steady"


def test_no_counts_give_no_trends() -> None:
    assert weekly_trends(counts({"it": [1]}).clear()).schema == TRENDS


@pytest.mark.parametrize("frame, error, message", [
    (counts({"it": [1]}).drop("volume"), ColumnError, "no column volume"),
    (pl.concat([counts({"it": [1]}), counts({"it": [1]})]), InputError, "two rows"),
    (pl.concat([counts({"it": [1]}), counts({"b": [1]}, 7)]), InputError, "two volumes"),
    (counts({"it": [5]}, 4), InputError, "outside 0"),
    (pl.concat([counts({"it": [1]}), counts({"it": [1]}).with_columns(pl.col("week") + timedelta(days=9))]),
     InputError, "same day"),
])
def test_counts_that_cannot_be_are_refused(frame: pl.DataFrame, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        weekly_trends(frame)
