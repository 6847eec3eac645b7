"""Any view of a workspace as a table: comments of the queue, opinions, pain points, the journey."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from painpoints.errors import UsageError
from painpoints.report import Edition, Table
from painpoints.store import WorkspaceData
from painpoints.track import find_among
from painpoints.triage.choices import choice
from painpoints.triage.filters import Wanted
from painpoints.triage.live import Live
from painpoints.triage.pointtables import journey_table, painpoints_table
from painpoints.triage.queue import Queue
from painpoints.triage.snapshot import Snapshot
from painpoints.triage.tables import comments_table, opinions_table

if TYPE_CHECKING:
    from painpoints.pipeline import Workspace

COMMENTS, OPINIONS, PAINPOINTS, JOURNEY = VIEWS = ("comments", "opinions", "painpoints", "journey")
_ALL = ("all",)


def export_view(workspace: Workspace, queue: Queue, view: str = COMMENTS, wanted: Wanted | None = None, *,
                now: datetime, lang: str | None = None, authors: bool = False) -> Table:
    """The ``view`` (`VIEWS`) of a workspace as a table: `snapshot_table` for those who ask once, with the impact of
    pain points. Raises UsageError, WorkspaceError, EmptyInputError."""
    measured = workspace.table() if view == PAINPOINTS else None
    return snapshot_table(Live(workspace, clock=lambda: now).now(), view, wanted, queue.who, workspace.settings.zone,
                          lang=lang, authors=authors, measured=measured)


def snapshot_table(snapshot: Snapshot, view: str, wanted: Wanted | None, who: str, zone: str, *,
                   lang: str | None = None, authors: bool = False, measured: pl.DataFrame | None = None) -> Table:
    """The ``view`` (`VIEWS`) of one moment as a table, named in ``lang`` or in the workspace's language; times are
    shown in ``zone``.

    Comments are those that are ``wanted`` by ``who``, most urgent first. Opinions are those of such comments (of any
    status unless one is asked for) that are themselves about the touchpoint, stage and pain point that are wanted,
    copies left out. Pain points have an impact where ``measured`` (``Workspace.table``) is given. Raises UsageError,
    WorkspaceError.
    """
    asked = Wanted() if wanted is None else wanted
    if view not in VIEWS:
        raise UsageError(f"{view}: no such view.", hint=f"There are: {', '.join(VIEWS)}.")
    if view in (PAINPOINTS, JOURNEY) and asked != Wanted():
        raise UsageError(f"Filters choose comments; the table {view!r} is about all of them.",
                         hint="Leave the filters out, or export comments or opinions.")
    data, edition, entries = snapshot.data, snapshot.edition(lang), snapshot.standing.entries.values()
    if view == JOURNEY:
        return journey_table(data, edition, zone)
    if view == PAINPOINTS:
        return painpoints_table(data, snapshot.trends, edition, zone, measured)
    if view == OPINIONS and not asked.status:
        asked = replace(asked, status=_ALL)
    found = snapshot.frame(asked, who)
    if view == COMMENTS:
        return comments_table(found, entries, data, edition, zone, authors=authors)
    point = None if asked.painpoint is None else find_among(data.points, asked.painpoint)
    units = opinions_of(data, found["doc_id"], asked, edition,
                        None if point is None else str(point["merged_into"] or point["painpoint_id"]))
    return opinions_table(units, entries, data, edition, zone, authors=authors)


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


def asked_for(wanted: Wanted) -> dict[str, str]:
    """The filters of an export as the audit log has them; of a search only that there was one."""
    given = {name: value if isinstance(value, str) else "yes" if value is True else " ".join(value)
             for name, value in vars(wanted).items() if value}
    return {**given, "search": "yes"} if wanted.search else given
