"""Opinions of which the same might be said as of one that was just corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from painpoints.pipeline import aligned_vectors
from painpoints.triage.corrections import said

if TYPE_CHECKING:
    from painpoints.store import WorkspaceData

LOOK_ALIKES = pl.Schema({"unit_id": pl.Utf8(), "doc_id": pl.Utf8(), "lang": pl.Utf8(), "text": pl.Utf8(),
                         "similarity": pl.Float64(), "now": pl.Utf8()})
NEAR = {"sentiment": 0.5, "problem": 0.4, "touchpoint": 0.7, "stage": 0.7}
"""The least similarity (cosine) of what is offered."""
POSSIBLE = {"sentiment": 0.4, "problem": 0.35}
"""The least probability that the machine itself gives to what people say now."""
NEAREST = 5
"""A touchpoint or stage is offered for those only that have the corrected one among so many nearest."""
_BLOCK = 16384


def look_alikes(data: WorkspaceData, unit_id: str, field: str, value: str, *, aligned: np.ndarray | None = None,
                most: int = 50) -> pl.DataFrame:
    """What looks like ``unit_id``, of which people say that ``field`` is ``value``: `LOOK_ALIKES`, most alike first.

    Those are near in meaning across languages, are judged ``now`` as that one is or was, and nobody has said what
    their ``field`` is. Copies are left out, since what is said holds for them anyway; equal short texts come first.
    ``aligned`` are the `aligned_vectors` of ``data``, (n, d), for who keeps them between questions.

    How often the same correction was right, on texts that no model has learnt from: a touchpoint said anew of a whole
    topic, 84 % on banking questions in English and Arabic (19 intents held out of Banking77 and ArBanking77), 67 % on
    complaints in English, Arabic and Russian (M-ABSA), 61 % on Russian bank clauses. Where mistakes follow no topic,
    65 % for sentiment (36 public sets, held-out part) and 49 % for problems (2,139 held-out opinions labelled by
    hand), but 8 % for touchpoints: people are to read what is offered. Raises KeyError for a unit there is not.
    """
    units = data.units
    place = units["unit_id"].index_of(unit_id)
    if place is None:
        raise KeyError(unit_id)
    own = units.select(key="key", judged=pl.coalesce(pl.col("judged").struct.field(field), said(field))).row(
        place, named=True)
    if own["judged"] == value:
        return pl.DataFrame(schema=LOOK_ALIKES)
    same = units.select(
        asked=(said(field) == own["judged"]) & ~pl.col("corrected").list.contains(field) & (pl.col("weight") > 0)
        & (_possible(field, value) | (pl.col("key") == own["key"])), equal=pl.col("key") == own["key"])
    rows = np.flatnonzero(same["asked"].to_numpy())
    rows = rows[rows != place]
    vectors = aligned_vectors(data) if aligned is None else aligned
    near = _cosines(vectors, rows, place)
    near[same["equal"].to_numpy()[rows]] = 1.0
    order = [at for at in np.argsort(-near, kind="stable")[:2 * most] if near[at] >= NEAR[field]]
    rows, near = rows[order], near[order]
    if field not in POSSIBLE:
        kept = (near >= 1.0) | (_closer(vectors, rows, near) < NEAREST)
        rows, near = rows[kept], near[kept]
    found: pl.DataFrame = units[rows[:most].tolist()]
    return found.select("unit_id", "doc_id", "lang", "text", now=said(field),
                        similarity=pl.Series(near[:most].tolist(), dtype=pl.Float64)).select(LOOK_ALIKES.names())


def _possible(field: str, value: str) -> pl.Expr:
    if field == "sentiment":
        return pl.col(f"p_{value}") >= POSSIBLE[field]
    if field == "problem":
        return (pl.col("problem_p") if value == "yes" else 1 - pl.col("problem_p")) >= POSSIBLE[field]
    return pl.lit(True)


def _closer(vectors: np.ndarray, rows: np.ndarray, near: np.ndarray) -> np.ndarray:
    """How many units are closer to each of ``rows`` than ``near`` (n,), itself not counted."""
    if not len(rows):
        return np.zeros(0, np.int64)
    asking = vectors[rows]
    closer = np.zeros(len(rows), np.int64)
    for start in range(0, len(vectors), _BLOCK):
        block = vectors[start:start + _BLOCK]
        closer += np.count_nonzero(asking @ block.T > near[:, None] + 1e-6, axis=1)
    return closer - 1


def _cosines(vectors: np.ndarray, rows: np.ndarray, place: int) -> np.ndarray:
    """Of the unit at ``place`` to each of ``rows``, (n,) float32."""
    asking = vectors[place]
    found = np.empty(len(rows), np.float32)
    for start in range(0, len(rows), _BLOCK):
        part = slice(start, start + _BLOCK)
        found[part] = vectors[rows[part]] @ asking
    return found
