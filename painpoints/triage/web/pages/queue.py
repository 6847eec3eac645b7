"""The queue: comments by urgency, one of them open."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from painpoints.triage.filters import Wanted
from painpoints.triage.web.rendering import render
from painpoints.triage.web.site import language_of, site_of

router = APIRouter(include_in_schema=False)


@router.get("/queue")
def queue(request: Request) -> HTMLResponse:
    """The queue."""
    site = site_of(request)
    listing = site.live.now().listing(Wanted(), request.state.person.name, language_of(request))
    return render(request, "queue.html.j2", here="queue", listing=listing)
