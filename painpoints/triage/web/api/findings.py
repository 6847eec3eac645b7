"""What a workspace tells, for scripts: the journey, the digest of a week, texts found by their words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel

from painpoints.report import digest_json, weakest_link
from painpoints.report import journey as touchpoints_of
from painpoints.report import stages as stages_of
from painpoints.triage.web.api.answers import Reader, Spoken, refusals
from painpoints.triage.web.api.digests import DigestAnswer
from painpoints.triage.web.kept import run_of
from painpoints.triage.web.pages.digest import Week
from painpoints.triage.web.site import language_of, site_of

if TYPE_CHECKING:
    from painpoints.report import Edition
    from painpoints.store import WorkspaceData

router = APIRouter(prefix="/api", tags=["findings"], responses=dict(refusals()))


class Measures(BaseModel):
    """How customers fare: counts of opinions, and shares (0..1) with 95 % intervals; ``net`` is from -1 to 1, ``harm``
    the share that is negative or names a problem, ``rating`` a mean (0..1). Shares of nothing are null."""

    units: int
    documents: int
    share: float | None
    neg: int
    neu: int
    pos: int
    neg_share: float | None
    neg_low: float | None
    neg_high: float | None
    neu_share: float | None
    pos_share: float | None
    pos_low: float | None
    pos_high: float | None
    net: float | None
    net_low: float | None
    net_high: float | None
    problems: int
    problem_share: float | None
    problem_low: float | None
    problem_high: float | None
    harm: float | None
    harm_low: float | None
    harm_high: float | None
    rating: float | None


class Felt(BaseModel):
    """How many negative opinions are of an emotion."""

    emotion: str
    units: int


class Said(BaseModel):
    """A customer's own words."""

    unit_id: str
    doc_id: str
    lang: str | None
    text: str


class Touchpoint(Measures):
    """A touchpoint with its ``name`` in the language of the request, and the pain point of most opinions there."""

    touchpoint: str
    name: str
    stage: str
    stage_name: str
    channel: str
    painpoint_id: str | None
    langs: list[Spoken]
    uncertain: int
    emotions: list[Felt]
    expectations: list[Said]


class Stage(Measures):
    """A stage of the journey."""

    stage: str
    name: str


class Weakest(BaseModel):
    """The touchpoint where harm is surest; ``elsewhere`` is the harm at all others."""

    touchpoint: str
    stage: str
    units: int
    documents: int
    harm: float
    low: float
    high: float
    elsewhere: float | None
    painpoints: list[str]
    quotes: list[Said]


class Journey(BaseModel):
    """The journey in its order; ``weakest`` is none where nothing is spoken of enough."""

    framework: str
    stages: list[Stage]
    touchpoints: list[Touchpoint]
    weakest: Weakest | None


class Hit(BaseModel):
    """A comment that was found; ``spans`` are the slices of its text that answer, a greater ``score`` is better."""

    doc_id: str
    score: float
    text: str
    spans: list[tuple[int, int]]


class Hits(BaseModel):
    """The best ``hits`` of the ``total``."""

    hits: list[Hit]
    total: int


@router.get("/journey", response_model=Journey)
def journey(request: Request, person: Reader) -> dict[str, Any]:
    """Stages and touchpoints with what customers feel there, and the weakest link."""
    site, lang = site_of(request), language_of(request)
    data = site.live.now().data
    return site.kept.get(data, ("journey as data", lang), lambda: _journey(data, site.edition(lang)))


@router.get("/digest", response_class=Response, responses={200: {"model": DigestAnswer}})
def digest(request: Request, person: Reader, week: Week = None) -> Response:
    """What is to be said of a week (its name, or a day in it), by default of the last one that is over."""
    site = site_of(request)
    found = site.digest(site.live.now().data, week, language_of(request))
    return Response(digest_json(found), media_type="application/json")


@router.get("/search", response_model=Hits)
def search(request: Request, person: Reader, q: Annotated[str, Query(min_length=1, max_length=300)],
           limit: Annotated[int, Query(ge=1, le=500)] = 50) -> dict[str, Any]:
    """Comments by their words; "phrases", beginnings* and -exclusions too. Spellings of a letter count as one."""
    found = site_of(request).workspace.search(q, limit)
    return {"hits": [vars(hit) for hit in found.hits], "total": found.total}


def _journey(data: WorkspaceData, edition: Edition) -> dict[str, Any]:
    run = run_of(data)
    taxonomy, framework = edition.taxonomy, edition.framework.name
    weakest = weakest_link(run, taxonomy, framework)
    stages = stages_of(run, taxonomy, framework).to_dicts()
    touchpoints = touchpoints_of(run, taxonomy, framework).to_dicts()
    return {
        "framework": framework,
        "stages": [{**row, "name": edition.stage(row["stage"])} for row in stages],
        "touchpoints": [{**row, "name": edition.touchpoint(row["touchpoint"]),
                         "stage_name": edition.stage(row["stage"])} for row in touchpoints],
        "weakest": None if weakest is None else {
            **{name: getattr(weakest, name) for name in Weakest.model_fields if name != "quotes"},
            "quotes": weakest.quotes.to_dicts()}}
