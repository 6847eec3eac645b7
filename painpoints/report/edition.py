"""One edition of the report: its language's wording, numbers, names and direction, and the chosen framework.

Wording lives in ``wording/<lang>.toml``: ``section.key = "text with {places}"``; a table of plural forms
(``one``, ``few``, ..., ``other``) where a counted thing is named.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any

from markupsafe import Markup, escape

from painpoints.errors import UsageError
from painpoints.report.numerals import Numerals
from painpoints.taxonomy import NO_STAGE, Framework, Taxonomy

EDITIONS = ("fa", "ar", "ru", "en")
_RTL = frozenset({"fa", "ar"})


@cache
def wording(lang: str) -> Mapping[str, Any]:
    """The wording of ``lang``, flat: dotted key to text, or to a table of plural forms.

    Raises UsageError when there is no edition in that language.
    """
    if lang not in EDITIONS:
        raise UsageError(f"No report in the language {lang!r}.", hint=f"There are: {', '.join(EDITIONS)}.")
    path = resources.files("painpoints.report").joinpath("wording", f"{lang}.toml")
    return {f"{section}.{key}": value
            for section, entries in tomllib.loads(path.read_text("utf8")).items() for key, value in entries.items()}


@dataclass(frozen=True)
class Edition:
    """Everything that turns findings into one language."""

    lang: str
    taxonomy: Taxonomy
    framework: Framework

    @classmethod
    def of(cls, lang: str, taxonomy: Taxonomy, framework: str) -> Edition:
        """The edition in ``lang``; raises UsageError for an unknown language or framework."""
        wording(lang)
        return cls(lang, taxonomy, taxonomy.framework(framework))

    @property
    def rtl(self) -> bool:
        """Whether the page runs from right to left."""
        return self.lang in _RTL

    @cached_property
    def numerals(self) -> Numerals:
        """Number and date forms."""
        return Numerals(self.lang)

    def say(self, key: str, **places: object) -> str:
        """The wording at ``key`` with its places filled, as plain text."""
        text: str = wording(self.lang)[key]
        return text.format_map({name: str(value) for name, value in places.items()})

    def markup(self, key: str, **places: object) -> Markup:
        """The wording at ``key`` as mark-up: the wording and plain values are escaped, Markup values stay."""
        return Markup(escape(wording(self.lang)[key])).format_map(
            {name: value if isinstance(value, Markup) else escape(str(value)) for name, value in places.items()})

    def count(self, key: str, value: int) -> str:
        """``value`` of the thing named at ``key``, in the right plural form."""
        forms: Mapping[str, str] = wording(self.lang)[key]
        form = forms.get(self.numerals.plural(value), forms["other"])
        return form.format(n=self.numerals.number(value))

    def known(self, key: str) -> str | None:
        """The wording at ``key``, or None when there is none: for codes that come from data."""
        text = wording(self.lang).get(key)
        return text if isinstance(text, str) else None

    def number(self, value: float, decimals: int = 0) -> str:
        """A number in local form."""
        return self.numerals.number(value, decimals)

    def percent(self, share: float) -> str:
        """A share in per cent."""
        return self.numerals.percent(share)

    def net(self, value: float) -> str:
        """A balance in -1..1 as a signed number in -100..+100."""
        return self.numerals.number(value * 100, signed=True)

    def span(self, low: str, high: str) -> str:
        """The range from ``low`` to ``high``, both already in local form."""
        return self.say("number.range", low=low, high=high)

    def percent_span(self, low: float, high: float) -> str:
        """A range of shares; the sign stands once, at the end."""
        return self.numerals.with_percent(self.span(self.number(low * 100), self.number(high * 100))) \
            if self.lang in ("en", "ru") else self.span(self.percent(low), self.percent(high))

    def net_span(self, low: float, high: float) -> str:
        """A range of balances."""
        return self.span(self.net(low), self.net(high))

    def listing(self, parts: list[str]) -> str:
        """The parts as a list in words: "a, b and c"."""
        if len(parts) < 2:
            return "".join(parts)
        return self.say("text.and", head=self.say("text.comma").join(parts[:-1]), last=parts[-1])

    def touchpoint(self, code: str) -> str:
        """The touchpoint's name, or its code when the taxonomy does not know it."""
        return self._touchpoints.get(code, code)

    def stage(self, code: str) -> str:
        """The stage's name; the code ``none`` has a name of its own."""
        if code == NO_STAGE:
            return self.say("journey.off_journey")
        return self._stages.get(code, code)

    @cached_property
    def _touchpoints(self) -> Mapping[str, str]:
        return {touchpoint.code: touchpoint.name(self.lang) for touchpoint in self.taxonomy.touchpoints}

    @cached_property
    def _stages(self) -> Mapping[str, str]:
        return {stage.code: stage.name(self.lang) for stage in self.framework.stages}

    def stage_of(self, touchpoint: str) -> str:
        """The code of the stage that holds ``touchpoint`` in the chosen framework."""
        return self.framework.mapping.get(touchpoint, NO_STAGE)

    def emotion(self, code: str) -> str:
        """The emotion's name, or its code when the wording does not know it."""
        return self.known(f"emotion.{code}") or code

    def language(self, code: str | None) -> str:
        """The language's name; undetermined ones are named as such."""
        return (self.numerals.language(code) if code else None) or (
            self.say("text.unknown_language") if code in (None, "und") else str(code))

    def column(self, name: str) -> str:
        """What a comparison column is called: a known one by its wording, another by its own name."""
        bare = name.removeprefix("meta.")
        return self.known(f"column.{bare}") or bare
