"""Pain points for scripts: their list, each with its opinions and its lineage, and what is proposed for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import polars as pl
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from painpoints.track import find_among
from painpoints.triage.snapshot import Snapshot
from painpoints.triage.web.api.answers import Key, Offset, Reader, Spoken, Triager, refusals
from painpoints.triage.web.pages.point import lineage, said
from painpoints.triage.web.pages.points import chosen, proposed
from painpoints.triage.web.site import language_of, site_of
from painpoints.triage.web.titles import title_in, titles_by_language

router = APIRouter(prefix="/api/painpoints", tags=["pain points"], responses=dict(refusals()))
_NOTHING: Mapping[str, Any] = {"units": 0, "documents": 0, "langs": [], "touchpoint": None, "stage": None,
                               "first_seen": None, "last_seen": None, "trend": None, "weeks": []}


class Week(BaseModel):
    """Comments with a pain point, of all comments in the week that begins on ``week``."""

    week: date
    documents: int
    volume: int


class PainPoint(BaseModel):
    """A pain point; ``title`` is in the language of the request, ``trend`` how it moved in the last week."""

    painpoint_id: str
    title: str
    titles: dict[str, str]
    named_by: str
    status: str
    merged_into: str | None
    pinned: bool
    units: int
    documents: int
    langs: list[Spoken]
    touchpoint: str | None
    stage: str | None
    first_seen: datetime | None
    last_seen: datetime | None
    trend: str | None
    weeks: list[Week]


class Proposal(BaseModel):
    """A merge with ``other``, or (without one) a split, that waits for a person; ``share`` says how sure it is."""

    painpoint_id: str
    title: str
    other: str | None
    other_title: str | None
    share: float


class PainPoints(BaseModel):
    """A page of the list: ``painpoints`` of ``found``, and all ``proposals``, surest first."""

    painpoints: list[PainPoint]
    found: int
    proposals: list[Proposal]


class Opinion(BaseModel):
    """What a customer said, once for all ``copies``; without a date of its own (``dated``) ``time`` is when it came."""

    unit_id: str
    doc_id: str
    lang: str | None
    text: str
    source: str | None
    time: datetime | None
    dated: bool | None
    placed_by: str | None
    copies: int


class Event(BaseModel):
    """Something that happened to a pain point, in ``words`` of the request's language too."""

    made: datetime
    event: str
    words: str
    other: str | None
    other_title: str | None


class Whole(PainPoint):
    """A pain point with a page of its ``opinions`` (``found`` in all, firmest first), what happened to it, last first,
    and what is proposed for it."""

    opinions: list[Opinion]
    found: int
    lineage: list[Event]
    proposals: list[Proposal]


class Side(BaseModel):
    """An opinion in one half of a pain point."""

    unit_id: str
    doc_id: str
    lang: str | None
    text: str


class Halves(BaseModel):
    """The two halves that a split without chosen opinions would make; ``staying`` ones are not fewer."""

    staying: list[Side]
    going: list[Side]


@router.get("", response_model=PainPoints)
def painpoints(request: Request, person: Reader, q: Annotated[str, Query(max_length=300)] = "",
               order: Literal["size", "moved", "recent"] = "size", status: Literal["open", "retired"] = "open",
               offset: Offset = 0, limit: Annotated[int, Query(ge=1, le=500)] = 100) -> dict[str, Any]:
    """The pain points on the lists, or those that were taken off; ``q`` looks in titles of all languages."""
    snapshot, lang = site_of(request).live.now(), language_of(request)
    found = chosen(snapshot, q, order, status)
    rows = {row["painpoint_id"]: row for row in snapshot.data.points}
    return {"painpoints": [_shown(rows[point["painpoint_id"]], point, lang) for point in found[offset:offset + limit]],
            "found": len(found), "proposals": proposed(snapshot, lang)}


@router.get("/{key}", response_model=Whole)
def painpoint(request: Request, person: Reader, key: Key, language: Annotated[str, Query(max_length=8)] = "",
              offset: Offset = 0, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> dict[str, Any]:
    """One pain point; ``language`` leaves out the opinions in others. One that was merged away has none any more."""
    site, lang = site_of(request), language_of(request)
    snapshot = site.live.now()
    row = find_among(snapshot.data.points, key)
    name = row["painpoint_id"]
    known = next((point for point in snapshot.points if point["painpoint_id"] == name), _NOTHING)
    opinions = said(snapshot, name)
    if language:
        opinions = opinions.filter(pl.col("lang") == language)
    return {**_shown(row, known, lang), "opinions": opinions[offset:offset + limit].to_dicts(), "found": len(opinions),
            "lineage": _events(snapshot, name, site.wording(lang), site.workspace.settings.zone),
            "proposals": proposed(snapshot, lang, name)}


@router.get("/{key}/halves", response_model=Halves)
def halves(request: Request, person: Triager, key: Key) -> dict[str, Any]:
    """How a pain point would be parted by itself."""
    found = site_of(request).workspace.halves_of(key)
    return {"staying": found.staying, "going": found.going}


def _shown(row: Mapping[str, Any], known: Mapping[str, Any], lang: str) -> dict[str, Any]:
    return {**_NOTHING, **row, **known, "status": row["status"], "merged_into": row["merged_into"],
            "title": title_in(row, lang), "titles": titles_by_language(row)}


def _events(snapshot: Snapshot, key: str, wording: Any, zone: str) -> list[dict[str, Any]]:
    return [{**event, "words": event["words"].striptags()} for event in lineage(snapshot, key, wording, ZoneInfo(zone))]
