"""How a digest speaks in one language: catalogue wording, plural forms, names of periods, isolated foreign text."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import get_day_names

from painpoints.report.digest.forms.catalogue import translations
from painpoints.report.digest.forms.isolation import Phrase, clean, isolated, needs_isolation
from painpoints.report.digest.model import Digest, Interval, PainPointNews, Period
from painpoints.report.edition import Edition

MOST_TITLE = 160
UNBOUNDED = 100
"""From here on the upper end of a ratio says nothing."""
NBSP = "\u00a0"
"""Between a number and what is counted, so that no line ends between them."""


@dataclass(frozen=True)
class Voice:
    """An edition with the digest's wording."""

    edition: Edition

    @property
    def rtl(self) -> bool:
        """Whether the digest runs from right to left."""
        return self.edition.rtl

    @property
    def lang(self) -> str:
        """The language's code."""
        return self.edition.lang

    def say(self, key: str, **places: object) -> Phrase:
        """The wording at ``key`` with its places filled; what is not wording itself is isolated where it must be."""
        text: str = translations(self.lang).ugettext(key)
        if text == key:
            raise KeyError(key)
        return self._fill(text, places)

    def count(self, key: str, value: int, **places: object) -> Phrase:
        """The wording at ``key`` in the plural form for ``value``, which stands at ``{n}``."""
        text: str = translations(self.lang).ungettext(key, key, value)
        if text == key:
            raise KeyError(key)
        return self._fill(text.replace("{n} ", f"{{n}}{NBSP}"), {"n": self.number(value), **places})

    def counted(self, key: str, value: int) -> Phrase:
        """``value`` of a thing that the report counts too: documents, units, painpoints."""
        number = self.number(value)
        return Phrase(self.edition.count(f"count.{key}", value).replace(f"{number} ", f"{number}{NBSP}"))

    def sized(self, value: int, least: int) -> str:
        """A number, "fewer than" where it is under ``least`` people's."""
        return self.number(value) if value >= least or least <= 1 else self.say("withheld.fewer", n=self.number(least))

    def listing(self, parts: Sequence[str]) -> Phrase:
        """The parts as a list in words."""
        return Phrase(self.edition.listing([self.isolate(part) for part in parts]))

    def in_a_row(self, parts: Sequence[str]) -> Phrase:
        """The parts side by side."""
        return Phrase(self.say("apart").join(self.isolate(part) for part in parts))

    def number(self, value: float, decimals: int = 0) -> str:
        """A number in local form."""
        return self.edition.number(value, decimals)

    def isolate(self, text: str) -> Phrase:
        """``text`` so that it cannot disturb the line it stands in."""
        if isinstance(text, Phrase):
            return text
        return Phrase(isolated(text) if text and (self.rtl or needs_isolation(text)) else text)

    def own(self, text: str, most: int | None = None) -> Phrase:
        """Text from outside (a name, a customer's word): cleaned and isolated."""
        return self.isolate(clean(text, most))

    def title_of(self, news: PainPointNews, most: int = MOST_TITLE) -> Phrase:
        """The pain point's title: a person's own wins, else the one in this language; what it is about where no title
        may be told."""
        if news.withheld and not news.title:
            return self.say("withheld.title", place=self.own(self.edition.touchpoint(news.touchpoint)))
        return self.title(news.title, news.titles if news.named_by != "person" else {}, most)

    def title(self, title: str, titles: Mapping[str, str], most: int = MOST_TITLE) -> Phrase:
        """The title in this language, ``title`` where there is none."""
        return self.own(titles.get(self.lang) or title, most)

    def quoted(self, title: str) -> Phrase:
        """A title between the language's quotation marks."""
        return self.say("quoted", text=title)

    def days(self, period: Period) -> Phrase:
        """The days of a period in words, Jalali for Persian."""
        first, last = self.edition.numerals.date_parts(period.first), self.edition.numerals.date_parts(period.last)
        places = {"first": first[0], "first_month": first[1], "first_year": first[2],
                  "last": last[0], "month": last[1], "year": last[2]}
        if first == last:
            key = "period.day"
        elif first[1:] == last[1:]:
            key = "period.in_month"
        else:
            key = "period.in_year" if first[2] == last[2] else "period.years"
        return self.say(key, **{name: Phrase(text) for name, text in places.items()})

    def day(self, day: date) -> Phrase:
        """A day in words."""
        return self.days(Period(day, day))

    def name_of(self, period: Period) -> Phrase:
        """What a period is called: a week by that name, another by its days."""
        return self.say("period.week", days=self.days(period)) if is_week(period) else self.days(period)

    def weekday(self, number: int) -> Phrase:
        """The name of a day of the week, 0 is Monday."""
        return Phrase(get_day_names("wide", "stand-alone", self.edition.numerals.locale)[number])

    def span(self, low: str, high: str) -> Phrase:
        """A range, both ends in local form."""
        return Phrase(self.edition.span(low, high))

    def growth(self, growth: Interval) -> Phrase:
        """A ratio of rates in words, with its interval."""
        value = growth.value
        if math.isinf(value):
            return self.say("growth.infinite")
        if value < 1:
            share = self.edition.percent(value)
            return self.say("growth.share", share=share, range=self._open_span(growth, share=True))
        if value >= 9.95:
            return self.count("growth.times_whole", round(value), range=self._open_span(growth))
        return self.say("growth.times", times=self.number(value, 1), range=self._open_span(growth))

    def _open_span(self, growth: Interval, *, share: bool = False) -> Phrase:
        def form(value: float) -> str:
            return self.edition.percent(value) if share else self.number(value, 0 if value >= 9.95 else 1)

        if growth.high >= UNBOUNDED:
            return self.say("number.at_least", low=form(growth.low))
        if share:
            return Phrase(self.edition.percent_span(growth.low, growth.high))
        return self.span(form(growth.low), form(growth.high))

    def _fill(self, text: str, places: dict[str, object]) -> Phrase:
        return Phrase(text.format_map({name: self.isolate(value if isinstance(value, str) else str(value))
                                       for name, value in places.items()}))


def comparing(digest: Digest) -> bool:
    """Whether there is anything before the period to compare it with."""
    return digest.volume.before > 0 or digest.weeks > 1


def is_week(period: Period) -> bool:
    """Whether a period is one week."""
    return (period.last - period.first).days == 6
