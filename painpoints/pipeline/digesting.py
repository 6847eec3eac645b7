"""Digests of a workspace: the period found, and one digest, or one for every segment."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from painpoints.config import Settings
from painpoints.pipeline.models import chosen_framework, taxonomy_of
from painpoints.pipeline.weighing import limit_authors, reweigh
from painpoints.report import (
    Digest,
    Edition,
    Known,
    build_digest,
    choose_period,
    everything,
    segment_column,
    segments_of,
    trends_until,
    value_of,
)
from painpoints.store import WorkspaceData

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class DigestQuestion:
    """Which digest is wanted: a ``week`` ("2026-W47"), the days ``since`` .. ``until``, or (all None) the last week
    that is over; in ``lang`` (None: the workspace's); one for every value of the column ``by``; quotes where
    ``min_authors`` people stand behind (None: as the workspace has it); as of ``today``."""

    week: str | None = None
    since: str | None = None
    until: str | None = None
    lang: str | None = None
    by: str | None = None
    min_authors: int | None = None
    today: dt.date | None = None


@dataclass(frozen=True)
class Digests:
    """What was made: ``digests``, the ``edition`` they are told in, and the values of the segments' column that had
    too few documents in the period for one, with their counts."""

    digests: tuple[Digest, ...]
    edition: Edition
    left_out: tuple[tuple[str, int], ...] = ()


def make_digests(data: WorkspaceData, settings: Settings, question: DigestQuestion, known: Known | None = None
                 ) -> Digests:
    """The digests of ``data`` that ``question`` asks for. ``known`` is `everything` of ``data``, where that is at hand.

    Raises UsageError for a week or column that is none.
    """
    lang, zone = question.lang or settings.lang, settings.zone
    week_start = settings.first_weekday(lang)
    edition = edition_of(settings, lang)
    taxonomy, framework = edition.taxonomy, edition.framework.name
    column = None if question.by is None else segment_column(data.documents.columns, question.by)
    today = question.today or settings.today()
    known = known or everything(data, zone)
    period = choose_period(known.documents["day"].unique().to_list(), today, week=question.week,
                           since=question.since, until=question.until, week_start=week_start, lang=lang)

    least = settings.min_authors if question.min_authors is None else question.min_authors

    def digest(part: WorkspaceData, segment: tuple[str, str] | None = None) -> Digest:
        all_of_it = known if part is data else everything(part, zone)
        trends = trends_until(part, period, week_start=week_start, zone=zone, known=all_of_it)
        return build_digest(part, trends, period, taxonomy=taxonomy, framework=framework, lang=lang,
                            week_start=week_start, zone=zone, segment=segment, min_authors=least, known=all_of_it)

    if column is None:
        return Digests((digest(data),), edition)
    values, few = segments_of(known.within(period), column, least)
    named = column.removeprefix("meta.")
    parts = ((_segment(data, value_of(column) == value, settings.author_limit), value) for value in values)
    return Digests(tuple(digest(part, (named, value)) for part, value in parts), edition, few)


def edition_of(settings: Settings, lang: str | None = None) -> Edition:
    """How a workspace of these ``settings`` names things, in ``lang`` or its own language. Raises UsageError."""
    taxonomy = taxonomy_of(settings)
    return Edition.of(lang or settings.lang, taxonomy, chosen_framework(taxonomy, settings.framework).name)


def _segment(data: WorkspaceData, chosen: pl.Expr, limit: int) -> WorkspaceData:
    """The part of ``data`` with the documents ``chosen``, in which a text copied from elsewhere counts once too."""
    documents = data.documents.filter(chosen)
    units = data.units.join(documents.select("doc_id"), on="doc_id", how="semi", maintain_order="left")
    return replace(data, documents=documents, units=limit_authors(reweigh(units, documents), documents, limit))
