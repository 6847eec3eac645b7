"""Times in three calendars and four languages become UTC; what is open is decided over the column."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painpoints.read.times import find_reading, read_day, read_time

DAY = dt.datetime(2026, 8, 31, tzinfo=dt.UTC)


def one(cell: object, language: str = "en", others: tuple[object, ...] = ()) -> dt.datetime | None:
    reading = find_reading([cell, *others], "date", language)
    return read_time(cell, reading) if reading is not None else None


@pytest.mark.parametrize(
    "cell",
    [
        "2026-08-31",
        "2026/08/31",
        "2026.8.31",
        "20260831",
        "31.08.2026",
        "31/08/2026",
        "08/31/2026",
        "31-8-26",
        "Aug 31, 2026",
        "August 31st, 2026",
        "31 Aug 2026",
        "Monday, 31 August 2026",
        "31-Aug-2026",
        "31 августа 2026 г.",
        "31 авг. 2026",
        "понедельник, 31 августа 2026 года",
        "٣١ أغسطس ٢٠٢٦",
        "31 آب 2026",
        "الاثنين، 31 أغسطس 2026 م",
        "۳۱ اوت ۲۰۲۶",
        "۲۰۲۶-۰۸-۳۱",
        "۱۴۰۵/۰۶/۰۹",
        "1405-06-09",
        "1405/6/9",
        "۹ شهریور ۱۴۰۵",
        "دوشنبه ۹ شهریور ۱۴۰۵",
        "9 Shahrivar 1405",
        "\u200f۱۴۰۵/۰۶/۰۹\u200e",
        "09/06/1405",
        "1448/03/18",
        "١٨ ربيع الأول ١٤٤٨ هـ",
        "18 ربيع الأول 1448",
        "2026-08-31T00:00:00Z",
        "2026-08-31 03:30:00+03:30",
        "2026-08-30T20:00:00-0400",
        dt.date(2026, 8, 31),
        dt.datetime(2026, 8, 31),
        dt.datetime(2026, 8, 31, 3, tzinfo=dt.timezone(dt.timedelta(hours=3))),
        "1788134400",
        1788134400,
        1788134400000,
        "1788134400000000",
        46265,
        "46265.0",
        "Mon, 31 Aug 2026 00:00:00 GMT",
        "Mon Aug 31 03:00:00 +0300 2026",
    ],
)
def test_every_spelling_of_one_day(cell: object) -> None:
    assert one(cell) == DAY


@pytest.mark.parametrize(
    ("cell", "hour", "minute"),
    [
        ("2026-08-31 14:05", 14, 5),
        ("31.08.2026, 14:05:09", 14, 5),
        ("8/31/2026 2:05 PM", 14, 5),
        ("08/31/2026 12:05 AM", 0, 5),
        ("۱۴۰۵/۰۶/۰۹ ۱۴:۰۵", 14, 5),
        ("۱۴:۰۵ - ۱۴۰۵/۰۶/۰۹", 14, 5),
        ("۹ شهریور ۱۴۰۵ ساعت ۱۴:۰۵", 14, 5),
        ("31 августа 2026 в 14:05", 14, 5),
        ("31 أغسطس 2026 الساعة 02:05 م", 14, 5),
        ("31 أغسطس 2026 10:05 ص", 10, 5),
        ("August 31, 2026 at 2:05 pm", 14, 5),
        ("2026-08-31T14:05:00.123456", 14, 5),
        ("20260831T140500", 14, 5),
    ],
)
def test_clock_times(cell: str, hour: int, minute: int) -> None:
    moment = one(cell)
    assert moment is not None
    assert (moment.date(), moment.hour, moment.minute) == (DAY.date(), hour, minute)


@pytest.mark.parametrize(
    "cell",
    [
        "вчера",
        "2 days ago",
        "دیروز",
        "n/a",
        "2026-13-45",
        "31/02/2026",
        "1404/12/31",
        "99",
        "4.5",
        "hello 12",
        "1-2",
        "I bought two of them in may 2020 and they broke at once",
        "2026",
        "00:15",
    ],
)
def test_what_is_no_time_is_null(cell: str) -> None:
    assert one(cell) is None


def test_day_or_month_first_is_decided_by_the_whole_column() -> None:
    assert one("03/04/2026", others=("25/04/2026",)) == dt.datetime(2026, 4, 3, tzinfo=dt.UTC)
    assert one("03/04/2026", others=("04/25/2026",)) == dt.datetime(2026, 3, 4, tzinfo=dt.UTC)


def test_an_open_order_is_settled_by_mark_and_language_and_said_so() -> None:
    assert one("03/04/2026", "en") == dt.datetime(2026, 3, 4, tzinfo=dt.UTC)
    assert one("03/04/2026", "fa") == dt.datetime(2026, 4, 3, tzinfo=dt.UTC)
    assert one("03.04.2026", "en") == dt.datetime(2026, 4, 3, tzinfo=dt.UTC)
    reading = find_reading(["03/04/2026"], "date", "en")
    assert reading is not None and "no number beyond 12" in reading.why


@pytest.mark.parametrize(
    ("cells", "language", "calendar"),
    [
        (["1404/08/30", "1404/09/01"], "ar", "jalali"),
        (["1447/02/15", "1447/03/01"], "fa", "hijri"),
        (["1415/02/15"], "fa", "jalali"),
        (["1415/02/15"], "ar", "hijri"),
        (["1415/02/31"], "ar", "jalali"),
        (["15 صفر 1415"], "fa", "hijri"),
        (["2026-08-31"], "fa", "gregorian"),
    ],
)
def test_jalali_or_hijri(cells: list[str], language: str, calendar: str) -> None:
    reading = find_reading(cells, "date", language)
    assert reading is not None
    assert reading.calendar == calendar
    assert (reading.why != "") == (calendar != "gregorian")


def test_calendars_may_be_mixed_in_one_column() -> None:
    reading = find_reading(["2026-08-31", "1405/06/09"], "date", "fa")
    assert reading is not None
    assert {read_time(cell, reading) for cell in ("2026-08-31", "1405/06/09")} == {DAY}


def test_hijri_is_umm_al_qura() -> None:
    assert one("1447/01/01", "ar") == dt.datetime(2025, 6, 26, tzinfo=dt.UTC)


_MOMENTS = st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2035, 1, 1))


@given(_MOMENTS)
def test_iso_reads_back(moment: dt.datetime) -> None:
    assert one(moment.isoformat()) == moment.replace(tzinfo=dt.UTC)


@given(_MOMENTS)
def test_jalali_reads_back(moment: dt.datetime) -> None:
    import jdatetime

    written = jdatetime.date.fromgregorian(date=moment.date()).strftime("%Y/%m/%d")
    assert one(written, "fa") == dt.datetime(moment.year, moment.month, moment.day, tzinfo=dt.UTC)


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_null(text: str) -> None:
    moment = one(text)
    assert moment is None or 1950 <= moment.year <= 2100


@pytest.mark.parametrize(("text", "language"), [
    ("2026-08-31", "en"), ("31 августа 2026", "ru"), ("۱۴۰۵/۶/۹", "fa"), ("۹ شهریور ۱۴۰۵", "fa"), ("1448-03-18", "ar"),
    ("٢٠٢٦/٠٨/٣١", "ar"), ("20260831", "en"),
])
def test_one_day_is_read_by_itself_in_any_calendar(text: str, language: str) -> None:
    assert read_day(text, language) == DAY.date()


@pytest.mark.parametrize("text", ["", "46265", "1788134400", "2026-13-01", "soon", "1405-12-30"])
def test_bare_numbers_and_days_that_never_come_are_no_days(text: str) -> None:
    assert read_day(text) is None
