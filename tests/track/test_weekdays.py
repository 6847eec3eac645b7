"""Weekdays: a pain point of Mondays is no news on a Monday, nor gone on a Sunday."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from painpoints.errors import ColumnError
from painpoints.track import weekday_exposure, weekly_trends

MONDAY = date(2026, 1, 5)


def daily(weeks: int, last_days: int) -> pl.DataFrame:
    """"late" comes 20 times every Monday and on no other day, "even" 3 times a day; 100 documents a day."""
    rows = [(point, MONDAY + timedelta(weeks=w), MONDAY + timedelta(weeks=w, days=d),
             (20 if d == 0 else 0) if point == "late" else 3, 100)
            for point in ("late", "even") for w in range(weeks) for d in range(last_days if w == weeks - 1 else 7)]
    return pl.DataFrame(rows, schema=["painpoint_id", "week", "day", "documents", "volume"], orient="row")


def test_a_whole_week_has_the_exposure_of_its_volume() -> None:
    found = weekday_exposure(daily(12, 7))
    assert found["exposure"].to_list() == pytest.approx([700.0] * 24, rel=0.02)
    assert found.filter(painpoint_id="late")["documents"].to_list() == [20] * 12


def test_a_week_that_stops_on_monday_counts_for_more_where_mondays_do() -> None:
    last = weekday_exposure(daily(20, 1)).filter(pl.col("week") == pl.col("week").max())
    exposure = dict(last.select("painpoint_id", "exposure").iter_rows())
    assert exposure["late"] > 500
    assert 80 < exposure["even"] < 160


def test_a_week_cut_short_rings_the_alarm_only_without_the_weekdays() -> None:
    adjusted = weekday_exposure(daily(20, 1))
    allowing, ignoring = weekly_trends(adjusted), weekly_trends(adjusted.drop("exposure"))
    assert not allowing["alarm"].any()
    assert ignoring.filter("alarm").select("painpoint_id", "status").rows() == [("late", "growing")]


def test_what_comes_later_does_not_change_the_exposure_of_a_week() -> None:
    before, after = weekday_exposure(daily(8, 7)), weekday_exposure(daily(15, 3))
    both = before.join(after, on=["painpoint_id", "week"], suffix="_later")
    assert both.height == 16
    assert both["exposure"].to_list() == pytest.approx(both["exposure_later"].to_list())


def test_no_days_give_no_weeks() -> None:
    assert weekday_exposure(daily(3, 7).clear()).height == 0


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ColumnError, match="no column day"):
        weekday_exposure(daily(3, 7).drop("day"))
