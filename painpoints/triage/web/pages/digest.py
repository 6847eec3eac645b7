"""The weekly digest as a page, and as the files that are sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from painpoints.report import DIGEST_FORMS, digest_name, digest_page, render_digest
from painpoints.store import note_export
from painpoints.triage.web.rendering import render
from painpoints.triage.web.security.person import READER, Person, need
from painpoints.triage.web.site import language_of, site_of

router = APIRouter(include_in_schema=False)

Week = Annotated[str | None, Query(pattern=r"^\d{4}-(W\d{1,2}|\d\d-\d\d)$")]
_TYPES = {"html": "text/html", "md": "text/markdown", "text": "text/plain", "json": "application/json"}
_WEEK = timedelta(days=7)
PAGE = "the page"


@router.get("/digest")
def digest(request: Request, week: Week = None) -> HTMLResponse:
    """What is to be said of a week (its name, or a day in it), by default of the last one that is over."""
    site, lang = site_of(request), language_of(request)
    snapshot = site.live.now()
    data = snapshot.data
    found = site.digest(data, week, lang)
    days = data.documents["time"].dt.date()
    period = found.period
    return render(request, "digest.html.j2", here="digest", snapshot=snapshot,
                  page=digest_page(found, site.edition(lang)), week=str(period.first), forms=tuple(DIGEST_FORMS),
                  earlier=period.first - _WEEK if (days < period.first).any() else None,
                  later=period.first + _WEEK if (days > period.last).any() else None)


@router.get("/digest/file/{form}")
def file(request: Request, person: Annotated[Person, Depends(need(READER))], form: str, week: Week = None
         ) -> Response:
    """The digest in one of the forms in which it is sent, to be kept."""
    if form not in DIGEST_FORMS:
        raise HTTPException(404)
    site, lang = site_of(request), language_of(request)
    found = site.digest(site.live.now().data, week, lang)
    note_export(site.workspace.folder.state, person.name, "digest", form, PAGE,
                detail={"last": found.period.last.isoformat()})
    # Kept, never shown in place: a message for mail clients has its styles in it, which pages here may not.
    return Response(render_digest(found, form, site.edition(lang)), media_type=f"{_TYPES[form]}; charset=utf-8",
                    headers={"Content-Disposition":
                             f'attachment; filename="{digest_name(found, lang, DIGEST_FORMS[form])}"'})
