"""The digest of a period: everything it says, from what a workspace held by the end of it."""

from __future__ import annotations

import polars as pl

from painpoints.report.digest.anonymity import floored
from painpoints.report.digest.changes import painpoint_news, titles_of
from painpoints.report.digest.cut import Known, everything
from painpoints.report.digest.journeynews import journey_news, weakest
from painpoints.report.digest.model import Digest, PainPointNews, Period
from painpoints.report.digest.period import WEEK, before, week_of
from painpoints.report.digest.volume import needs, not_covered, volume
from painpoints.store import WorkspaceData
from painpoints.taxonomy import Taxonomy
from painpoints.track import daily_counts, weekday_exposure, weekly_trends

TOP = 5
"""How many pain points are called the top ones."""


def trends_until(data: WorkspaceData, period: Period, *, week_start: int = 0, zone: str = "UTC",
                 known: Known | None = None) -> pl.DataFrame:
    """The TRENDS columns of ``painpoints.track`` from the documents up to the end of ``period``, nothing later.

    ``known`` is `everything` of ``data``, where that is at hand.
    """
    known = (known or everything(data, zone)).until(period.last)
    units = known.units.with_columns(painpoint_id="place")  # what was retired is still tested along with the others
    return weekly_trends(weekday_exposure(daily_counts(known.documents, units, week_start=week_start, zone=zone)))


def build_digest(data: WorkspaceData, trends: pl.DataFrame, period: Period, *, taxonomy: Taxonomy, framework: str,
                 lang: str = "en", week_start: int = 0, zone: str = "UTC",
                 segment: tuple[str, str] | None = None, min_authors: int = 1, known: Known | None = None) -> Digest:
    """What is to be said of ``period``. The same data give the same digest, whatever the order of their rows.

    ``trends`` are what ``trends_until`` gives. Where ``segment`` names a column and a value, ``data`` are those of its
    documents. No document after the period is used; what people have decided (titles, what is on the lists) and what
    waits for them is as it stands. A resolved pain point is news in the period in which it became so, and where nothing
    came in, nothing is called new, growing or eased. What fewer than ``min_authors`` people stand behind is withheld.
    ``known`` is `everything` of ``data``, where that is at hand.
    """
    known = (known or everything(data, zone)).until(period.last)
    earlier = before(period)
    now, past = known.within(period), known.within(earlier)
    trends = trends.filter(pl.col("week") <= period.last)
    news = painpoint_news(known, now, past, data.points, trends, taxonomy.framework(framework), lang)
    changes = [point for point in news if point.changed or point.status != "resolved"] if len(now.documents) else []
    names = {str(point["painpoint_id"]): titles_of(point, lang) for point in data.points}
    heard = {point.painpoint_id for point in news}
    digest = Digest(
        workspace=data.name, segment=segment, period=period, before=earlier,
        weeks=_weeks(known.documents, period, week_start), week_start=week_start, zone=zone, framework=framework,
        volume=volume(known, now, past),
        new=_having(changes, "new"), growing=_having(changes, "growing", "reopened"),
        eased=_having(changes, "easing", "resolved"),
        top=tuple(point for point in news if point.documents)[:TOP],
        painpoints=known.mentions["painpoint_id"].n_unique(),
        journey=journey_news(now, past, taxonomy, framework), weakest=weakest(now, past, taxonomy, framework),
        needs=needs(now, data.points, data.proposals, names, heard if segment else None),
        not_covered=not_covered(now, data.additions, rows=segment is None))
    return floored(digest, now, min_authors)


def _weeks(documents: pl.DataFrame, period: Period, week_start: int) -> int:
    """Weeks from the first with feedback to the end of the period, 0 without any feedback."""
    if documents.is_empty():
        return 0
    first = week_of(documents["day"].min(), week_start).first  # type: ignore[arg-type]
    return (week_of(period.last, week_start).first - first).days // WEEK + 1


def _having(news: list[PainPointNews], *statuses: str) -> tuple[PainPointNews, ...]:
    """Those with one of ``statuses``, changed ones first, then by impact (that of the period before, if greater)."""
    chosen = [point for point in news if point.status in statuses]
    return tuple(sorted(chosen, key=lambda p: (not p.changed, -max(p.impact.value, p.impact_before or 0.0),
                                               p.painpoint_id)))
