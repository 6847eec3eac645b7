"""A run of which is shown only what enough people stand behind, as its setting ``min_authors`` says.

People are authors; where the author of a document is not known, the document stands for one.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from painpoints.store import RunData


def least_people(run: RunData) -> int:
    """How many people have to stand behind what is shown of ``run``; 1: anybody."""
    return int((run.manifest.get("settings") or {}).get("min_authors") or 1)


def with_enough_people(run: RunData) -> RunData:
    """``run`` without the pain points that fewer people than `least_people` stand behind, ranked anew."""
    least = least_people(run)
    if least <= 1:
        return run
    said = people(run, run.units.filter(pl.col("weight") > 0), "painpoint_id")
    kept = [name for name, count in said.items() if count >= least]
    left = run.painpoints.filter(pl.col("painpoint_id").is_in(kept)).sort("rank")
    return replace(run, painpoints=left.with_columns(rank=pl.int_range(1, pl.len() + 1)))


def people(run: RunData, units: pl.DataFrame, by: str) -> dict[str, int]:
    """How many people speak of each value of ``by`` in ``units``."""
    who = pl.coalesce("author_key", "doc_id") if "author_key" in run.documents.columns else pl.col("doc_id")
    said = units.join(run.documents.select("doc_id", who=who), on="doc_id", how="inner").drop_nulls(by)
    return dict(said.group_by(by).agg(pl.col("who").n_unique()).iter_rows())
