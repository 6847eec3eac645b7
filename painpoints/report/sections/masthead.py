"""Title, period, what was read, and the headline figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from painpoints.report.edition import Edition
from painpoints.report.journeymap import MEASURED, NOT_EXPERIENCE, experience, kept_apart, measure
from painpoints.store import RunData


@dataclass(frozen=True)
class Figure:
    """One headline figure: its name, value, interval and what it means."""

    name: str
    value: str
    span: str
    help: str
    tone: str = ""


def lede(edition: Edition, run: RunData) -> str:
    """What was read, when it was written and what it holds, in a few sentences."""
    units = experience(run, MEASURED)
    langs = units if len(units) else run.units
    codes = langs.group_by("lang").len().sort(["len", "lang"], descending=[True, False])["lang"].to_list()
    names = [edition.language(code) for code in codes[:6]]
    read = edition.count("count.documents", len(run.documents))
    parts = [edition.say("lede.read", documents=read, languages=edition.listing(names))] if names else [read + "."]
    parts.append(period(edition, run) or edition.say("lede.no_times"))
    if units.is_empty():
        parts.append(edition.say("lede.nothing"))
    else:
        problems = int(units["is_problem"].sum())
        parts.append(edition.say("lede.found", units=edition.count("count.units", len(units)),
                                 problems=edition.number(problems)))
    return " ".join(parts)


def period(edition: Edition, run: RunData) -> str | None:
    """The sentence that names the first and the last day, or None when no text has a time."""
    days = span_of_days(run)
    if days is None:
        return None
    first, last = days
    if first == last:
        return edition.say("lede.day", first=edition.numerals.day(first))
    return edition.say("lede.period", first=edition.numerals.day(first), last=edition.numerals.day(last))


def span_of_days(run: RunData) -> tuple[date, date] | None:
    """The first and the last day on which a text was written, or None."""
    times = run.documents["time"].drop_nulls() if "time" in run.documents.columns else pl.Series([])
    if times.is_empty():
        return None
    return times.min().date(), times.max().date()  # type: ignore[union-attr]


def headline(edition: Edition, run: RunData, satisfaction: dict[str, Any]) -> list[Figure]:
    """The headline figures that the data allow."""
    figures = [Figure(edition.say("headline.documents"), edition.number(len(run.documents)), "", "")]
    overall = measure(experience(run, MEASURED), None)
    if not overall.is_empty():
        row = overall.row(0, named=True)
        figures += [
            Figure(edition.say("headline.units"), edition.number(row["units"]), "",
                   edition.say("headline.units_help", n=edition.number(_uncertain(run)))),
            Figure(edition.say("headline.net"), edition.net(row["net"]),
                   edition.net_span(row["net_low"], row["net_high"]), edition.say("headline.net_help"),
                   tone(row["net_low"], row["net_high"])),
            Figure(edition.say("headline.harm"), edition.percent(row["harm"]),
                   edition.percent_span(row["harm_low"], row["harm_high"]), edition.say("headline.harm_help")),
        ]
    figures.append(Figure(edition.say("headline.painpoints"), edition.number(len(run.painpoints)), "", ""))
    if satisfaction["csat"] is not None:
        figures.append(Figure(
            edition.say("headline.csat"), edition.percent(satisfaction["csat"]),
            edition.percent_span(satisfaction["csat_low"], satisfaction["csat_high"]),
            edition.say("headline.csat_help")))
    if satisfaction["nps"] is not None:
        figures.append(Figure(
            edition.say("headline.nps"), edition.net(satisfaction["nps"]),
            edition.net_span(satisfaction["nps_low"], satisfaction["nps_high"]), edition.say("headline.nps_help"),
            tone(satisfaction["nps_low"], satisfaction["nps_high"])))
    return figures


def _uncertain(run: RunData) -> int:
    """Counted units about an experience on which the judgement abstained."""
    return int(kept_apart(run).filter(pl.col("touchpoint") != NOT_EXPERIENCE)["uncertain"].sum())


def tone(low: float, high: float) -> str:
    """``neg`` or ``pos`` when the whole interval lies on that side of zero, else nothing."""
    return "neg" if high < 0 else "pos" if low > 0 else ""
