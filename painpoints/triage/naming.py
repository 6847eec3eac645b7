"""Opinions as people name them: by their own id, or by that of the comment they are the most urgent one of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from painpoints.errors import WorkspaceError
from painpoints.triage.queue import LEAST_LETTERS, seen_at
from painpoints.triage.ranking import urgency

if TYPE_CHECKING:
    from painpoints.store import WorkspaceData


def units_called(data: WorkspaceData, names: Sequence[str], *, now: datetime) -> tuple[list[str], dict[str, int]]:
    """The unit ids that ``names`` stand for (whole ids or first letters, "ID@3" too), and the versions named, by
    doc_id. Raises UsageError, WorkspaceError."""
    documents = dict(data.units.select("unit_id", "doc_id").iter_rows())
    comments = set(documents.values())
    units, seen = [], {}
    urgent: dict[str, str] = {}
    for name in names:
        key, version = seen_at(name)
        found = _only(key, documents, comments)
        if found in comments:
            urgent = urgent or dict(urgency(data, now=now).select("doc_id", "unit_id").iter_rows())
            first = data.units.filter(pl.col("doc_id") == found).sort("start", "unit_id")["unit_id"][0]
            found = urgent.get(found) or str(first)
        units.append(found)
        if version is not None:
            seen[documents[found]] = version
    return units, seen


def _only(key: str, documents: dict[str, str], comments: set[str]) -> str:
    if key in documents or key in comments:
        return key
    if len(key) < LEAST_LETTERS:
        raise WorkspaceError(f"{key}: is too short for an id.", hint=f"Write at least {LEAST_LETTERS} letters of it.")
    near = [name for name in {*documents, *comments} if name.startswith(key)]
    if len(near) != 1:
        many = "more than one opinion or comment begins so" if near else "no such opinion or comment"
        raise WorkspaceError(f"{key}: {many}.", hint="Write more of the id." if near else
                             "painpoints triage WORKSPACE ID lists the opinions of a comment.")
    return near[0]
