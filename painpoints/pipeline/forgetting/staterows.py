"""The state of a workspace without somebody: rows that go, pain points that are left without opinions, free text."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from painpoints.pipeline.forgetting.factfiles import Gone
from painpoints.pipeline.forgetting.scrubbing import Scrubber
from painpoints.pipeline.forgetting.traces import Traces
from painpoints.store import Reader, Writer

_OWN = (("documents", "doc_id"), ("triage", "doc_id"), ("triage_history", "doc_id"), ("corrections", "doc_id"),
        ("corrections", "unit_id"), ("placements", "unit_id"), ("bonds", "unit_id"))
"""Rows that are about one document or opinion, and the column that says which."""
_FREE: Mapping[str, tuple[str, ...]] = {
    "meta": ("value",), "additions": ("inputs", "note"), "painpoints": ("title", "titles"), "lineage": ("detail",),
    "alerts": ("detail",), "deliveries": ("digest", "detail"), "triage": ("note",),
    "triage_history": ("before", "after"), "views": ("name", "query"), "audit": ("object", "detail"),
    "exports": ("place", "detail")}
"""Columns in which words may stand. Names of the team's people are in none of them but one."""
_TEAM = "assignee"


@dataclass(frozen=True)
class Points:
    """Pain points after the forgetting: ``removed`` have no opinions left, ``emptied`` neither, but an edit may give
    them some back; ``titled`` are made anew (painpoint_id, title, titles, units); ``before``: titles of old."""

    removed: frozenset[str] = frozenset()
    emptied: frozenset[str] = frozenset()
    titled: Sequence[Mapping[str, Any]] = ()
    before: Mapping[str, str] = field(default_factory=dict)


def counted(state: Reader, gone: Gone) -> dict[str, int]:
    """How many rows of each table are about what is gone."""
    found: dict[str, int] = {}
    for table, column in _OWN:
        if (table, column) != ("corrections", "unit_id"):
            found[table] = len(state.rows_with(table, column, _ids(gone, column)))
    found["notes"] = sum(row["note"] is not None for row in state.rows_with("triage", "doc_id", gone.doc_ids))
    return found


def left_without(state: Reader, gone: Gone) -> tuple[set[str], set[str]]:
    """The pain points that lose opinions, and those of them, with what was merged into those, that have none left."""
    lost = {row["painpoint_id"] for row in state.rows_with("placements", "unit_id", gone.unit_ids)} - {None}
    kept = {row["painpoint_id"] for row in state.rows_with("placements", "painpoint_id", lost)
            if row["unit_id"] not in gone.unit_ids}
    bare = lost - kept
    merged = {row["painpoint_id"] for row in state.rows("painpoints") if row["merged_into"] in bare}
    return lost, bare | merged


def points_after(state: Reader, gone: Gone, titled: Sequence[Mapping[str, Any]]) -> Points:
    """What becomes of pain points, of which some were ``titled`` anew."""
    _, bare = left_without(state, gone)
    wanted = _named_by_undo(state, gone) & bare
    old = {row["painpoint_id"]: row for row in state.rows("painpoints")}
    before: dict[str, str] = {}
    for name, new in [*((point["painpoint_id"], point["title"]) for point in titled), *((key, key) for key in bare)]:
        before.update(dict.fromkeys(_titles(old[name]), new) if name in old else {})
    others = {title for name, row in old.items() for title in _titles(row)
              if name not in bare and name not in {point["painpoint_id"] for point in titled}}
    return Points(frozenset(bare - wanted), frozenset(wanted), titled,
                  {title: new for title, new in before.items() if title not in others})


def erase_rows(state: Writer, gone: Gone, traces: Traces, points: Points) -> None:
    """Takes out of the state what is gone, and what follows from it."""
    for table, column in _OWN:
        state.remove(table, column, _ids(gone, column))
    state.change("painpoints", "painpoint_id", [
        {"painpoint_id": point["painpoint_id"], "title": point["title"],
         "titles": json.dumps(point["titles"], ensure_ascii=False), "titled": point["units"], "named_by": "machine"}
        for point in points.titled])
    state.change("painpoints", "painpoint_id", [
        {"painpoint_id": name, "title": name, "titles": "[]", "titled": 0} for name in sorted(points.emptied)])
    _remove_points(state, points.removed)
    scrubber = Scrubber(gone, traces, points.removed, points.before)
    for table, columns in _FREE.items():
        _scrub(state, table, columns, scrubber)
    _scrub_edits(state, scrubber)


def _remove_points(state: Writer, names: Collection[str]) -> None:
    state.remove("painpoints", "painpoint_id", names)
    state.remove("lineage", "painpoint_id", names)
    state.remove("alerts", "painpoint_id", names)
    for table in ("bonds", "proposals"):
        for column in ("painpoint_id", "other"):
            state.remove(table, column, names)


def _scrub(state: Writer, table: str, columns: Sequence[str], scrubber: Scrubber) -> None:
    key = {"meta": "name", "painpoints": "painpoint_id", "deliveries": "key", "triage": "doc_id"}.get(table, "number")
    for row in state.rows(table):
        if table == "triage_history" and row["field"] == _TEAM:
            continue
        new = {name: scrubber.text(row[name]) for name in columns}
        if any(new[name] != row[name] for name in columns):
            state.change(table, key, [{key: row[key], **new}])


def _scrub_edits(state: Writer, scrubber: Scrubber) -> None:
    last = state.next_number("triage_history") - 1
    for row in state.rows("edits"):
        kept = json.loads(row["undo"])
        new = {"undo": json.dumps(clean, ensure_ascii=False, separators=(",", ":"))
               if (clean := scrubber.undo(kept)) != kept else row["undo"],
               # Numbers of the history may be given again: an edit is not to come after what is done later.
               "follows": min(row["follows"], last)}
        if any(new[name] != row[name] for name in new):
            state.change("edits", "number", [{"number": row["number"], **new}])


def _named_by_undo(state: Reader, gone: Gone) -> set[str]:
    """Pain points that undoing an edit would put other opinions back into."""
    scrubber = Scrubber(gone, Traces(), (), {})
    found: set[str] = set()
    for row in state.rows("edits"):
        tables = scrubber.undo(json.loads(row["undo"])).get("tables", {})
        for group in tables.get("placements", {}).get("changed", ()):
            for side in group["fields"].get("painpoint_id", ()):
                found |= {name for name in _column(side) if name}
    return found


def _column(side: Any) -> list[Any]:
    """The values of one side of a field, however they were kept."""
    if not isinstance(side, dict):
        return [side]
    return list(side["each"]) if "each" in side else [side["all"]]


def _titles(row: Mapping[str, Any]) -> set[str]:
    return {row["title"], *(one["title"] for one in json.loads(row["titles"]))}


def _ids(gone: Gone, column: str) -> Collection[str]:
    return gone.doc_ids if column == "doc_id" else gone.unit_ids
