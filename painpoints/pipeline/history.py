"""A workspace read as a whole: every document and opinion with its pain point, as one moment has them."""

from __future__ import annotations

import shlex
from datetime import timedelta
from typing import TYPE_CHECKING

from painpoints.config import Settings
from painpoints.errors import EmptyInputError
from painpoints.pipeline.amendments import amended, withdrawn
from painpoints.pipeline.grouping import weigh
from painpoints.store import WorkspaceData, WorkspaceFolder
from painpoints.track import daily_counts, weekday_exposure, weekly_trends

if TYPE_CHECKING:
    import polars as pl

_AHEAD = timedelta(days=2)
"""A time that lies further ahead of the moment of the addition is not believed."""
_PLACEMENTS = ("unit_id", "painpoint_id", "painpoint_strength", "placed_by")


def workspace_data(folder: WorkspaceFolder, settings: Settings) -> WorkspaceData:
    """All that ``folder`` holds, from one view of its state. Raises EmptyInputError when nothing was added yet."""
    import polars as pl

    from painpoints.classify import judge_documents

    with folder.state.reading() as state:
        additions, generation = state.rows("additions"), state.generation()
        rows = {name: state.rows(name) for name in ("painpoints", "lineage", "proposals", "bonds", "alerts")}
        corrections = state.rows("corrections")
        placed = pl.DataFrame([(row["unit_id"], row["painpoint_id"], row["strength"], row["placed_by"])
                               for row in state.rows("placements")],
                              schema=dict(zip(_PLACEMENTS, (pl.Utf8, pl.Utf8, pl.Float64, pl.Utf8), strict=True)),
                              orient="row")
    numbers = [row["number"] for row in additions]
    if not numbers:
        raise EmptyInputError(f"{folder.path}: nothing was added yet.",
                              hint=f"Add something: painpoints add {shlex.quote(str(folder.path))} FILE")
    documents = folder.facts.documents(numbers)
    units = amended(weigh(folder.facts.units(numbers, generation), documents), corrections, settings).join(
        placed, on="unit_id", how="left", maintain_order="left")
    if corrections:
        gone = withdrawn(units, settings.cluster)
        units = units.with_columns(pl.when(~gone).then(name).alias(name) for name in _PLACEMENTS[1:])
    came = pl.DataFrame([(row["number"], row["made"]) for row in additions],
                        schema={"addition": pl.Int64, "_made": pl.Utf8}, orient="row").with_columns(
        pl.col("_made").str.to_datetime(time_unit="us", time_zone="UTC"))
    documents = documents.join(came, on="addition", how="left", maintain_order="left").with_columns(
        dated=pl.col("time").is_not_null() & (pl.col("time") <= pl.col("_made") + _AHEAD)).with_columns(
        time=pl.when("dated").then("time").otherwise("_made")).drop("_made")
    return WorkspaceData(folder.path.resolve().name, judge_documents(documents, units), units, rows["painpoints"],
                         rows["lineage"], rows["proposals"], additions, rows["bonds"], rows["alerts"],
                         settings.as_dict(), lambda unit_ids: folder.facts.vectors(numbers, unit_ids, generation))


def trends(data: WorkspaceData, *, week_start: int = 0, zone: str = "UTC") -> pl.DataFrame:
    """The TRENDS columns of ``painpoints.track`` for every pain point and week of ``data``, weekdays allowed for."""
    return weekly_trends(weekday_exposure(daily_counts(data.documents, data.units, week_start=week_start, zone=zone)))
