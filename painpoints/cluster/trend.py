"""How pain points move: weekly counts, first and last mention, and a status that chance alone would seldom give.

The last third of the period (at least two weeks) is compared with what came before, by Fisher's exact test on the share
of documents that have the pain point, with Benjamini and Hochberg (1995) over all pain points::

    new       first mentioned in the last third, by 3 or more documents, which constancy would not give (q < .05)
    resolved  mentioned before, never in the last third, which constancy would not give (q < .05)
    growing   share up by a quarter or more, q < .05
    easing    share down by a fifth or more, q < .05
    steady    no change shown; also where the period is under four weeks, which shows none
    undated   the documents have no times

The period runs from the 0.5 % to the 99.5 % quantile of the documents' times, so that a few wrong dates do not move it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl

LEVEL = 0.05
LEAST_RECENT = timedelta(weeks=2)
LEAST_PERIOD = timedelta(weeks=4)
LEAST_NEW = 3
UP, DOWN = 1.25, 0.8


@dataclass(frozen=True)
class Trend:
    """``weeks``: (Monday, documents with the pain point, all documents), without gaps, or None without times."""

    weeks: list[tuple[date, int, int]] | None
    first_seen: datetime | None
    last_seen: datetime | None
    status: str


def measure_trends(documents: pl.DataFrame, having: Mapping[int, Sequence[str]]) -> dict[int, Trend]:
    """The trend of each pain point; ``having`` maps it to the doc_ids that have it.

    ``documents`` needs doc_id and time (null where unknown); those without a time take no part.
    """
    dated = documents.select("doc_id", "time").drop_nulls("time")
    times = dict(zip(dated["doc_id"].to_list(), dated["time"].to_list(), strict=True))
    mentions = {point: sorted(times[doc] for doc in set(docs) if doc in times) for point, docs in having.items()}
    if not times:
        return {point: Trend(None, None, None, "undated") for point in having}
    every = sorted(times.values())
    statuses = _statuses(every, mentions)
    volume = _weekly(every)
    weeks = _mondays(every[0], every[-1])
    return {point: Trend([(week, count.get(week, 0), volume.get(week, 0)) for week in weeks] if seen else None,
                         seen[0] if seen else None, seen[-1] if seen else None, statuses[point])
            for point, seen in mentions.items() for count in (_weekly(seen),)}


def _monday(time: datetime) -> date:
    return time.date() - timedelta(days=time.weekday())


def _weekly(times: Sequence[datetime]) -> dict[date, int]:
    counts: dict[date, int] = {}
    for time in times:
        counts[_monday(time)] = counts.get(_monday(time), 0) + 1
    return counts


def _mondays(first: datetime, last: datetime) -> list[date]:
    start, end = _monday(first), _monday(last)
    return [start + timedelta(weeks=w) for w in range((end - start).days // 7 + 1)]


def _statuses(every: Sequence[datetime], mentions: Mapping[int, Sequence[datetime]]) -> dict[int, str]:
    begin = every[int(0.005 * (len(every) - 1))]
    end = every[-1 - int(0.005 * (len(every) - 1))]
    found = {point: "steady" if seen else "undated" for point, seen in mentions.items()}
    if end - begin < LEAST_PERIOD:
        return found
    cut = end - max((end - begin) / 3, LEAST_RECENT)
    recent_all = sum(time >= cut for time in every)
    earlier_all = len(every) - recent_all
    if not recent_all or not earlier_all:
        return found
    tested = [point for point, seen in mentions.items() if seen]
    recent = {point: sum(time >= cut for time in mentions[point]) for point in tested}
    p_values = [_fisher(recent[p], recent_all, len(mentions[p]) - recent[p], earlier_all) for p in tested]
    for point, q in zip(tested, benjamini_hochberg(p_values), strict=True):
        if q < LEVEL:
            found[point] = _direction(recent[point], len(mentions[point]) - recent[point], recent_all, earlier_all)
    return found


def _direction(recent: int, earlier: int, recent_all: int, earlier_all: int) -> str:
    if earlier == 0:
        return "new" if recent >= LEAST_NEW else "steady"
    if recent == 0:
        return "resolved"
    ratio = (recent / recent_all) / (earlier / earlier_all)
    return "growing" if ratio >= UP else "easing" if ratio <= DOWN else "steady"


def _fisher(recent: int, recent_all: int, earlier: int, earlier_all: int) -> float:
    from scipy.stats import fisher_exact

    table = [[recent, recent_all - recent], [earlier, earlier_all - earlier]]
    return float(fisher_exact(table).pvalue)


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """The q value of each p value (Benjamini and Hochberg 1995)."""
    p = np.asarray(p_values, np.float64)
    order = np.argsort(-p, kind="stable")
    ranks = np.arange(len(p), 0, -1)
    q = np.empty(len(p))
    q[order] = np.minimum.accumulate(np.minimum(1.0, p[order] * len(p) / ranks))
    return [float(value) for value in q]
