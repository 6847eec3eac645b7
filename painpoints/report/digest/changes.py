"""Pain points in a period: how often, how grave, and what changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from painpoints.cluster import measure_impact
from painpoints.report.digest.cut import Cut
from painpoints.report.digest.model import Interval, Mentions, PainPointNews
from painpoints.report.digest.period import WEEK
from painpoints.report.digest.quoting import quotes
from painpoints.report.intervals import wilson
from painpoints.taxonomy import NO_STAGE, Framework

SPARK = 12
"""Weeks shown of each pain point, at most."""
_STEADY = "steady"
_VAGUE = ("general", "none")


@dataclass(frozen=True)
class _Standing:
    """A pain point among those mentioned in a period."""

    documents: int
    impact: Interval
    rank: int


def painpoint_news(whole: Cut, now: Cut, past: Cut, points: Iterable[Mapping[str, Any]], trends: pl.DataFrame,
                   framework: Framework, lang: str) -> list[PainPointNews]:
    """Every pain point on the lists that was mentioned in the period or whose status is not steady, by rank.

    ``whole`` is everything up to the end of the period, ``now`` the period and ``past`` the one before; ``trends`` has
    no week after the period. Titles are those of persons, else those in ``lang`` where there is one.
    """
    standing, earlier = _standings(now), _standings(past)
    row_of, was = _statuses(trends, now.period.first)
    known = {str(point["painpoint_id"]): point for point in points if point["status"] == "open"}
    heard = set(whole.mentions["painpoint_id"])
    listed = [name for name in sorted(known) if name in heard
              and (name in standing or row_of.get(name, {}).get("status", _STEADY) != _STEADY)]
    places, langs, sparks = _touchpoints(whole.mentions), _languages(whole, now), _sparks(whole)
    born = dict(whole.mentions.group_by("painpoint_id").agg(pl.col("day").min()).iter_rows())
    said = quotes(now.mentions, now.documents, "painpoint_id")
    news = []
    for name in listed:
        row, mine, before = row_of.get(name, {}), standing.get(name), earlier.get(name)
        status = row.get("status", _STEADY)
        news.append(PainPointNews(
            painpoint_id=name, **titles_of(known[name], lang), status=status,
            changed=status not in (_STEADY, was.get(name, _STEADY)), touchpoint=places[name],
            stage=framework.mapping.get(places[name], NO_STAGE), langs=langs[name],
            documents=mine.documents if mine else 0, before=before.documents if before else 0,
            rate=_rate(mine.documents if mine else 0, now.volume), growth=_growth(row),
            impact=mine.impact if mine else Interval(0.0, 0.0, 0.0),
            impact_before=before.impact.value if before else None,
            rank=mine.rank if mine else len(standing) + 1, rank_before=before.rank if before else None,
            born=born[name], spark=sparks(name), quotes=said.get(name, ())))
    return sorted(news, key=lambda point: (point.rank, point.painpoint_id))


def titles_of(point: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """``title`` (a person's, else the one in ``lang``, else the workspace's), ``titles`` and ``named_by``."""
    stored = point["titles"]
    titles = {entry["lang"]: entry["title"] for entry in (json.loads(stored) if isinstance(stored, str) else stored)}
    if point["named_by"] == "person":
        titles = {}  # what a person calls it is what it is called in every language
    return {"title": titles.get(lang, point["title"]), "titles": titles, "named_by": point["named_by"]}


def _standings(cut: Cut) -> dict[str, _Standing]:
    """Each pain point mentioned in the period: voices, impact and rank."""
    said, names = cut.mentions, cut.mentions["painpoint_id"].unique().sort()
    if names.is_empty():
        return {}
    rated = cut.voices.join(cut.documents.select("doc_id", "rating"), on="doc_id").group_by("voice").agg(
        pl.col("rating").cast(pl.Float64).mean()).sort("voice")
    found = measure_impact(
        said["voice"].to_numpy(), names.search_sorted(said["painpoint_id"]).to_numpy().astype(np.int64),
        said["p_neg"].cast(pl.Float64).to_numpy(), rated["rating"].fill_null(float("nan")).to_numpy(), len(names))
    order = sorted(range(len(names)), key=lambda k: (-found.impact[k], names[k]))
    return {names[k]: _Standing(int(found.documents[k]), Interval(
        float(found.impact[k]), float(found.impact_low[k]), float(found.impact_high[k])), place)
        for place, k in enumerate(order, 1)}


def _statuses(trends: pl.DataFrame, first: date) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """The last row of each pain point, and its status in the last week that was over before ``first``."""
    if trends.is_empty():
        return {}, {}
    last = trends.filter(pl.col("week") == pl.col("week").max())
    over = trends.filter(pl.col("week") <= first - timedelta(days=WEEK))
    before = over.filter(pl.col("week") == pl.col("week").max())
    return ({row["painpoint_id"]: row for row in last.iter_rows(named=True)},
            dict(before.select("painpoint_id", "status").iter_rows()))


def _rate(documents: int, volume: int) -> Interval:
    if not volume:
        return Interval(0.0, 0.0, 1000.0)
    low, high = wilson(documents / volume, volume)
    return Interval(1000 * documents / volume, 1000 * low, 1000 * high)


def _growth(row: Mapping[str, Any]) -> Interval | None:
    if row.get("growth") is None:
        return None
    low, high = row["growth_low"], row["growth_high"]
    return Interval(row["growth"], 0.0 if low is None else low, float("inf") if high is None else high)


def _touchpoints(mentions: pl.DataFrame) -> dict[str, str]:
    """The touchpoint that most of the probability speaks for; vague ones only where no other holds a quarter."""
    votes = mentions.group_by("painpoint_id", "touchpoint").agg(
        pl.col("touchpoint_p").fill_null(0.0).cast(pl.Float64).sum().round(6).alias("vote"))
    votes = votes.with_columns(clear=~pl.col("touchpoint").is_in(_VAGUE) & (
        pl.col("vote") >= 0.25 * pl.col("vote").sum().over("painpoint_id")))
    best = votes.sort(["painpoint_id", "clear", "vote", "touchpoint"], descending=[False, True, True, False])
    return dict(best.unique("painpoint_id", keep="first", maintain_order=True).select(
        "painpoint_id", "touchpoint").iter_rows())


def _languages(whole: Cut, now: Cut) -> dict[str, tuple[str, ...]]:
    """The languages of each pain point, most units first: those of the period, or of all time where it has none."""
    found: dict[str, tuple[str, ...]] = {}
    for cut in (whole, now):
        counts = cut.mentions.group_by("painpoint_id", pl.col("lang").fill_null("und")).len().sort(
            ["painpoint_id", "len", "lang"], descending=[False, True, False])
        found |= {name: tuple(langs) for name, langs in
                  counts.group_by("painpoint_id", maintain_order=True).agg("lang").iter_rows()}
    return found


def _sparks(whole: Cut) -> Any:
    """What gives the last weeks of a pain point, from the first with feedback on, ending with the period."""
    last = whole.period.last - timedelta(days=WEEK - 1)
    count = min(SPARK, (whole.period.last - whole.period.first).days // WEEK + 1)
    weeks = [last - timedelta(weeks=back) for back in reversed(range(count))]
    volume = dict(whole.voices.group_by("week").agg(pl.col("voice").n_unique()).iter_rows())
    said = {(name, week): heard for name, week, heard in whole.mentions.filter(pl.col("week") >= weeks[0]).group_by(
        "painpoint_id", "week").agg(pl.col("voice").n_unique()).iter_rows()}

    def spark(name: str) -> tuple[Mentions, ...]:
        return tuple(Mentions(week, said.get((name, week), 0), volume.get(week, 0)) for week in weeks)

    return spark
