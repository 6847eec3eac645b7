"""How much came in, what waits for a person, and what the digest does not speak of."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from statistics import median
from typing import Any

import polars as pl

from painpoints.report.digest.cut import Cut
from painpoints.report.digest.journeynews import balance, balance_shift
from painpoints.report.digest.model import Needs, NotCovered, Proposal, Volume
from painpoints.report.digest.period import length
from painpoints.report.exclusions import LANGUAGES

SILENT = 2
"""Days without feedback at the end of a period from which on it is told."""
USUAL = 8
"""How many periods before make the usual one."""


def volume(whole: Cut, now: Cut, past: Cut) -> Volume:
    """What came in; copies of documents are left out of all counts."""
    net, earlier = balance(now), balance(past)
    return Volume(
        documents=_count(now), before=_count(past), usual=_usual(whole, now), units=len(now.opinions),
        problems=int(now.opinions["is_problem"].sum()), net=net, net_before=earlier.value if earlier else None,
        languages=_by(now, pl.col("lang").fill_null("und")), sources=_by(now, pl.col("source")),
        net_shift=balance_shift(now, past))


def _count(cut: Cut) -> int:
    return len(cut.documents.filter(~pl.col("copied")))


def _usual(whole: Cut, now: Cut) -> float | None:
    """The median of the periods before, as many as lie wholly after the first document; None with fewer than two."""
    days = length(now.period)
    past = whole.documents.filter(~pl.col("copied") & (pl.col("day") < now.period.first))
    if past.is_empty():
        return None
    back = past.select((pl.lit(now.period.first) - pl.col("day")).dt.total_days()).to_series() - 1
    counts = Counter((back // days).to_list())
    complete = (now.period.first - whole.period.first).days // days
    return median([counts[at] for at in range(min(USUAL, complete))]) if complete >= 2 else None


def _by(cut: Cut, column: pl.Expr) -> tuple[tuple[str, int], ...]:
    if not set(column.meta.root_names()) <= set(cut.documents.columns):
        return ()
    counts = cut.documents.filter(~pl.col("copied")).group_by(value=column.cast(pl.Utf8)).len().drop_nulls("value")
    return tuple(counts.sort(["len", "value"], descending=[True, False]).iter_rows())


def needs(now: Cut, points: Sequence[Mapping[str, Any]], proposals: Sequence[Mapping[str, Any]],
          names: Mapping[str, Mapping[str, Any]], only: Collection[str] | None = None) -> Needs:
    """What waits for a person: unsure opinions of the period, and proposals about pain points on the lists.

    ``names`` has title and titles of every pain point. With ``only``, one side of a proposal is among these.
    """
    listed = {point["painpoint_id"] for point in points if point["status"] == "open"}
    found = []
    for row in proposals:
        sides = [name for name in (row["painpoint_id"], row["other"]) if name is not None]
        if set(sides) <= listed and (only is None or set(sides) & set(only)):
            one, two = names[row["painpoint_id"]], names.get(row["other"]) or {"title": None, "titles": {}}
            found.append(Proposal(row["kind"], row["painpoint_id"], one["title"], row["other"], two["title"],
                                  float(row["share"]), one["titles"], two["titles"]))
    found.sort(key=lambda p: (p.kind, -p.share, p.painpoint_id, p.other or ""))
    return Needs(int((~now.opinions["certain"]).sum()), tuple(found))


def not_covered(now: Cut, additions: Sequence[Mapping[str, Any]], *, rows: bool = True) -> NotCovered:
    """What was left out. Rows that were not read are those of the inputs that brought documents of the period;
    without ``rows`` they are nobody's."""
    own = now.units.filter(pl.col("weight") > 0)
    problems = now.opinions.filter("is_problem")
    came = set(now.documents["addition"]) if rows and "addition" in now.documents.columns else set()
    rejected: Counter[str] = Counter()
    for addition in additions:
        if addition["number"] in came:
            note = addition["note"]
            rejected.update((json.loads(note) if isinstance(note, str) else note).get("rejected") or {})
    return NotCovered(
        off_topic=len(own) - len(now.opinions),
        other_languages=len(now.opinions.filter(~pl.col("lang").fill_null("und").is_in(LANGUAGES))),
        unplaced=len(problems.filter(pl.col("place").is_null())), copies=int(now.documents["copied"].sum()),
        undated=len(now.documents.filter(~pl.col("dated") & ~pl.col("copied"))),
        rejected={reason: count for reason, count in sorted(rejected.items(), key=lambda item: (-item[1], item[0]))
                  if count}, until=_reaches(now), campaigns=_filled(now, "campaign_id").n_unique(),
        noise=len(_filled(now, "none_kind")))


def _filled(cut: Cut, column: str) -> pl.Series:
    """What documents of the period have in a column that older data are without."""
    return cut.documents[column].drop_nulls() if column in cut.documents.columns else pl.Series([], dtype=pl.Utf8)


def _reaches(now: Cut) -> date | None:
    if now.documents.is_empty():
        return None
    last: date = now.documents["day"].max()  # type: ignore[assignment]
    return last if (now.period.last - last).days >= SILENT else None
