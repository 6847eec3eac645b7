"""What colleagues have changed while somebody looks at pain points, the journey, the map or a digest."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response

from painpoints.triage.people import same_person
from painpoints.triage.web.security.person import READER, Person, need
from painpoints.triage.web.site import language_of, site_of

router = APIRouter(include_in_schema=False)


@router.get("/changes")
def changes(request: Request, person: Annotated[Person, Depends(need(READER))],
            seen: Annotated[str, Query(max_length=60)], edit: Annotated[int, Query(ge=0, le=2**62)]) -> Response:
    """204 while a page that was made as ``seen`` is as it would be made now; else how it would be called now, the
    number of the last edit, and in ``words`` who has edited pain points since number ``edit``."""
    site = site_of(request)
    look = site.look(site.live.now())
    if look == seen:
        return Response(status_code=204)
    rows = site.workspace.edits(edit)
    wording = site.wording(language_of(request))
    names = dict.fromkeys(str(row["who"]) for row in rows if not same_person(row["who"], person.name))
    words = wording.text("page.done_by", who=wording.edition.listing(list(names))) if names else ""
    last = max((int(row["number"]) for row in rows), default=edit)
    return JSONResponse({"seen": look, "edit": last, "words": words}, headers={"Cache-Control": "no-store"})
