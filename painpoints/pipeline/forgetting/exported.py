"""The files that left a workspace and may hold somebody, as far as what they were limited to can tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from painpoints.pipeline.forgetting.factfiles import Gone
from painpoints.store import WorkspaceFolder, export_rows

if TYPE_CHECKING:
    import polars as pl

_COUNTS = frozenset({"journey"})
"""Kinds of files that hold numbers alone."""


def exports_holding(folder: WorkspaceFolder, documents: pl.DataFrame, gone: Gone, made: Mapping[int, str]
                    ) -> list[dict[str, Any]]:
    """The files that were made after one of ``documents`` came in and whose limits do not leave all of them out."""
    import polars as pl

    if documents.is_empty():
        return []
    with folder.state.reading() as state:
        numbers, generation = state.additions(), state.generation()
        placed = {row["painpoint_id"] for row in state.rows_with("placements", "unit_id", gone.unit_ids)}
    units = folder.facts.units_named(numbers, generation, gone.unit_ids)
    known = {"lang": set(units["lang"].drop_nulls()), "source": set(documents["source"].drop_nulls()),
             "touchpoint": set(units["touchpoint"].drop_nulls()), "stage": set(units["stage"].drop_nulls()),
             "painpoint": placed}
    codes = {name: set(folder.facts.units(numbers, generation)[name].drop_nulls().unique())
             for name in ("touchpoint", "stage")}
    first = int(documents["addition"].min())  # type: ignore[arg-type]
    days = documents["time"].cast(pl.Utf8).str.slice(0, 10).drop_nulls().to_list()
    undated = documents["time"].null_count() > 0
    return [row for row in export_rows(folder.state)
            if row["kind"] not in _COUNTS and row["additions"] >= first and row["made"] >= made[first]
            and _may_hold(row["detail"], known, codes) and (undated or _in_period(row["detail"], days))]


def _may_hold(detail: Mapping[str, Any], known: Mapping[str, set[Any]], codes: Mapping[str, set[Any]]) -> bool:
    for name, mine in known.items():
        asked = detail.get(name)
        # Only a value that is surely a code can be told from a name in some language, or from first letters.
        if asked is not None and asked not in mine and (name not in codes or asked in codes[name]) and (
                name != "painpoint" or len(str(asked)) == _WHOLE):
            return False
    return True


_WHOLE = 26


def _in_period(detail: Mapping[str, Any], days: list[str]) -> bool:
    """Whether a digest of a period may quote a text of one of ``days``; quotes may be of any day before its end."""
    last = detail.get("last")
    return last is None or any(day <= str(last) for day in days)
