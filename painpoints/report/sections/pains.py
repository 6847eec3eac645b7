"""The ranked pain points, with what the filters need."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl

from painpoints.cluster import UNSTABLE
from painpoints.report.cells import clean
from painpoints.report.charts import interval_bar, spark, stacked_bar
from painpoints.report.edition import Edition
from painpoints.report.sections.prospects import asked_for, if_solved
from painpoints.report.sections.sufferers import in_short, sufferers

SHOWN = 100
QUOTE_LIMIT = 600


def direction(text: str) -> str:
    """``rtl`` or ``ltr`` by the first letter that has a direction, as ``dir="auto"`` would find it."""
    strong = (unicodedata.bidirectional(c) for c in text)
    return "rtl" if next((kind for kind in strong if kind in ("L", "R", "AL")), "L") != "L" else "ltr"


def quote(edition: Edition, row: Mapping[str, Any]) -> dict[str, Any]:
    """One quote: text, its language's code and name, and the input's own id."""
    text = clean(row["text"])
    lang = row["lang"]
    return {"text": text if len(text) <= QUOTE_LIMIT else text[:QUOTE_LIMIT].rstrip() + "…",
            "dir": direction(text), "lang": lang if lang and lang not in ("und", "other") else None,
            "language": edition.language(lang),
            "source_id": clean(row.get("source_id") or "")}


def title_of(edition: Edition, row: Mapping[str, Any]) -> tuple[str, str | None]:
    """The title in the edition's language where there is one, else the general title; and its language if known."""
    titles = {entry["lang"]: entry["title"] for entry in row["titles"] or []}
    if titles.get(edition.lang):
        return clean(titles[edition.lang]), edition.lang
    title = clean(row["title"] or row["painpoint_id"])
    return title, next((lang for lang, text in titles.items() if text == row["title"]), None)


def ranked(edition: Edition, painpoints: pl.DataFrame) -> dict[str, tuple[str, str, str | None]]:
    """Pain point id to its place on the page, title and the title's language."""
    return {row["painpoint_id"]: (f"#p{row['rank']}", *title_of(edition, row))
            for row in painpoints.iter_rows(named=True)}


def theme_titles(edition: Edition, painpoints: pl.DataFrame) -> dict[str, tuple[str, str | None]]:
    """Each theme to its title in the edition's language, and the title's language: that of the pain point it is
    named after."""
    leads: dict[str, dict[str, Any]] = {}
    for row in painpoints.sort("units", "rank", descending=[True, False]).iter_rows(named=True):
        if row["theme"] and (row["theme"] not in leads or row["title"] == row["theme"] != leads[row["theme"]]["title"]):
            leads[row["theme"]] = row
    return {theme: title_of(edition, row) for theme, row in leads.items()}


def grouping(row: Mapping[str, Any]) -> str | None:
    """``shaky`` or ``steady``; None for runs of earlier versions, which do not tell."""
    if row.get("stability") is None:
        return None
    return "shaky" if row["stability"] < UNSTABLE else "steady"


def pains_section(edition: Edition, painpoints: pl.DataFrame, felt: Mapping[str, list[dict[str, Any]]],
                  expected: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """What the pain points' template prints: ``groups``, the filters' choices, ``more`` and the script's ``data``.

    A group is a theme with two or more rows, where its first row would stand, or a row that stands alone.

    ``felt`` maps a pain point's id to its main emotion as the page shows it, ``expected`` to its stated expectations,
    of which the page shows one: in its own language where there is one.
    """
    shown = painpoints.sort("rank").head(SHOWN)
    rows = [_row(edition, row, felt.get(row["painpoint_id"], []), expected.get(row["painpoint_id"], []))
            for row in shown.iter_rows(named=True)]
    groups = _groups(edition, shown, rows)
    langs = dict.fromkeys(code for row in rows for code in row["codes"])
    touchpoints = {row["touchpoint"] for row in rows}
    stages = {row["stage"] for row in rows}
    more = len(painpoints) - len(rows)
    return {
        "groups": groups,
        "more": edition.say("pains.more", painpoints=edition.count("count.painpoints", more)) if more else "",
        "stages": [(s.code, edition.stage(s.code)) for s in edition.framework.stages if s.code in stages],
        "touchpoints": [(code, edition.touchpoint(code)) for code in [
            *(c for c in edition.taxonomy.codes if c in touchpoints),
            *sorted(touchpoints - set(edition.taxonomy.codes))]],
        "langs": [(code, edition.language(code)) for code in langs],
        "has_trend": any(row["spark"] for row in rows), "has_loss": any(row["loss"] for row in rows),
        "data": {"digits": edition.numerals.digits, "showing": edition.say("pains.showing", n="{n}", m="{m}"),
                 "pains": [row["facts"] for row in rows]},
    }


def _groups(edition: Edition, shown: pl.DataFrame, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows in their order, those of a theme together: its heading, its size, and the ``rows``."""
    named = theme_titles(edition, shown)
    of: dict[str, list[tuple[dict[str, Any], dict[str, Any]]]] = {}
    for at, (pain, row) in enumerate(zip(shown.iter_rows(named=True), rows, strict=True)):
        of.setdefault(pain["theme"] or f"\0{at}", []).append((pain, row))
    groups = []
    for number, (theme, found) in enumerate(of.items(), 1):
        group: dict[str, Any] = {"theme": None, "rows": [row for _, row in found]}
        if len(found) > 1:
            title, lang = named[theme]
            size = edition.say("text.comma").join([
                edition.count("count.painpoints", len(found)),
                edition.count("count.units", sum(pain["units"] for pain, _ in found))])
            group |= {"theme": number, "title": title, "lang": lang, "size": size}
            for row in group["rows"]:
                row["theme"] = title
        groups.append(group)
    return groups


def _row(edition: Edition, row: dict[str, Any], felt: list[dict[str, Any]],
         expected: list[dict[str, Any]]) -> dict[str, Any]:
    title, lang = title_of(edition, row)
    langs = sorted(row["langs"] or [], key=lambda entry: (-entry["units"], entry["lang"] or ""))
    total = sum(entry["units"] for entry in langs) or 1
    mix = [(entry["lang"], edition.language(entry["lang"]), entry["units"] / total) for entry in langs]
    mix_label = edition.say("text.comma").join(f"{name} {edition.percent(share)}" for _, name, share in mix)
    impact_range = edition.span(edition.number(row["impact_low"]), edition.number(row["impact_high"]))
    label = edition.say("pains.impact_label", impact=edition.number(row["impact"]), range=impact_range)
    stage = edition.stage_of(row["touchpoint"])
    trend = _weeks(row["trend"])
    status = row["status"]
    found = sufferers(edition, row)
    return {
        "rank": row["rank"], "rank_text": edition.number(row["rank"]), "id": row["painpoint_id"], "title": title,
        "lang": lang, "touchpoint": row["touchpoint"], "touchpoint_name": edition.touchpoint(row["touchpoint"]),
        "stage": stage, "stage_name": edition.stage(stage), "codes": [code for code, _, _ in mix],
        "status": status, "status_name": edition.known(f"pains.status_{status}") or status,
        "impact": edition.number(row["impact"]), "impact_range": impact_range,
        "impact_bar": interval_bar(row["impact"], row["impact_low"], row["impact_high"], label, rtl=edition.rtl),
        "mix_bar": stacked_bar([(f"lang-{_tint(code)}", share) for code, _, share in mix], mix_label, rtl=edition.rtl),
        "mix": [(_tint(code), code, name, edition.percent(share)) for code, name, share in mix],
        "spark": _spark(edition, trend), "spark_large": _spark(edition, trend, width=360, height=72),
        "units": edition.count("count.units", row["units"]),
        "documents": edition.count("count.documents", row["documents"]),
        "authors": edition.count("count.authors", row["authors"]) if row["authors"] else "",
        "feeling": felt[0] if felt else None, "expected": _expected(edition, expected),
        "quotes": [quote(edition, q) for q in row["quotes"] or []],
        "keyphrases": [(k["lang"], edition.language(k["lang"]), [clean(p) for p in k["phrases"]])
                       for k in row["keyphrases"] or [] if k["phrases"]],
        "titles": [(t["lang"], edition.language(t["lang"]), clean(t["title"])) for t in row["titles"] or []
                   if t["title"] and clean(t["title"]) != title],
        "loss": loss_text(edition, row), "reach": edition.say("pains.reach_value", share=edition.percent(row["reach"])),
        "sentiment": edition.net(row["sentiment"]), "theme": clean(row["theme"] or ""), "seen": _seen(edition, row),
        "grouping": grouping(row),
        "sufferers": found, "who": in_short(edition, found), "asks": asked_for(edition, row),
        "solved": if_solved(edition, row),
        "facts": {"rank": row["rank"], "stage": stage, "touchpoint": row["touchpoint"],
                  "langs": [code for code, _, _ in mix], "impact": row["impact"], "units": row["units"],
                  "loss": row["rating_loss"],
                  "last": row["last_seen"].timestamp() if row["last_seen"] else None},
    }


def _expected(edition: Edition, said: list[dict[str, Any]]) -> dict[str, Any] | None:
    own = [entry for entry in said if entry["lang"] == edition.lang]
    return next((quote(edition, entry) for entry in own + said), None)


def loss_text(edition: Edition, row: Mapping[str, Any]) -> str:
    """The rating points lost with their interval, or nothing when ratings do not tell."""
    if row["rating_loss"] is None:
        return ""
    loss = edition.number(row["rating_loss"], 1)
    if row["rating_loss_low"] is None or row["rating_loss_high"] is None:
        return loss
    span = edition.span(edition.number(row["rating_loss_low"], 1), edition.number(row["rating_loss_high"], 1))
    return edition.say("pains.loss_value", loss=loss, range=span)


def _seen(edition: Edition, row: Mapping[str, Any]) -> str:
    if not row["first_seen"] or not row["last_seen"]:
        return ""
    first, last = row["first_seen"].date(), row["last_seen"].date()
    if first == last:
        return edition.numerals.day(first)
    return edition.say("pains.seen_value", first=edition.numerals.day(first), last=edition.numerals.day(last))


def _weeks(trend: list[dict[str, Any]] | None) -> list[tuple[date, float]]:
    """Week and share of that week's texts, with silent weeks filled in."""
    known = {entry["week"]: entry for entry in trend or []}
    if len(known) < 2:
        return []
    weeks, week = [], min(known)
    while week <= max(known):
        entry = known.get(week)
        weeks.append((week, entry["documents"] / entry["volume"] if entry and entry["volume"] else 0.0))
        week += timedelta(weeks=1)
    return weeks


def _spark(edition: Edition, weeks: list[tuple[date, float]], width: int = 96, height: int = 26) -> Any:
    if not weeks:
        return ""
    label = edition.say("pains.trend_label", first=edition.numerals.day(weeks[0][0]),
                        last=edition.numerals.day(weeks[-1][0]), top=edition.percent(max(s for _, s in weeks)))
    return spark([share for _, share in weeks], label, rtl=edition.rtl, width=width, height=height)


def _tint(code: str | None) -> str:
    return code if code in ("fa", "ar", "ru", "en") else "other"
