"""Time what the page asks of a workspace of 100,000 opinions, in this process, and say what it cost.

    python scripts/bench_page.py WORKSPACE [--units 100000] [--database URL] [--out scripts/bench/page.json]

The workspace is made of the facts and the state of WORKSPACE, an existing one of real texts, which is not changed: its
documents come again and again under new ids, at other times of its weeks and by other authors, with their opinions,
judgements and places in pain points, until there are so many opinions. Nothing is encoded or judged, and there are no
vectors. A fifth of the comments is in somebody's hands or done already. Texts repeat, so the index of words is smaller
than that of as many different texts would be; scripts/bench_search.py measures that one.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from painpoints.pipeline import Workspace
from painpoints.store import Generation, now
from painpoints.triage import STATUSES

ADDITIONS, CALLS, THREADS = 10, 300, 4
PEOPLE = ("sara", "Ali", "Мария", "نور")


def multiplied(source: Path, place: Path, wanted: int, database: str | None) -> Workspace:
    """A workspace at ``place`` with ``wanted`` opinions out of those of ``source``."""
    with Workspace.open(source) as given:
        data, settings = given.data(), given.settings
        with given.folder.state.reading() as state:
            rows = {name: state.rows(name) for name in ("painpoints", "placements", "lineage")}
            numbers, generation = state.additions(), state.generation()
        documents = given.folder.facts.documents(numbers)
        units = given.folder.facts.units(numbers, generation)
    made = Workspace.create(place, settings, database=database)
    times = -(-wanted // len(units))
    first, last = data.documents["time"].min(), data.documents["time"].max()
    copies = [_copy(documents, units, rows["placements"], turn, last - first) for turn in range(times)]
    everything, opinions = pl.concat([one[0] for one in copies]), pl.concat([one[1] for one in copies]).head(wanted)
    everything = everything.filter(pl.col("doc_id").is_in(opinions["doc_id"].implode()))
    kept = set(opinions["unit_id"])
    with made.folder.state.writing() as state:
        state.insert("painpoints", rows["painpoints"])
        state.insert("lineage", rows["lineage"])
        state.insert("placements", [row for one in copies for row in one[2] if row["unit_id"] in kept])
    size = -(-len(everything) // ADDITIONS)
    for number in range(1, ADDITIONS + 1):
        some = everything[(number - 1) * size:number * size]
        mine = opinions.join(some.select("doc_id"), on="doc_id", how="semi", maintain_order="left")
        made.folder.facts.write(number, some.drop("addition"), mine.drop("addition"),
                                np.zeros((len(mine), 2), np.float32), Generation())
        with made.folder.state.writing() as state:
            state.insert("additions", [{"number": number, "made": now(), "inputs": "[]", "documents": len(some),
                                        "units": len(mine), "note": ""}])
            state.insert("documents", [{"doc_id": key, "addition": number} for key in some["doc_id"]])
    _worked_on(made, everything["doc_id"].to_list())
    return made


def _copy(documents: pl.DataFrame, units: pl.DataFrame, placements: Sequence[dict[str, Any]], turn: int,
          span: timedelta) -> tuple[pl.DataFrame, pl.DataFrame, list[dict[str, Any]]]:
    """Everything under the ids of its ``turn``-th coming."""
    if turn == 0:
        return documents, units, list(placements)
    rng = np.random.default_rng(turn)
    shift = pl.Series(rng.integers(0, max(span.days, 1), len(documents)) - span.days // 2) * 86_400_000_000
    first, last = documents["time"].min(), documents["time"].max()
    moved = documents.with_columns(
        _anew("doc_id", turn), _anew("author_key", turn),
        time=(pl.col("time") + shift.cast(pl.Duration("us"))).clip(first, last))
    named = units.with_columns(_anew("doc_id", turn), _anew("unit_id", turn), _anew("key", turn))
    ids = dict(zip(units["unit_id"], named["unit_id"], strict=True))
    return moved, named, [{**row, "unit_id": ids[row["unit_id"]]} for row in placements]


def _anew(column: str, turn: int) -> pl.Expr:
    return pl.col(column).map_elements(
        lambda value: hashlib.blake2b(f"{turn} {value}".encode(), digest_size=8).hexdigest(), return_dtype=pl.Utf8)


def _worked_on(workspace: Workspace, ids: Sequence[str]) -> None:
    """Has a fifth of the comments be in somebody's hands, waiting, done or muted."""
    rng = random.Random(3)
    chosen, moment = rng.sample(list(ids), len(ids) // 5), now()
    rows = []
    for key in chosen:
        status = rng.choice(STATUSES[1:])
        rows.append({"doc_id": key, "status": status, "assignee": None if status == "muted" else rng.choice(PEOPLE),
                     "note": None, "version": 1, "changed": moment, "changed_by": rng.choice(PEOPLE)})
    with workspace.folder.state.writing() as state:
        state.insert("triage", rows)
        state.insert("triage_history", [
            {"made": moment, "who": row["changed_by"], "change": 1, "undoes": None, "doc_id": row["doc_id"],
             "field": "status", "before": "new", "after": row["status"], "unit_id": None} for row in rows])
