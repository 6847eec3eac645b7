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
    was made: versions, model, settings, inputs, counts, timings. ``conversations`` has one row a transcript (columns
    of ``painpoints.classify.CONVERSATIONS``); None where there were none, or an older version made the run.
    """

    documents: pl.DataFrame
    units: pl.DataFrame
    painpoints: pl.DataFrame
    manifest: Mapping[str, Any]
    conversations: pl.DataFrame | None = None
