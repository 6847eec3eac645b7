"""What others have done meanwhile: nothing, or the rows and counts that have changed and a quiet line about it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from painpoints.triage.queue import Queue
from painpoints.triage.web.deeds import meanwhile
from painpoints.triage.web.desk import Desk
from painpoints.triage.web.pages.actions import reopened
from painpoints.triage.web.pages.queue import last_number, show
from painpoints.triage.web.site import site_of

router = APIRouter(include_in_schema=False)
MOST_ROWS = 200


@router.get("/queue/news")
def news(request: Request, since: Annotated[int, Query(ge=0, le=2**62)],
         version: Annotated[str, Query(max_length=60)], rows: str = "", opened: str = "", busy: bool = False
         ) -> Response:
    """The parts of the page that are otherwise than in ``version``, 204 where none is.

    ``rows`` are the ids on the page, ``opened`` the one that is open; where somebody is ``busy`` with it, what they
    write stays.
    """
    if site_of(request).live.now().version == version:
        return Response(status_code=204)
    number = last_number(request)
    desk = Desk.of(request)
    changed = desk.snapshot.changes(version)
    told = meanwhile(Queue(site_of(request).workspace.folder.state, desk.who).history(since=since), desk.who,
                     desk.wording)
    shown = [name for name in rows.split(",")[:MOST_ROWS] if name in desk.snapshot.ranking.places]
    stale = [] if changed is None else [
        desk.snapshot.single(name, desk.lang).rows[0] for name in shown if name in changed]
    touched = opened if changed is None or opened in changed else ""
    page = show(request, "queue_news.html.j2", desk, reopened(desk, opened), lines=told, stale=stale,
                whole=changed is None, touched=bool(touched), busy=busy)
    page.headers["X-Number"], page.headers["X-Version"] = str(number), desk.snapshot.version
    return page
