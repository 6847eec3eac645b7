"""All comments of a workspace with their urgency, ready to be filtered, counted and put in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
import polars as pl

from painpoints.store import WorkspaceData
from painpoints.triage.coded import Coded, Flags, Places
from painpoints.triage.patching import patched
from painpoints.triage.ranking import urgency

SORTS: Mapping[str, tuple[tuple[str, bool], ...]] = {
    "urgency": (("score", True), ("time", True), ("doc_id", False)),
    "newest": (("time", True), ("score", True), ("doc_id", False)),
    "oldest": (("time", False), ("score", True), ("doc_id", False)),
}
"""The orders of a list: columns, and whether what is greater comes first."""
_ABOUT = ("touchpoint", "stage", "painpoint_id")
_CODED = ("lang", "source", "touchpoints", "stages", "painpoint_ids")


def overview(data: WorkspaceData, trends: pl.DataFrame, *, now: datetime, cues: pl.DataFrame | None = None
             ) -> pl.DataFrame:
    """Every comment of its own with its urgency (the columns of ``painpoints.triage.urgency``), ``source``, ``dated``
    and, over its opinions, ``touchpoints``, ``stages`` and ``painpoint_ids``; most urgent first."""
    about = data.units.group_by("doc_id").agg(
        pl.col(name).drop_nulls().unique().sort().alias(f"{name}s") for name in _ABOUT)
    documents = data.documents.select("doc_id", "source", "dated")
    frame = urgency(data, now=now, trends=trends, cues=cues)
    for more in (documents, about):
        frame = frame.join(more, on="doc_id", how="left", maintain_order="left")
    return frame[_order(frame, "urgency")]


@dataclass(frozen=True, eq=False)
class Ranking:
    """The rows of an `overview` by doc_id; a comment's place is the number of its row. ``coded`` is what is filtered
    by."""

    frame: pl.DataFrame
    places: Mapping[str, int]
    coded: Mapping[str, Coded]

    @classmethod
    def of(cls, frame: pl.DataFrame) -> Ranking:
        """The ranking of an `overview`."""
        frame = frame.sort("doc_id")
        places = {key: place for place, key in enumerate(frame["doc_id"])}
        return cls(frame, places, {name: Coded.of(frame[name]) for name in _CODED})

    def renewed(self, some: pl.DataFrame) -> Ranking:
        """The ranking with the rows of another `overview` of some of its comments."""
        places = np.array([self.places[key] for key in some["doc_id"]], np.int64)
        frame, changed = patched(self.frame, places, some)
        coded = {name: Coded.of(frame[name]) if name in changed else self.coded[name] for name in _CODED}
        return Ranking(frame, self.places, coded)

    def differs(self, other: Ranking) -> Flags:
        """Where another ranking of the same comments at the same moment has something else."""
        found = np.zeros(len(self.frame), np.bool_)
        for name in ("score", "touchpoint", "stage", "sentiment", "painpoint_id", "uncertain", "unit_id"):
            found |= self.frame[name].ne_missing(other.frame[name]).to_numpy()
        return found

    @cached_property
    def uncertain(self) -> Flags:
        """Where the machine is not sure."""
        return self.frame["uncertain"].to_numpy()

    @cached_property
    def _orders(self) -> dict[str, Places]:
        return {}

    def order(self, sort: str) -> Places:
        """All places in the order ``sort`` of SORTS."""
        if sort not in self._orders:
            self._orders[sort] = _order(self.frame, sort)
        return self._orders[sort]

    def flags(self, places: Places) -> Flags:
        """``places`` as a column."""
        found = np.zeros(len(self.frame), np.bool_)
        found[places] = True
        return found


def _order(frame: pl.DataFrame, sort: str) -> Places:
    """The places in the order ``sort``, of a frame in which equals come by doc_id: texts are slow to put in order."""
    columns, descending = zip(*SORTS[sort][:-1], strict=True)
    ordered = frame.select(columns).with_row_index("place").sort(columns, descending=descending, nulls_last=True,
                                                                 maintain_order=True)
    return ordered["place"].cast(pl.Int64).to_numpy()
