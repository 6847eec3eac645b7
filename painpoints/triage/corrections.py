"""What people correct in single opinions: which it may be, what a change makes of it, and how it is kept.

`painpoints.pipeline` lays what is kept over what the machine judged; the machine's own judgement stays in the facts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from painpoints.errors import ConflictError, UsageError, WorkspaceError
from painpoints.pipeline import CORRECTABLE
from painpoints.store import Reader, Writer
from painpoints.taxonomy import NO_STAGE
from painpoints.triage.choices import choice
from painpoints.triage.people import same_person

if TYPE_CHECKING:
    import polars as pl

    from painpoints.pipeline import Workspace
    from painpoints.store import WorkspaceData

MACHINE = "machine"
"""The value that takes a correction back."""
_FEELINGS = {"neg": ("negative",), "neu": ("neutral",), "pos": ("positive",)}
_ANSWERS = {"yes": ("true", "1"), "no": ("false", "0")}


@dataclass(frozen=True)
class Correction:
    """What people say of ``field`` of a unit: ``before`` and ``after`` a change, None where the machine's judgement
    holds."""

    unit_id: str
    doc_id: str
    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Opinions:
    """The opinions of a workspace as far as a queue must know them: ``documents`` gives the document of each of some
    unit ids, those that there are; ``values`` the codes each field may have, with their names."""

    documents: Callable[[Collection[str]], Mapping[str, str]]
    values: Mapping[str, Mapping[str, Iterable[str]]]


def opinions(workspace: Workspace, data: WorkspaceData | None = None) -> Opinions:
    """The opinions of ``workspace``; without its ``data`` they are looked up on disk."""
    import polars as pl

    def documents(unit_ids: Collection[str]) -> Mapping[str, str]:
        units = _on_disk(workspace) if data is None else data.units.select("unit_id", "doc_id")
        return dict(units.filter(pl.col("unit_id").is_in(sorted(unit_ids))).iter_rows())

    edition = workspace.edition()
    stages = {stage.code: (stage.code, *stage.names.values()) for stage in edition.framework.stages}
    return Opinions(documents, {
        "sentiment": _FEELINGS, "problem": _ANSWERS,
        "touchpoint": {t.code: (t.code, *t.names.values()) for t in edition.taxonomy.touchpoints},
        "stage": {**stages, NO_STAGE: (NO_STAGE,)}})


def _on_disk(workspace: Workspace) -> pl.DataFrame:
    with workspace.folder.state.reading() as state:
        numbers, generation = state.additions(), state.generation()
    return workspace.folder.facts.documents_of(numbers, generation)


def code_of(known: Opinions | None, field: str, value: str) -> str | None:
    """The code that ``value`` of ``field`` is or names, None for `MACHINE`. Raises UsageError."""
    if field not in CORRECTABLE:
        raise UsageError(f"{field!r} cannot be corrected.", hint=f"Known: {', '.join(CORRECTABLE)}.")
    return None if value == MACHINE else choice(f"--{field}", value, _knowing(known).values[field])


def wanted(state: Reader, known: Opinions | None, units: Sequence[str], field: str, code: str | None
           ) -> list[Correction]:
    """What is to become of ``units``, by id. Raises UsageError when there are none, WorkspaceError for unknown ones."""
    if not units:
        raise UsageError("No opinion is named.", hint="painpoints triage WORKSPACE ID lists those of a comment.")
    documents = _knowing(known).documents(set(units))
    if (strange := next((unit for unit in units if unit not in documents), None)) is not None:
        raise WorkspaceError(f"{strange}: no such opinion.", hint="painpoints triage WORKSPACE ID lists them.")
    held = {row["unit_id"]: row["value"] for row in state.rows_with("corrections", "unit_id", set(units))
            if row["field"] == field}
    return [Correction(unit, documents[unit], field, held.get(unit), code) for unit in sorted(set(units))]


def documents_of(known: Opinions | None, units: Collection[str]) -> Mapping[str, str]:
    """The documents of ``units``. Raises UsageError where no opinions are known."""
    return _knowing(known).documents(units)


def _knowing(known: Opinions | None) -> Opinions:
    if known is None:
        raise UsageError("This queue knows no opinions, so none can be corrected.",
                         hint="Queue(workspace.folder.state, who, opinions(workspace)) knows them.")
    return known


def check(state: Reader, corrections: Sequence[Correction], versions: Mapping[str, int], seen: Mapping[str, int],
          who: str) -> None:
    """Raises ConflictError where what ``who`` has not seen would be overwritten: a comment that has moved on from the
    version ``seen``, or where none is named, what another person says of the same."""
    for correction in corrections:
        now = versions[correction.doc_id]
        if seen.get(correction.doc_id, now) != now:
            raise ConflictError(f"{correction.doc_id}: changed meanwhile; nothing was corrected.",
                                hint=f"Look at it again: painpoints triage WORKSPACE {correction.doc_id}")
    blind = {c.unit_id: c for c in corrections if c.doc_id not in seen and c.before not in (None, c.after)}
    for row in state.rows_with("corrections", "unit_id", blind):
        correction = blind[row["unit_id"]]
        if row["field"] == correction.field and not same_person(row["who"], who):
            raise ConflictError(f"{correction.unit_id}: {row['who']} says {row['value']}; nothing was corrected.",
                                hint="To correct it all the same, name the version: "
                                     f"{correction.doc_id}@{versions[correction.doc_id]}")


def keep(state: Writer, corrections: Sequence[Correction], who: str, moment: str, undoes: int | None = None) -> None:
    """Has what comes ``after`` hold; where that undoes change ``undoes``, as the words of whoever had said it first."""
    state.remove_where("corrections", [{"unit_id": c.unit_id, "field": c.field} for c in corrections
                                       if c.before is not None])
    holds = [c for c in corrections if c.after is not None]
    first = {} if undoes is None else _said_before(state, holds, undoes)
    state.insert("corrections", [
        {"unit_id": c.unit_id, "field": c.field, "doc_id": c.doc_id, "value": c.after,
         **dict(zip(("who", "made"), first.get(c, (who, moment)), strict=True))} for c in holds])


def _said_before(state: Reader, corrections: Sequence[Correction], number: int
                 ) -> dict[Correction, tuple[str, str]]:
    """Who said what comes ``after`` each, and when, before change ``number``."""
    named = {(c.unit_id, c.field, c.after): c for c in corrections}
    rows = state.rows_with("triage_history", "unit_id", {c.unit_id for c in corrections})
    return {named[key]: (row["who"], row["made"]) for row in rows
            if row["change"] < number and (key := (row["unit_id"], row["field"], row["after"])) in named}


def said(field: str) -> pl.Expr:
    """What holds of ``field`` of units, in the codes that corrections have."""
    import polars as pl

    return pl.when("is_problem").then(pl.lit("yes")).otherwise(pl.lit("no")) if field == "problem" else pl.col(field)
