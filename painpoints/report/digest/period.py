"""Which days a digest speaks of: weeks as readers of each language count them, or any range of days.

A week that begins on a Saturday or a Sunday has the name of the ISO week that holds most of its days, so that
2026-W47 runs from Saturday 14 to Friday 20 November for readers of Persian, and from Monday 16 to Sunday 22 November
for readers of Russian. A year between 1250 and 1500 is Jalali: week 1 of it is the one with the first of Farvardin, as
calendars of Iran count.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, timedelta

from painpoints.errors import UsageError
from painpoints.read import DIGITS, read_day
from painpoints.report.digest.model import Period

WEEK = 7
LONGEST = 3660
"""The most days a digest may speak of."""
_DAY = timedelta(days=1)
_NAME = re.compile(r"(\d{4})\s*-?\s*[wW]\s*(\d{1,2})")
_HINT = "Write it as 2026-W47, 1405-W35, or a day in it: 2026-11-18."


def week_of(day: date, week_start: int) -> Period:
    """The week with ``day`` in it; ``week_start`` is the weekday on which weeks begin, 0 for Monday."""
    first = day - timedelta(days=(day.weekday() - week_start) % WEEK)
    return Period(first, first + timedelta(days=WEEK - 1), week_name(first))


def week_name(first: date) -> str:
    """The name of the week that begins on ``first``: that of the ISO week which holds most of its days."""
    year, week, _ = (first + timedelta(days=WEEK // 2)).isocalendar()
    return f"{year:04}-W{week:02}"


def named_week(name: str, week_start: int, lang: str = "en") -> Period:
    """The week called ``name`` ("2026-W47", "1405-W35", digits of any of the four languages), or with that day in it.

    Raises UsageError for anything else, and for a week that the year does not have.
    """
    plain = name.translate(DIGITS).strip()
    match = _NAME.fullmatch(plain)
    if match is None:
        day = read_day(plain, lang)
        if day is None:
            raise UsageError(f"{name!r} is no week.", hint=_HINT)
        return week_of(day, week_start)
    year, week = int(match[1]), int(match[2])
    first, last = _weeks_of_year(year, week_start, name)
    count = (last - first).days // WEEK + 1
    if not 1 <= week <= count:
        raise UsageError(f"{name!r} is no week: the year {year} has {count}.", hint=_HINT)
    return week_of(first + timedelta(weeks=week - 1), week_start)


def _weeks_of_year(year: int, week_start: int, name: str) -> tuple[date, date]:
    """A day in the first week of a year and the same weekday in its last."""
    if 1250 <= year <= 1500:
        import jdatetime

        first: date = jdatetime.date(year, 1, 1).togregorian()
        end: date = jdatetime.date(year + 1, 1, 1).togregorian() - _DAY
        begin = week_of(first, week_start).first
        return begin, begin + timedelta(weeks=(end - begin).days // WEEK)
    if not 1950 <= year <= 2100:
        raise UsageError(f"{name!r} is no week: years run from 1950 to 2100, Jalali ones from 1250 to 1500.",
                         hint=_HINT)
    # The fourth of January is in the first ISO week of its year, the 28th of December in its last.
    return _shifted(week_of(date(year, 1, 4), 0).first, week_start), \
        _shifted(week_of(date(year, 12, 28), 0).first, week_start)


def _shifted(monday: date, week_start: int) -> date:
    """The first day of the week that begins on ``week_start`` and has most days in the ISO week of ``monday``."""
    return next(day for day in (monday + timedelta(days=shift) for shift in range(-3, 4))
                if day.weekday() == week_start)


def spanned(since: str, until: str | None, last: date, week_start: int, lang: str = "en") -> Period:
    """The days from ``since`` to ``until`` (by default ``last``), written in any of the usual ways and calendars.

    It has a week's name where it is one. Raises UsageError for what is no day, and for an end before the beginning.
    """
    first = _day(since, lang)
    end = max(first, last) if until is None else _day(until, lang)
    if end < first:
        raise UsageError(f"The period ends on {end}, before it begins on {first}.", hint="Exchange the two days.")
    if (end - first).days > LONGEST:
        raise UsageError(f"From {first} to {end} is longer than {LONGEST} days.", hint="Name a shorter period.")
    week = week_of(first, week_start)
    return week if (week.first, week.last) == (first, end) else Period(first, end)


def _day(text: str, lang: str) -> date:
    day = read_day(text, lang)
    if day is None:
        raise UsageError(f"{text!r} is no day.", hint="Write it as 2026-11-18 or 1405-08-27.")
    return day


def before(period: Period) -> Period:
    """The period of the same length that ends where ``period`` begins."""
    days = length(period)
    first = period.first - timedelta(days=days)
    named = period.week is not None and days == WEEK
    return Period(first, period.first - _DAY, week_name(first) if named else None)


def length(period: Period) -> int:
    """How many days it has."""
    return (period.last - period.first).days + 1


def choose_period(days: Collection[date], today: date, *, week: str | None = None, since: str | None = None,
                  until: str | None = None, week_start: int = 0, lang: str = "en") -> Period:
    """The period that was asked for, by default the last week that is over and has feedback.

    ``days`` are those with feedback; where no week with feedback is over, the last one that has begun is taken.
    Raises UsageError for what is no week or day, and for a period that has not begun.
    """
    if week is not None and (since or until):
        raise UsageError("A week and a range of days were named.", hint="Name a week, or since and until.")
    if since is None and until is not None:
        raise UsageError("The period has an end and no beginning.", hint="Name its first day with --since.")
    latest = max(days, default=today)
    if week is None and since is None:
        weeks = {week_of(day, week_start) for day in days} or {week_of(today, week_start)}
        over = {found for found in weeks if found.last < today}
        begun = {found for found in weeks if found.first <= today}
        return max(over or begun or weeks, key=lambda found: found.first)
    chosen = named_week(week, week_start, lang) if week is not None else \
        spanned(str(since), until, min(latest, today), week_start, lang)
    if chosen.first > max(today, latest):
        raise UsageError(f"{chosen.week or chosen.first} has not begun: the last day with feedback is {latest}.",
                         hint="Leave the week out to get the last one that is over.")
    return chosen
