"""Edits of pain points: each takes effect at once and can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from painpoints.errors import UsageError, WorkspaceError
from painpoints.triage.web.failures import Refused
from painpoints.triage.web.rendering import render
from painpoints.triage.web.security.person import TRIAGER, Person, need
from painpoints.triage.web.site import language_of, site_of
from painpoints.triage.web.titles import title_in

router = APIRouter(include_in_schema=False)
Editor = Annotated[Person, Depends(need(TRIAGER))]
T = TypeVar("T")
SHOWN = 150
"""So many opinions of each half are shown to choose from; those after them go with their half."""

_WORDED = {"rename", "merge", "halve", "split", "gather", "release"}


def _back(key: str, told: str) -> RedirectResponse:
    return RedirectResponse(f"/points/{key}?told={told}", 303)


def _tried(kind: str, change: Callable[[], T]) -> T:
    """What ``change`` gives. Raises Refused, in words of the page, where it cannot be."""
    try:
        return change()
    except WorkspaceError as error:
        raise Refused(404, "points.gone") from error
    except UsageError as error:
        if kind not in _WORDED:
            raise
        raise Refused(422, f"points.cannot_{kind}") from error


@router.post("/points/{key}/rename")
def rename(request: Request, person: Editor, key: str, title: Annotated[str, Form(max_length=200)] = ""
           ) -> RedirectResponse:
    """Gives a pain point a title."""
    workspace = site_of(request).workspace
    return _back(_tried("rename", lambda: workspace.rename(key, title, who=person.name)), "renamed")


@router.post("/points/{key}/merge")
def merge(request: Request, person: Editor, key: str, into: Annotated[str, Form(max_length=40)]) -> RedirectResponse:
    """Makes a pain point part of another."""
    workspace = site_of(request).workspace
    return _back(_tried("merge", lambda: workspace.merge(key, into, who=person.name))[1], "merged")


@router.post("/points/{key}/retire")
def retire(request: Request, person: Editor, key: str) -> RedirectResponse:
    """Takes a pain point off the lists."""
    workspace = site_of(request).workspace
    return _back(_tried("retire", lambda: workspace.retire(key, who=person.name)), "retired")


@router.post("/points/{key}/reopen")
def reopen(request: Request, person: Editor, key: str) -> RedirectResponse:
    """Puts a pain point back on the lists."""
    workspace = site_of(request).workspace
    return _back(_tried("reopen", lambda: workspace.reopen(key, who=person.name)), "reopened")


@router.post("/points/{key}/pin")
def pin(request: Request, person: Editor, key: str) -> RedirectResponse:
    """Keeps a pain point as it is."""
    workspace = site_of(request).workspace
    return _back(_tried("pin", lambda: workspace.pin(key, who=person.name)), "pinned")


@router.post("/points/{key}/reject")
def reject(request: Request, person: Editor, key: str, other: Annotated[str, Form(max_length=40)] = ""
           ) -> RedirectResponse:
    """Turns down what is proposed."""
    workspace = site_of(request).workspace
    return _back(_tried("reject", lambda: workspace.reject(key, other or None, who=person.name))[0], "rejected")


@router.get("/points/{key}/split")
def halves(request: Request, person: Editor, key: str) -> HTMLResponse:
    """The two halves of a pain point, to choose what goes."""
    site, lang = site_of(request), language_of(request)
    row = next((row for row in site.live.now().data.points if row["painpoint_id"] == key), None)
    found = _tried("halve", lambda: site.workspace.halves_of(key))
    return render(request, "split.html.j2", here="points", key=key, title=title_in(row, lang) if row else key,
                  staying=found.staying, going=found.going, shown=SHOWN)


@router.post("/points/{key}/split")
async def split(request: Request, person: Editor, key: str) -> RedirectResponse:
    """Makes the units that were chosen to go a pain point of their own."""
    form = await request.form(max_fields=40_000)
    going = [name.removeprefix("unit-") for name, side in form.multi_items()
             if name.startswith("unit-") and side == "going"]
    if not going:
        raise Refused(422, "points.cannot_split")
    workspace = site_of(request).workspace
    born = await run_in_threadpool(_tried, "split", lambda: workspace.split(key, going, who=person.name))
    return _back(born, "split")


@router.post("/points/{key}/choose")
def choose(request: Request, person: Editor, key: str, act: Annotated[str, Form(pattern="^(gather|release)$")],
           unit: Annotated[list[str] | None, Form()] = None, title: Annotated[str, Form(max_length=200)] = ""
           ) -> RedirectResponse:
    """Takes chosen opinions out of a pain point, or makes a new one of them."""
    if not unit:
        raise Refused(422, "points.cannot_choose")
    workspace = site_of(request).workspace
    if act == "gather":
        born = _tried("gather", lambda: workspace.gather(unit, title.strip() or None, who=person.name))
        return _back(born, "gathered")
    _tried("release", lambda: workspace.release(unit, who=person.name))
    return _back(key, "released")
