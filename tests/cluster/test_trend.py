"""Trends: whole weeks from Monday, and a status only where chance would seldom give it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from painpoints.cluster.trend import benjamini_hochberg, measure_trends

START = datetime(2026, 1, 5, 12, tzinfo=UTC)  # a Monday


def documents(days: list[int | None]) -> pl.DataFrame:
    return pl.DataFrame({"doc_id": [f"d{i}" for i in range(len(days))],
                         "time": [None if day is None else START + timedelta(days=day) for day in days]},
                        schema_overrides={"time": pl.Datetime("us", "UTC")})


EVEN = documents([i % 90 for i in range(900)])  # ten documents a day for ninety days


def on_days(days: list[int], each: int = 1) -> list[str]:
    return [f"d{day + 90 * copy}" for day in days for copy in range(each)]


@pytest.mark.parametrize("days, each, status", [
    (list(range(0, 90, 3)), 1, "steady"),
    (list(range(62, 90, 2)), 1, "new"),
    (list(range(50)), 1, "resolved"),
    ([5, 20, 35, *range(61, 90)], 2, "growing"),
    ([*range(60), 70], 2, "easing"),
    ([85, 86], 1, "steady"),
    ([3], 1, "steady"),
])
def test_status(days: list[int], each: int, status: str) -> None:
    assert measure_trends(EVEN, {0: on_days(days, each)})[0].status == status


def test_many_steady_pains_are_not_called_growing() -> None:
    rng = np.random.default_rng(1)
    having = {k: [f"d{i}" for i in rng.choice(900, 30, replace=False)] for k in range(200)}
    moved = [t for t in measure_trends(EVEN, having).values() if t.status != "steady"]
    assert len(moved) <= 2


def test_weeks_begin_on_monday_and_have_no_gaps() -> None:
    trend = measure_trends(documents([0, 1, 22, 23, 23]), {0: ["d0", "d3", "d3"]})[0]
    assert trend.weeks == [(date(2026, 1, 5), 1, 2), (date(2026, 1, 12), 0, 0), (date(2026, 1, 19), 0, 0),
                           (date(2026, 1, 26), 1, 3)]
    assert trend.first_seen == START
    assert trend.last_seen == START + timedelta(days=23)


def test_without_times_a_pain_point_is_undated() -> None:
    trend = measure_trends(documents([None, None]), {0: ["d0"]})[0]
    assert (trend.weeks, trend.first_seen, trend.status) == (None, None, "undated")


def test_a_pain_point_none_of_whose_documents_has_a_time_is_undated() -> None:
    days: list[int | None] = [None, *range(90)]
    assert measure_trends(documents(days), {0: ["d0"]})[0].status == "undated"


def test_a_short_period_shows_no_change() -> None:
    brief = documents([i % 20 for i in range(400)])
    assert measure_trends(brief, {0: [f"d{i}" for i in range(400) if i % 20 > 15]})[0].status == "steady"


def test_one_wrong_date_does_not_move_the_period() -> None:
    wrong = pl.concat([EVEN, pl.DataFrame({"doc_id": ["old"], "time": [datetime(1970, 1, 1, tzinfo=UTC)]},
                                          schema_overrides={"time": pl.Datetime("us", "UTC")})])
    assert measure_trends(wrong, {0: on_days(list(range(62, 90, 2)))})[0].status == "new"


def test_benjamini_hochberg_by_hand() -> None:
    assert benjamini_hochberg([0.01, 0.04, 0.03, 0.5]) == pytest.approx([0.04, 0.16 / 3, 0.16 / 3, 0.5])
    assert benjamini_hochberg([]) == []
