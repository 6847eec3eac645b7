"""The map of all opinions: the page, its points, their quotes, and pain points made by hand."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, Field, StringConstraints

from painpoints.errors import UsageError
from painpoints.pipeline import in_scope
from painpoints.triage.corrections import opinions
from painpoints.triage.queue import Queue
from painpoints.triage.unitmap import map_points
from painpoints.triage.web.api.answers import refusals
from painpoints.triage.web.placing import POINT, not_placed, place, touchpoint_groups
from painpoints.triage.web.rendering import render
from painpoints.triage.web.security.person import Person, need
from painpoints.triage.web.site import language_of, site_of
from painpoints.triage.web.titles import title_in

if TYPE_CHECKING:
    import polars as pl

    from painpoints.pipeline import Workspace
    from painpoints.store import WorkspaceData

router = APIRouter(tags=["map"], responses=dict(refusals(409)))
PATIENCE = 1.5
"""So many seconds a request waits for a map that is being worked out, before it says so."""
AT_ONCE = 50
MOST_GATHERED = 10_000

Id = Annotated[str, StringConstraints(pattern=r"^[\w.:-]+$", max_length=64)]


class Gathering(BaseModel):
    """Opinions that are to be a pain point, and what it is to be called: by default what the machine finds."""

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] | None = None
    unit_ids: Annotated[list[Id], Field(min_length=1, max_length=MOST_GATHERED)]


class Correcting(BaseModel):
    """Opinions, and what is said of all of them."""

    said: Annotated[str, Field(alias="set", pattern=r"^(sentiment|touchpoint|stage|problem|point):", max_length=120)]
    unit_ids: Annotated[list[Id], Field(min_length=1, max_length=MOST_GATHERED)]


class _Surveyor:
    """Works the map of ``workspace`` out in the background, one at a time."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lock = threading.Lock()
        self._task: Future[pl.DataFrame] | None = None
        self._of: WorkspaceData | None = None

    def places(self, data: WorkspaceData) -> pl.DataFrame | None:
        """The places of opinions, None while they are worked out."""
        with self._lock:
            if self._task is None or (self._task.done() and (self._of is not data or self._task.exception())):
                self._task, self._of = Future(), data
                threading.Thread(target=self._work, args=(self._task, data), daemon=True).start()
            task = self._task
        try:
            return task.result(PATIENCE)
        except NotYet:
            return None

    def _work(self, task: Future[pl.DataFrame], data: WorkspaceData) -> None:
        try:
            task.set_result(self._workspace.places(data))
        except BaseException as error:
            task.set_exception(error)


@lru_cache(maxsize=16)
def _surveyor(workspace: Workspace) -> _Surveyor:
    return _Surveyor(workspace)


@router.get("/map", include_in_schema=False)
def page(request: Request) -> Response:
    """The map, and all pain points as a table."""
    site, lang = site_of(request), language_of(request)
    if not site.workspace.additions():
        return RedirectResponse("/", 303)
    snapshot = site.live.now()
    points = [{**point, "title": title_in(point, lang)} for point in snapshot.points if point["units"]]
    return render(request, "map.html.j2", here="map", points=points, snapshot=snapshot, groups=touchpoint_groups(
        site.wording(lang).edition))


@router.get("/api/map/points", response_class=Response, responses={
    200: {"content": {"application/octet-stream": {}}}, 202: {"description": "Being worked out; ask again."}})
def points(request: Request) -> Response:
    """The map as bytes (`painpoints.triage.map_points`), or 202 while it is worked out."""
    site, lang = site_of(request), language_of(request)
    snapshot = site.live.now()
    places = _surveyor(site.workspace).places(snapshot.data)
    if places is None:
        return JSONResponse({"working": True}, 202, {"Retry-After": "1"})
    wording, scope = site.wording(lang), site.workspace.settings.cluster
    units = snapshot.data.units
    body = map_points(units, places, snapshot.points, wording.edition,
                      {point["painpoint_id"]: title_in(point, lang) for point in snapshot.points},
                      {code: wording.text(f"map.{code}") for code in ("neg", "neu", "pos")}, in_scope(units, scope))
    return Response(body, media_type="application/octet-stream", headers={"Cache-Control": "no-store"})


@router.get("/api/map/units")
def units(request: Request, ids: Annotated[list[Id], Query(alias="id", min_length=1, max_length=AT_ONCE)]
          ) -> list[dict[str, Any]]:
    """Opinions by their ids: what they say, and where. Those there are none of are left out."""
    import polars as pl

    site, lang = site_of(request), language_of(request)
    snapshot, wording = site.live.now(), site.wording(lang)
    found = snapshot.data.units.filter(pl.col("unit_id").is_in(ids))
    titles = {point["painpoint_id"]: title_in(point, lang) for point in snapshot.points}
    return [{"unit_id": row["unit_id"], "doc_id": row["doc_id"], "text": row["text"], "lang": row["lang"],
             "link": _link(row["doc_id"]), "sentiment": wording.text(f"map.{row['sentiment']}"),
             "touchpoint": wording.edition.touchpoint(row["touchpoint"]),
             "painpoint": titles.get(row["painpoint_id"])} for row in found.iter_rows(named=True)]


@router.post("/api/map/gather")
def gather(request: Request, wanted: Gathering, person: Annotated[Person, Depends(need("triager"))]
           ) -> dict[str, Any]:
    """Makes a pain point of opinions; its id, title and address."""
    site = site_of(request)
    key = site.workspace.gather(wanted.unit_ids, wanted.title, who=person.name)
    found = next((point for point in site.live.now(wait=True).points if point["painpoint_id"] == key), None)
    title = wanted.title or "" if found is None else title_in(found, language_of(request))
    return {"painpoint_id": key, "title": title, "link": f"/points/{key}?told=gathered"}


@router.post("/api/map/correct")
def correct(request: Request, wanted: Correcting, person: Annotated[Person, Depends(need("triager"))]
            ) -> dict[str, Any]:
    """Says what holds of opinions, all at once ("FIELD:VALUE", "point:ID" or "point:" for none): how many changed, and
    that in words."""
    site, t = site_of(request), site_of(request).wording(language_of(request))
    known = opinions(site.workspace, site.live.now().data)
    queue = Queue(site.workspace.folder.state, person.name, known)
    field, _, value = wanted.said.partition(":")
    if field != POINT:
        changed = queue.correct(wanted.unit_ids, field, value)
        many = len(changed.corrected)
    else:
        if value and (why := not_placed(request, wanted.unit_ids)):
            raise UsageError(t.text(why))
        many = len(wanted.unit_ids) if place(site.workspace, queue, wanted.unit_ids, value or None) else 0
    return {"changed": many, "words": t.count_text("queue.now.correct", many) if many else t.text("queue.was_so")}


def _link(doc_id: str) -> str:
    return f"/queue/{doc_id}"
