"""The queue as a list: every comment with its urgency, its place and its state, filtered, most urgent first.

`overview` depends on what was added and decided about pain points alone and may be kept between changes of the queue;
`chosen` puts the states to it and filters, in memory.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import polars as pl

from painpoints.errors import WorkspaceError
from painpoints.track import find, latest_status
from painpoints.triage.choices import choice
from painpoints.triage.corrections import said
from painpoints.triage.people import same_person
from painpoints.triage.queue import MINE, NEW, OPEN, STATUSES, Entry, Queue
from painpoints.triage.ranking import urgency
from painpoints.triage.reasons import reason_text
from painpoints.triage.searching import matching

if TYPE_CHECKING:
    from painpoints.pipeline import Workspace
    from painpoints.report import Edition
    from painpoints.store import Reader, WorkspaceData

NOBODY = "nobody"
_STATES = {"doc_id": pl.Utf8, "status": pl.Utf8, "assignee": pl.Utf8, "note": pl.Utf8, "version": pl.Int64,
           "changed": pl.Utf8, "changed_by": pl.Utf8}
_ABOUT = ("touchpoint", "stage", "painpoint_id")


@dataclass(frozen=True)
class Wanted:
    """Which comments are asked for; what is empty asks for nothing.

    ``touchpoint``, ``stage`` and ``painpoint`` ask for comments of which some opinion is about that. ``status`` names
    statuses, by default those that are still to be dealt with; "mine" is what this person has in hand, unless an
    ``assignee`` ("nobody" too) is named. ``painpoint`` is an id or its first letters, ``search`` words and phrases.
    """

    lang: str | None = None
    stage: str | None = None
    touchpoint: str | None = None
    source: str | None = None
    painpoint: str | None = None
    status: Collection[str] = ()
    assignee: str | None = None
    uncertain: bool = False
    search: str | None = None


@dataclass(frozen=True)
class Listing:
    """``rows``, most urgent first, of ``found`` comments; ``edition`` names things; ``counts`` of all comments by
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
    asked = Wanted() if wanted is None else wanted
    data, edition = workspace.data(), workspace.edition()
    with workspace.folder.state.reading() as state:
        point = None if asked.painpoint is None else _standing(state, asked.painpoint)
    trends = workspace.trends(data)
    frame = overview(data, trends, now=now)
    entries = queue.entries()
    hits = None if asked.search is None else matching(workspace.folder, asked.search)
    found = chosen(frame, entries, asked, queue.who, edition, point, hits)
    rows = _rows(found if top is None else found.head(top), data, trends, edition)
    return Listing(rows, len(found), _counts(frame, entries), edition)


def one(workspace: Workspace, queue: Queue, name: str, *, now: datetime) -> Listing:
    """One comment by its id or the first letters of it; its row has its ``opinions``. Raises WorkspaceError."""
    entry, data, edition = queue.entry(name), workspace.data(), workspace.edition()
    trends = workspace.trends(data)
    frame = overview(data, trends, now=now)
    mine = frame.filter(pl.col("doc_id") == entry.doc_id)
    if mine.is_empty():
        raise WorkspaceError(f"{entry.doc_id}: is a copy of another comment, or holds no opinion.",
                             hint="The queue lists comments that say something of their own.")
    rows = _rows(_with_states(mine, [entry]), data, trends, edition)
    rows[0]["opinions"] = opinions_in(data, entry.doc_id)
    return Listing(rows, 1, _counts(frame, queue.entries()), edition)


def opinions_in(data: WorkspaceData, doc_id: str) -> list[dict[str, Any]]:
    """The opinions in a comment, in order: ids, place, text, what holds of each, what the machine had ``judged`` of it
    where people ``corrected`` it, and its pain point."""
    return data.units.filter(pl.col("doc_id") == doc_id).sort("start", "unit_id").select(
        "unit_id", "start", "end", "text", "lang", "sentiment", "touchpoint", "stage", "certain", "corrected", "judged",
        "painpoint_id", problem=said("problem")).to_dicts()


def overview(data: WorkspaceData, trends: pl.DataFrame, *, now: datetime) -> pl.DataFrame:
    """Every comment of its own with its urgency (the columns of ``painpoints.triage.urgency``), ``rank`` over all,
    ``source``, ``dated`` and, over its opinions, ``touchpoints``, ``stages`` and ``painpoint_ids``; most urgent first.
    """
    about = data.units.group_by("doc_id").agg(
        pl.col(name).drop_nulls().unique().sort().alias(f"{name}s") for name in _ABOUT)
    documents = data.documents.select("doc_id", "source", "dated")
    frame = urgency(data, now=now, trends=trends)
    frame = frame.join(documents, on="doc_id", how="left").join(about, on="doc_id", how="left")
    return frame.sort(["score", "time", "doc_id"], descending=[True, True, False], nulls_last=True)


def chosen(frame: pl.DataFrame, entries: Iterable[Entry], wanted: Wanted, who: str, edition: Edition,
           point: str | None = None, hits: Collection[str] | None = None) -> pl.DataFrame:
    """The rows of an `overview` that are ``wanted`` by ``who``, with the columns of `Entry`, in their order.

    ``point`` is the id of the pain point that is wanted, ``hits`` are the ids of the documents that the search found.
    Raises UsageError for a filter that names nothing.
    """
    frame = _with_states(frame, entries)
    kept = [_by_status(frame, wanted, who)]
    if wanted.lang is not None:
        kept.append(pl.col("lang") == choice("--lang", wanted.lang, _languages(frame, edition)))
    if wanted.source is not None:
        kept.append(pl.col("source") == choice("--source", wanted.source, {s: (s,) for s in _values(frame, "source")}))
    if wanted.touchpoint is not None:
        names = {t.code: (t.code, *t.names.values()) for t in edition.taxonomy.touchpoints}
        kept.append(pl.col("touchpoints").list.contains(choice("--touchpoint", wanted.touchpoint, names)))
    if wanted.stage is not None:
        stages = {s.code: (s.code, *s.names.values()) for s in edition.framework.stages}
        kept.append(pl.col("stages").list.contains(choice("--stage", wanted.stage, stages)))
    if point is not None:
        kept.append(pl.col("painpoint_ids").list.contains(point))
    if wanted.uncertain:
        kept.append(pl.col("uncertain"))
    if hits is not None:
        kept.append(pl.col("doc_id").is_in(sorted(hits)))
    return frame.filter(pl.all_horizontal(kept))


def _by_status(frame: pl.DataFrame, wanted: Wanted, who: str) -> pl.Expr:
    asked = {choice("--status", name, {s: (s,) for s in (*STATUSES, "all")}) for name in wanted.status}
    names = STATUSES if "all" in asked else asked or OPEN
    fits = pl.col("status").is_in(list(names))
    if wanted.assignee is not None:
        if wanted.assignee == NOBODY:
            return fits & pl.col("assignee").is_null()
        return fits & _held_by(frame, wanted.assignee)
    if MINE in asked and "all" not in asked:
        return fits & ((pl.col("status") != MINE) | _held_by(frame, who))
    return fits


def _held_by(frame: pl.DataFrame, name: str) -> pl.Expr:
    return pl.col("assignee").is_in([known for known in _values(frame, "assignee") if same_person(known, name)])


def _with_states(frame: pl.DataFrame, entries: Iterable[Entry]) -> pl.DataFrame:
    rows = list(map(attrgetter(*_STATES), entries))
    states = pl.DataFrame(rows, schema=_STATES, orient="row")
    return frame.join(states, on="doc_id", how="left", maintain_order="left").with_columns(
        pl.col("status").fill_null(NEW), pl.col("version").fill_null(0))


def _counts(frame: pl.DataFrame, entries: Iterable[Entry]) -> dict[str, int]:
    held = dict(_with_states(frame.select("doc_id"), entries).group_by("status").len().iter_rows())
    return {name: held.get(name, 0) for name in STATUSES}


def _rows(found: pl.DataFrame, data: WorkspaceData, trends: pl.DataFrame, edition: Edition) -> list[dict[str, Any]]:
    texts = dict(data.documents.filter(pl.col("doc_id").is_in(found["doc_id"].to_list())).select("doc_id", "text")
                 .iter_rows())
    titles = {point["painpoint_id"]: point["title"] for point in data.points}
    moved = latest_status(trends) if len(trends) else {}
    letters = _letters(data.documents["doc_id"])
    return [{"rank": rank, "short": row["doc_id"][:letters], **row, "reasons": _reasons(row["reasons"], edition.lang),
             "painpoint_title": titles.get(row["painpoint_id"]), "trend": moved.get(row["painpoint_id"]),
             "text": texts[row["doc_id"]]} for rank, row in enumerate(found.iter_rows(named=True), 1)]


def _reasons(reasons: Iterable[Mapping[str, Any]], lang: str) -> list[dict[str, Any]]:
    return [{**reason, "words": reason_text(reason["code"], reason["detail"], lang)} for reason in reasons]


def _letters(ids: pl.Series, least: int = 6) -> int:
    """So many first letters tell all ``ids`` apart."""
    many = ids.n_unique()
    return next((n for n in range(least, 17) if ids.str.slice(0, n).n_unique() == many), 64)


def _languages(frame: pl.DataFrame, edition: Edition) -> dict[str, tuple[str, ...]]:
    codes = {*_values(frame, "lang"), "fa", "ar", "ru", "en"}
    return {code: (code, edition.language(code)) for code in codes}


def _values(frame: pl.DataFrame, column: str) -> list[str]:
    return frame[column].drop_nulls().unique().sort().to_list()


def _standing(state: Reader, name: str) -> str:
    row = find(state, name)
    return str(row["merged_into"] or row["painpoint_id"])
