"""Ids of new pain points."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from painpoints.cluster import painpoint_id


def new_id(unit_ids: Sequence[str], taken: Collection[str], strength: Sequence[float] | None = None) -> str:
    """An id that is not ``taken``, the same for the same units."""
    import polars as pl

    members = pl.DataFrame({"unit_id": list(unit_ids), "strength": strength or [0.0] * len(unit_ids)})
    name = painpoint_id(members)
    while name in taken:  # the same units once made a pain point that people gave away
        members = members.with_columns(pl.col("unit_id") + "'")
        name = painpoint_id(members)
    return name
