"""The people: who may come in and what they may do, and what was done."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from painpoints.errors import UsageError
from painpoints.triage.accounts import Accounts
from painpoints.triage.audit import audit_rows
from painpoints.triage.web.rendering import render
from painpoints.triage.web.security.person import ADMIN, ROLES, TRIAGER, Person, need
from painpoints.triage.web.security.recording import is_entered
from painpoints.triage.web.site import site_of

router = APIRouter(include_in_schema=False)
Admin = Annotated[Person, Depends(need(ADMIN))]
_Name = Annotated[str, Form(max_length=200)]
_Password = Annotated[str, Form(max_length=2000)]
_Role = Annotated[str, Form(max_length=20)]
_SHOWN = 200
_WORDED = frozenset({"login", "login failed", "logout", "user added", "role changed", "password changed",
                     "user removed", "changed", "exported", "refused"})


@router.get("/people")
def people(request: Request, person: Admin) -> HTMLResponse:
    """Who has an account, and the last that was done."""
    accounts = _accounts(request, person)
    rows = audit_rows(site_of(request).workspace.folder.state)
    return render(request, "people.html.j2", here="people", users=accounts.users(), roles=ROLES, usual=TRIAGER,
                  rows=rows[:-_SHOWN - 1:-1], worded=_WORDED)


@router.post("/people")
def add(request: Request, person: Admin, name: _Name, password: _Password, role: _Role) -> RedirectResponse:
    """Gives somebody an account."""
    accounts = _accounts(request, person)
    if role != ADMIN and not accounts.users():
        # From the first account on everybody signs in: somebody has to be able to make the next one.
        raise UsageError("The first account has to be an admin's.", hint="Choose the role admin.")
    accounts.add(name, password, role)
    return _back()


@router.post("/people/role")
def change_role(request: Request, person: Admin, name: _Name, role: _Role) -> RedirectResponse:
    """Lets somebody do more or less."""
    _accounts(request, person).set_role(name, role)
    return _back()


@router.post("/people/password")
def change_password(request: Request, person: Admin, name: _Name, password: _Password) -> RedirectResponse:
    """Gives somebody another password."""
    _accounts(request, person).set_password(name, password)
    return _back()


@router.post("/people/remove")
def remove(request: Request, person: Admin, name: _Name) -> RedirectResponse:
    """Takes somebody's account away."""
    _accounts(request, person).remove(name)
    return _back()


def _accounts(request: Request, person: Person) -> Accounts:
    is_entered(request)
    return Accounts(site_of(request).workspace.folder.state, person.name)


def _back() -> RedirectResponse:
    return RedirectResponse("/people", 303)
