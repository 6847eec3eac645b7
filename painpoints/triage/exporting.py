"""Any view of a workspace as a table: comments of the queue, opinions, pain points, the journey."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from painpoints.errors import UsageError
from painpoints.report import Edition, Table
from painpoints.store import State, WorkspaceData, Writer
from painpoints.store import now as this_moment
from painpoints.track import find
from painpoints.triage.choices import choice
from painpoints.triage.listing import Wanted, chosen, overview
from painpoints.triage.pointtables import journey_table, painpoints_table
from painpoints.triage.queue import Queue
from painpoints.triage.searching import matching
from painpoints.triage.tables import comments_table, opinions_table

if TYPE_CHECKING:
    from painpoints.pipeline import Workspace

COMMENTS, OPINIONS, PAINPOINTS, JOURNEY = VIEWS = ("comments", "opinions", "painpoints", "journey")
_ALL = ("all",)


def export_view(workspace: Workspace, queue: Queue, view: str = COMMENTS, wanted: Wanted | None = None, *,
                now: datetime, lang: str | None = None, authors: bool = False) -> Table:
    """The ``view`` (`VIEWS`) of a workspace as a table, named in ``lang`` or in the workspace's language.

    Comments are those that are ``wanted``, most urgent first, as `listed` has them. Opinions are those of such comments
    (of any status unless one is asked for) that are themselves about the touchpoint, stage and pain point that are
    wanted, copies left out. Raises UsageError, WorkspaceError, EmptyInputError.
    """
    asked = Wanted() if wanted is None else wanted
    if view not in VIEWS:
        raise UsageError(f"{view}: no such view.", hint=f"There are: {', '.join(VIEWS)}.")
    if view in (PAINPOINTS, JOURNEY) and asked != Wanted():
        raise UsageError(f"Filters choose comments; the table {view!r} is about all of them.",
                         hint="Leave the filters out, or export comments or opinions.")
    data, edition, zone = workspace.data(), workspace.edition(lang), workspace.settings.zone
    if view == JOURNEY:
        return journey_table(data, edition, zone)
    trends = workspace.trends(data)
    if view == PAINPOINTS:
        return painpoints_table(data, trends, edition, zone, workspace.table())
    entries, point = queue.entries(), _point(workspace, asked)
    hits = None if asked.search is None else matching(workspace.folder, asked.search)
    if view == OPINIONS and not asked.status:
        asked = replace(asked, status=_ALL)
    found = chosen(overview(data, trends, now=now), entries, asked, queue.who, edition, point, hits)
    if view == COMMENTS:
        return comments_table(found, entries, data, edition, zone, authors=authors)
    return opinions_table(opinions_of(data, found["doc_id"], asked, edition, point), entries, data, edition, zone,
                          authors=authors)


def opinions_of(data: WorkspaceData, doc_ids: pl.Series, wanted: Wanted, edition: Edition, point: str | None
                ) -> pl.DataFrame:
    """The opinions of comments, in the comments' order, that are themselves about what is ``wanted``; those of a pain
    point firmest first."""
    order = doc_ids.to_frame("doc_id").with_row_index("_comment")
    units = data.units.filter(pl.col("weight") > 0).join(order, on="doc_id", how="inner")
    if wanted.touchpoint is not None:
        names = {t.code: (t.code, *t.names.values()) for t in edition.taxonomy.touchpoints}
        units = units.filter(pl.col("touchpoint") == choice("--touchpoint", wanted.touchpoint, names))
    if wanted.stage is not None:
        stages = {s.code: (s.code, *s.names.values()) for s in edition.framework.stages}
        units = units.filter(pl.col("stage") == choice("--stage", wanted.stage, stages))
    if point is not None:
        return units.filter(pl.col("painpoint_id") == point).sort(
            ["painpoint_strength", "unit_id"], descending=[True, False], nulls_last=True).drop("_comment")
    return units.sort(["_comment", "start", "unit_id"]).drop("_comment")


def _point(workspace: Workspace, wanted: Wanted) -> str | None:
    """The id of the pain point that is wanted."""
    if wanted.painpoint is None:
        return None
    with workspace.folder.state.reading() as state:
        row = find(state, wanted.painpoint)
    return str(row["merged_into"] or row["painpoint_id"])


def note_export(state: State, who: str, what: str, detail: Mapping[str, Any]) -> None:
    """Enters into the audit log that ``who`` exported ``what``; ``detail`` holds no customer's words."""
    def enter(writer: Writer) -> None:
        writer.queue_up("audit")
        writer.insert("audit", [{"made": this_moment(), "who": who, "action": "export", "object": what,
                                 "detail": json.dumps(detail, ensure_ascii=False)}])

    state.settled(enter)


def asked_for(wanted: Wanted) -> dict[str, Any]:
    """The filters of an export as the audit log has them; of a search only that there was one."""
    given = {name: value for name, value in vars(wanted).items() if value}
    return {**given, "search": True} if wanted.search else given
