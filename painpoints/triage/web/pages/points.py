"""The pain points: their list, and what waits to be decided about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from painpoints.report import spark
from painpoints.triage.searching import highlight
from painpoints.triage.snapshot import Snapshot
from painpoints.triage.web.rendering import render
from painpoints.triage.web.site import language_of, site_of
from painpoints.triage.web.titles import title_in
from painpoints.triage.web.wording import Wording

router = APIRouter(include_in_schema=False)

AT_ONCE = 100
PROPOSED = 5
"""So many proposals stand above the list; the rest is one click away."""
STATUSES = ("open", "retired")
_MOVES = {"new": 0, "growing": 1, "reopened": 2, "steady": 3, "easing": 4, "resolved": 5}
_ORDERS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "size": lambda point: -point["documents"],
    "moved": lambda point: (_MOVES.get(point["trend"] or "", 3), -point["documents"]),
    "recent": lambda point: -(point["last_seen"].timestamp() if point["last_seen"] else 0),
}


@router.get("/points")
def points(request: Request, q: str = "", order: str = "size", status: str = "open", page: int = 1,
           proposals: str = "") -> HTMLResponse:
    """The pain points on the lists, or those that were taken off."""
    site, lang = site_of(request), language_of(request)
    order, status = order if order in _ORDERS else "size", status if status in STATUSES else "open"
    snapshot = site.live.now()
    found = [{**point, "shown": title_in(point, lang)} for point in chosen(snapshot, q, order, status)]
    pages = max(1, -(-len(found) // AT_ONCE))
    page = min(max(page, 1), pages)
    rows = found[(page - 1) * AT_ONCE:page * AT_ONCE]
    waiting = proposed(snapshot, lang)
    wording = site.wording(lang)
    return render(request, "points.html.j2", here="points", snapshot=snapshot, rows=rows, found=len(found), q=q,
                  order=order, orders=tuple(_ORDERS), standing=status, page=page, pages=pages,
                  proposals=waiting if proposals else waiting[:PROPOSED], waiting=len(waiting),
                  weeks=lambda point: weeks(point, wording), most=max((p["units"] for p in rows), default=1))


def chosen(snapshot: Snapshot, q: str, order: str, status: str) -> list[Mapping[str, Any]]:
    """The pain points of a ``status`` whose titles answer ``q``, in ``order``. Raises UsageError where ``q`` asks for
    nothing."""
    found = _of(snapshot, status)
    if q.strip():
        found = [point for point in found if highlight(_searched(point), q)]
    return sorted(found, key=lambda point: (_ORDERS[order](point), point["painpoint_id"]))


def _of(snapshot: Snapshot, status: str) -> list[Mapping[str, Any]]:
    if status == "open":
        return list(snapshot.points)
    nothing: dict[str, Any] = {"units": 0, "documents": 0, "langs": [], "touchpoint": None, "stage": None,
                               "first_seen": None, "last_seen": None, "trend": None, "weeks": []}
    return [{**nothing, **point} for point in snapshot.data.points if point["status"] == status]


def _searched(point: Mapping[str, Any]) -> str:
    titles = point["titles"]
    every = " ".join(titles.values()) if isinstance(titles, Mapping) else str(titles)
    return f"{point['title']} {every} {point['painpoint_id']}"


def proposed(snapshot: Snapshot, lang: str, key: str | None = None) -> list[dict[str, Any]]:
    """The merges and splits that wait for a person, surest first, with titles; those of pain point ``key`` if given."""
    rows = {point["painpoint_id"]: point for point in snapshot.data.points}
    return [{**row, "title": title_in(rows[row["painpoint_id"]], lang),
             "other_title": title_in(rows[row["other"]], lang) if row["other"] in rows else None}
            for row in sorted(snapshot.data.proposals, key=lambda row: (-row["share"], row["number"]))
            if key is None or key in (row["painpoint_id"], row["other"])]


def weeks(point: Mapping[str, Any], wording: Wording, *, width: int = 96, height: int = 26) -> str:
    """The last weeks of a pain point as a line, with what it shows in words; empty without weeks."""
    counts = [week["documents"] for week in point["weeks"]]
    if not counts:
        return ""
    first: date = point["weeks"][0]["week"]
    label = wording.count_text("points.weeks", len(counts), most=wording.edition.number(max(counts)),
                               last=wording.edition.number(counts[-1]),
                               since=wording.edition.numerals.day(first))
    return spark(counts, label, rtl=wording.edition.rtl, width=width, height=height)
