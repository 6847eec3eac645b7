"""Titles of pain points that tell what only somebody who is forgotten has said, found and made anew."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from painpoints.pipeline.editing import Units
from painpoints.pipeline.forgetting.factfiles import Gone
from painpoints.pipeline.forgetting.traces import Traces
from painpoints.store import Reader
from painpoints.text import streams


def tainted(state: Reader, units: Units, gone: Gone, traces: Traces, points: Collection[str]) -> list[str]:
    """Those of ``points`` whose titles hold words in a row that only opinions that go have, or a trace."""
    found = []
    rows = {row["painpoint_id"]: row for row in state.rows_with("painpoints", "painpoint_id", points)}
    for name, row in sorted(rows.items()):
        titles = {row["title"], *(one["title"] for one in json.loads(row["titles"]))}
        if any(traces.found_in(title, cell=True) for title in titles) or (
                row["named_by"] == "machine" and _only_theirs(titles, _said(state, units, name), gone)):
            found.append(name)
    return found


def made_anew(state: Reader, units: Units, gone: Gone, points: Sequence[str]) -> list[dict[str, Any]]:
    """Titles of ``points`` from the opinions that are left in them: painpoint_id, title, titles, units."""
    found = []
    for name in points:
        left = [row["unit_id"] for row in state.rows_with("placements", "painpoint_id", [name])
                if row["unit_id"] not in gone.unit_ids]
        if left:
            new = units.new_point(state, left)
            found.append({**new, "painpoint_id": name})
    return found


def _said(state: Reader, units: Units, name: str) -> Sequence[Mapping[str, Any]]:
    ids = [row["unit_id"] for row in state.rows_with("placements", "painpoint_id", [name])]
    return units.facts.units_named(units.numbers, units.generation, ids).select(
        "unit_id", "text", "model_text").to_dicts()


def _only_theirs(titles: Collection[str], said: Sequence[Mapping[str, Any]], gone: Gone) -> bool:
    theirs, others = "", ""
    for unit in said:
        words = f" {streams(unit['text'])[0]} | {streams(unit['model_text'])[0]} |"
        if unit["unit_id"] in gone.unit_ids:
            theirs += words
        else:
            others += words
    plain = [f" {streams(title.rstrip('…'))[0]} " for title in titles]
    return any(title.strip() and title in theirs and title not in others for title in plain)
