"""Exports of common tools: which tool a table comes from, and what its columns are."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from painpoints.errors import UsageError
from painpoints.read.columnnames import fold_name
from painpoints.read.options import ROLES
from painpoints.read.table import Table


@dataclass(frozen=True, slots=True)
class Preset:
    """An export of ``tool``. Columns of ``roles`` are looked up folded, the first that is there; a table that has one
    of each group of ``signature`` comes from it. ``json`` says how its JSON is laid out (`unpacked`)."""

    name: str
    tool: str
    source: str | None
    kind: str | None
    roles: Mapping[str, Sequence[str]]
    signature: Sequence[Sequence[str]]
    json: Mapping[str, Any] | None

    def told(self, columns: Sequence[str]) -> dict[str, str]:
        """The columns of a table by role."""
        places = {fold_name(name): name for name in reversed(columns)}
        found = {role: next((places[name] for name in map(fold_name, names) if name in places), None)
                 for role, names in self.roles.items()}
        return {role: name for role, name in found.items() if name is not None}

    def signed(self, columns: Sequence[str]) -> bool:
        """Whether a table has the columns that tell this tool."""
        there = {fold_name(name) for name in columns}
        return bool(self.signature) and all(any(fold_name(name) in there for name in group)
                                            for group in self.signature)


def find_preset(file: str, table: Table, wanted: str | None) -> Preset | None:
    """The tool a table comes from: as its JSON was laid out, as ``wanted``, or by its columns; None for any other.

    "none" and "" say that it is of no tool. Raises UsageError for a name that is not known, or a table without any
    column of its texts.
    """
    if wanted is not None:
        if wanted in ("", "none"):
            return None
        preset = named_preset(wanted)
        if table.preset != wanted and not {"text", "title", "pros", "cons"} & preset.told(table.columns).keys():
            raise UsageError(f"{file}: no column of {preset.tool} ({wanted}) holds texts here.",
                             hint="Leave --preset out, or name the columns with --text COLUMN.")
        return preset
    if table.preset is not None:
        return presets()[table.preset]
    return next((preset for preset in presets().values() if preset.signed(table.columns)), None)


def named_preset(name: str) -> Preset:
    """The preset of this name. Raises UsageError with the nearest one."""
    known = presets()
    if name not in known:
        near = difflib.get_close_matches(name, known, 1)
        raise UsageError(f"There is no preset {name!r}.",
                         hint=f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(known)}.")
    return known[name]


@cache
def presets() -> dict[str, Preset]:
    """All presets by name, in the order in which they are tried."""
    table = tomllib.loads(files("painpoints.read.social").joinpath("presets.toml").read_text("utf8"))
    return {name: Preset(name, entry["tool"], entry.get("source"), entry.get("kind"),
                         {role: entry[role] for role in ROLES if role in entry}, entry.get("signature", []),
                         entry.get("json")) for name, entry in table.items()}
