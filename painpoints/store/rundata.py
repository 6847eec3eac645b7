"""What one run found, in memory: frames and the manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class RunData:
    """One run's tables.

    ``documents`` and ``units`` carry the judgement columns; ``units`` also ``painpoint_id`` (null = unassigned) and
    ``painpoint_strength``; ``painpoints`` has one row a pain point, ranked by impact. ``manifest`` says how the run
    was made: versions, model, settings, inputs, counts, timings. ``campaigns`` has one row a possible
    campaign; runs of earlier versions have none. ``conversations`` has one row a transcript (the columns of
    ``painpoints.classify.CONVERSATIONS``); None without transcripts and in runs of earlier versions. ``brand`` are the
    documents that the brand wrote itself: they stand around comments, and count nowhere.
    """

    documents: pl.DataFrame
    units: pl.DataFrame
    painpoints: pl.DataFrame
    manifest: Mapping[str, Any]
    campaigns: pl.DataFrame | None = None
    conversations: pl.DataFrame | None = None
    brand: pl.DataFrame | None = None
