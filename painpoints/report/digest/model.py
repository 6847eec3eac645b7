"""What a digest says, before any language or form: numbers, codes, customers' own words."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Period:
    """Days from ``first`` to ``last``, both included. ``week`` is its name where it is one week: "2026-W47"."""

    first: date
    last: date
    week: str | None = None


@dataclass(frozen=True)
class Interval:
    """A figure and its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Quote:
    """A customer's own words; ``day`` is null where the input had no date."""

    unit_id: str
    doc_id: str
    lang: str
    text: str
    day: date | None


@dataclass(frozen=True)
class Mentions:
    """Documents with a pain point, and all documents, in the week that begins on ``week``."""

    week: date
    documents: int
    volume: int


@dataclass(frozen=True)
class PainPointNews:
    """A pain point in the period.

    ``status`` is one of ``painpoints.track.STATUSES``; ``changed`` says that the status began in this period.
    ``title`` is the one of the workspace (a person's, where one gave it: ``named_by`` person), ``titles`` language to
    title. ``documents`` and ``before`` count authors' documents in this period and the one before (copies and repeats
    of an author once a week); ``rate`` is per 1,000 documents; ``growth`` the ratio of rates that the status rests on,
    null where there is nothing to compare with, and ``growth.value`` infinite where there was no mention before.
    ``impact`` (0..100) and ``rank`` (1 is the greatest) are those of the period, ``impact_before`` and ``rank_before``
    those of the one before (null without a mention then); what was not mentioned in this period has impact 0 and ranks
    behind all that was. ``titles`` is empty where a person named it. ``born`` is the day of its first mention.
    ``spark`` has the last weeks, oldest first, the last one ending with the period.
    """

    painpoint_id: str
    title: str
    titles: dict[str, str]
    named_by: str
    status: str
    changed: bool
    touchpoint: str
    stage: str
    langs: tuple[str, ...]
    documents: int
    before: int
    rate: Interval
    growth: Interval | None
    impact: Interval
    impact_before: float | None
    rank: int
    rank_before: int | None
    born: date | None
    spark: tuple[Mentions, ...]
    quotes: tuple[Quote, ...]


@dataclass(frozen=True)
class TouchpointNews:
    """A touchpoint in the period: opinions, balance of sentiment (-1..1) and share of complaints (0..1).

    ``shift`` is the change of ``net`` against the period before with its interval, null where one of both has too few
    opinions; ``shifted`` says that it stands after the false discovery rate over all touchpoints was held.
    """

    touchpoint: str
    stage: str
    units: int
    units_before: int
    net: Interval
    harm: Interval
    shift: Interval | None
    shifted: bool


@dataclass(frozen=True)
class Weakest:
    """The touchpoint where harm is surest; ``harm`` is its share of complaints, ``elsewhere`` that of all others."""

    touchpoint: str
    stage: str
    units: int
    harm: Interval
    elsewhere: float | None
    same_as_before: bool
    quotes: tuple[Quote, ...]


@dataclass(frozen=True)
class Volume:
    """What came in, copies left out: documents, opinions (on a touchpoint), problems; documents of the period
    ``before`` and of a usual one (the median of the eight before; null with fewer than two); by language and by source,
    most first. ``net_shift`` is the change of ``net`` against the period before, null where one of both has too few
    opinions."""

    documents: int
    before: int
    usual: float | None
    units: int
    problems: int
    net: Interval | None
    net_before: float | None
    languages: tuple[tuple[str, int], ...]
    sources: tuple[tuple[str, int], ...]
    net_shift: Interval | None = None


@dataclass(frozen=True)
class Proposal:
    """A merge (of ``painpoint_id`` into ``other``) or a split that waits for a person.

    Titles are those of the workspace, ``titles`` and ``other_titles`` language to title, empty where a person named it.
    """

    kind: str
    painpoint_id: str
    title: str
    other: str | None
    other_title: str | None
    share: float
    titles: dict[str, str] = field(default_factory=dict)
    other_titles: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Needs:
    """What waits for a person: ``review`` opinions of the period too unsure to count, and proposals."""

    review: int
    proposals: tuple[Proposal, ...]


@dataclass(frozen=True)
class NotCovered:
    """What the digest does not speak of: opinions on no touchpoint, in languages never measured, problems that fit no
    pain point yet, copies, possible ``campaigns`` and ``noise`` (adverts, spam, off-topic comments) of the period,
    documents without a date (counted on the day they were added), rows not read (reason to count, of the inputs that
    brought documents of the period). ``until`` is the last day with feedback, where two or
    more days of the period after it have none."""

    off_topic: int
    other_languages: int
    unplaced: int
    copies: int
    undated: int
    rejected: dict[str, int]
    until: date | None = None
    campaigns: int = 0
    noise: int = 0


@dataclass(frozen=True)
class Digest:
    """One period of a workspace, or of one ``segment`` (column and value) of it.

    ``new``, ``growing`` (reopened ones too), ``eased`` (easing and resolved) hold pain points whose status says so,
    ``changed`` ones first, resolved ones in the period in which they became so; ``top`` those with the greatest impact
    in the period. ``painpoints`` says how many of those on the lists were mentioned by its end. ``weeks`` says how many
    weeks of feedback there are up to then: under five no change can be shown.
    """

    workspace: str
    segment: tuple[str, str] | None
    period: Period
    before: Period
    weeks: int
    week_start: int
    zone: str
    framework: str
    volume: Volume
    new: tuple[PainPointNews, ...]
    growing: tuple[PainPointNews, ...]
    eased: tuple[PainPointNews, ...]
    top: tuple[PainPointNews, ...]
    painpoints: int
    journey: tuple[TouchpointNews, ...]
    weakest: Weakest | None
    needs: Needs
    not_covered: NotCovered

    def as_dict(self) -> dict[str, Any]:
        """The digest as nested dictionaries; days are `datetime.date`."""
        return asdict(self)
