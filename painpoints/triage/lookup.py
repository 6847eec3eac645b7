"""Where in the frames of a workspace each comment and its opinions stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from painpoints.triage.coded import Places


@dataclass(frozen=True, eq=False)
class Lookup:
    """``rows`` names the row of each document; its units' rows are a stretch of ``units`` that begins and ends as
    ``edges`` say, in the order of their places in the text. ``letters``: so many first letters tell all ids apart."""

    rows: Mapping[str, int]
    units: Places
    edges: Places
    owner: Places
    """(units,): the row of the document of each unit."""
    letters: int

    @classmethod
    def of(cls, documents: pl.DataFrame, units: pl.DataFrame) -> Lookup:
        """The places of everything in two frames."""
        ids = documents["doc_id"]
        owner = units["doc_id"].cast(pl.Enum(ids)).to_physical().cast(pl.Int64)
        order = pl.DataFrame({"owner": owner, "start": units["start"], "unit_id": units["unit_id"]}).with_row_index(
            "row").sort("owner", "start", "unit_id")
        edges = np.searchsorted(order["owner"].to_numpy(), np.arange(len(ids) + 1))
        return cls({key: row for row, key in enumerate(ids)}, order["row"].cast(pl.Int64).to_numpy(), edges,
                   owner.to_numpy(), _letters(ids))

    def units_of(self, doc_id: str) -> Places:
        """The rows of a document's units. Raises KeyError."""
        row = self.rows[doc_id]
        return self.units[self.edges[row]:self.edges[row + 1]]


def _letters(ids: pl.Series, least: int = 6) -> int:
    many = ids.n_unique()
    return next((n for n in range(least, 17) if ids.str.slice(0, n).n_unique() == many), 64)
