"""Sentences about the result that a user must not miss."""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints.report import with_enough_people
from painpoints.store import RunData

if TYPE_CHECKING:
    import polars as pl


def observations(units: pl.DataFrame, painpoints: pl.DataFrame, in_scope: int) -> list[str]:
    """Sentences about the result that a user must not miss."""
    import polars as pl

    notes = []
    if not len(units):
        return ["No text held an opinion unit: nothing was judged."]
    foreign = units.filter(~pl.col("lang").is_in(["fa", "ar", "ru", "en"]))
    if len(foreign) * 2 > len(units):
        names = ", ".join(foreign["lang"].value_counts(sort=True)["lang"].head(3))
        notes.append(f"{len(foreign)} of {len(units)} units are in other languages ({names}) than Persian, Arabic, "
                     "Russian and English: their judgements were never measured.")
    if not len(painpoints):
        notes.append(f"{in_scope} units were to be clustered: too few, or too unlike each other, for a pain point.")
    return notes


def withheld(units: pl.DataFrame, documents: pl.DataFrame, painpoints: pl.DataFrame, least: int) -> list[str]:
    """What is said of pain points that too few people stand behind to be shown."""
    run = RunData(documents, units, painpoints, {"settings": {"min_authors": least}})
    few = len(painpoints) - len(with_enough_people(run).painpoints)
    return [f"{few} pain points that fewer than {least} people stand behind are left out of the report and its sheets."
            ] if few else []
