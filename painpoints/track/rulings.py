"""What people have decided, as far as a clustering must heed it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from painpoints.store import Reader


OUT = "out"
"""The kind of the bond that keeps a unit out of a pain point."""
YOUNG = 8
"""Additions after the one that founded it in which a machine may part a pain point: later it is what people know."""


@dataclass(frozen=True)
class Rulings:
    """``taken``: ids no new pain point may have; ``apart``: pairs never proposed for a merge, that is the two sides of
    a split and merges turned down; ``whole``: pain points never proposed for a split; ``fixed``: those of which nothing
    is proposed (pinned, retired, merged away); ``pinned``: those no unit is taken from; ``touched``: those that no
    machine parts, because people have had a hand in them or they are no longer young; ``out``: by unit, the pain points
    that people took it out of, into which no machine puts it."""

    taken: frozenset[str] = frozenset()
    apart: frozenset[frozenset[str]] = frozenset()
    whole: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()
    pinned: frozenset[str] = frozenset()
    touched: frozenset[str] = frozenset()
    out: Mapping[str, frozenset[str]] = field(default_factory=dict)


def rulings_of(state: Reader) -> Rulings:
    """What people have decided in a workspace; what is said of a pain point holds for the one it was merged into."""
    points, bonds = state.rows("painpoints"), state.rows("bonds")
    now = {row["painpoint_id"]: row["merged_into"] or row["painpoint_id"] for row in points}
    fixed = {row["painpoint_id"] for row in points if row["pinned"] or row["status"] != "open"}
    named = {row["painpoint_id"] for row in points if row["named_by"] == "person"}
    bonded = {now.get(name, name) for row in bonds for name in (row["painpoint_id"], row["other"]) if name is not None}
    whole = {now.get(row["painpoint_id"], row["painpoint_id"]) for row in bonds if row["kind"] == "whole"}
    coming = max(state.additions(), default=0) + 1
    settled = {row["painpoint_id"] for row in points if coming - (row["addition"] or 0) > YOUNG}
    return Rulings(frozenset(now), kept_apart(bonds, now), frozenset(whole), frozenset(fixed),
                   frozenset(row["painpoint_id"] for row in points if row["pinned"]),
                   frozenset(fixed | named | bonded | settled), _taken_out(bonds, now))


def _taken_out(bonds: Sequence[Mapping[str, Any]], now: Mapping[str, str]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for row in bonds:
        if row["kind"] == OUT:
            found[row["unit_id"]] = found.get(row["unit_id"], frozenset()) | {now.get(row["painpoint_id"],
                                                                                      row["painpoint_id"])}
    return found


def kept_apart(bonds: Sequence[Mapping[str, Any]], now: Mapping[str, str]) -> frozenset[frozenset[str]]:
    """The pairs of pain points that people keep apart; ``now`` says what each is called since the last merge."""
    pairs = (frozenset(now.get(row[side], row[side]) for side in ("painpoint_id", "other"))
             for row in bonds if row["kind"] == "cannot")
    return frozenset(pair for pair in pairs if len(pair) == 2)
