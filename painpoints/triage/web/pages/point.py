"""One pain point: what customers say, how it moved, where it came from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from painpoints.triage.snapshot import Snapshot
from painpoints.triage.web.failures import Refused
from painpoints.triage.web.pages.points import proposed, weeks
from painpoints.triage.web.rendering import render
from painpoints.triage.web.site import language_of, site_of
from painpoints.triage.web.titles import title_in
from painpoints.triage.web.wording import Wording

router = APIRouter(include_in_schema=False)

AT_ONCE = 25
TOLD = ("renamed", "merged", "split", "retired", "reopened", "pinned", "rejected", "gathered", "released")
"""What an edit leads back with: words of the page's own, never what an address holds."""


@router.get("/points/{key}")
def point(request: Request, key: str, page: int = 1, only: str = "", told: str = "") -> Response:
    """A pain point by its id; one that was merged away leads to where its units are."""
    site, lang = site_of(request), language_of(request)
    snapshot = site.live.now()
    rows = {row["painpoint_id"]: row for row in snapshot.data.points}
    row = rows.get(key)
    if row is None:
        raise Refused(404, "points.none")
    if row["merged_into"]:
        return RedirectResponse(f"/points/{row['merged_into']}", 303)
    found = said(snapshot, key)
    langs = found["lang"].value_counts(sort=True).rows()
    if only in found["lang"]:
        found = found.filter(pl.col("lang") == only)
    pages = max(1, -(-len(found) // AT_ONCE))
    page = min(max(page, 1), pages)
    known = next((one for one in snapshot.points if one["painpoint_id"] == key), None)
    wording = site.wording(lang)
    return render(request, "point.html.j2", here="points", snapshot=snapshot, row=row,
                  title=title_in(row, lang), known=known, titles=titles_of(row, lang),
                  opinions=found[(page - 1) * AT_ONCE:page * AT_ONCE].to_dicts(), found=len(found),
                  langs=langs, only=only, page=page, pages=pages,
                  proposals=proposed(snapshot, lang, key),
                  lineage=lineage(snapshot, key, wording, ZoneInfo(site.workspace.settings.zone)),
                  others=[{**other, "shown": title_in(other, lang)} for other in snapshot.points
                          if other["painpoint_id"] != key],
                  chart=weeks(known, wording, width=480, height=96) if known else "",
                  told=told if told in TOLD else None)


def said(snapshot: Snapshot, key: str) -> pl.DataFrame:
    """The opinions of a pain point, firmest first, each text once; ``copies`` says how often it stands there."""
    mine = snapshot.data.units.filter(pl.col("painpoint_id") == key)
    order = [pl.col("weight") > 0, pl.col("painpoint_strength").fill_null(0.0), pl.col("unit_id")]
    once = mine.sort(order, descending=[True, True, False]).group_by("key", maintain_order=True).agg(
        pl.col("unit_id", "doc_id", "lang", "text", "placed_by").first(), copies=pl.len())
    return once.join(snapshot.data.documents.select("doc_id", "source", "time", "dated"), on="doc_id", how="left",
                     maintain_order="left")


def titles_of(row: Mapping[str, Any], lang: str) -> list[tuple[str, str]]:
    """The titles that a machine found in other languages than the reader's."""
    return [(entry["lang"], entry["title"]) for entry in json.loads(row["titles"] or "[]") if entry["lang"] != lang]


def lineage(snapshot: Snapshot, key: str, wording: Wording, zone: ZoneInfo) -> Sequence[Mapping[str, Any]]:
    """What happened to a pain point, last first: in ``words``, on which ``day``, and the ``other`` with its title."""
    rows = {row["painpoint_id"]: row for row in snapshot.data.points}
    found = []
    for row in snapshot.data.lineage:
        if key not in (row["painpoint_id"], row["other"]):
            continue
        mine = row["painpoint_id"] == key
        other = row["other"] if mine else row["painpoint_id"]
        event = row["event"].replace(" ", "_") + ("" if mine else "_here")
        known = f"event.{event}" if wording.has(f"event.{event}") else "event.other"
        day = datetime.fromisoformat(row["made"]).astimezone(zone).date()
        words = wording(known, event=row["event"], detail=row["detail"] or "")
        found.append({"made": row["made"], "event": row["event"], "day": day, "words": words, "other": other,
                      "other_title": title_in(rows[other], wording.edition.lang) if other in rows else None})
    return found[::-1]
