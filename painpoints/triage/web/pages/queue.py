"""The queue: comments by urgency, one of them open; the parts of it that scripts ask for."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from painpoints.triage.accounts import Accounts
from painpoints.triage.people import same_person
from painpoints.triage.queue import Queue
from painpoints.triage.web.desk import Desk, Opened
from painpoints.triage.web.rendering import is_fragment, render
from painpoints.triage.web.site import site_of

router = APIRouter(include_in_schema=False)


@router.get("/queue")
def queue(request: Request) -> Response:
    """The list; for a script only the list and the counts of the filters."""
    return _answer(request, Desk.of(request), None)


@router.get("/queue/{doc_id}")
def comment(request: Request, doc_id: str) -> Response:
    """The list with one comment open; for a script only the comment."""
    desk = Desk.of(request)
    return _answer(request, desk, desk.comment(doc_id))


def _answer(request: Request, desk: Desk, opened: Opened | None) -> Response:
    if not is_fragment(request):
        return show(request, "queue.html.j2", desk, opened)
    return show(request, "queue_list.html.j2" if opened is None else "queue_comment.html.j2", desk, opened,
                with_filters=opened is None)


def show(request: Request, template: str, desk: Desk, opened: Opened | None, *, status: int = 200, **context: Any
         ) -> HTMLResponse:
    """A template of the queue filled with a ``desk``; never kept by browsers, which would mix parts and pages up."""
    page = render(request, template, status=status, desk=desk, asked=desk.asked, opened=opened,
                  number=last_number(request), **{**_NOTHING, **context})
    page.headers["Cache-Control"] = "no-store"
    page.headers["Vary"] = "HX-Request"
    return page


def last_number(request: Request) -> int:
    """The number of the last thing that anybody did."""
    with site_of(request).workspace.folder.state.reading() as state:
        return state.next_number("triage_history") - 1


def known_people(request: Request, desk: Desk) -> list[str]:
    """Everybody who has worked in the queue or has an account to do so, this person first."""
    state = site_of(request).workspace.folder.state
    accounts = [user.name for user in Accounts(state, desk.who).users() if user.role != "reader"]
    known = [desk.who]
    for name in (*Queue(state, desk.who).people(), *accounts):
        if not any(same_person(name, other) for other in known):
            known.append(name)
    return known


_NOTHING: dict[str, Any] = {"swapped": False, "with_filters": False, "kind": "", "words": None, "undo": False,
                            "message": None, "code": 500, "draft": None, "offer": None, "at_unit": None}
