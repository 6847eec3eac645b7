"""Corrections of single opinions: by one key each, at once; and of those that look like the corrected one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from painpoints.errors import ConflictError, UsageError, WorkspaceError
from painpoints.taxonomy import NO_STAGE
from painpoints.text import fold_key
from painpoints.triage.corrections import opinions
from painpoints.triage.lookalikes import look_alikes
from painpoints.triage.queue import Queue, seen_at
from painpoints.triage.web.desk import Desk, asked_of
from painpoints.triage.web.pages.actions import answer, wording_of
from painpoints.triage.web.pages.queue import show
from painpoints.triage.web.placing import POINT, Groups, not_placed, place, touchpoint_groups
from painpoints.triage.web.rendering import is_fragment, render
from painpoints.triage.web.security.person import Person, need
from painpoints.triage.web.site import site_of

if TYPE_CHECKING:
    from painpoints.triage.web.desk import Opened

router = APIRouter(include_in_schema=False)
Triager = Annotated[Person, Depends(need("triager"))]
FIELDS = ("sentiment", "touchpoint", "stage", "problem")
MOST_SIMILAR = 30
MOST_POINTS = 60


@router.post("/queue/correct")
def correct(request: Request, person: Triager, said: Annotated[str, Form(alias="set")],
            unit: Annotated[list[str] | None, Form()] = None, seen: Annotated[list[str] | None, Form()] = None,
            open_: Annotated[str, Form(alias="open")] = "") -> Response:
    """Says what holds of opinions ("FIELD:VALUE"), and offers those that look alike."""
    workspace, t = site_of(request).workspace, wording_of(request)
    field, _, value = said.partition(":")
    if not unit:
        raise UsageError("No opinion is chosen.", hint="Tick some.")
    versions = _versions(seen or [])
    try:
        if field == POINT and value and (why := not_placed(request, unit)):
            words = t(why)
            if not is_fragment(request):
                return render(request, "failure.html.j2", status=422, code=422, message=words)
            return answer(request, None, words, open_, status=422, failed=True, kind="refused failure",
                          at_unit=unit[0])
        if field == POINT:
            known = opinions(workspace, site_of(request).live.now().data)
            moved = place(workspace, Queue(workspace.folder.state, person.name, known), unit, value or None, versions)
            many = len(unit) if moved else 0
        else:
            queue = Queue(workspace.folder.state, person.name, opinions(workspace, site_of(request).live.now().data))
            documents = Desk.of(request).snapshot.data.units
            held = dict(documents.filter(documents["unit_id"].is_in(unit)).select("unit_id", "doc_id").iter_rows())
            wanted = {held[name] for name in unit if name in held}
            changed = queue.correct(unit, field, value, {key: at for key, at in versions.items() if key in wanted})
            many = len(changed.corrected)
    except ConflictError:
        return _conflict(request, versions, open_)
    words = t.count("queue.now.correct", many) if many else t("queue.was_so")
    if not is_fragment(request):
        return RedirectResponse(asked_of(request).address(open_ or None), 303)
    alone = unit[0] if len(unit) == 1 else None
    offer = {"unit": alone, "said": said} if many and alone and field in FIELDS else None
    return answer(request, None, words, open_, undo=bool(many), offer=offer, at_unit=alone)


def _versions(seen: Sequence[str]) -> dict[str, int]:
    found = {}
    for name in seen:
        key, version = seen_at(name)
        if version is None:
            raise UsageError("A version is missing.", hint="Write ID@VERSION.")
        found[key] = version
    return found


def _conflict(request: Request, versions: Mapping[str, int], opens: str) -> Response:
    t, desk = wording_of(request), Desk.of(request)
    queue = Queue(site_of(request).workspace.folder.state, desk.who)
    moved = [entry for key, version in versions.items() if (entry := queue.entry(key)).version != version]
    who = sorted({entry.changed_by for entry in moved if entry.changed_by})
    words = t.count("queue.conflict", len(moved), who=t.edition.listing(who)) if who else t("queue.list_moved")
    if not is_fragment(request):
        return render(request, "failure.html.j2", status=409, code=409, message=words)
    return answer(request, None, words, opens, status=409, failed=True, kind="conflict failure")


@router.get("/queue/similar")
def similar(request: Request, person: Triager, unit: Annotated[str, Query(max_length=80)],
            said: Annotated[str, Query(max_length=120)], opened: Annotated[str, Query(max_length=80)] = ""
            ) -> Response:
    """The opinions that look like a corrected one, to be corrected likewise; 204 where there are none."""
    desk = Desk.of(request)
    field, _, value = said.partition(":")
    if field not in FIELDS:
        raise UsageError("There is no such field.", hint=f"Use one of: {', '.join(FIELDS)}.")
    try:
        found = look_alikes(desk.snapshot.data, unit, field, value, aligned=desk.site.vectors(desk.snapshot),
                            most=MOST_SIMILAR)
    except KeyError:
        raise WorkspaceError("There is no such opinion.") from None
    if not len(found):
        return Response(status_code=204)
    rows = [{**row, "seen": f"{row['doc_id']}@{desk.snapshot.entry(row['doc_id']).version}"}
            for row in found.iter_rows(named=True)]
    return show(request, "queue_similar.html.j2", desk, None, similar=rows, said=said, doc_id=opened)


@router.get("/queue/{doc_id}/{field}")
def pick(request: Request, person: Triager, doc_id: str, field: str, unit: Annotated[str, Query(max_length=80)]
         ) -> HTMLResponse:
    """The question what a field of an opinion is to be."""
    if field not in ("touchpoint", "stage", POINT):
        raise WorkspaceError("There is no such field.")
    desk = Desk.of(request)
    opened = desk.comment(doc_id)
    one = _opinion(opened, unit)
    groups = {"touchpoint": _touchpoints, "stage": _stages}.get(field, _points)(desk, "")
    now = one["painpoint_id"] if field == POINT else one[field]
    return show(request, "queue_pick.html.j2", desk, opened, field=field, unit=one, groups=groups, now=now)


@router.get("/queue/{doc_id}/point/found")
def found(request: Request, person: Triager, doc_id: str, find: Annotated[str, Query(max_length=200)] = ""
          ) -> HTMLResponse:
    """The pain points whose titles hold some words."""
    desk = Desk.of(request)
    return show(request, "queue_choices.html.j2", desk, None, field=POINT, groups=_points(desk, find), now=None)


def _opinion(opened: Opened, unit: str) -> Mapping[str, Any]:
    for one in opened.row["units"]:
        if one["unit_id"] == unit:
            found: Mapping[str, Any] = one
            return found
    raise WorkspaceError("There is no such opinion.", hint="The comment shows those it has.")


def _touchpoints(desk: Desk, words: str) -> Groups:
    return touchpoint_groups(desk.wording.edition)


def _stages(desk: Desk, words: str) -> Groups:
    edition = desk.wording.edition
    return [("", [(code, edition.stage(code), code)
                  for code in (*(stage.code for stage in edition.framework.stages), NO_STAGE)])]


def _points(desk: Desk, words: str) -> Groups:
    wanted = [fold_key(word) for word in words.split()]
    every = [(point, " ".join((desk.titles[point["painpoint_id"]], *point["titles"].values())))
             for point in desk.snapshot.points]
    chosen = [(point["painpoint_id"], desk.titles[point["painpoint_id"]], also) for point, also in every
              if all(word in fold_key(also) for word in wanted)][:MOST_POINTS]
    none = [] if wanted else [("", desk.wording.text("queue.out_of_point"), "")]
    return [("", [*none, *chosen])] if none or chosen else []


