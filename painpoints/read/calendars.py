"""Days of the Gregorian, Jalali (solar Hijri) and Hijri (Umm al-Qura) calendars, and month names in any language."""

from __future__ import annotations

import datetime as dt
import functools
import re
import tomllib
import unicodedata
from dataclasses import dataclass
from pathlib import Path

GREGORIAN, JALALI, HIJRI = "gregorian", "jalali", "hijri"
_SAME = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "أ": "ا", "إ": "ا", "آ": "ا", "ٔ": "", "ـ": "",
                       "\u200c": " ", "-": " "})


@functools.lru_cache(maxsize=65536)
def day_of(calendar: str, year: int, month: int, day: int) -> dt.date | None:
    """The Gregorian date of a day in any of the three calendars, or None where there is no such day.

    Hijri years 1343 to 1500 follow Umm al-Qura (package hijridate); Jalali follows the package jdatetime.
    """
    try:
        if calendar == JALALI:
            import jdatetime

            jalali: dt.date = jdatetime.date(year, month, day).togregorian()
            return jalali
        if calendar == HIJRI:
            from hijridate import Hijri

            found = Hijri(year, month, day).to_gregorian()
            return dt.date(found.year, found.month, found.day)
        return dt.date(year, month, day)
    except (ValueError, OverflowError):
        return None


def fold(text: str) -> str:
    """The text as month names are compared: small letters, one form of each Arabic letter, no vowel signs."""
    bare = "".join(character for character in unicodedata.normalize("NFKC", text)
                   if unicodedata.category(character) not in ("Mn", "Cf") or character == "\u200c")
    return " ".join(bare.casefold().translate(_SAME).replace("ё", "е").split())


@dataclass(frozen=True, slots=True)
class MonthName:
    """A month found in a text: where, which, and in which calendar."""

    start: int
    end: int
    calendar: str
    month: int


@functools.cache
def _names() -> tuple[re.Pattern[str], dict[str, list[tuple[str, int]]], frozenset[str], frozenset[str]]:
    data = tomllib.loads(Path(__file__).with_name("months.toml").read_text(encoding="utf-8"))
    by_name: dict[str, list[tuple[str, int]]] = {}
    for calendar in (GREGORIAN, JALALI, HIJRI):
        for month, names in data[calendar].items():
            for name in names:
                by_name.setdefault(fold(name), []).append((calendar, int(month)))
    alternatives = "|".join(re.escape(name) for name in sorted(by_name, key=len, reverse=True))
    pattern = re.compile(rf"(?<![^\W\d_])(?:{alternatives})(?![^\W\d_])")
    clock = data["clock"]
    return pattern, by_name, frozenset(map(fold, clock["morning"])), frozenset(map(fold, clock["afternoon"]))


def month_in(folded: str, year: int | None = None) -> MonthName | None:
    """The first month name in a folded text. Of two calendars that share it, the one the year fits."""
    pattern, by_name, _, _ = _names()
    match = pattern.search(folded)
    if match is None:
        return None
    readings = by_name[match.group()]
    islamic = year is not None and 1250 <= year <= 1500
    for calendar, month in readings:
        if (calendar != GREGORIAN) == islamic:
            return MonthName(match.start(), match.end(), calendar, month)
    calendar, month = readings[0]
    return MonthName(match.start(), match.end(), calendar, month)


def half_of_day(folded: str) -> str | None:
    """``am``, ``pm`` or None for the folded words after a clock time."""
    _, _, morning, afternoon = _names()
    return "am" if folded in morning else "pm" if folded in afternoon else None


@functools.cache
def half_pattern() -> str:
    """A regular expression, without groups, for the words that mark morning and afternoon."""
    _, _, morning, afternoon = _names()
    return "|".join(re.escape(word) for word in sorted(morning | afternoon, key=len, reverse=True))
