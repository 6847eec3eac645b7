"""Numbers, shares and dates as a reader of Persian, Arabic, Russian or English expects them.

Digits, separators, signs and their invisible bidi marks follow CLDR (through Babel). Persian dates are Jalali.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from babel import Locale
from babel.dates import format_date, get_month_names
from babel.numbers import format_decimal

_SYSTEMS = {"fa": "arabext", "ar": "arab"}
_DIGITS = {"arabext": "۰۱۲۳۴۵۶۷۸۹", "arab": "٠١٢٣٤٥٦٧٨٩", "latn": "0123456789"}
_MINUS = "\u2212"


@dataclass(frozen=True)
class Numerals:
    """The number and date forms of one language (``fa``, ``ar``, ``ru`` or ``en``)."""

    lang: str

    @cached_property
    def locale(self) -> Locale:
        """Babel's locale for the language."""
        return Locale.parse(self.lang)

    @property
    def digits(self) -> str:
        """The ten digits, from zero."""
        return _DIGITS[_SYSTEMS.get(self.lang, "latn")]

    def number(self, value: float, decimals: int = 0, *, signed: bool = False) -> str:
        """``value`` rounded to ``decimals``, in local digits; ``signed`` shows a plus as well."""
        return _number(self, round(value, decimals), decimals, signed)

    def _number(self, value: float, decimals: int, signed: bool) -> str:
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        grouping = "ru" if self.lang == "ru" else "en"
        text: str = format_decimal(abs(value), format=pattern, locale=grouping)
        return self._sign(value, signed) + self._localised(text)

    def percent(self, share: float, *, signed: bool = False) -> str:
        """``share`` (0..1) in per cent, with one decimal under one per cent."""
        decimals = 1 if 0 < abs(share) < 0.01 else 0
        return self.with_percent(self.number(share * 100, decimals, signed=signed))

    def plain(self, text: str) -> str:
        """``text`` with its digits, if any, in local form: for version-free identifiers such as years."""
        return text.translate(str.maketrans("0123456789", self.digits))

    def day(self, day: date) -> str:
        """The date in words: Jalali for Persian, Gregorian for the others."""
        return _day(self, date(day.year, day.month, day.day))

    def _day(self, day: date) -> str:
        if self.lang == "fa":
            jalali, months = self._jalali(day)
            return self.plain(f"{jalali.day} {months[jalali.month - 1]} {jalali.year}")
        return self.plain(format_date(day, "long", locale=self.locale))

    def short_day(self, day: date) -> str:
        """Day and month, without the year."""
        return _short_day(self, date(day.year, day.month, day.day))

    def _short_day(self, day: date) -> str:
        if self.lang == "fa":
            jalali, months = self._jalali(day)
            return self.plain(f"{jalali.day} {months[jalali.month - 1]}")
        return self.plain(format_date(day, "d MMM", locale=self.locale))

    def date_parts(self, day: date) -> tuple[str, str, str]:
        """Day, month's name as dates have it, and year, in local digits: to name a range of days."""
        if self.lang == "fa":
            jalali, months = self._jalali(day)
            return self.plain(str(jalali.day)), months[jalali.month - 1], self.plain(str(jalali.year))
        month: str = get_month_names("wide", "format", self.locale)[day.month]
        return self.plain(str(day.day)), month, self.plain(str(day.year))

    def language(self, code: str) -> str | None:
        """The name of the language ``code`` in this language, or None when it has none."""
        name: str | None = self.locale.languages.get(code)
        return name if code != "und" else None

    def plural(self, value: float) -> str:
        """The CLDR plural category of ``value``: zero, one, two, few, many or other."""
        category: str = self.locale.plural_form(value)
        return category

    @cached_property
    def categories(self) -> frozenset[str]:
        """The plural categories that whole numbers take in this language."""
        return frozenset(self.plural(n) for n in range(200))

    @staticmethod
    def _jalali(day: date) -> tuple[Any, list[str]]:
        import jdatetime

        return jdatetime.date.fromgregorian(date=day), jdatetime.date.j_months_fa

    @cached_property
    def _symbols(self) -> Any:
        return self.locale.number_symbols[_SYSTEMS.get(self.lang, "latn")]

    def _sign(self, value: float, signed: bool) -> str:
        native = self.lang in _SYSTEMS
        if value < 0:
            return str(self._symbols["minusSign"]) if native else _MINUS
        if value > 0 and signed:
            return str(self._symbols["plusSign"]) if native else "+"
        return ""

    def _localised(self, text: str) -> str:
        if self.lang not in _SYSTEMS:
            return text
        separators = {",": self._symbols["group"], ".": self._symbols["decimal"]}
        return self.plain("".join(str(separators.get(c, c)) for c in text))

    def with_percent(self, number: str) -> str:
        """``number``, already in local form, with the percent sign."""
        if self.lang == "ru":
            return f"{number}\u00a0%"
        if self.lang == "fa":
            # After a letter the bidi algorithm sets the sign to the left of Persian digits, elsewhere to the right;
            # the Arabic letter mark makes it the left everywhere.
            number = f"\u061c{number}"
        return number + (str(self._symbols["percentSign"]) if self.lang in _SYSTEMS else "%")


# A page names the same numbers and days again and again, and Babel works each out anew.
_number = lru_cache(maxsize=20_000)(Numerals._number)
_day = lru_cache(maxsize=5_000)(Numerals._day)
_short_day = lru_cache(maxsize=5_000)(Numerals._short_day)
