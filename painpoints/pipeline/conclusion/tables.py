"""The final tables, made and written one shard after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from painpoints.classify import CONVERSATIONS, judge_conversations, judge_documents
from painpoints.read import by_side
from painpoints.store import RunFolder

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    Encode = Callable[[Sequence[str]], np.ndarray]

_GATHERED = 50
"""Shards that are looked at together: few enough for memory, enough that frames are not too small to be quick."""


def gathered(shards: range) -> Iterable[range]:
    """``shards`` in groups."""
    return (shards[at:at + _GATHERED] for at in range(0, len(shards), _GATHERED))


def judged_documents(folder: RunFolder, shards: range, documents: pl.DataFrame) -> pl.DataFrame:
    """``documents`` (customers', in the order of ``shards``) with what their units say."""
    import polars as pl

    parts, at = [], 0
    for group in gathered(shards):
        units = folder.units(group, _JUDGED)
        size = sum(len(by_side(folder.documents(shard, ("doc_id", "side")))[0]) for shard in group)
        parts.append(judge_documents(documents[at:at + size], units))
        at += size
    return pl.concat(parts)


_JUDGED = ("doc_id", "start", "end", "lang", "sentiment", "p_neg", "p_neu", "p_pos", "whole_p_neg", "whole_p_neu",
           "whole_p_pos", "touchpoint", "touchpoint_p", "stage", "stage_p", "problem_p", "is_problem", "certain",
           "none_kind")


def told_conversations(folder: RunFolder, shards: range, encode: Encode) -> pl.DataFrame:
    """The conversations frame of all transcripts."""
    import polars as pl

    frames = [pl.DataFrame(schema=CONVERSATIONS)]
    for group in gathered(shards):
        with_turns = [shard for shard in group if "turns" in folder.document_columns(shard)
                      and folder.documents(shard, ["turns"])["turns"].count()]
        if with_turns:
            documents, _ = by_side(folder.all_documents(with_turns))
            frames.append(judge_conversations(documents, folder.units(with_turns), encode))
    return pl.concat(frames)


def write_documents(folder: RunFolder, shards: range, documents: pl.DataFrame) -> int:
    """Writes the final documents, those of the brand last; how many these are. ``documents`` are the customers', with
    all that was made since they were read."""

    read = {name: kind for shard in shards for name, kind in folder.document_schema(shard).items()}
    made = documents.select(name for name in documents.columns if name not in read)
    order = {**read, **made.schema}
    brand: list[pl.DataFrame] = []
    at = 0
    with folder.grow_result("documents") as take:
        for shard in shards:
            own, theirs = by_side(folder.documents(shard))
            take(_in_order(own.with_columns(made[at:at + len(own)].get_columns()), order))
            at += len(own)
            brand.append(_in_order(theirs, order))
        for frame in brand:
            take(frame)
    return sum(map(len, brand))


def write_units(folder: RunFolder, shards: range, units: pl.DataFrame) -> None:
    """Writes the final units: those of ``shards`` with what ``units``, in their order, have that is new."""
    at = 0
    with folder.grow_result("units") as take:
        for shard in shards:
            frame = folder.units([shard])
            made = [name for name in units.columns if name not in frame.columns or name in ("key", "weight")]
            take(frame.with_columns(units[at:at + len(frame)].select(made).get_columns()))
            at += len(frame)


def _in_order(frame: pl.DataFrame, order: dict[str, pl.DataType]) -> pl.DataFrame:
    """``frame`` with the columns of ``order``, null where it has none."""
    import polars as pl

    return frame.select(pl.col(name) if name in frame.columns else pl.lit(None, kind).alias(name)
                        for name, kind in order.items())
