"""Times in any of the usual spellings, three calendars and four languages, as UTC."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from painpoints.read.calendars import GREGORIAN, HIJRI, JALALI, day_of, fold, half_of_day, half_pattern, month_in
from painpoints.read.table import cell_text

DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
"""Persian and Arabic digits to Latin ones, for ``str.translate``."""
_INVISIBLE = re.compile("[\u200b\u200d-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u061c]")
_UNITS = (("s", 946_684_800, 2_208_988_800, 1), ("ms", 946_684_800_000, 2_208_988_800_000, 1_000),
          ("µs", 946_684_800_000_000, 2_208_988_800_000_000, 1_000_000),
          ("ns", 946_684_800_000_000_000, 2_208_988_800_000_000_000, 1_000_000_000))
_SERIAL_EPOCH = dt.datetime(1899, 12, 30, tzinfo=dt.UTC)
_ZONES = {"Z": 0, "UTC": 0, "GMT": 0, "MSK": 180, "IRST": 210, "IRDT": 270, "EST": -300, "EDT": -240, "CST": -360,
          "CDT": -300, "MST": -420, "MDT": -360, "PST": -480, "PDT": -420, "CET": 60,
          "CEST": 120, "EET": 120, "МСК": 180}
_YMD = re.compile(r"(\d{4})\s?[-/.٫]\s?(\d{1,2})\s?[-/.٫]\s?(\d{1,2})")
_DMY = re.compile(r"(\d{1,2})\s?([-/.٫])\s?(\d{1,2})\s?[-/.٫]\s?(\d{4}|\d{2})(?:\s?г\.?)?")
_COMPACT = re.compile(r"((?:13|14|19|20)\d{2})(\d{2})(\d{2})(?:[T ]?(\d{2})(\d{2})(\d{2})?)?")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_BRACKETED = re.compile(r"^\s*\([^()]*\)")
_EDGE = " \t,،;|-–T()[]"
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class TimeReading:
    """How the cells of a time column are read.

    ``form`` names the commonest spelling, ``unit`` the unit of epoch numbers, ``calendar`` the one most dates are
    in and ``islamic`` the one that years 1250 to 1500 count by, ``day_first`` the order in 03/04/2026; ``why`` says
    how these were decided. ``share`` is the share of sampled cells that are times; ``is_certain`` when the cells
    could be nothing else.
    """

    form: str
    unit: str | None
    calendar: str
    islamic: str
    day_first: bool
    share: float
    is_certain: bool
    why: str


@dataclass(frozen=True, slots=True)
class _Parts:
    """A spelled time taken apart; `order` is ymd, dmy (order open) or named."""

    order: str
    first: int
    second: int
    third: int
    calendar: str | None
    clock: tuple[int, int, int, int]
    zone: int  # minutes east of Greenwich
    mark: str


def find_reading(cells: Sequence[object], name: str, language: str) -> TimeReading | None:
    """How to read a column, decided over all sampled cells; None when no cell is a time.

    `language` (fa, ar, ru or en: that of the texts) settles what the values leave open.
    """
    filled = [cell for cell in cells if cell_text(cell) is not None]
    if not filled:
        return None
    stamped = sum(1 for cell in filled if isinstance(cell, dt.date))
    if stamped > len(filled) / 2:
        return TimeReading("date cells", None, GREGORIAN, JALALI, True, stamped / len(filled), True, "")
    numbers = [value for cell in filled if (value := _number(cell)) is not None]
    if len(numbers) > len(filled) / 2:
        return _numeric_reading(filled, numbers)
    parts = [found for cell in filled if isinstance(cell, str) and (found := _dissect(cell)) is not None]
    if not parts:
        return None
    islamic, why_calendar = _islamic_calendar(parts, language)
    calendar = islamic if sum(map(_is_islamic, parts)) > len(parts) / 2 else GREGORIAN
    day_first, why_order = _day_order(parts, language)
    why = "; ".join(part for part in (why_calendar, why_order) if part)
    reading = TimeReading(_form(parts), None, calendar, islamic, day_first, 0.0, True, why)
    read = sum(1 for cell in filled if read_time(cell, reading) is not None)
    return replace(reading, share=read / len(filled)) if read else None


def read_time(cell: object, reading: TimeReading) -> dt.datetime | None:
    """The moment in UTC, or None where the cell is no time between 1950 and 2100; without a zone it is UTC."""
    if isinstance(cell, dt.datetime):
        if cell != cell:
            return None
        plain = dt.datetime(cell.year, cell.month, cell.day, cell.hour, cell.minute, cell.second, cell.microsecond)
        offset = cell.utcoffset()
        return _within(plain.replace(tzinfo=dt.UTC) - (offset or dt.timedelta()))
    if isinstance(cell, dt.date):
        return _within(dt.datetime(cell.year, cell.month, cell.day, tzinfo=dt.UTC))
    if reading.unit is not None:
        number = _number(cell)
        if number is not None:
            return _within(_from_number(number, reading.unit))
    if not isinstance(cell, str):
        return None
    return _read_text(cell, reading)


def read_day(text: str, language: str = "en") -> dt.date | None:
    """The day that ``text`` names in any spelling and calendar a time column may have, but no bare number.

    ``language`` settles what is left open. A Jalali or Hijri day is given as the Gregorian one.
    """
    reading = find_reading([text], "", language)
    moment = None if reading is None or reading.unit is not None else read_time(text, reading)
    return None if moment is None else moment.date()


@functools.lru_cache(maxsize=16384)
def _read_text(cell: str, reading: TimeReading) -> dt.datetime | None:
    parts = _dissect(cell)
    return _resolve(parts, reading) if parts is not None else None


def _within(moment: dt.datetime | None) -> dt.datetime | None:
    return moment if moment is not None and 1950 <= moment.year <= 2100 else None


def _number(cell: object) -> float | None:
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return float(cell) if cell == cell else None
    if isinstance(cell, str):
        text = _INVISIBLE.sub("", cell).strip().translate(DIGITS)
        if _NUMBER.fullmatch(text) and not (len(text) in (8, 12, 14) and _COMPACT.fullmatch(text)):
            return float(text)
    return None


def _numeric_reading(filled: Sequence[object], numbers: list[float]) -> TimeReading | None:
    for unit, low, high, _ in _UNITS:
        inside = sum(1 for number in numbers if low <= number < high)
        if inside >= 0.8 * len(numbers):
            return TimeReading(f"epoch {unit}", unit, GREGORIAN, JALALI, True, inside / len(filled), False, "")
    inside = sum(1 for number in numbers if 25_000 <= number < 60_000)
    if inside >= 0.9 * len(numbers):
        return TimeReading("workbook day numbers", "day", GREGORIAN, JALALI, True, inside / len(filled), False, "")
    return None


def _from_number(number: float, unit: str) -> dt.datetime | None:
    if unit == "day":
        if not 25_000 <= number < 60_000:
            return None
        moment = _SERIAL_EPOCH + dt.timedelta(days=number)
        return (moment + dt.timedelta(milliseconds=500)).replace(microsecond=0)
    for name, low, high, per_second in _UNITS:
        if name == unit and low <= number < high:
            whole, part = divmod(int(number), per_second) if per_second > 1 else (int(number), 0)
            micro = part * 1_000_000 // per_second if per_second > 1 else round((number - int(number)) * 1_000_000)
            return dt.datetime.fromtimestamp(whole, dt.UTC) + dt.timedelta(microseconds=micro)
    return None


@functools.cache
def _clock_pattern() -> re.Pattern[str]:
    zones = "|".join(sorted(_ZONES, key=len, reverse=True))
    return re.compile(
        r"(?:(?<=\d)T|\b(?:at|в|در)\s+)?(?:ساعت|الساعة|время)?\s*(?<!\d)"
        r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
        rf"(?:\s*(?P<half>{half_pattern()})(?![^\W\d_]))?"
        rf"(?:\s*(?P<zone>(?:UTC|GMT)?[+-]\d{{2}}:?\d{{2}}|(?:UTC|GMT)[+-]\d{{1,2}}|[+-]\d{{2}}(?!\d)|(?:{zones})\b))?",
        re.IGNORECASE,
    )


@functools.lru_cache(maxsize=16384)
def _dissect(cell: str) -> _Parts | None:
    """The parts of a spelled time, whatever the column; None when it is none."""
    if len(cell) > _LONGEST + 20:
        return None
    text = _INVISIBLE.sub("", cell).replace("\xa0", " ").strip().translate(DIGITS)
    if len(text) > _LONGEST or not any(character.isdigit() for character in text):
        return None
    if (compact := _COMPACT.fullmatch(text)) is not None:
        clock = (int(compact[4] or 0), int(compact[5] or 0), int(compact[6] or 0), 0)
        return _Parts("ymd", int(compact[1]), int(compact[2]), int(compact[3]), None, clock, 0, "")
    clock, zone = (0, 0, 0, 0), 0
    match = _clock_pattern().search(text)
    if match is not None:
        clock, zone = _clock(match), _zone(match["zone"])
        text = f"{text[:match.start()]} {_BRACKETED.sub('', text[match.end():])}"
    text = text.strip(_EDGE)
    if (ymd := _YMD.fullmatch(text)) is not None:
        return _Parts("ymd", int(ymd[1]), int(ymd[2]), int(ymd[3]), None, clock, zone, "")
    if (dmy := _DMY.fullmatch(text)) is not None:
        year = int(dmy[4]) + (2000 if len(dmy[4]) == 2 else 0)
        mark = "half" if match is not None and match["half"] else dmy[2]
        return _Parts("dmy", int(dmy[1]), int(dmy[3]), year, None, clock, zone, mark)
    return _named(text, clock, zone)


def _named(text: str, clock: tuple[int, int, int, int], zone: int) -> _Parts | None:
    """A date with the month in words."""
    folded = fold(text)
    numbers = [match.group() for match in re.finditer(r"\d+", folded)]
    years = [number for number in numbers if len(number) == 4]
    days = [number for number in numbers if len(number) <= 2]
    if len(numbers) > 3 or len(numbers) - len(years) - len(days) or len(years) > 1:
        return None
    if years:
        year = int(years[0])
    elif len(days) == 2:
        year = 2000 + int(days.pop())
    else:
        return None
    month = month_in(folded, year)
    if month is None or len(days) > 1:
        return None
    others = re.findall(r"[^\W\d_]+", folded[:month.start] + " " + folded[month.end:])
    if len(others) > 4:
        return None
    day = int(days[0]) if days else 1
    return _Parts("named", year, month.month, day, month.calendar, clock, zone, "")


def _clock(match: re.Match[str]) -> tuple[int, int, int, int]:
    hour = int(match["hour"])
    half = half_of_day(fold(match["half"])) if match["half"] else None
    if half == "pm" and hour < 12:
        hour += 12
    elif half == "am" and hour == 12:
        hour = 0
    micro = int((match["fraction"] or "0").ljust(6, "0")[:6])
    return hour, int(match["minute"]), int(match["second"] or 0), micro


def _zone(zone: str | None) -> int:
    if not zone:
        return 0
    signed = re.search(r"([+-])(\d{1,2}):?(\d{2})?$", zone)
    if signed is None:
        return _ZONES[zone.upper()]
    minutes = int(signed[2]) * 60 + int(signed[3] or 0)
    return -minutes if signed[1] == "-" else minutes


def _resolve(parts: _Parts, reading: TimeReading) -> dt.datetime | None:
    if parts.order == "dmy":
        day, month = (parts.first, parts.second) if reading.day_first else (parts.second, parts.first)
        if month > 12 >= day:
            day, month = month, day
        year = parts.third
    else:
        year, month, day = parts.first, parts.second, parts.third
    calendar = parts.calendar or (reading.islamic if 1250 <= year <= 1500 else GREGORIAN)
    date = day_of(calendar, year, month, day)
    if date is None or not 1950 <= date.year <= 2100:
        return None
    hour, minute, second, micro = parts.clock
    try:
        moment = dt.datetime(date.year, date.month, date.day, hour, minute, min(second, 59), micro, tzinfo=dt.UTC)
    except ValueError:
        return None
    return moment - dt.timedelta(minutes=parts.zone)


def _year_of(parts: _Parts) -> int:
    return parts.third if parts.order == "dmy" else parts.first


def _is_islamic(parts: _Parts) -> bool:
    return 1250 <= _year_of(parts) <= 1500


def _islamic_calendar(parts: list[_Parts], language: str) -> tuple[str, str]:
    """Which calendar the years 1250 to 1500 of a column count by, and why.

    Month names decide, then a 31st (no Hijri month has one), then plausibility: feedback of our time is dated
    1360 to 1410 in Jalali and from 1415 on in Hijri; the language of the texts settles the rest.
    """
    dated = [(_year_of(part), part) for part in parts if _is_islamic(part)]
    if not dated:
        return JALALI, ""
    by_name = Counter(part.calendar for _, part in dated if part.calendar in (JALALI, HIJRI))
    if by_name:
        calendar = by_name.most_common(1)[0][0] or JALALI
        return calendar, f"{calendar}: month names"
    if any(31 in ((part.first, part.second) if part.order == "dmy" else (part.third,)) for _, part in dated):
        return JALALI, "jalali: there is a 31st of a month"
    middle = sorted(year for year, _ in dated)[len(dated) // 2]
    if middle <= 1410:
        return JALALI, f"jalali: in Hijri the year {middle} would be {middle * 0.970224 + 621.57:.0f}"
    if middle >= 1420:
        return HIJRI, f"hijri: in Jalali the year {middle} would be {middle + 621}"
    calendar = HIJRI if language == "ar" else JALALI
    return calendar, f"{calendar}: the texts are mostly in {language}"


def _day_order(parts: list[_Parts], language: str) -> tuple[bool, str]:
    """Whether 03/04/2026 is the third of April, and why."""
    pairs = [(part.first, part.second, part.mark) for part in parts if part.order == "dmy"]
    if not pairs:
        return True, ""
    first_large = sum(1 for first, _, _ in pairs if first > 12)
    second_large = sum(1 for _, second, _ in pairs if second > 12)
    if first_large != second_large:
        if first_large > second_large:
            return True, "day first: the first number goes beyond 12"
        return False, "month first: the second number goes beyond 12"
    marks = Counter(mark for _, _, mark in pairs)
    islamic = any(_is_islamic(part) for part in parts if part.order == "dmy")
    if not islamic and (marks["half"] or (language == "en" and marks.most_common(1)[0][0] == "/")):
        return False, "month first: no number beyond 12 to tell, and the column looks American"
    return True, "day first: no number beyond 12 to tell"


def _form(parts: list[_Parts]) -> str:
    form, _ = Counter(part.order for part in parts).most_common(1)[0]
    return {"ymd": "year-month-day", "dmy": "numbers, year last", "named": "month names"}[form]
