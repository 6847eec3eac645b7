"""The search for what is left of somebody: every file of a folder, read back, and every text of the database."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painpoints.pipeline.forgetting.factfiles import texts_in
from painpoints.pipeline.forgetting.traces import Traces
from painpoints.read import AUTHOR

if TYPE_CHECKING:
    import polars as pl

    from painpoints.store import State

_CHUNK = 1 << 22
_TEAM = frozenset({"who", "owner", "assignee", "changed_by"})
"""Columns with names of the team's people, who may be called as a customer is."""
_TEAM_TABLES = frozenset({"users", "sessions"})
_OPEN = (".html", ".md", ".txt", ".csv", ".json", ".jsonl", ".ndjson", ".toml")


@dataclass
class Proof:
    """What was searched, how much of it, and the places (never the words) of ``traces``; ``mentions`` counts texts of
    others in which a name stands: they are those people's own words, and stay. ``vectors_dropped`` are bytes of vectors
    that were kept from earlier runs: whose they were is not known, so that none stay."""

    files: int = 0
    bytes: int = 0
    frames: int = 0
    cells: int = 0
    tables: int = 0
    state_cells: int = 0
    mentions: int = 0
    vectors_dropped: int = 0
    traces: list[str] = field(default_factory=list)

    def note(self, place: str) -> None:
        """Enters that a trace is at ``place``."""
        if place not in self.traces:
            self.traces.append(place)

    def as_dict(self) -> dict[str, Any]:
        """The same, for JSON."""
        return asdict(self)


def prove(folder: Path, traces: Traces, state: State | None = None, besides: Collection[str] = ()) -> Proof:
    """What the search of ``folder``, and of its ``state`` if it has one, finds; ``besides`` names files left out."""
    proof = Proof()
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder).as_posix()
        if place in besides:
            continue
        if traces.found_in(place):
            proof.note("the name of a file or folder")
        if path.is_file():
            _search_file(path, place, traces, proof)
    if state is not None:
        _search_state(state, traces, proof)
    return proof


def _search_file(path: Path, place: str, traces: Traces, proof: Proof) -> None:
    proof.files += 1
    proof.bytes += path.stat().st_size
    columns = path.suffix == ".parquet"
    # What is packed is read back; in the bytes names of others' texts would be found too.
    needles = [needle for needle in traces.needles if not columns or _is_id(needle, traces)]
    if any(needle in chunk for chunk in _chunks(path, max(map(len, needles), default=0)) for needle in needles):
        proof.note(f"{place}: bytes")
    if columns:
        _search_frame(path, place, traces, proof)
    elif path.suffix == ".xlsx":
        _search_packed(path, place, traces, proof)
    elif path.suffix in _OPEN:
        said = path.read_text("utf8", "replace")
        if traces.found_in(said) or any(map(traces.found_in, _unescaped(path, said))):
            proof.note(f"{place}: words")
    elif ".sqlite" in path.name and traces.runs:
        for chunk in _chunks(path, 1 << 12):
            if traces.found_in(chunk.decode("utf8", "ignore"), names=False):
                proof.note(f"{place}: words")
                break


def _unescaped(path: Path, said: str) -> Iterator[str]:
    """The texts in a file of JSON as they were before they were written down."""
    for part in said.splitlines() if path.suffix in (".jsonl", ".ndjson") else [said] if path.suffix == ".json" else ():
        try:
            yield from texts_in(json.loads(part))
        except ValueError:
            yield part


def _chunks(path: Path, overlap: int) -> Iterator[bytes]:
    with path.open("rb") as handle:
        rest = b""
        while data := handle.read(_CHUNK):
            yield rest + data
            rest = data[-overlap:] if overlap else b""


def _is_id(needle: bytes, traces: Traces) -> bool:
    try:
        return needle.decode("utf8") in traces.ids
    except UnicodeDecodeError:
        return False


def _search_packed(path: Path, place: str, traces: Traces, proof: Proof) -> None:
    with zipfile.ZipFile(path) as packed:
        for name in packed.namelist():
            if traces.found_in(packed.read(name).decode("utf8", "replace")):
                proof.note(f"{place}: {name}")


def _search_frame(path: Path, place: str, traces: Traces, proof: Proof) -> None:
    import polars as pl

    proof.frames += 1
    frame = pl.read_parquet(path)
    mentions: set[int] = set()
    for name in frame.columns:
        if traces.found_in(name):
            proof.note(f"{place}: the name of a column")
        cells = _texts_of(frame[name])
        if cells is None:
            continue
        proof.cells += len(cells)
        if name == "source_id" and traces.sources and cells.is_in(sorted(traces.sources)).any():
            proof.note(f"{place}: {name}")
        for said in cells.unique():
            kind = traces.found_in(said, cell=True)
            if kind == "name" and name != AUTHOR:
                mentions.update((cells == said).arg_true())
            elif kind is not None:
                proof.note(f"{place}: {name}")
    if path.name == "documents.parquet":
        proof.mentions += len(mentions)


def _texts_of(column: pl.Series) -> pl.Series | None:
    """The texts of a column, those inside of lists too; None where it holds none."""
    import polars as pl

    if column.dtype == pl.Utf8:
        return column.drop_nulls()
    if column.dtype.is_nested() and not isinstance(column.dtype, pl.Array):
        return pl.Series([text for cell in column.to_list() for text in texts_in(cell)], dtype=pl.Utf8)
    return None


def _search_state(state: State, traces: Traces, proof: Proof) -> None:
    tables: set[str] = set()
    with state.cells() as found:
        for cell in found:
            tables.add(cell.table)
            proof.state_cells += 1
            team = cell.column in _TEAM or cell.table in _TEAM_TABLES
            if traces.found_in(cell.text, names=not team, cell=True) or any(
                    traces.found_in(text, names=not team, cell=True) for text in _inside(cell.text)):
                proof.note(f"state: {cell.table}.{cell.column}")
    proof.tables = len(tables)


def _inside(said: str) -> Iterator[str]:
    if said[0] in "[{":
        try:
            yield from texts_in(json.loads(said))
        except ValueError:
            return
