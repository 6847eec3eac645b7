"""Saved views: lists that people give a name, for themselves or for everybody."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from painpoints.triage.views import Views
from painpoints.triage.web.desk import Desk, asked_of
from painpoints.triage.web.pages.queue import show
from painpoints.triage.web.rendering import is_fragment
from painpoints.triage.web.security.person import Person, need
from painpoints.triage.web.site import site_of

router = APIRouter(include_in_schema=False)
Triager = Annotated[Person, Depends(need("triager"))]
Name = Annotated[str, Form(max_length=60)]


@router.post("/queue/views")
def save(request: Request, person: Triager, name: Name, shared: Annotated[bool, Form()] = False) -> Response:
    """Keeps the list as it is asked for under a name."""
    asked = asked_of(request)
    _views(request, person).save(name, asked.wanted, asked.sort, shared=shared)
    return _answer(request)


@router.post("/queue/views/{number}")
def change(request: Request, person: Triager, number: int, name: Name, shared: Annotated[bool, Form()] = False
           ) -> Response:
    """Gives a view another name, or shares it."""
    _views(request, person).change(number, name=name, shared=shared)
    return _answer(request)


@router.post("/queue/views/{number}/remove")
def remove(request: Request, person: Triager, number: int) -> Response:
    """Takes a view away."""
    _views(request, person).remove(number)
    return _answer(request)


def _views(request: Request, person: Person) -> Views:
    return Views(site_of(request).workspace.folder.state, person.name)


def _answer(request: Request) -> Response:
    if not is_fragment(request):
        return RedirectResponse(asked_of(request).address(), 303)
    return show(request, "queue_views.html.j2", Desk.of(request), None)
