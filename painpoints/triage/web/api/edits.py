"""Edits of pain points for scripts: the same as on the pages, at once, and taken back by POST /api/undo."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from painpoints.pipeline import Workspace
from painpoints.triage.web.api.answers import Key, PointId, Triager, UnitId, refusals
from painpoints.triage.web.site import site_of

router = APIRouter(prefix="/api/painpoints", tags=["pain points"], responses=dict(refusals(409)))
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Units = Annotated[list[UnitId], Field(max_length=10_000)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Renaming(_Strict):
    """What a pain point is to be called."""

    title: Title


class Merging(_Strict):
    """The pain point ``into`` which another is to go."""

    into: PointId


class Parting(_Strict):
    """The opinions that go; none named: the smaller half."""

    unit_ids: Units = []


class Keeping(_Strict):
    """The opinions that are to stay where they are; none named: the whole pain point is kept as it is."""

    unit_ids: Units = []


class Rejecting(_Strict):
    """With which ``other`` a merge is turned down; none named: the split is."""

    other: PointId | None = None


class Gathering(_Strict):
    """The opinions that belong together, and what to call them; by default what the machine finds."""

    unit_ids: Annotated[list[UnitId], Field(min_length=1, max_length=10_000)]
    title: Title | None = None


class Releasing(_Strict):
    """The opinions that are to be taken out of their pain points."""

    unit_ids: Annotated[list[UnitId], Field(min_length=1, max_length=10_000)]


class Edited(BaseModel):
    """What was edited: the ids, the one to look at first."""

    painpoint_ids: list[str]


# Those without an id in their address stand before those with one.
@router.post("/gather", response_model=Edited)
def gather(request: Request, person: Triager, wish: Gathering) -> Edited:
    """Makes opinions a pain point of their own."""
    return _edited(_of(request).gather(wish.unit_ids, wish.title, who=person.name))


@router.post("/release", response_model=Edited)
def release(request: Request, person: Triager, wish: Releasing) -> Edited:
    """Takes opinions out of their pain points."""
    return _edited(*_of(request).release(wish.unit_ids, who=person.name))


@router.post("/{key}/rename", response_model=Edited)
def rename(request: Request, person: Triager, key: Key, wish: Renaming) -> Edited:
    """Gives a pain point a title."""
    return _edited(_of(request).rename(key, wish.title, who=person.name))


@router.post("/{key}/merge", response_model=Edited)
def merge(request: Request, person: Triager, key: Key, wish: Merging) -> Edited:
    """Makes a pain point part of another, which is named first in the answer."""
    gone, into = _of(request).merge(key, wish.into, who=person.name)
    return _edited(into, gone)


@router.post("/{key}/split", response_model=Edited)
def split(request: Request, person: Triager, key: Key, wish: Parting) -> Edited:
    """Makes opinions of a pain point a new one, which is named in the answer."""
    return _edited(_of(request).split(key, wish.unit_ids, who=person.name))


@router.post("/{key}/retire", response_model=Edited)
def retire(request: Request, person: Triager, key: Key) -> Edited:
    """Takes a pain point off the lists."""
    return _edited(_of(request).retire(key, who=person.name))


@router.post("/{key}/reopen", response_model=Edited)
def reopen(request: Request, person: Triager, key: Key) -> Edited:
    """Puts a pain point back on the lists."""
    return _edited(_of(request).reopen(key, who=person.name))


@router.post("/{key}/pin", response_model=Edited)
def pin(request: Request, person: Triager, key: Key, wish: Keeping | None = None) -> Edited:
    """Keeps a pain point, or opinions in it, as it is."""
    return _edited(_of(request).pin(key, wish.unit_ids if wish else (), who=person.name))


@router.post("/{key}/reject", response_model=Edited)
def reject(request: Request, person: Triager, key: Key, wish: Rejecting | None = None) -> Edited:
    """Turns down what is proposed for a pain point."""
    return _edited(*_of(request).reject(key, wish.other if wish else None, who=person.name))


def _of(request: Request) -> Workspace:
    return site_of(request).workspace


def _edited(*ids: str | None) -> Edited:
    return Edited(painpoint_ids=[name for name in ids if name])
