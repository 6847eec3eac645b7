"""What a workspace holds at one moment, in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import polars as pl


@dataclass(frozen=True)
class WorkspaceData:
    """One consistent view of a workspace.

    ``documents`` carry the judgement columns, ``addition`` (number), and a ``time`` in every row: where the input had
    none, or one in the future, it is the moment of the addition, and ``dated`` is false. ``units`` carry judgements,
    ``weight`` (0: a copy), ``painpoint_id`` (null = in none; never one that was merged away) and
    ``painpoint_strength``, ``placed_by``. ``points``, ``lineage``, ``proposals``, ``additions``, ``bonds`` and
    ``alerts`` are rows of the state; ``settings`` are what the workspace was made with. ``vectors`` gives the vectors
    (n, d) of a series of unit ids. ``conversations`` has one row a transcript; None where no addition brought any.
    ``brand`` are the documents that the brand wrote itself, which count nowhere.
    """

    name: str
    documents: pl.DataFrame
    units: pl.DataFrame
    points: Sequence[Mapping[str, Any]]
    lineage: Sequence[Mapping[str, Any]]
    proposals: Sequence[Mapping[str, Any]]
    additions: Sequence[Mapping[str, Any]]
    bonds: Sequence[Mapping[str, Any]]
    alerts: Sequence[Mapping[str, Any]]
    settings: Mapping[str, Any]
    vectors: Callable[[pl.Series], np.ndarray]
    conversations: pl.DataFrame | None = None
    brand: pl.DataFrame | None = None

    def with_brand(self) -> pl.DataFrame:
        """The documents with those the brand wrote itself: what stands in threads."""
        import polars as pl

        if self.brand is None or self.brand.is_empty():
            return self.documents
        return pl.concat([self.documents, self.brand], how="diagonal")
