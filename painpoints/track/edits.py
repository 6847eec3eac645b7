"""What people decide about pain points, as changes of a workspace's state; no machine undoes them (`journal` does).

Each records its event in the lineage. Units that a person placed, by a split, a merge or a pin, stay where they were
put, whatever is added and whichever model makes the vectors; pain points that a person split, and those whose merge was
turned down, are never proposed for a merge.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from typing import Any

from painpoints.errors import UsageError, WorkspaceError
from painpoints.store import Reader, Writer, now
from painpoints.track.rulings import OUT

OPEN, RETIRED, MERGED = "open", "retired", "merged"
MACHINE, PERSON = "machine", "person"
GROWN = 2
"""From so many times the units on, what a title was given for is no longer most of what is there."""
_LEAST_PREFIX = 4


def find(state: Reader, name: str) -> dict[str, Any]:
    """The pain point with the id ``name``, or the only one whose id begins so. Raises WorkspaceError."""
    return find_among(state.rows("painpoints"), name)


def find_among(points: Iterable[Mapping[str, Any]], name: str) -> dict[str, Any]:
    """The one of ``points`` (rows of the state) that `find` finds. Raises WorkspaceError."""
    wanted = name.strip().upper()
    known = {row["painpoint_id"]: dict(row) for row in points}
    if wanted in known:
        return known[wanted]
    near = [key for key in known if key.startswith(wanted)] if len(wanted) >= _LEAST_PREFIX else []
    if len(near) == 1:
        return known[near[0]]
    if near:
        raise WorkspaceError(f"{name}: {len(near)} pain points begin so.", hint="Write more of the id.")
    raise WorkspaceError(f"{name}: no such pain point.", hint="painpoints show WORKSPACE lists them.")


def _standing(state: Reader, name: str) -> dict[str, Any]:
    """`find`, and it was not merged away."""
    row = find(state, name)
    if row["status"] == MERGED:
        raise WorkspaceError(f"{row['painpoint_id']}: was merged into {row['merged_into']}.", hint="Name that one.")
    return row


def record(state: Writer, events: Sequence[Mapping[str, Any]], addition: int | None = None) -> None:
    """Adds ``events`` (painpoint_id, event, other, detail) to the lineage."""
    moment = now()
    state.insert("lineage", [{"other": None, "detail": None, **event, "made": moment, "addition": addition}
                             for event in events])


def bear(state: Writer, points: Sequence[Mapping[str, Any]], addition: int | None) -> None:
    """Enters new pain points: painpoint_id, title, titles (language and title), ``units`` (how many it has), and
    ``named_by`` where no machine named it."""
    state.insert("painpoints", [
        {"painpoint_id": point["painpoint_id"], "title": point["title"],
         "titles": json.dumps(point["titles"], ensure_ascii=False), "named_by": point.get("named_by", MACHINE),
         "status": OPEN, "merged_into": None, "pinned": 0, "addition": addition, "made": now(),
         "titled": point["units"]}
        for point in points])


def titles_due(points: Sequence[Mapping[str, Any]], sizes: Mapping[str, int], parted: Collection[str]) -> set[str]:
    """The pain points on the lists whose title, given by a machine, is to be looked for anew: those with ``GROWN``
    times the units that it was given for, or that a part was taken from."""
    return {row["painpoint_id"] for row in points
            if row["status"] == OPEN and row["named_by"] == MACHINE and not row["pinned"]
            and (row["painpoint_id"] in parted or sizes.get(row["painpoint_id"], 0) >= GROWN * row["titled"] > 0)}


def retitle(state: Writer, points: Sequence[Mapping[str, Any]], addition: int | None) -> None:
    """Gives pain points titles that a machine found: painpoint_id, title, titles, ``units``."""
    before = {row["painpoint_id"]: row["title"] for row in state.rows("painpoints")}
    state.change("painpoints", "painpoint_id", [
        {"painpoint_id": point["painpoint_id"], "title": point["title"],
         "titles": json.dumps(point["titles"], ensure_ascii=False), "titled": point["units"]} for point in points])
    record(state, [{"painpoint_id": point["painpoint_id"], "event": "retitled", "detail": point["title"]}
                   for point in points if before[point["painpoint_id"]] != point["title"]], addition)


def rename(state: Writer, name: str, title: str) -> str:
    """Gives a pain point the title a person wants; its id. Raises UsageError for an empty title."""
    title = title_given(title)
    row = _standing(state, name)
    key = str(row["painpoint_id"])
    if (row["title"], row["named_by"]) != (title, PERSON):
        state.change("painpoints", "painpoint_id", [{"painpoint_id": key, "title": title, "named_by": PERSON}])
        record(state, [{"painpoint_id": key, "event": "renamed", "detail": title}])
    return key


def title_given(title: str) -> str:
    """``title`` on one line, without what no text holds. Raises UsageError where it is empty."""
    title = " ".join("".join(letter for letter in title if letter.isspace() or unicodedata.category(letter) not in
                             ("Cc", "Cs")).split())
    if not title:
        raise UsageError("The title is empty.", hint="Give the words the pain point shall be known by.")
    return title


def merge(state: Writer, name: str, into: str) -> tuple[str, str]:
    """Makes the units of ``name`` those of ``into``, for good: no change of model takes them back; both ids.

    Raises UsageError for one and the same.
    """
    gone, kept = _standing(state, name), _standing(state, into)
    key, other = str(gone["painpoint_id"]), str(kept["painpoint_id"])
    if key == other:
        raise UsageError(f"{key} cannot be merged into itself.", hint="Name two pain points.")
    _move(state, members(state, key), other, sure=False)
    _melt(state, key, other)
    return key, other


def _melt(state: Writer, key: str, other: str) -> None:
    """Says that a pain point is now part of another."""
    state.change("painpoints", "painpoint_id", [{"painpoint_id": key, "status": MERGED, "merged_into": other}])
    # What had been merged into the one that goes now follows it.
    before = [row["painpoint_id"] for row in state.rows("painpoints") if row["merged_into"] == key]
    state.change_alike("painpoints", "painpoint_id", before, {"merged_into": other})
    _bond(state, [{"kind": "must", "painpoint_id": key, "unit_id": None, "other": other}])
    record(state, [{"painpoint_id": key, "event": "merged into", "other": other}])
    _forget_proposals(state, {key})


def split(state: Writer, name: str, unit_ids: Collection[str], new: Mapping[str, Any]) -> str:
    """Makes ``unit_ids`` of a pain point the ``new`` one (painpoint_id, title, titles), for good; its id.

    Raises WorkspaceError for units of others, UsageError when no unit would go or none would stay.
    """
    key = str(_standing(state, name)["painpoint_id"])
    mine = set(members(state, key))
    check_part(key, mine, set(unit_ids))
    born = str(new["painpoint_id"])
    bear(state, [new], None)
    _move(state, sorted(unit_ids), born)
    _move(state, sorted(mine - set(unit_ids)), key)
    _bond(state, [{"kind": "cannot", "painpoint_id": key, "unit_id": None, "other": born}])
    record(state, [{"painpoint_id": born, "event": "split from", "other": key}])
    _forget_proposals(state, {key})
    return born


def check_part(key: str, mine: Set[str], going: Set[str]) -> None:
    """Raises WorkspaceError where ``going`` are not all units of the pain point, UsageError where they are all or
    none of them."""
    strange = sorted(going - mine)
    if strange:
        raise WorkspaceError(f"{len(strange)} of the units are not of {key}, the first {strange[0]}.",
                             hint=f"painpoints show WORKSPACE {key} lists its units.")
    if not going or going == mine:
        raise UsageError("A split leaves units on both sides.", hint="Name some of the units, not all and not none.")


def retire(state: Writer, name: str) -> str:
    """Takes a pain point off the lists; its id. Its units stay its own, so that nothing new is made of them."""
    row = _standing(state, name)
    return _restate(state, row, RETIRED, "retired")


def reopen(state: Writer, name: str, addition: int | None = None) -> str:
    """Puts a retired pain point back on the lists, by itself when an ``addition`` brought much of it; its id."""
    return _restate(state, _standing(state, name), OPEN, "reopened", addition)


def pin(state: Writer, name: str, unit_ids: Collection[str] = ()) -> str:
    """Keeps a pain point as it is: no proposals, no reopening by itself; or keeps ``unit_ids`` in it; its id.

    Raises WorkspaceError for units that are no problems of this workspace.
    """
    row = _standing(state, name)
    key = str(row["painpoint_id"])
    if not unit_ids:
        if not row["pinned"]:
            state.change("painpoints", "painpoint_id", [{"painpoint_id": key, "pinned": 1}])
            record(state, [{"painpoint_id": key, "event": "pinned"}])
        _forget_proposals(state, {key})
        return key
    placements_of(state, unit_ids)
    _move(state, sorted(unit_ids), key)
    _keep(state, sorted(unit_ids), key)
    record(state, [{"painpoint_id": key, "event": "units pinned", "detail": str(len(set(unit_ids)))}])
    return key


def reject(state: Writer, name: str, other: str | None = None) -> tuple[str, str | None]:
    """Turns down the proposal to split a pain point, or to merge it with ``other``, for good; the ids.

    Raises WorkspaceError when nothing of the kind is proposed.
    """
    key = str(_standing(state, name)["painpoint_id"])
    against = None if other is None else str(_standing(state, other)["painpoint_id"])
    kind, asked = ("split", {key}) if against is None else ("merge", {key, against})
    proposals = state.rows("proposals")
    kept = [row for row in proposals
            if row["kind"] != kind or {row["painpoint_id"], row["other"]} - {None} != asked]
    if len(kept) == len(proposals):
        raise WorkspaceError(f"{' and '.join(sorted(asked))}: no {kind} is proposed.",
                             hint="painpoints show WORKSPACE lists what is.")
    state.remove("proposals", "number", {row["number"] for row in proposals} - {row["number"] for row in kept})
    _bond(state, [{"kind": "whole" if against is None else "cannot", "painpoint_id": key, "unit_id": None,
                   "other": against}])
    record(state, [{"painpoint_id": key, "event": "kept whole" if against is None else "kept apart from",
                    "other": against}])
    return key, against


def gather(state: Writer, unit_ids: Collection[str], new: Mapping[str, Any]) -> str:
    """Makes units of any pain points, or of none, the ``new`` one (painpoint_id, title, titles, ``named_by``), for
    good; its id. A pain point that is left without units is merged into it.

    Raises WorkspaceError for units that are no problems of this workspace, UsageError when there are none, or just
    those of one pain point.
    """
    placed = placements_of(state, unit_ids)
    if not placed:
        raise UsageError("No unit is named.", hint="Name the units that belong together.")
    born, homes = str(new["painpoint_id"]), sorted({row["painpoint_id"] for row in placed} - {None})
    emptied = [home for home in homes if set(members(state, home)) <= set(unit_ids)]
    if emptied and [row["painpoint_id"] for row in placed] == emptied * len(placed):
        raise UsageError(f"These are all units of {emptied[0]}.", hint="Rename it, or name some of them only.")
    bear(state, [new], None)
    _move(state, sorted(unit_ids), born)
    _keep(state, sorted(unit_ids), born)
    record(state, [{"painpoint_id": born, "event": "gathered", "detail": str(len(placed))}])
    for home in emptied:
        _melt(state, home, born)
    parted = [home for home in homes if home not in emptied]
    _bond(state, [{"kind": "cannot", "painpoint_id": home, "unit_id": None, "other": born} for home in parted])
    record(state, [{"painpoint_id": born, "event": "split from", "other": home} for home in parted])
    _forget_proposals(state, set(parted))
    return born


def release(state: Writer, unit_ids: Collection[str]) -> list[str]:
    """Takes units out of their pain points, for good: they wait for another one; the ids of those they were in.

    Raises WorkspaceError for units that are no problems of this workspace, UsageError when none is in a pain point or
    all of a pain point's are named.
    """
    inside: dict[str, list[str]] = {}
    for row in placements_of(state, unit_ids):
        if row["painpoint_id"] is not None:
            inside.setdefault(row["painpoint_id"], []).append(row["unit_id"])
    if not inside:
        raise UsageError("None of these units is in a pain point.",
                         hint="painpoints show WORKSPACE ID lists the units of one.")
    if emptied := [home for home, units in sorted(inside.items()) if set(members(state, home)) <= set(units)]:
        raise UsageError(f"No unit would stay in {emptied[0]}.",
                         hint=f"Take it off the lists: painpoints retire WORKSPACE {emptied[0]}")
    for home, units in sorted(inside.items()):
        _unbind(state, units, "must", home)
        state.change_alike("placements", "unit_id", units, {"painpoint_id": None, "strength": 0.0,
                                                            "placed_by": MACHINE})
        _bond(state, [{"kind": OUT, "painpoint_id": home, "unit_id": unit, "other": None} for unit in sorted(units)])
        record(state, [{"painpoint_id": home, "event": "units released", "detail": str(len(units))}])
    return sorted(inside)


def members(state: Reader, key: str) -> list[str]:
    """The units of a pain point."""
    return [row["unit_id"] for row in state.rows_with("placements", "painpoint_id", [key])]


def placements_of(state: Reader, unit_ids: Collection[str]) -> list[dict[str, Any]]:
    """Where units are. Raises WorkspaceError for units that are no problems of this workspace."""
    found = state.rows_with("placements", "unit_id", unit_ids)
    strange = sorted(set(unit_ids) - {row["unit_id"] for row in found})
    if strange:
        raise WorkspaceError(f"{len(strange)} of the units are no problems here, the first {strange[0]}.",
                             hint="Name units of this workspace that state a problem.")
    return found


def _move(state: Writer, unit_ids: Sequence[str], key: str, *, sure: bool = True) -> None:
    """Binds units to a pain point, ``sure`` where a person chose them one by one."""
    firm = {"strength": 1.0} if sure else {}
    state.change_alike("placements", "unit_id", unit_ids, {"painpoint_id": key, "placed_by": PERSON, **firm})


def _keep(state: Writer, unit_ids: Sequence[str], key: str) -> None:
    """Bonds that units are of a pain point, in place of those that kept them out of it."""
    _unbind(state, unit_ids, OUT, key)
    _bond(state, [{"kind": "must", "painpoint_id": key, "unit_id": unit, "other": None} for unit in unit_ids])


def _bond(state: Writer, bonds: Sequence[Mapping[str, Any]]) -> None:
    moment = now()
    state.insert("bonds", [{**bond, "made": moment} for bond in bonds])


def _unbind(state: Writer, unit_ids: Sequence[str], kind: str, key: str) -> None:
    named = set(unit_ids)
    state.remove("bonds", "number", [row["number"] for row in state.rows_with("bonds", "painpoint_id", [key])
                                     if row["kind"] == kind and row["unit_id"] in named])


def _restate(state: Writer, row: Mapping[str, Any], status: str, event: str, addition: int | None = None
             ) -> str:
    key = str(row["painpoint_id"])
    if row["status"] != status:
        state.change("painpoints", "painpoint_id", [{"painpoint_id": key, "status": status}])
        record(state, [{"painpoint_id": key, "event": event}], addition)
        _forget_proposals(state, {key})
    return key


def _forget_proposals(state: Writer, keys: Collection[str]) -> None:
    state.remove("proposals", "number", [row["number"] for row in state.rows("proposals")
                                         if row["painpoint_id"] in keys or row["other"] in keys])
