"""The queue for scripts: the same list, the same changes, the same rules, as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from painpoints.triage.queue import Queue
from painpoints.triage.ranked import SORTS
from painpoints.triage.undoing import undo_last
from painpoints.triage.web.api.answers import Reader, Triager, refusals
from painpoints.triage.web.asked import Asked
from painpoints.triage.web.desk import Desk
from painpoints.triage.web.doing import Action, do
from painpoints.triage.web.security.person import Person
from painpoints.triage.web.site import site_of

Id = Annotated[str, Field(min_length=4, max_length=80, pattern=r"^[0-9A-Za-z_@.-]+$")]
router = APIRouter(prefix="/api", tags=["queue"], responses=dict(refusals(409)))


class Reason(BaseModel):
    """What makes a comment urgent: a code, its share of the score, and words."""

    code: str
    weight: float
    words: str


class Row(BaseModel):
    """A comment as the list has it."""

    model_config = ConfigDict(from_attributes=True)

    doc_id: str
    score: float | None
    reasons: list[Reason]
    lang: str | None
    source: str | None = None
    time: datetime | None
    sentiment: str | None
    touchpoint: str | None
    stage: str | None
    painpoint_id: str | None
    painpoint_title: str | None
    trend: str | None
    uncertain: bool | None
    status: str
    assignee: str | None
    note: str | None
    version: int
    text: str


class Unit(BaseModel):
    """An opinion in a comment: its place in the text and what holds of it."""

    unit_id: str
    start: int
    end: int
    text: str
    lang: str | None
    sentiment: str | None
    touchpoint: str | None
    stage: str | None
    is_problem: bool | None
    certain: bool | None
    painpoint_id: str | None
    painpoint_title: str | None


class Comment(Row):
    """A comment whole."""

    units: list[Unit]


class Comments(BaseModel):
    """A page of the list: ``comments`` of ``found``; ``counts`` by status; ``version`` names what was seen."""

    comments: list[Row]
    found: int
    counts: dict[str, int]
    version: str


class Wish(BaseModel):
    """What to do with comments; ``ids`` are ID@VERSION, or ID for what nobody else has in hand."""

    ids: Annotated[list[Id], Field(min_length=1, max_length=5000)]
    action: Action
    to: Annotated[str | None, Field(max_length=80)] = None
    note: Annotated[str | None, Field(max_length=2000)] = None


class Entry(BaseModel):
    """How a comment stands."""

    model_config = ConfigDict(from_attributes=True)

    doc_id: str
    status: str
    assignee: str | None
    note: str | None
    version: int
    changed: str | None
    changed_by: str | None


class Changed(BaseModel):
    """What became of comments: the number of the change (none where all was so already), and how each stands."""

    number: int | None
    after: list[Entry]
    same: list[Entry]


class Undone(BaseModel):
    """What was taken back: comments as they were, or the kind of an edit of pain points."""

    comments: list[Entry]
    edit: str | None = None
    painpoint_id: str | None = None


class Deed(BaseModel):
    """One field that somebody changed; ``undoes`` is the number of the change that was taken back."""

    number: int
    change: int
    made: datetime
    who: str
    doc_id: str
    unit_id: str | None
    field: str
    before: str | None
    after: str | None
    undoes: int | None


@router.get("/comments", response_model=Comments)
def comments(request: Request, person: Reader, language: str = "", stage: str = "", touchpoint: str = "",
             source: str = "", point: str = "", status: Annotated[list[str] | None, Query()] = None, holder: str = "",
             unsure: bool = False, q: Annotated[str, Query(max_length=300)] = "",
             sort: Annotated[str, Query(pattern=f"^({'|'.join(SORTS)})$")] = "urgency",
             offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
             limit: Annotated[int, Query(ge=1, le=500)] = 50) -> dict[str, Any]:
    """The list, filtered, in order, from the ``offset``-th comment on."""
    asked = Asked(language, stage, touchpoint, source, point, tuple(status or ()), holder, unsure, q, sort)
    desk = Desk.of(request, asked)
    found = desk.snapshot.listing(asked.wanted, person.name, desk.lang, offset, limit, sort)
    return {"comments": found.rows, "found": found.found, "counts": found.counts, "version": desk.snapshot.version}


@router.get("/comments/{doc_id}", response_model=Comment)
def comment(request: Request, person: Reader, doc_id: str) -> dict[str, Any]:
    """One comment whole, with its opinions."""
    desk = Desk.of(request, Asked())
    return dict(desk.snapshot.comment(doc_id, desk.lang))


@router.post("/changes", response_model=Changed)
def change(request: Request, person: Triager, wish: Wish) -> dict[str, Any]:
    """Does something with comments: with all of them, or where one has moved on (409) with none."""
    made = do(_queue(request, person), wish.action, wish.ids, wish.to, wish.note)
    return {"number": made.number, "after": made.after, "same": made.same}


@router.post("/undo", response_model=Undone)
def undo(request: Request, person: Triager) -> dict[str, Any]:
    """Takes back the last thing this person did."""
    undone = undo_last(site_of(request).workspace, person.name)
    if hasattr(undone, "after"):
        return {"comments": undone.after}
    return {"comments": [], "edit": undone.kind, "painpoint_id": undone.painpoint_id}


@router.get("/history", response_model=list[Deed])
def history(request: Request, person: Reader, since: Annotated[int, Query(ge=0, le=2**62)] = 0,
            limit: Annotated[int, Query(ge=1, le=5000)] = 1000) -> list[dict[str, Any]]:
    """Who did what, in order, after the number ``since``."""
    return _queue(request, person).history(since=since)[:limit]


def _queue(request: Request, person: Person) -> Queue:
    return Queue(site_of(request).workspace.folder.state, person.name)
