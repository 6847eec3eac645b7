"""The journey map: stages, touchpoint cards, the curve, and the weakest link with its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
from markupsafe import Markup

from painpoints.report.charts import CurvePoint, journey_curve, stacked_bar
from painpoints.report.edition import Edition
from painpoints.report.journeymap import MIN_UNITS, WeakestLink
from painpoints.report.sections.masthead import tone
from painpoints.report.sections.pains import quote
from painpoints.taxonomy import NO_STAGE

WIDE = 6
COLUMNS = 6
"""A stage with more touchpoints than ``WIDE`` takes two of the page's ``COLUMNS``, longest stage first."""


def journey_section(edition: Edition, table: pl.DataFrame, stages: pl.DataFrame, weakest: WeakestLink | None,
                    titles: dict[str, tuple[str, str, str | None]],
                    felt: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """What the journey template prints: ``columns``, ``off`` (verdicts), ``curve`` and ``weakest``.

    ``titles`` maps a pain point's id to its address, title and the title's language, ``felt`` a touchpoint to its
    emotions as the page shows them.
    """
    rows = table.to_dicts()
    worst = weakest.touchpoint if weakest else None
    columns: list[dict[str, Any]] = []
    for stage in stages.iter_rows(named=True):
        code = stage["stage"]
        here = [row for row in rows if row["stage"] == code]
        spoken = {row["touchpoint"] for row in here}
        silent = [edition.touchpoint(t) for t in edition.taxonomy.codes
                  if edition.stage_of(t) == code and t not in spoken]
        columns.append({
            "code": code, "name": edition.stage(code), "units": edition.count("count.units", stage["units"]),
            "empty": not stage["units"], **_measures(edition, stage),
            "cards": [_card(edition, row, titles, felt, row["touchpoint"] == worst) for row in here], "silent": silent})
    room = COLUMNS - len(columns)
    for column in sorted(columns, key=lambda column: -len(column["cards"])):
        column["wide"] = room > 0 and len(column["cards"]) > WIDE
        room -= column["wide"]
    widths = [2 if column["wide"] else 1 for column in columns]
    off = [_card(edition, row, titles, felt, False) for row in rows if row["stage"] == NO_STAGE]
    return {"columns": columns, "off": off,
            "framework": edition.framework.names.get(edition.lang) or edition.framework.names.get("en", ""),
            "curve": _curve(edition, rows, stages, worst, widths),
            "tracks": sum(widths),
            "weakest": _weakest(edition, weakest, titles) if weakest else None,
            "empty": not any(row["stage"] != NO_STAGE for row in rows)}


def _measures(edition: Edition, row: dict[str, Any]) -> dict[str, Any]:
    if not row["units"]:
        return {"net": "", "span": "", "tone": "", "bar": ""}
    shares = {name: edition.percent(row[f"{name}_share"]) for name in ("neg", "neu", "pos")}
    label = edition.say("journey.bar_label", **shares)
    bar = stacked_bar([(name, row[f"{name}_share"]) for name in ("neg", "neu", "pos")], label, rtl=edition.rtl)
    return {"net": edition.net(row["net"]), "span": edition.net_span(row["net_low"], row["net_high"]),
            "tone": tone(row["net_low"], row["net_high"]), "bar": bar}


def _card(edition: Edition, row: dict[str, Any], titles: dict[str, tuple[str, str, str | None]],
          felt: Mapping[str, list[dict[str, Any]]], worst: bool) -> dict[str, Any]:
    rating = None if row["rating"] is None else edition.say(
        "journey.rating", rating=edition.number(1 + 4 * row["rating"], 1))
    return {"code": row["touchpoint"], "name": edition.touchpoint(row["touchpoint"]), "channel": row["channel"],
            "channel_name": edition.say(f"journey.{row['channel']}"), "worst": worst,
            "units": edition.count("count.units", row["units"]), "rating": rating,
            "uncertain": edition.say("journey.uncertain", n=edition.number(row["uncertain"]))
            if row["uncertain"] else "",
            "pain": titles.get(row["painpoint_id"]), "feelings": felt.get(row["touchpoint"], []),
            "expected": [quote(edition, said) for said in row["expectations"]], **_measures(edition, row)}


def _curve(edition: Edition, rows: list[dict[str, Any]], stages: pl.DataFrame, worst: str | None,
           widths: list[int]) -> Markup | None:
    placed = [row for row in rows if row["stage"] != NO_STAGE]
    if len(placed) < 3:
        return None
    largest = max(row["units"] for row in placed)
    marked = {worst} if worst else set()
    firm = [row for row in placed if row["units"] >= MIN_UNITS]
    if firm:
        marked.add(max(firm, key=lambda row: row["net_low"])["touchpoint"])
        marked.add(min(firm, key=lambda row: row["net_high"])["touchpoint"])

    def point(row: dict[str, Any]) -> CurvePoint:
        name = edition.touchpoint(row["touchpoint"])
        feeling = edition.say("journey.net_long", net=edition.net(row["net"]),
                              range=edition.net_span(row["net_low"], row["net_high"]))
        said = edition.count("count.units", row["units"])
        return CurvePoint(f"t-{row['touchpoint']}", name, edition.say("text.comma").join([name, said, feeling]),
                          row["net"], row["net_low"], row["net_high"], row["units"] / largest,
                          row["touchpoint"] in marked)

    means = dict(stages.select("stage", "net").iter_rows())
    groups = [(width, means[code], [point(row) for row in placed if row["stage"] == code])
              for width, code in zip(widths, stages["stage"], strict=True)]
    return journey_curve(groups, edition.say("journey.curve_label"), edition.say("journey.good"),
                         edition.say("journey.bad"), rtl=edition.rtl)


def _weakest(edition: Edition, link: WeakestLink, titles: dict[str, tuple[str, str, str | None]]) -> dict[str, Any]:
    places = {"harm": edition.percent(link.harm), "units": edition.count("count.units", link.units),
              "range": edition.percent_span(link.low, link.high)}
    text = edition.say("journey.weakest_alone", **places) if link.elsewhere is None else edition.say(
        "journey.weakest_text", **places, elsewhere=edition.percent(link.elsewhere))
    return {"code": link.touchpoint, "name": edition.touchpoint(link.touchpoint), "stage": edition.stage(link.stage),
            "text": text, "why": edition.say("journey.weakest_why", n=edition.number(MIN_UNITS)),
            "quotes": [quote(edition, row) for row in link.quotes.iter_rows(named=True)],
            "pains": [titles[i] for i in link.painpoints if i in titles][:3]}
