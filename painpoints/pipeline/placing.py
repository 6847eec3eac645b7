"""Where each opinion of a workspace lies on its map: worked out once, and kept beside the facts.

Who comes back finds everything where it was: what is new is placed among what lies there. When the opinions have
doubled, or their vectors were made anew, the map is made anew too, and turned so that it looks as much as it can like
the one before. What people correct and decide changes colours, not places.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from painpoints.cluster import layout, place
from painpoints.errors import StorageError
from painpoints.pipeline.spaces import aligned_vectors
from painpoints.store import WorkspaceData, WorkspaceFolder, write_whole

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

MOST = 50_000
"""So many opinions are on the map; of more, as large a share of every pain point and language."""
_DOUBLED = 2
_FEW = 3
"""So many of every pain point and language are on the map, if it has them."""
_FILE = "map.parquet"


def unit_places(folder: WorkspaceFolder, data: WorkspaceData, most: int = MOST) -> pl.DataFrame:
    """``unit_id``, ``x`` and ``y`` (Float32, -1..1) of every opinion of ``data``, or of ``most`` of them.

    Copies lie where their first copy lies and are left out. Vectors are loaded only where something is to be placed.
    """
    import polars as pl

    with folder.state.reading() as state:
        generation = state.generation().vectors
    shown = sample(data.units, most)
    kept = _kept(folder.path / _FILE)
    fresh = shown.join(kept, on="unit_id", how="anti")
    valid = kept["generation"].eq(generation).all()
    if fresh.is_empty() and valid:
        return shown.select("unit_id").join(kept, on="unit_id", maintain_order="left").select("unit_id", "x", "y")
    aligned = aligned_vectors(replace(data, units=shown))
    rows = shown.select("unit_id", "painpoint_id").with_row_index("row").join(kept, on="unit_id", how="left")
    old = rows["x"].is_not_null().to_numpy()
    spots = rows.select("x", "y").to_numpy()
    labels = rows["painpoint_id"].to_list()
    drawn = rows["drawn"].fill_null(False).to_numpy()
    if valid and len(shown) < _DOUBLED * max(int(drawn.sum()), 1):
        among = [label for label, known in zip(labels, old, strict=True) if known]
        others = [label for label, known in zip(labels, old, strict=True) if not known]
        spots[~old] = place(aligned[~old], others, aligned[old], among, spots[old])
    else:
        spots, drawn = _turned(layout(aligned, labels), spots, old), old | True
    found = rows.select("unit_id").with_columns(
        x=pl.Series(spots[:, 0], dtype=pl.Float32), y=pl.Series(spots[:, 1], dtype=pl.Float32),
        drawn=pl.Series(drawn), generation=pl.lit(generation, pl.Int64))
    with contextlib.suppress(StorageError, OSError):  # who may only read has a map too
        write_whole(folder.path / _FILE, lambda partial: found.write_parquet(partial, compression="zstd"))
    return found.select("unit_id", "x", "y")


def sample(units: pl.DataFrame, most: int = MOST) -> pl.DataFrame:
    """The rows of ``units`` that are no copies; of more than ``most`` the same share of every pain point and language.

    Of each at least _FEW are kept. Which ones hangs on their ids alone, so that more opinions change little.
    """
    import polars as pl

    own = units.filter(pl.col("weight") > 0)
    if len(own) <= most:
        return own
    strata = ["painpoint_id", "lang"]
    # Ids are hashes: their order is as good as drawn by lot.
    lots = own.with_row_index("row").sort("unit_id").with_columns(
        turn=pl.int_range(pl.len()).over(strata), size=pl.len().over(strata))
    # A stratum's turns are spread evenly over the whole, after the few that all have.
    lots = lots.with_columns(order=pl.when(pl.col("turn") < _FEW).then(-1.0).otherwise(
        (pl.col("turn") + 0.5) / pl.col("size")))
    return lots.sort("order", "unit_id").head(most).sort("row").select(units.columns)


def _kept(path: Path) -> pl.DataFrame:
    import polars as pl

    schema = {"unit_id": pl.Utf8, "x": pl.Float32, "y": pl.Float32, "drawn": pl.Boolean, "generation": pl.Int64}
    with contextlib.suppress(OSError, pl.exceptions.PolarsError):  # it can be made again
        return pl.read_parquet(path).select(pl.col(name).cast(kind) for name, kind in schema.items())
    return pl.DataFrame(schema=schema)


def _turned(spots: np.ndarray, before: np.ndarray, old: np.ndarray) -> np.ndarray:
    """``spots`` (n, 2) turned and mirrored so that those that are ``old`` (n,) come nearest to where they lay."""
    import numpy as np

    if old.sum() < 3:
        return spots
    mine, theirs = spots[old].astype(np.float64), before[old].astype(np.float64)
    left, _, right = np.linalg.svd((mine - mine.mean(0)).T @ (theirs - theirs.mean(0)))
    turned = spots @ (left @ right)
    return np.asarray(turned / max(float(np.abs(turned).max()), 1e-9), np.float32)
