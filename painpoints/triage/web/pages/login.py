"""The door: where people sign in and out."""

from __future__ import annotations

import math
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from painpoints.triage.web.rendering import render
from painpoints.triage.web.security import jar
from painpoints.triage.web.security.door import Door
from painpoints.triage.web.security.gate import LOGIN, LOGOUT, address_of, local_path

router = APIRouter(include_in_schema=False)
_Text = Annotated[str, Form(max_length=2000)]


@router.get(LOGIN)
def login(request: Request, next: str = "/") -> Response:
    """The form, for who is nobody yet."""
    if request.state.person is not None:
        return RedirectResponse(local_path(next), 303)
    return _form(request, next)


@router.post(LOGIN)
def come_in(request: Request, name: _Text = "", password: _Text = "", next: _Text = "/") -> Response:
    """Lets somebody in, or says that it did not."""
    door: Door = request.state.door
    entry = door.come_in(name, password, address_of(request.scope))
    if entry.secret is None:
        return _form(request, next, name=name, wait=entry.wait)
    if request.state.session is not None:
        door.go(request.state.session)
    response = RedirectResponse(local_path(next), 303)
    jar.put(response, jar.SESSION, entry.secret, request.scope, door.access.port)
    jar.put(response, jar.VISIT, "", request.scope, door.access.port)
    return response


@router.post(LOGOUT)
def go(request: Request) -> Response:
    """Ends the session, here and on the server."""
    door: Door = request.state.door
    if request.state.session is not None:
        door.go(request.state.session)
    response = RedirectResponse("/", 303)
    jar.put(response, jar.SESSION, "", request.scope, door.access.port)
    return response


def _form(request: Request, next: str, name: str | None = None, wait: float = 0.0) -> Response:
    status = 200 if name is None else 429 if wait else 401
    door: Door = request.state.door
    response = render(request, "login.html.j2", status=status, next=local_path(next), name=name or "",
                      csrf=request.state.csrf or "", wrong=name is not None and not wait, wait=math.ceil(wait),
                      token=door.access.token is not None)
    if wait:
        response.headers["retry-after"] = str(math.ceil(wait))
    return response
