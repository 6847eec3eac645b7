"""The journey map over everything in the workspace."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import polars as pl
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, PlainTextResponse
from markupsafe import Markup

from painpoints._version import __version__
from painpoints.report import render_journey, report_style
from painpoints.store import RunData
from painpoints.triage.web.rendering import render
from painpoints.triage.web.site import Site, language_of, site_of
from painpoints.triage.web.titles import PERSON, title_in

if TYPE_CHECKING:
    from painpoints.triage.snapshot import Snapshot

router = APIRouter(include_in_schema=False)


@router.get("/journey")
def journey(request: Request) -> HTMLResponse:
    """Stages and touchpoints with what customers feel there, the weakest link, and the curve."""
    site = site_of(request)
    snapshot = site.live.now()
    return render(request, "journey.html.j2", here="journey",
                  shown=_map(_Drawn(site, snapshot, language_of(request))), style=__version__)


@router.get("/journey.css")
def style() -> PlainTextResponse:
    """The report's style, for the map alone: the selectors of a whole page find nothing inside it."""
    return PlainTextResponse(f".journey-map {{\n{report_style()}\n}}\n", media_type="text/css",
                             headers={"Cache-Control": "public, max-age=3600"})


class _Drawn:
    """A map to be drawn, the same as another of the same data in the same language."""

    def __init__(self, site: Site, snapshot: Snapshot, lang: str) -> None:
        self.site, self.snapshot, self.lang = site, snapshot, lang

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Drawn) and self.snapshot.data is other.snapshot.data and self.lang == other.lang

    def __hash__(self) -> int:
        return hash((id(self.snapshot.data), self.lang))


@lru_cache(maxsize=8)
def _map(drawn: _Drawn) -> Markup:
    data, lang = drawn.snapshot.data, drawn.lang
    titles = {point["painpoint_id"]: (f"/points/{point['painpoint_id']}", title_in(point, lang),
                                      None if point["named_by"] == PERSON else lang)
              for point in drawn.snapshot.points}
    return render_journey(RunData(data.documents, data.units, pl.DataFrame(), {}), drawn.site.edition(lang), titles)
