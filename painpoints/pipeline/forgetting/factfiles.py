"""The facts of a workspace without some documents: every generation of every file, row by row as it was."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painpoints.pipeline.forgetting.traces import Traces
from painpoints.store import write_parquet, write_text

if TYPE_CHECKING:
    import polars as pl

_IDS = ("doc_id", "unit_id")
_FIRST = "copy_of"
_ORDER = {"units": 0, "conversations": 1, "vectors": 2, "documents": 3}


@dataclass(frozen=True)
class Gone:
    """The documents that go and their opinions."""

    doc_ids: frozenset[str]
    unit_ids: frozenset[str]


def rewrite(files: Collection[Path], gone: Gone, traces: Traces) -> int:
    """Takes what is gone out of ``files`` (Parquet, JSON Lines), each whole or not at all; how many were changed.

    Files without any of it are not touched. What is read with a document goes before it, so that whoever reads at the
    same time finds no opinion without its document for long.
    """
    changed = 0
    for path in sorted(files, key=lambda path: (_ORDER.get(path.name.partition(".")[0].partition("-")[0], 4), path)):
        if path.suffix == ".parquet":
            changed += _rewrite_parquet(path, gone)
        elif path.suffix == ".jsonl":
            changed += _rewrite_lines(path, gone, traces)
    return changed


def without(frame: pl.DataFrame, gone: Gone) -> pl.DataFrame:
    """The rows of ``frame`` that are not gone, in order; what names one that is gone names the first copy that is
    left, or nobody."""
    import polars as pl

    ids = {"doc_id": sorted(gone.doc_ids), "unit_id": sorted(gone.unit_ids)}
    kept = frame
    for name in _IDS:
        if name in frame.columns:
            kept = kept.filter(~pl.col(name).is_in(ids[name]).fill_null(value=False))
    return _unlinked(kept, [*ids["doc_id"], *ids["unit_id"]])


def _unlinked(frame: pl.DataFrame, ids: list[str]) -> pl.DataFrame:
    import polars as pl

    for name, kind in frame.schema.items():
        if name in _IDS:
            continue
        if kind == pl.Utf8:
            held = frame[name].is_in(ids).fill_null(value=False)
            if held.any():
                firsts = name == _FIRST and "doc_id" in frame.columns
                new = _next_first(frame, name) if firsts else pl.lit(None, pl.Utf8)
                frame = frame.with_columns(pl.when(held).then(new).otherwise(name).alias(name))
        elif isinstance(kind, pl.List) and isinstance(kind.inner, pl.Struct):
            fields = [one.name for one in kind.inner.fields if one.name in _IDS]
            if fields and len(frame):
                told = pl.any_horizontal(pl.element().struct.field(one).is_in(ids) for one in fields)
                frame = frame.with_columns(pl.col(name).list.eval(pl.element().filter(~told.fill_null(value=False))))
        elif kind == pl.List(pl.Utf8) and len(frame):
            frame = frame.with_columns(pl.col(name).list.eval(pl.element().filter(~pl.element().is_in(ids))))
    return frame


def _next_first(frame: pl.DataFrame, name: str) -> pl.Expr:
    """Of the copies of one document that is gone, the first takes its place and is nobody's copy."""
    import polars as pl

    first = pl.col("doc_id").first().over(name)
    return pl.when(pl.col("doc_id") == first).then(pl.lit(None, pl.Utf8)).otherwise(first)


def _rewrite_parquet(path: Path, gone: Gone) -> bool:
    import polars as pl

    frame = pl.read_parquet(path)
    kept = without(frame, gone)
    if kept.equals(frame):
        return False
    write_parquet(path, kept)
    return True


def _rewrite_lines(path: Path, gone: Gone, traces: Traces) -> bool:
    lines = path.read_text("utf8").splitlines()
    kept = [line for line in lines if not any(_tells(text, gone, traces) for text in _texts(line))]
    if len(kept) == len(lines):
        return False
    write_text(path, "".join(f"{line}\n" for line in kept))
    return True


def lines_telling(path: Path, gone: Gone, traces: Traces) -> int:
    """How many lines of a JSON Lines file tell of what is gone."""
    return sum(any(_tells(text, gone, traces) for text in _texts(line)) for line in path.read_text("utf8").splitlines())


def _tells(text: str, gone: Gone, traces: Traces) -> bool:
    return traces.found_in(text) is not None or traces.holds_source(text) or any(one in text for one in gone.doc_ids)


def _texts(line: str) -> Iterator[str]:
    """All texts in a line of JSON, or the line itself where it is none."""
    try:
        yield from texts_in(json.loads(line))
    except ValueError:
        yield line


def texts_in(value: Any) -> Iterator[str]:
    """Every text in what JSON or a cell of a frame holds, names of fields too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield str(name)
            yield from texts_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts_in(inner)
