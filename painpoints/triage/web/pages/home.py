"""The front door: the queue, or how to begin where nothing was added yet."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse

from painpoints.triage.web.site import site_of
from painpoints.triage.web.wording import LANGUAGES

router = APIRouter(include_in_schema=False)


@router.get("/")
def home(request: Request) -> RedirectResponse:
    """Where to go first, in the language that is asked for."""
    lang = request.query_params.get("lang")
    place = "/queue" if site_of(request).workspace.additions() else "/add"
    return RedirectResponse(f"{place}?lang={lang}" if lang in LANGUAGES else place, 303)
