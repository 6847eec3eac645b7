"""The taxonomy's records: touchpoints, stages, frameworks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from painpoints.errors import UsageError

NO_STAGE = "none"
"""Stage of what lies on no journey: overall verdicts and texts that are no customer experience."""


@dataclass(frozen=True)
class Touchpoint:
    """One place where customer and company meet.

    ``names`` maps a language to the touchpoint's name; ``examples`` are the sentences a company's own taxonomy
    gives to recognise it by (empty for built-in ones, which trained heads recognise).
    """

    code: str
    stage: str
    channel: str
    names: Mapping[str, str]
    covers: str = ""
    examples: tuple[str, ...] = ()

    def name(self, lang: str) -> str:
        """The name in ``lang``, else in English, else the code."""
        return self.names.get(lang) or self.names.get("en") or self.code


@dataclass(frozen=True)
class Stage:
    """One stretch of the journey."""

    code: str
    names: Mapping[str, str]

    def name(self, lang: str) -> str:
        """The name in ``lang``, else in English, else the code."""
        return self.names.get(lang) or self.names.get("en") or self.code


@dataclass(frozen=True)
class Framework:
    """Stages in journey order and the stage of every touchpoint (``none`` for those on no journey)."""

    name: str
    names: Mapping[str, str]
    stages: tuple[Stage, ...]
    mapping: Mapping[str, str]

    def stage(self, code: str) -> Stage:
        """The stage called ``code``; raises KeyError."""
        for stage in self.stages:
            if stage.code == code:
                return stage
        raise KeyError(code)


@dataclass(frozen=True)
class Taxonomy:
    """All touchpoints in journey order, and the frameworks that arrange them.

    ``source`` is ``built-in`` or the path of the company's file.
    """

    touchpoints: tuple[Touchpoint, ...]
    frameworks: Mapping[str, Framework]
    source: str = "built-in"

    @property
    def codes(self) -> tuple[str, ...]:
        """Touchpoint codes in journey order."""
        return tuple(t.code for t in self.touchpoints)

    @property
    def builtin(self) -> bool:
        """Whether these are the touchpoints that the shipped heads were trained on."""
        return self.source == "built-in"

    def touchpoint(self, code: str) -> Touchpoint:
        """The touchpoint called ``code``; raises KeyError."""
        for touchpoint in self.touchpoints:
            if touchpoint.code == code:
                return touchpoint
        raise KeyError(code)

    def framework(self, name: str) -> Framework:
        """The framework called ``name``; raises UsageError naming the known ones."""
        try:
            return self.frameworks[name]
        except KeyError:
            known = ", ".join(self.frameworks)
            raise UsageError(f"No framework {name!r}.", hint=f"Known frameworks: {known}.") from None
