"""Who edited pain points and how, and the way back.

An edit is kept with what it changed, field by field, so that undoing it leaves alone what came since: units that were
added stay where they are, other fields keep what they hold. What somebody else has changed since is not undone; that a
machine has moved a unit since does not count: people's word outranks it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeVar

from painpoints.errors import ConflictError, UsageError
from painpoints.store import Noted, NotingWriter, Reader, Writer, now
from painpoints.track.edits import MACHINE, MERGED, OPEN, record

SOMEBODY = "somebody"
"""Who edits where nobody said who it is."""
UNDO = "undo"
TABLES = ("painpoints", "placements", "bonds", "proposals")
T = TypeVar("T", bound=str | tuple[str, str | None] | list[str])
Notes = Mapping[str, Noted]


@dataclass(frozen=True)
class Undone:
    """What was taken back: the ``kind`` of edit number ``number``, of ``painpoint_id`` (and ``other``), ``made`` when.

    ``units`` that went back to where they were, ``moved`` of them that a machine had moved since; ``stayed``: units
    added since that stay in the pain point that others were taken out of again; ``followed``: units added since to a
    pain point that is no more, which go where its units came from, or wait.
    """

    number: int
    made: str
    kind: str
    painpoint_id: str
    other: str | None
    units: int = 0
    moved: int = 0
    stayed: int = 0
    followed: int = 0

    def as_dict(self) -> dict[str, Any]:
        """The same, for JSON."""
        return asdict(self)


def journaled(state: Writer, who: str | None, kind: str, edit: Callable[[Writer], T], other: str | None = None) -> T:
    """What ``edit`` gives (ids of pain points, first the one it is about), kept as an edit of ``who`` if it changed
    anything; ``other`` is the second pain point where ``edit`` gives only one."""
    writer = NotingWriter(state, TABLES)
    found = edit(writer)
    if any(writer.noted.values()):
        named = [found] if isinstance(found, str) else list(found)
        kept = {table: noted.as_dict() for table, noted in writer.noted.items() if noted}
        _enter(state, who or SOMEBODY, kind, named[0] or "", other or (named[1] if len(named) > 1 else None), None,
               {"when": _moment(state), "tables": kept})
    return found


def last_edit(state: Reader, who: str) -> dict[str, Any] | None:
    """The last edit of ``who`` that stands, None where there is none."""
    own = _standing(state.rows_with("edits", "who", [who], without=("undo",)))
    return max(own, key=_number, default=None)


def undo_edit(state: Writer, who: str | None) -> Undone:
    """Takes back the last edit of ``who`` that stands.

    Raises UsageError when there is none, ConflictError when somebody has changed since what it changed.
    """
    who = who or SOMEBODY
    edit = last_edit(state, who)
    if edit is None:
        raise UsageError(f"{who} has edited nothing that could be undone.",
                         hint="Another person's edits are undone by that person; --as NAME says who you are.")
    kept = json.loads(state.rows_with("edits", "number", [edit["number"]])[0]["undo"])
    notes = _notes(kept)
    later = [(row, _notes(json.loads(row["undo"]))) for row in _standing(state.rows_after("edits", edit["number"]))]
    _check_untouched(edit, notes, later)
    found = Undone(edit["number"], edit["made"], edit["kind"], edit["painpoint_id"], edit["other"])
    found = _places_back(state, notes, found, kept["when"]["addition"])
    _rows_back(state, notes, kept["when"] == _moment(state))
    _check_standing(state, notes, later)
    record(state, [{"painpoint_id": edit["painpoint_id"], "event": "undone", "other": edit["other"],
                    "detail": edit["kind"]}])
    _enter(state, who, UNDO, edit["painpoint_id"], edit["other"], edit["number"], {})
    return found


def _enter(state: Writer, who: str, kind: str, painpoint: str, other: str | None, undoes: int | None,
           undo: Mapping[str, Any]) -> None:
    state.insert("edits", [{"made": now(), "who": who, "kind": kind, "painpoint_id": painpoint, "other": other,
                            "undoes": undoes, "follows": state.next_number("triage_history") - 1,
                            "undo": json.dumps(undo, ensure_ascii=False, separators=(",", ":"))}])


def _moment(state: Reader) -> dict[str, Any]:
    """What a machine has made of the workspace so far: the last addition, and the models that hold."""
    return {"addition": max(state.additions(), default=0), "generation": list(state.generation())}


def _number(row: Mapping[str, Any]) -> int:
    return int(row["number"])


def _standing(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    gone = {row["undoes"] for row in rows}
    return [dict(row) for row in rows if row["undoes"] is None and row["number"] not in gone]


def _notes(undo: Mapping[str, Any]) -> dict[str, Noted]:
    return {table: Noted.from_dict(noted) for table, noted in undo["tables"].items()}


def _check_untouched(edit: Mapping[str, Any], notes: Notes, later: Iterable[tuple[Mapping[str, Any], Notes]]) -> None:
    """Raises ConflictError where a later edit changed the same, or has to do with a pain point this one made."""
    mine, born = set(_touched(notes)), set(_noted(notes, "painpoints").added)
    for row, others in later:
        if born & {row["painpoint_id"], row["other"]} or not mine.isdisjoint(_touched(others)) or (
                born and born & set(_named(others))):
            raise _refusal(edit["painpoint_id"], row)


def _refusal(painpoint: str, row: Mapping[str, Any]) -> ConflictError:
    return ConflictError(f"{painpoint}: changed by {row['who']} meanwhile ({row['kind']} {row['painpoint_id']}); "
                         "nothing was undone.", hint=f"Let {row['who']} undo that first, or change it by hand.")


def _touched(notes: Notes) -> Iterator[tuple[str, str]]:
    """Fields of pain points, and units, that an edit has said something about."""
    for key, fields in _noted(notes, "painpoints").changed.items():
        yield from ((key, name) for name in fields)
    yield from (("unit", unit) for unit in _noted(notes, "placements").changed)
    bonds = _noted(notes, "bonds")
    yield from (("unit", row["unit_id"]) for row in (*bonds.added.values(), *bonds.removed.values()) if row["unit_id"])


def _named(notes: Notes) -> Iterator[str]:
    """The pain points that an edit has said something about."""
    for noted in notes.values():
        for row in (*noted.added.values(), *noted.removed.values()):
            yield from (row[name] for name in ("painpoint_id", "other", "merged_into") if row.get(name))
    for table, name in (("painpoints", "merged_into"), ("placements", "painpoint_id")):
        for fields in _noted(notes, table).changed.values():
            yield from (key for key in fields.get(name, ()) if key)
    yield from _noted(notes, "painpoints").changed


def _noted(notes: Notes, table: str) -> Noted:
    return notes.get(table) or Noted("")


def _places_back(state: Writer, notes: Notes, found: Undone, addition: int) -> Undone:
    """Puts units back where they were, and what has come since to a pain point that goes."""
    changed, born = _noted(notes, "placements").changed, sorted(_noted(notes, "painpoints").added)
    rows = {row["unit_id"]: row for row in state.rows_with("placements", "unit_id", changed)}
    alike: dict[tuple[tuple[str, Any], ...], list[str]] = {}
    moved = 0
    for unit, fields in changed.items():
        if unit in rows:
            old, new = fields.get("painpoint_id", (None, rows[unit]["painpoint_id"]))
            moved += rows[unit]["painpoint_id"] not in (old, new)
            alike.setdefault(tuple((name, pair[0]) for name, pair in sorted(fields.items())), []).append(unit)
    for values, units in alike.items():
        state.change_alike("placements", "unit_id", units, dict(values))
    homes = [fields["painpoint_id"][0] for fields in changed.values() if "painpoint_id" in fields]
    followers = [row["unit_id"] for row in state.rows_with("placements", "painpoint_id", born)]
    home = max(sorted(set(homes) - {None}), key=homes.count, default=None)
    waiting = {"painpoint_id": home} if home is not None else {"painpoint_id": None, "strength": 0.0}
    state.change_alike("placements", "unit_id", followers, {**waiting, "placed_by": MACHINE})
    merged = _noted(notes, "painpoints").changed.values()
    left = {fields["merged_into"][1] for fields in merged if "merged_into" in fields} - set(born)
    stayed = sum(row["addition"] > addition for row in state.rows_with("placements", "painpoint_id", left))
    return replace(found, units=len(homes), moved=moved, stayed=stayed, followed=len(followers))


def _rows_back(state: Writer, notes: Notes, same_moment: bool) -> None:
    """Undoes what an edit did to pain points, bonds and proposals; those a machine has renewed since are left."""
    points, bonds, proposals = (_noted(notes, table) for table in ("painpoints", "bonds", "proposals"))
    for key, fields in points.changed.items():
        state.change("painpoints", "painpoint_id", [{"painpoint_id": key,
                                                     **{name: pair[0] for name, pair in fields.items()}}])
    state.remove("painpoints", "painpoint_id", points.added)
    gone = {row["number"] for row in state.rows("proposals") if {row["painpoint_id"], row["other"]} & set(points.added)}
    state.remove("proposals", "number", gone)
    state.remove("bonds", "number", bonds.added)
    state.insert("bonds", list(bonds.removed.values()))
    if same_moment:
        kept = {row["painpoint_id"] for row in state.rows("painpoints") if row["status"] == OPEN and not row["pinned"]}
        state.insert("proposals", [row for row in proposals.removed.values()
                                   if {row["painpoint_id"], row["other"]} - {None} <= kept])


def _check_standing(state: Reader, notes: Notes, later: Sequence[tuple[Mapping[str, Any], Notes]]) -> None:
    """Raises ConflictError where units or pain points would go back to one that was merged away since."""
    back = {fields["painpoint_id"][0] for fields in _noted(notes, "placements").changed.values()
            if "painpoint_id" in fields}
    back |= {fields["merged_into"][0] for fields in _noted(notes, "painpoints").changed.values()
             if "merged_into" in fields}
    rows = {row["painpoint_id"]: row for row in state.rows_with("painpoints", "painpoint_id", back - {None})}
    for key in sorted(back - {None}):
        if key not in rows or rows[key]["status"] == MERGED:
            raise _refusal(key, next((row for row, noted in reversed(later) if key in _named(noted)),
                                     {"who": SOMEBODY, "kind": "merge", "painpoint_id": key}))
