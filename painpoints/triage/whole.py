"""A whole workspace for other programs: the opinions for Embedding Atlas, all tables for Datasette."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from painpoints.report import Edition
from painpoints.store import WorkspaceData
from painpoints.triage.pointtables import painpoints_frame
from painpoints.triage.queue import Entry, Queue
from painpoints.triage.ranked import overview
from painpoints.triage.tables import names_of, titles_of, with_states

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np

    from painpoints.pipeline import Workspace

    Layout = Callable[[np.ndarray, Sequence[str | None]], np.ndarray]
    """Gives the places (n, 2) of aligned vectors (n, d) of which the pain points (n,) are known."""

NEIGHBOURS = 15
_COMMENT = ("doc_id", "source_id", "time", "dated", "source", "lang", "text", "unit_id", "stage", "touchpoint",
            "sentiment", "is_problem", "uncertain", "painpoint_id", "score", "reasons", "status", "assignee", "note",
            "version", "changed", "changed_by", "rating", "rating_raw", "rating_scale", "meta.product", "addition")
_OPINION = ("unit_id", "doc_id", "start", "end", "text", "lang", "stage", "touchpoint", "sentiment", "p_neg", "p_neu",
            "p_pos", "is_problem", "problem_p", "emotion", "expectation", "certain", "painpoint_id",
            "painpoint_strength", "placed_by", "weight")
_NAMED = ("lang", "stage", "touchpoint", "sentiment", "emotion", "status")
_LINEAGE = {"number": pl.Int64, "made": pl.Utf8, "addition": pl.Int64, "painpoint_id": pl.Utf8, "event": pl.Utf8,
            "other": pl.Utf8, "detail": pl.Utf8}


def datasette_tables(workspace: Workspace, queue: Queue, *, now: datetime, authors: bool = False
                     ) -> dict[str, pl.DataFrame]:
    """The tables that ``painpoints.report.write_datasette`` writes, with codes; ``authors`` adds their pseudonyms."""
    data = workspace.data()
    trends = workspace.trends(data)
    urgent = overview(data, trends, now=now).select("doc_id", "unit_id", "painpoint_id", "score", "reasons")
    comments = with_states(data.documents, queue.entries()).join(urgent, on="doc_id", how="left", maintain_order="left"
                                                                 ).with_columns(uncertain=~pl.col("certain"))
    wanted = (*_COMMENT, "author_key") if authors else _COMMENT
    return {"comments": comments.select(name for name in wanted if name in comments.columns),
            "opinions": data.units.select(name for name in _OPINION if name in data.units.columns),
            "painpoints": painpoints_frame(data, trends, merged=True),
            "lineage": pl.DataFrame([{name: row[name] for name in _LINEAGE} for row in data.lineage], schema=_LINEAGE),
            "weeks": trends}


def atlas_opinions(data: WorkspaceData, urgent: pl.DataFrame, entries: Iterable[Entry], edition: Edition
                   ) -> pl.DataFrame:
    """The opinions that are no copies, as Embedding Atlas shows them: the text, and names in the edition's language to
    tell them apart by. ``urgent`` are rows of an `overview`."""
    comments = with_states(data.documents.select("doc_id", "source", "time"), entries).join(
        urgent.select("doc_id", urgency="score"), on="doc_id", how="left").select(
        "doc_id", "source", "time", "status", "urgency")
    units = data.units.filter(pl.col("weight") > 0).sort("unit_id").join(
        comments, on="doc_id", how="left", maintain_order="left")
    named = [name for name in _NAMED if name in units.columns]
    return units.with_columns(painpoint=titles_of(data)).with_columns(
        pl.col(name).replace(names_of(name, units[name].drop_nulls().unique().to_list(), edition)) for name in named
    ).select("text", "painpoint", *named, "source", "time", "urgency", pl.col("is_problem").alias("problem"),
             pl.col("certain"), pl.col("p_neg", "problem_p").cast(pl.Float64).round(4), "painpoint_id", "unit_id",
             "doc_id")


def atlas_parts(workspace: Workspace, queue: Queue, *, now: datetime, lang: str | None = None,
                layout: Layout | None = None, neighbours: int = NEIGHBOURS) -> dict[str, Any]:
    """What ``painpoints.report.write_atlas`` writes: ``opinions``, ``vectors``, ``neighbours`` (positions, distances)
    and the ``places`` that ``layout`` gives, None without one."""
    from painpoints.cluster import align, closest
    from painpoints.pipeline import stored_means

    data = workspace.data()
    urgent = overview(data, workspace.trends(data), now=now)
    opinions = atlas_opinions(data, urgent, queue.entries(), workspace.edition(lang))
    langs = opinions.select("unit_id").join(data.units.select("unit_id", "lang"), on="unit_id", how="left",
                                            maintain_order="left")["lang"].to_list()
    vectors = align(data.vectors(opinions["unit_id"]), langs, stored_means(workspace.settings))
    near = closest(vectors, neighbours)
    places = None if layout is None else layout(vectors, opinions["painpoint_id"].to_list())
    return {"opinions": opinions, "vectors": vectors, "neighbours": (near.index, 1 - near.similarity.clip(-1, 1)),
            "places": places}
