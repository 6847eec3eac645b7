"""Opinions put into pain points and taken out by the page, and the touchpoints there are to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from painpoints.taxonomy import NO_STAGE
from painpoints.triage.web.site import site_of

if TYPE_CHECKING:
    from fastapi import Request

    from painpoints.pipeline import Workspace
    from painpoints.report import Edition
    from painpoints.triage.queue import Queue

POINT = "point"
Groups = list[tuple[str, list[tuple[str, str, str]]]]


def not_placed(request: Request, units: Sequence[str]) -> str | None:
    """Why opinions cannot be in a pain point, as a key of the wording: only problems can, from the addition on that
    took them for one."""
    held = site_of(request).live.now().data.units
    chosen = held.filter(held["unit_id"].is_in(list(units)))
    if not chosen["is_problem"].all():
        return "queue.point_no_problem"
    return "queue.point_later" if chosen["placed_by"].has_nulls() else None


def place(workspace: Workspace, queue: Queue, units: Sequence[str], point: str | None,
          seen: Mapping[str, int] | None = None) -> bool:
    """Keeps opinions in a pain point, or takes them out of theirs; whether that changed anything. ``seen`` are versions
    by doc_id. Raises ConflictError where one of their comments was changed since, and as pinning and releasing do."""
    mine, who = set(queue.documents(units).values()), queue.who
    around = partial(queue.placing, seen={key: version for key, version in (seen or {}).items() if key in mine})
    with workspace.folder.state.reading() as state:
        last = state.marks().edit
    if point is None:
        workspace.release(units, who, around)
    else:
        workspace.pin(point, units, who, around)
    return any(row["who"] == who for row in workspace.edits(last))


def touchpoint_groups(edition: Edition) -> Groups:
    """The touchpoints by stage in their order: code, name, and all that each is found by."""
    groups: dict[str, list[tuple[str, str, str]]] = {}
    for touchpoint in edition.taxonomy.touchpoints:
        also = " ".join((touchpoint.code, *touchpoint.names.values()))
        groups.setdefault(edition.stage_of(touchpoint.code), []).append(
            (touchpoint.code, edition.touchpoint(touchpoint.code), also))
    order = [*(stage.code for stage in edition.framework.stages), NO_STAGE]
    return [(edition.stage(stage), groups[stage]) for stage in order if stage in groups]
