"""The queue as a list for those who ask once: every comment with its urgency, its place and its state, filtered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from painpoints.errors import WorkspaceError
from painpoints.triage.corrections import said
from painpoints.triage.filters import Wanted as Wanted
from painpoints.triage.queue import Queue

if TYPE_CHECKING:
    from painpoints.pipeline import Workspace
    from painpoints.report import Edition
    from painpoints.store import WorkspaceData


@dataclass(frozen=True)
class Listing:
    """``rows``, in the order asked for, of ``found`` comments; ``edition`` names things; ``counts`` of all comments by
    status."""

    rows: Sequence[Mapping[str, Any]]
    found: int
    counts: Mapping[str, int]
    edition: Edition


def listed(workspace: Workspace, queue: Queue, wanted: Wanted | None = None, *, now: datetime, top: int | None = None
           ) -> Listing:
    """The most urgent ``top`` of the comments that are ``wanted``, with all that a page needs to show of each.

    Raises EmptyInputError when nothing was added yet, UsageError and WorkspaceError for a filter that names nothing.
    """
    from painpoints.triage.live import Live

    shown = Live(workspace, clock=lambda: now).now()
    return shown.listing(Wanted() if wanted is None else wanted, queue.who, limit=top)


def one(workspace: Workspace, queue: Queue, name: str, *, now: datetime) -> Listing:
    """One comment by its id or the first letters of it; its row has its ``opinions``. Raises WorkspaceError."""
    from painpoints.triage.live import Live

    entry = queue.entry(name)
    shown = Live(workspace, clock=lambda: now).now()
    if entry.doc_id not in shown.ranking.places:
        raise WorkspaceError(f"{entry.doc_id}: is a copy of another comment, or holds no opinion.",
                             hint="The queue lists comments that say something of their own.")
    found = shown.single(entry.doc_id)
    row = {**found.rows[0], "opinions": opinions_in(shown.data, entry.doc_id)}
    return replace(found, rows=[row])


def opinions_in(data: WorkspaceData, doc_id: str) -> list[dict[str, Any]]:
    """The opinions in a comment, in order: ids, place, text, what holds of each, what the machine had ``judged`` of it
    where people ``corrected`` it, and its pain point."""
    return data.units.filter(pl.col("doc_id") == doc_id).sort("start", "unit_id").select(
        "unit_id", "start", "end", "text", "lang", "sentiment", "touchpoint", "stage", "certain", "corrected", "judged",
        "painpoint_id", problem=said("problem")).to_dicts()
