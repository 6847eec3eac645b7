"""Some rows of a large frame changed, without copying the columns that stay as they are."""

from __future__ import annotations

import numpy as np
import polars as pl

from painpoints.triage.coded import Places


def patched(frame: pl.DataFrame, rows: Places, new: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """``frame`` with the rows of ``new`` (its columns) in place of ``rows``, and the names of the columns that changed.

    Raises what polars does where a column is missing or is of another kind.
    """
    old = frame[rows]
    new = new.select(pl.col(name).cast(kind) for name, kind in frame.schema.items())
    changed = [name for name in frame.columns if not old[name].equals(new[name], null_equal=True)]
    if not changed:
        return frame, []
    at = np.arange(len(frame))
    at[rows] = len(frame) + np.arange(len(rows))
    both = pl.concat([frame.select(changed), new.select(changed)])
    return frame.with_columns(both[at]), changed
