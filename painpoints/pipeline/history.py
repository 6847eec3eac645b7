"""A workspace read as a whole: every document and opinion with its pain point, as one moment has them."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from painpoints.config import Settings
from painpoints.errors import EmptyInputError
from painpoints.pipeline.amendments import amended, withdrawn
from painpoints.pipeline.keeping import workspace_copies
from painpoints.pipeline.weighing import limit_authors, weigh, with_copies
from painpoints.read import by_side
from painpoints.store import Generation, Reader, WorkspaceData, WorkspaceFolder
from painpoints.track import daily_counts, weekday_exposure, weekly_trends

if TYPE_CHECKING:
    import polars as pl

_AHEAD = timedelta(days=2)
"""A time that lies further ahead of the moment of the addition is not believed."""
_ROWS = ("painpoints", "lineage", "proposals", "bonds", "alerts")
_PLACEMENTS = ("unit_id", "painpoint_id", "painpoint_strength", "placed_by")


@dataclass(frozen=True)
class Held:
    """What the state says at one moment: ``rows`` by the name of their table, ``placements`` as a frame."""

    additions: Sequence[Mapping[str, Any]]
    generation: Generation
    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    corrections: Sequence[Mapping[str, Any]]
    placements: pl.DataFrame


@dataclass(frozen=True)
class Facts:
    """What additions brought, whatever people have said of it since: documents with their times, weighed units, and
    what the brand wrote itself."""

    documents: pl.DataFrame
    units: pl.DataFrame
    brand: pl.DataFrame | None = None


def held(state: Reader) -> Held:
    """What a view of the state says."""
    import polars as pl

    placements = pl.DataFrame(state.columns("placements", "unit_id", "painpoint_id", "strength", "placed_by"),
                              schema=dict(zip(_PLACEMENTS, (pl.Utf8, pl.Utf8, pl.Float64, pl.Utf8), strict=True)),
                              orient="row")
    return Held(state.rows("additions"), state.generation(), {name: state.rows(name) for name in _ROWS},
                state.rows("corrections"), placements)


def facts(folder: WorkspaceFolder, additions: Sequence[Mapping[str, Any]], generation: Generation,
          settings: Settings) -> Facts:
    """The facts of ``additions`` (rows of the state). Raises EmptyInputError when nothing was added yet."""
    import polars as pl

    numbers = [row["number"] for row in additions]
    if not numbers:
        raise EmptyInputError(f"{folder.path}: nothing was added yet.",
                              hint=f"Add something: painpoints add {shlex.quote(str(folder.path))} FILE")
    documents, brand = by_side(folder.facts.documents(numbers))
    units = folder.facts.units(numbers, generation)
    copies = workspace_copies(folder, numbers, generation, units, documents, settings)
    units = weigh(units, documents, copies)
    documents = with_copies(documents, units, copies)
    came = pl.DataFrame([(row["number"], row["made"]) for row in additions],
                        schema={"addition": pl.Int64, "_made": pl.Utf8}, orient="row").with_columns(
        pl.col("_made").str.to_datetime(time_unit="us", time_zone="UTC"))
    return Facts(_dated(documents, came), units, _dated(brand, came))


def _dated(documents: pl.DataFrame, came: pl.DataFrame) -> pl.DataFrame:
    """``documents`` with a time in each, of the addition where the input had none to believe."""
    import polars as pl

    return documents.join(came, on="addition", how="left", maintain_order="left").with_columns(
        dated=pl.col("time").is_not_null() & (pl.col("time") <= pl.col("_made") + _AHEAD)).with_columns(
        time=pl.when("dated").then("time").otherwise("_made")).drop("_made")


def opined(brought: Facts, placements: pl.DataFrame, corrections: Sequence[Mapping[str, Any]], settings: Settings
           ) -> Facts:
    """Facts as they are judged and placed by now, row by row. They may be a part of those of a workspace, if that holds
    all units of its documents and all copies of those units."""
    import polars as pl

    from painpoints.classify import judge_documents

    units = amended(brought.units, corrections, settings).join(placements, on="unit_id", how="left",
                                                               maintain_order="left")
    if corrections:
        gone = withdrawn(units, settings.cluster)
        units = units.with_columns(pl.when(~gone).then(name).alias(name) for name in _PLACEMENTS[1:])
    return Facts(judge_documents(brought.documents, units), units, brought.brand)


def assembled(folder: WorkspaceFolder, judged: Facts, state: Held, settings: Settings) -> WorkspaceData:
    """All of a workspace as one: what is `opined` of all its facts, and the rows of its state."""
    numbers, generation = [row["number"] for row in state.additions], state.generation
    units = limit_authors(judged.units, judged.documents, settings.author_limit)
    return WorkspaceData(folder.path.resolve().name, judged.documents, units, state.rows["painpoints"],
                         state.rows["lineage"], state.rows["proposals"], state.additions, state.rows["bonds"],
                         state.rows["alerts"], settings.as_dict(),
                         lambda unit_ids: folder.facts.vectors(numbers, unit_ids, generation),
                         _at_touchpoints(folder.facts.conversations(numbers, generation), judged.units), judged.brand)


def _at_touchpoints(conversations: pl.DataFrame | None, units: pl.DataFrame) -> pl.DataFrame | None:
    """``conversations`` with the touchpoint and stage that their main units have by now, as people corrected them."""
    if conversations is None:
        return None
    now = units.select("unit_id", "touchpoint", "stage").rename({"unit_id": "main_unit"})
    order = conversations.columns
    return conversations.drop("touchpoint", "stage").join(now, on="main_unit", how="left",
                                                          maintain_order="left").select(order)


def workspace_data(folder: WorkspaceFolder, settings: Settings) -> WorkspaceData:
    """All that ``folder`` holds, from one view of its state. Raises EmptyInputError when nothing was added yet."""
    with folder.state.reading() as reader:
        state = held(reader)
    brought = facts(folder, state.additions, state.generation, settings)
    return assembled(folder, opined(brought, state.placements, state.corrections, settings), state, settings)


def trends(data: WorkspaceData, *, week_start: int = 0, zone: str = "UTC") -> pl.DataFrame:
    """The TRENDS columns of ``painpoints.track`` for every pain point and week of ``data``, weekdays allowed for."""
    return weekly_trends(weekday_exposure(daily_counts(data.documents, data.units, week_start=week_start, zone=zone)))
