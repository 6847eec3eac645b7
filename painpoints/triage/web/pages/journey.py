"""The journey map over everything in the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, PlainTextResponse
from markupsafe import Markup

from painpoints._version import __version__
from painpoints.report import render_journey, report_style
from painpoints.triage.web.kept import run_of
from painpoints.triage.web.rendering import render
from painpoints.triage.web.site import language_of, site_of
from painpoints.triage.web.titles import PERSON, title_in

if TYPE_CHECKING:
    from painpoints.report import Edition
    from painpoints.triage.snapshot import Snapshot

router = APIRouter(include_in_schema=False)


@router.get("/journey")
def journey(request: Request) -> HTMLResponse:
    """Stages and touchpoints with what customers feel there, the weakest link, and the curve."""
    site, lang = site_of(request), language_of(request)
    snapshot = site.live.now()
    shown = site.kept.get(snapshot.data, ("journey", lang), lambda: _map(snapshot, site.edition(lang)))
    return render(request, "journey.html.j2", here="journey", snapshot=snapshot, shown=shown, style=__version__)


@router.get("/journey.css")
def style() -> PlainTextResponse:
    """The report's style, for the map alone: the selectors of a whole page find nothing inside it."""
    return PlainTextResponse(f".journey-map {{\n{report_style()}\n}}\n", media_type="text/css",
                             headers={"Cache-Control": "public, max-age=3600"})


def _map(snapshot: Snapshot, edition: Edition) -> Markup:
    lang = edition.lang
    titles = {point["painpoint_id"]: (f"/points/{point['painpoint_id']}", title_in(point, lang),
                                      None if point["named_by"] == PERSON else lang)
              for point in snapshot.points}
    return render_journey(run_of(snapshot.data), edition, titles)
