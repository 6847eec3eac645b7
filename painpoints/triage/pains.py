"""The pain points that are on the lists, each with its size, its languages and how it moved."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from painpoints.store import WorkspaceData
from painpoints.track import latest_status

WEEKS = 26
"""So many of the last weeks are told of each."""
_OPEN = "open"


def pains(data: WorkspaceData, trends: pl.DataFrame) -> list[dict[str, Any]]:
    """A row each, most units first: painpoint_id, title, ``titles`` by language, ``pinned``, ``units``, ``documents``,
    ``langs`` (lang and units, most first), ``touchpoint`` and ``stage`` of most units, ``first_seen``, ``last_seen``,
    ``trend`` (the status of the last week, None without one), ``weeks`` (week, documents, volume; the last WEEKS)."""
    placed = data.units.filter(pl.col("painpoint_id").is_not_null())
    said = placed.join(data.documents.select("doc_id", "time"), on="doc_id", how="left").group_by("painpoint_id").agg(
        units=pl.len(), documents=pl.col("doc_id").n_unique(), first_seen=pl.col("time").min(),
        last_seen=pl.col("time").max())
    sizes = {row["painpoint_id"]: row for row in said.iter_rows(named=True)}
    langs = _tallies(placed, "lang")
    leading = {name: _tallies(placed, name) for name in ("touchpoint", "stage")}
    moved = latest_status(trends) if len(trends) else {}
    recent = trends.filter(pl.col("week") > pl.col("week").max() - pl.duration(weeks=WEEKS)).sort("week")
    weeks = dict(recent.group_by("painpoint_id").agg(pl.struct("week", "documents", "volume")).iter_rows())
    nothing: dict[str, Any] = {"units": 0, "documents": 0, "first_seen": None, "last_seen": None}
    found = []
    for point in data.points:
        if point["status"] == _OPEN:
            key = point["painpoint_id"]
            most = {name: next(iter(tally.get(key, [])), (None, 0))[0] for name, tally in leading.items()}
            found.append({**nothing, **sizes.get(key, {}), "painpoint_id": key, "title": point["title"],
                          "titles": {title["lang"]: title["title"] for title in json.loads(point["titles"] or "[]")},
                          "pinned": bool(point["pinned"]), "named_by": point["named_by"], **most,
                          "langs": [{"lang": lang, "units": units} for lang, units in langs.get(key, [])],
                          "trend": moved.get(key), "weeks": weeks.get(key, [])})
    return sorted(found, key=lambda point: (-point["units"], point["painpoint_id"]))


def _tallies(placed: pl.DataFrame, column: str) -> dict[str, list[tuple[str, int]]]:
    """By pain point the values of ``column`` with their units, most first."""
    counted = placed.group_by("painpoint_id", column).agg(units=pl.len()).sort(
        ["units", column], descending=[True, False])
    found: dict[str, list[tuple[str, int]]] = {}
    for key, value, units in counted.iter_rows():
        found.setdefault(key, []).append((value, units))
    return found
