"""Opportunities, consistency, satisfaction and segments."""

from __future__ import annotations

from typing import Any

import polars as pl
from markupsafe import Markup

from painpoints.report.cells import clean
from painpoints.report.charts import columns, dumbbell
from painpoints.report.edition import Edition
from painpoints.report.journeymap import MIN_DOCUMENTS, MIN_UNITS
from painpoints.report.sections.masthead import tone
from painpoints.report.sections.pains import title_of
from painpoints.report.sections.prospects import at_most
from painpoints.taxonomy import NO_STAGE

SHOWN = 12


def opportunities_section(edition: Edition, journey: pl.DataFrame, painpoints: pl.DataFrame,
                          consistency: pl.DataFrame) -> list[dict[str, Any]]:
    """Up to four things to act on: mend, watch, level up, build on; each with ``kind``, ``name`` and ``text``."""
    found = []
    pains = painpoints.sort("rank")
    for row in pains.head(1).iter_rows(named=True):
        title, lang = title_of(edition, row)
        text = edition.markup("opportunities.mend_text", title=isolate(title, lang),
                              documents=edition.count("count.documents", row["documents"]),
                              reach=edition.percent(row["reach"]))
        if row["rating_loss_low"] is not None and row["rating_loss_low"] > 0:
            text += " " + edition.markup("opportunities.mend_loss", loss=edition.number(row["rating_loss"], 1))
        if solved := at_most(edition, row):
            text += " " + Markup.escape(solved)
        found.append({"kind": "mend", "text": text})
    growing = pl.col("status").is_in(["growing", "reopened"]) & (pl.col("rank") > 1)
    for row in pains.filter(growing).head(1).iter_rows(named=True):
        found.append({"kind": "watch", "text": edition.markup(
            "opportunities.watch_text", title=isolate(*title_of(edition, row)))})
    for row in consistency.filter(pl.col("differs")).head(1).iter_rows(named=True):
        side = sides(edition, row)
        found.append({"kind": "level", "text": edition.markup(
            "opportunities.level_text", place=side["place"], group=isolate(side["group"]), share=side["share"],
            others=isolate(side["others"]), other=side["other"])})
    strong = journey.filter((pl.col("stage") != NO_STAGE) & (pl.col("units") >= MIN_UNITS)
                            & (pl.col("documents") >= MIN_DOCUMENTS) & (pl.col("pos_low") > 0.5))
    for row in strong.sort(["pos_low", "units"], descending=True).head(1).iter_rows(named=True):
        found.append({"kind": "build", "text": edition.markup(
            "opportunities.build_text", touchpoint=edition.touchpoint(row["touchpoint"]),
            share=edition.percent(row["pos_share"]), units=edition.count("count.units", row["units"]))})
    return [{**entry, "name": edition.say(f"opportunities.{entry['kind']}")} for entry in found]


def consistency_section(edition: Edition, table: pl.DataFrame, by: list[str]) -> dict[str, Any]:
    """The differences as rows, what was looked at, and which empty state holds if there are none."""
    rows = []
    for row in table.filter(pl.col("differs")).head(SHOWN).iter_rows(named=True):
        side = sides(edition, row)
        label = edition.say("consistency.shares_label", group=side["group"], share=side["share"],
                            others=side["others"], other=side["other"])
        rows.append({**side, "by": edition.column(row["by"]), "lang": row["by"] == "lang",
                     "chart": dumbbell(side["worse"], side["better"], label, rtl=edition.rtl)})
    names = edition.listing([edition.column(name) for name in dict.fromkeys(table["by"].to_list())])
    checked = edition.say("consistency.checked", comparisons=edition.count("count.comparisons", len(table)),
                          columns=names) if len(table) else ""
    return {"rows": rows, "checked": checked, "language": "lang" in table["by"].to_list() and "lang" in by,
            "empty": edition.say("consistency.empty" if len(table) else "consistency.impossible")}


def sides(edition: Edition, row: dict[str, Any]) -> dict[str, Any]:
    """A comparison told from its worse side, whichever of the two groups that is."""
    place = edition.stage(row["place"]) if row["by"] == "channel" else edition.touchpoint(row["place"])
    group = _group(edition, row["by"], row["group"])
    others = _group(edition, row["by"], row["others"]) if row["others"] else edition.say("consistency.rest")
    worse, better = (row["neg_share"], row["units"]), (row["other_neg_share"], row["other_units"])
    low, high = row["low"], row["high"]
    if row["difference"] < 0:
        group, others, worse, better, low, high = others, group, better, worse, -high, -low
    return {"place": place, "group": group, "others": others, "worse": worse[0], "better": better[0],
            "worse_units": worse[1], "better_units": better[1], "low": low, "high": high,
            "share": edition.percent(worse[0]), "other": edition.percent(better[0]),
            "difference": edition.say("number.points", n=edition.numerals.number(abs(row["difference"]) * 100)),
            "span": edition.span(edition.number(low * 100), edition.number(high * 100))}


def _group(edition: Edition, by: str, value: str) -> str:
    if by == "lang":
        return edition.language(value)
    if by == "channel":
        return edition.say(f"journey.{value}")
    return clean(value)


def satisfaction_section(edition: Edition, row: dict[str, Any], counts: list[int]) -> dict[str, Any]:
    """Mean, CSAT and NPS of all ratings, each a value with its interval or the reason why there is none."""
    def told(name: str, value: str, span: str, reason: str | None, help_key: str) -> dict[str, str]:
        return {"name": name, "value": value, "span": span, "help": edition.say(help_key) if help_key else "",
                "reason": edition.say(f"satisfaction.{reason}") if reason else ""}

    figures = []
    if row["mean"] is not None:
        span = edition.span(edition.number(row["mean_low"], 1), edition.number(row["mean_high"], 1))
        figures.append(told(edition.say("satisfaction.mean"),
                            edition.say("number.out_of", n=edition.number(row["mean"], 1)), span, None, ""))
    csat = row["csat"]
    figures.append(told(
        edition.say("headline.csat"), "" if csat is None else edition.percent(csat),
        "" if csat is None else edition.percent_span(row["csat_low"], row["csat_high"]), row["csat_reason"],
        "headline.csat_help"))
    nps = row["nps"]
    figures.append(told(
        edition.say("headline.nps"), "" if nps is None else edition.net(nps),
        "" if nps is None else edition.net_span(row["nps_low"], row["nps_high"]), row["nps_reason"],
        "headline.nps_help"))
    stars = [edition.number(star) for star in range(1, 6)]
    said = edition.say("text.comma").join(
        edition.say("satisfaction.star", star=star, count=edition.number(count))
        for star, count in zip(stars, counts, strict=True))
    chart = columns(counts, stars, edition.say("satisfaction.distribution_label", counts=said),
                    rtl=edition.rtl) if sum(counts) else ""
    return {"figures": figures, "ratings": edition.count("count.ratings", row["ratings"]), "chart": chart,
            "none": row["csat_reason"] == "no_ratings"}


def segments_section(edition: Edition, column: str | None, table: pl.DataFrame | None, ratings: pl.DataFrame | None,
                     titles: dict[str, tuple[str, str, str | None]]) -> dict[str, Any]:
    """One row a segment; ``empty`` says why when there is nothing to compare."""
    if column is None or table is None or ratings is None or table.is_empty():
        return {"rows": [], "empty": edition.say("segments.empty"), "intro": ""}
    scores = {row["group"]: row for row in ratings.iter_rows(named=True) if row["group"] is not None}
    rows = []
    for row in table.iter_rows(named=True):
        score = scores.get(row["segment"])
        csat = None if score is None else score["csat"]
        rows.append({
            "name": _group(edition, column, row["segment"]), "documents": edition.number(row["documents"]),
            "net": edition.net(row["net"]), "net_span": edition.net_span(row["net_low"], row["net_high"]),
            "tone": tone(row["net_low"], row["net_high"]), "harm": edition.percent(row["harm"]),
            "harm_span": edition.percent_span(row["harm_low"], row["harm_high"]),
            "csat": "" if csat is None else edition.percent(csat),
            "csat_span": "" if csat is None or score is None else edition.percent_span(
                score["csat_low"], score["csat_high"]),
            "pains": [titles[i] for i in row["painpoints"] if i in titles]})
    return {"rows": rows, "empty": "", "intro": edition.say("segments.intro", column=edition.column(column)),
            "csat": any(row["csat"] for row in rows)}


def isolate(text: str, lang: str | None = None) -> Markup:
    """``text`` as an isolated run in its own direction."""
    return Markup('<bdi dir="auto" lang="{}">{}</bdi>').format(lang, text) if lang else \
        Markup('<bdi dir="auto">{}</bdi>').format(text)
