"""How conversations with support went, and those worth reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from painpoints.report.cells import clean
from painpoints.report.charts import interval_bar, mood_line, stacked_bar
from painpoints.report.conversations import (
    MANNERS,
    RESOLUTIONS,
    SIGNS,
    TRAJECTORIES,
    by_touchpoint,
    conversations,
    feelings_by_turn,
    overview,
    telling,
)
from painpoints.report.edition import Edition
from painpoints.report.intervals import wilson
from painpoints.report.sections.masthead import Figure
from painpoints.report.sections.pains import direction
from painpoints.report.sections.transcript import transcript
from painpoints.store import RunData

TITLE_LIMIT = 160
TOUCHPOINTS = 12
_OUTCOME_TONE = {"resolved": "pos", "unresolved": "neg", "unknown": ""}


def conversations_section(edition: Edition, run: RunData, titles: Mapping[str, tuple[str, str, str | None]]
                          ) -> dict[str, Any] | None:
    """What the section's template prints; None for a run without conversations.

    ``titles`` gives address, title and the title's language of pain points by their ids.
    """
    found = conversations(run)
    if found.is_empty():
        return None
    counts = overview(found)
    chosen = telling(found)
    ids = [row["doc_id"] for row in chosen]
    units = run.units.filter(pl.col("doc_id").is_in(ids))
    zone = (run.manifest.get("settings") or {}).get("zone") or "UTC"
    return {"figures": figures(edition, counts), "trajectory": _trajectory(edition, counts),
            "effort": _effort(edition, counts), "manner": _manner(edition, counts),
            "touchpoints": _touchpoints(edition, by_touchpoint(found)),
            "telling": [_conversation(edition, row, units.filter(pl.col("doc_id") == row["doc_id"]), titles, zone)
                        for row in chosen]}


def figures(edition: Edition, counts: Mapping[str, Any]) -> list[Figure]:
    """The headline figures of the section."""
    total = counts["conversations"]
    shown = [Figure(edition.say("conversations.title"), edition.number(total), "", "")]
    for code in RESOLUTIONS:
        shown.append(_share(edition, f"conversations.{code}", counts["resolution"][code], total, _OUTCOME_TONE[code]))
    shown.append(_share(edition, "conversations.effortful", counts["effortful"], total))
    promises = counts["promises"]
    if promised := sum(promises.values()):
        help_text = edition.say("conversations.broken_help", n=edition.number(promised),
                                kept=edition.number(promises["kept"]), unknown=edition.number(promises["unknown"]))
        shown.append(Figure(edition.say("conversations.broken"), edition.number(promises["broken"]), "", help_text,
                            "neg" if promises["broken"] else ""))
    return shown


def _share(edition: Edition, key: str, part: int, total: int, tone: str = "") -> Figure:
    low, high = wilson(part / total, total)
    return Figure(edition.say(key), edition.percent(part / total), edition.percent_span(low, high),
                  edition.say(f"{key}_help"), tone)


def _trajectory(edition: Edition, counts: Mapping[str, Any]) -> dict[str, Any]:
    shares = {code: counts["trajectory"][code] / counts["conversations"] for code in TRAJECTORIES}
    said = {code: edition.percent(share) for code, share in shares.items()}
    tones = {"better": "pos", "level": "neu", "worse": "neg"}
    order = ("worse", "level", "better")
    return {"bar": stacked_bar([(tones[code], shares[code]) for code in order],
                               edition.say("conversations.trajectory_label", **said), rtl=edition.rtl),
            "shares": [(tones[code], edition.say(f"conversations.{code}"), said[code]) for code in order]}


def _effort(edition: Edition, counts: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = []
    total = counts["conversations"]
    for sign in sorted(SIGNS, key=lambda sign: -counts["effort"][sign]):
        many = counts["effort"][sign]
        if many:
            low, high = wilson(many / total, total)
            name, share = edition.say(f"conversations.{sign}"), edition.percent(many / total)
            span = edition.percent_span(low, high)
            label = edition.say("conversations.share_label", name=name, share=share, range=span)
            rows.append({"name": name, "share": share, "span": span,
                         "bar": interval_bar(100 * many / total, 100 * low, 100 * high, label, rtl=edition.rtl)})
    return rows


def _manner(edition: Edition, counts: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Each manner's name, how many conversations have it, and in how many of these the company failed."""
    return [(edition.say(f"conversations.{code}"), edition.number(many), edition.number(failed))
            for code in MANNERS for many, failed in [counts["manner"][code]] if many]


def _touchpoints(edition: Edition, table: pl.DataFrame) -> list[dict[str, Any]]:
    rows = []
    for row in table.head(TOUCHPOINTS).iter_rows(named=True):
        shares = [(tone, row[code] / row["conversations"]) for code, tone in
                  (("unresolved", "neg"), ("unknown", "neu"), ("resolved", "pos"))]
        label = edition.say("text.comma").join(
            f"{edition.say(f'conversations.{code}')} {edition.number(row[code])}" for code in RESOLUTIONS)
        rows.append({"name": edition.touchpoint(row["touchpoint"]), "count": edition.number(row["conversations"]),
                     "bar": stacked_bar(shares, label, rtl=edition.rtl),
                     "outcomes": [edition.number(row[code]) for code in RESOLUTIONS],
                     "effort": edition.number(row["effort"], 1), "broken": edition.number(row["broken"] or 0),
                     "net": "" if row["net"] is None else edition.net(row["net"])})
    return rows


def _conversation(edition: Edition, row: dict[str, Any], units: pl.DataFrame,
                  titles: Mapping[str, tuple[str, str, str | None]], zone: str) -> dict[str, Any]:
    rows = units.sort("start").to_dicts()
    main = next((unit for unit in rows if unit["unit_id"] == row["main_unit"]), None)
    said = " ".join(clean(main["text"]).split()) if main else ""
    outcome = row["resolution"]
    lang = row.get("lang")
    return {
        "id": row["doc_id"], "source_id": clean(row.get("source_id") or ""),
        "lang": lang if lang not in (None, "und", "other") else None,
        "language": edition.language(lang), "why": edition.say(f"conversations.why_{row['why']}"), "kind": row["why"],
        "said": said if len(said) <= TITLE_LIMIT else said[:TITLE_LIMIT].rstrip() + "…", "dir": direction(said),
        "outcome": edition.say(f"conversations.{outcome}"), "tone": _OUTCOME_TONE[outcome],
        "probability": edition.say("conversations.probability", p=edition.percent(row["resolution_p"])),
        "touchpoint": edition.touchpoint(row["touchpoint"]) if row["touchpoint"] else "",
        "turns": edition.count("count.turns", len(row["turns"])), "mood": _mood(edition, row, units),
        **transcript(edition, row, rows, titles, zone)}


def _mood(edition: Edition, row: Mapping[str, Any], units: pl.DataFrame) -> Any:
    """The path of the customer's feeling over the turns; nothing where the customer shows none."""
    felt = feelings_by_turn(units)
    if felt.is_empty() or row["sentiment_start"] is None:
        return ""
    last = max(1, len(row["turns"]) - 1)
    points = [(turn / last, net) for turn, net in felt.select("turn", "net").iter_rows()]
    label = edition.say("conversations.mood_label", start=edition.net(row["sentiment_start"]),
                        end=edition.net(row["sentiment_end"]), lowest=edition.net(row["sentiment_lowest"]))
    return mood_line(points, label, rtl=edition.rtl)
