"""Opinions as a Parquet file for Embedding Atlas (github.com/apple/embedding-atlas), checked against its version 0.26.

Its command reads a file with pandas and is told which columns hold the text, the place and the neighbours. It numbers
the rows itself, from 0 and in the file's order; a neighbour is such a number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

TEXT_COLUMN, X, Y, NEIGHBOURS, VECTOR = "text", "projection_x", "projection_y", "neighbors", "vector"
ATLAS_OPTIONS = {True: f"--text {TEXT_COLUMN} --x {X} --y {Y} --neighbors {NEIGHBOURS}",
                 False: f"--text {TEXT_COLUMN} --vector {VECTOR} --neighbors {NEIGHBOURS}"}
"""What Embedding Atlas is to be told of a file with places, and of one without."""
_TOP_LABELS = 200


def write_atlas(path: Path, opinions: pl.DataFrame, vectors: np.ndarray, neighbours: tuple[np.ndarray, np.ndarray],
                places: np.ndarray | None) -> None:
    """Writes ``opinions`` (text and whatever they are to be told apart by) with their ``neighbours``: positions (n, k)
    and distances (n, k), nearest first. ``places`` (n, 2) are where they lie on the map; without them the ``vectors``
    (n, d) are written, from which Embedding Atlas makes places itself."""
    index, distance = neighbours
    near = pl.DataFrame({"ids": _lists(index, pl.Int64), "distances": _lists(distance, pl.Float32)})
    frame = opinions.with_columns(near.to_struct(NEIGHBOURS))
    if places is None:
        frame = frame.with_columns(_lists(vectors, pl.Float32).alias(VECTOR))
    else:
        frame = frame.with_columns(pl.Series(X, places[:, 0], dtype=pl.Float32),
                                   pl.Series(Y, places[:, 1], dtype=pl.Float32))
    frame.write_parquet(path, compression="zstd")


def atlas_labels(places: np.ndarray, titles: pl.Series) -> pl.DataFrame:
    """The labels of the map: each title in the middle of its opinions, greater ones first (x, y, text, level,
    priority)."""
    spots = pl.DataFrame({"x": places[:, 0], "y": places[:, 1], "text": titles}).filter(pl.col("text").is_not_null())
    return spots.group_by("text").agg(pl.col("x").median(), pl.col("y").median(), priority=pl.len().cast(pl.Int64)
                                      ).sort(["priority", "text"], descending=[True, False]).head(_TOP_LABELS).select(
        "x", "y", "text", pl.lit(0, pl.Int64).alias("level"), "priority")


def _lists(rows: np.ndarray, kind: Any) -> pl.Series:
    """The rows of a matrix as lists."""
    return pl.Series(rows, dtype=pl.Array(kind, rows.shape[1])).cast(pl.List(kind)) if rows.shape[1] else \
        pl.Series([[]] * len(rows), dtype=pl.List(kind))
