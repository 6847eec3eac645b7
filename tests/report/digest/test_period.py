"""Periods: weeks as Persian, Arabic, Russian and English readers count them, days in three calendars."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painpoints.errors import UsageError
from painpoints.report import choose_period
from painpoints.report.digest.model import Period
from painpoints.report.digest.period import before, named_week, week_of

MONDAY, SATURDAY, SUNDAY = 0, 5, 6
TODAY = date(2026, 11, 25)
FED = [date(2026, 11, 3), date(2026, 11, 18), date(2026, 11, 24)]


@pytest.mark.parametrize(("name", "start", "first"), [
    ("2026-W47", MONDAY, date(2026, 11, 16)), ("2026-W47", SATURDAY, date(2026, 11, 14)),
    ("2026-W47", SUNDAY, date(2026, 11, 15)), ("۲۰۲۶-W۴۷", SATURDAY, date(2026, 11, 14)),
    ("٢٠٢٦-W٤٧", SATURDAY, date(2026, 11, 14)), ("2026w47", MONDAY, date(2026, 11, 16)),
    ("1405-W35", SATURDAY, date(2026, 11, 14)), ("۱۴۰۵-W۳۵", SATURDAY, date(2026, 11, 14)),
    ("1405-W1", SATURDAY, date(2026, 3, 21)), ("1404-W53", SATURDAY, date(2026, 3, 14)),
    ("2026-11-18", MONDAY, date(2026, 11, 16)), ("18 ноября 2026", MONDAY, date(2026, 11, 16)),
    ("۲۷ آبان ۱۴۰۵", SATURDAY, date(2026, 11, 14)), ("1405/08/27", SATURDAY, date(2026, 11, 14)),
    ("2020-W53", MONDAY, date(2020, 12, 28)), ("2021-W01", SATURDAY, date(2021, 1, 2)),
])
def test_a_week_is_named_as_people_name_it(name: str, start: int, first: date) -> None:
    found = named_week(name, start, "fa")
    assert (found.first, found.last) == (first, first + timedelta(days=6)) and first.weekday() == start


@given(st.dates(date(1960, 1, 10), date(2090, 1, 1)), st.sampled_from([MONDAY, SATURDAY, SUNDAY]))
def test_every_day_lies_in_one_week_whose_name_finds_it_again(day: date, start: int) -> None:
    week = week_of(day, start)
    assert week.first <= day <= week.last and week.first.weekday() == start and week.week is not None
    assert named_week(week.week, start) == week
    held = [(week.first + timedelta(days=n)).isocalendar()[:2] for n in range(7)]
    year, number = week.week.split("-W")
    assert held.count((int(year), int(number))) >= 4
    assert before(week) == week_of(week.first - timedelta(days=1), start)


@pytest.mark.parametrize("name", ["", "47", "2026-W54", "2025-W53", "2026-W00", "2026-Wx", "W47", "46000", "1405-W54",
                                  "2026-02-30", "9999-W01", "هفته", "2026-W47; rm"])
def test_what_is_no_week_is_told_with_how_to_write_one(name: str) -> None:
    with pytest.raises(UsageError, match="is no week") as caught:
        named_week(name, MONDAY)
    assert "2026-W47" in str(caught.value.hint)


def test_by_default_it_is_the_last_week_that_is_over_and_has_feedback() -> None:
    assert choose_period(FED, TODAY).week == "2026-W47"
    assert choose_period(FED, TODAY, week_start=SATURDAY).week == "2026-W47"
    assert choose_period([date(2026, 11, 3)], TODAY).week == "2026-W45"
    assert choose_period([*FED, date(2099, 1, 1)], TODAY).week == "2026-W47"
    assert choose_period([date(2026, 11, 24)], TODAY).week == "2026-W48", "no week with feedback is over"
    assert choose_period([date(2030, 1, 1)], TODAY).week == "2030-W01", "all feedback is dated later"
    assert choose_period([], TODAY).week == "2026-W48"


def test_a_range_of_days_may_be_jalali_hijri_or_gregorian() -> None:
    wanted = Period(date(2026, 11, 1), date(2026, 11, 10))
    for since, until, lang in (("2026-11-01", "2026-11-10", "en"), ("۱۴۰۵/۸/۱۰", "۱۴۰۵/۸/۱۹", "fa"),
                               ("1448-05-21", "1448-05-30", "ar"), ("1 ноября 2026", "10.11.2026", "ru")):
        assert choose_period(FED, TODAY, since=since, until=until, lang=lang) == wanted, since
    assert before(wanted) == Period(date(2026, 10, 22), date(2026, 10, 31))
    assert choose_period(FED, TODAY, since="2026-11-01").last == date(2026, 11, 24)
    assert choose_period(FED, TODAY, since="2026-11-16", until="2026-11-22").week == "2026-W47"


@pytest.mark.parametrize(("asked", "told"), [
    ({"week": "2026-W47", "since": "2026-11-01"}, "a range of days"),
    ({"until": "2026-11-01"}, "no beginning"),
    ({"since": "2026-11-10", "until": "2026-11-01"}, "ends on 2026-11-01, before it begins"),
    ({"since": "soon"}, "'soon' is no day"),
    ({"since": "1990-01-01"}, "longer than"),
    ({"week": "2026-W50"}, "2026-W50 has not begun: the last day with feedback is 2026-11-24"),
    ({"since": "2026-12-01"}, "2026-12-01 has not begun"),
])
def test_periods_that_cannot_be_are_told_in_one_line(asked: dict[str, str], told: str) -> None:
    with pytest.raises(UsageError) as caught:
        choose_period(FED, TODAY, **asked)  # type: ignore[arg-type]
    assert told in caught.value.message and caught.value.hint and "\n" not in str(caught.value)


def test_the_running_week_and_a_week_without_feedback_may_be_asked_for() -> None:
    assert choose_period(FED, TODAY, week="2026-W48").last == date(2026, 11, 29)
    assert choose_period(FED, TODAY, week="2020-W10").week == "2020-W10"
