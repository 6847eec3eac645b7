"""New documents into a workspace: read, judged, and placed in pain points that keep their identity.

The partition is written first and the state last, in one transaction, so that an addition that dies on the way leaves
the workspace as it was; the next one goes on from what it had judged, or removes it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painpoints._memory import looking_seldom
from painpoints.classify import judge_conversations
from painpoints.cluster import ClusterSettings, describe
from painpoints.config import Settings
from painpoints.errors import InputError, WorkspaceError
from painpoints.pipeline.amendments import amended, called_for, withdrawn
from painpoints.pipeline.grouping import title_encoder
from painpoints.pipeline.keeping import workspace_copies
from painpoints.pipeline.pending import Pending, judge_pending
from painpoints.pipeline.progress import Progress, silent
from painpoints.pipeline.reading import REJECTED, read_into
from painpoints.pipeline.redacting import named_inputs, redaction_notes
from painpoints.pipeline.spaces import (
    JUDGED_WITH,
    MADE_WITH,
    generations_kept,
    judged_with,
    same_space,
    stored_settings,
    vectors_made_with,
)
from painpoints.pipeline.weighing import limit_authors, weigh
from painpoints.read import by_side, expand_inputs
from painpoints.store import Generation, WorkspaceFolder, Writer, create_run, forgotten_among, now, storage
from painpoints.track import Identified, bear, identify, record, retitle, rulings_of, titles_due
from painpoints.track import reopen as reopen_painpoint

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    from painpoints.pipeline.models import Models


@dataclass(frozen=True)
class Added:
    """What an addition brought: its ``number`` (None: nothing was new), documents read and new, units, problems, how
    many of those joined known pain points, made new ones (``born``), or wait; ids born and reopened; proposals; rows
    left out by reason, and personal data taken out by kind (None: redaction is off); texts that were ``forgotten``
    before and stay so."""

    number: int | None
    read: int
    documents: int
    units: int = 0
    problems: int = 0
    joined: int = 0
    pooled: int = 0
    born: tuple[str, ...] = ()
    reopened: tuple[str, ...] = ()
    proposals: int = 0
    rejected: Mapping[str, int] | None = None
    redacted: Mapping[str, int] | None = None
    forgotten: int = 0

    def as_dict(self) -> dict[str, Any]:
        """The figures, for JSON."""
        return asdict(self)


@looking_seldom()
def add_documents(folder: WorkspaceFolder, source: Sequence[str | Path] | Any, settings: Settings,
                  progress: Progress = silent, warn: Any = None) -> Added:
    """Adds the documents of ``source`` (paths, or one frame) that are not there yet.

    Raises BusyError when another process is writing, and what reading and loading models raise.
    """
    from painpoints.pipeline.forgetting import resume_forgetting, unfinished

    if unfinished(folder):
        resume_forgetting(folder)
    with folder.alone():
        with folder.state.reading() as state:
            numbers = state.additions()
            generations = generations_kept(state, now())
        folder.facts.sweep(numbers)
        folder.facts.sweep_generations(generations)
        pending = Pending(folder.pending)
        pending.begin()
        try:
            added = _add(folder, pending, source, settings, numbers, progress, warn)
        except BaseException:
            pending.pause()
            raise
        pending.end()
        return added


def _add(folder: WorkspaceFolder, pending: Pending, source: Any, settings: Settings, numbers: list[int],
         progress: Progress, warn: Any) -> Added:
    from painpoints.pipeline.models import check_settings, load_models
    check_settings(settings)
    named = named_inputs(source, settings)
    for sentence in redaction_notes(settings):
        if warn is not None:
            warn(sentence)
    documents, rejected, redacted = _read(pending.reading, source, settings, progress)
    with folder.state.reading() as state:
        known, gone = state.known(documents["doc_id"]), forgotten_among(state, documents["doc_id"])
        used, generation = state.meta(MADE_WITH), state.generation()
    fresh = documents.filter(~documents["doc_id"].is_in(sorted(known | gone))).unique(
        "doc_id", keep="first", maintain_order=True).sort("doc_id")
    if not len(fresh):
        return Added(None, len(documents), 0, rejected=rejected, redacted=redacted, forgotten=len(gone))
    models = load_models(settings)
    for sentence in models.notes:
        if warn is not None:
            warn(sentence)
    made_with = vectors_made_with(models)
    if used is not None and not same_space(used, made_with):
        raise WorkspaceError(f"{folder.path}: its vectors were made by another model.",
                             hint=f"Take it to the model of today: painpoints reindex {folder.path}")
    units, vectors = judge_pending(pending, fresh, settings, models, progress, warn)
    number = max(numbers, default=0) + 1
    folder.facts.write(number, fresh, units, vectors, generation, pending.reading / REJECTED,
                       conversations=judge_conversations(fresh, units, models.encoder.encode))
    progress("cluster", 0, 3)
    found = _identified(folder, [*numbers, number], settings, models, progress)
    placed = found.units.filter(found.units["addition"] == number)
    with folder.state.writing() as state:
        state.insert("documents", [{"doc_id": doc, "addition": number} for doc in fresh["doc_id"]])
        if used is None:
            state.keep(MADE_WITH, made_with)
            state.keep(JUDGED_WITH, judged_with(models))
        reopened = _commit(state, found, number)
        added = Added(number, len(documents), len(fresh), len(units), len(placed),
                      int((placed["painpoint_id"].is_not_null()
                           & ~placed["painpoint_id"].is_in(found.identified.born)).sum()),
                      int(placed["painpoint_id"].is_null().sum()), tuple(found.identified.born), tuple(reopened),
                      len(found.identified.proposals), rejected, redacted, len(gone))
        state.insert("additions", [{"number": number, "made": now(), "inputs": json.dumps(named, ensure_ascii=False),
                                    "documents": len(fresh), "units": len(units),
                                    "note": json.dumps(added.as_dict(), ensure_ascii=False)}])
    progress("cluster", 3, 3)
    return added


def _read(place: Path, source: Any, settings: Settings, progress: Progress
          ) -> tuple[pl.DataFrame, dict[str, int], dict[str, int] | None]:
    """All documents of ``source``, why how many rows were left out (they lie in ``place``), and how many values of each
    kind were taken out, None where none were looked for.

    Each file is read by itself, so that what two exports both hold gets one id, and the same as on another day.
    """
    import polars as pl

    parts = [[item] for item in expand_inputs(source)] if isinstance(source, list | tuple) else [source]
    frames, left_out, taken_out, failures = [], Counter[str](), Counter[str](), []
    for number, part in enumerate(parts):
        run = create_run(place / f"{number:06}", {"inputs": []})
        try:
            note = read_into(run, part, settings, progress)
        except InputError as error:
            if len(parts) == 1:
                raise
            failures.append(error)
            continue
        frames.append(run.all_documents(range(note["shards"])))
        left_out.update(note["rejected"])
        taken_out.update(note["redacted"])
        with storage(place / REJECTED), (place / REJECTED).open("ab") as aside:
            aside.write((run.path / REJECTED).read_bytes())
    if not frames:
        raise failures[0]
    if failures:
        left_out["unreadable_input"] = len(failures)
    documents = pl.concat(frames, how="diagonal")
    return (documents if settings.limit is None else documents.head(settings.limit), dict(left_out),
            dict(sorted(taken_out.items())) if settings.redact else None)


@dataclass(frozen=True)
class _Found:
    """``units``: every problem unit with its ``painpoint_id`` and ``strength`` now and ``before``; ``titled``: the
    titles of new pain points, and of those whose title is due anew."""

    units: pl.DataFrame
    identified: Identified
    titled: list[dict[str, Any]]


def problem_units(folder: WorkspaceFolder, numbers: Sequence[int], generation: Generation, scope: str,
                  stored: Sequence[Mapping[str, Any]] | None = None
                  ) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """All documents, all units with weights as people corrected them, and of these the ones that make pain points or
    hold a place in one (copies too), by unit_id.

    The last have ``painpoint_id``, ``strength``, ``placed_by`` as the state has them, or as the placements ``stored``
    had them when ``numbers`` were asked for, and ``fresh``.
    """
    import polars as pl

    with folder.state.reading() as state:
        corrections, settings = state.rows("corrections"), stored_settings(state)
        if stored is None:
            stored = state.rows("placements")
    documents, _ = by_side(folder.facts.documents(numbers))
    units = folder.facts.units(numbers, generation)
    copies = workspace_copies(folder, numbers, generation, units, documents, settings)
    units = amended(weigh(units, documents, copies), corrections, settings)
    placements = pl.DataFrame(stored, schema={"unit_id": pl.Utf8, "addition": pl.Int64, "painpoint_id": pl.Utf8,
                                              "strength": pl.Float64, "placed_by": pl.Utf8}).drop("addition")
    held = placements.filter(pl.col("painpoint_id").is_not_null())["unit_id"]
    wanted = called_for(units, scope) | units["unit_id"].is_in(held.implode())
    # What people withdrew keeps its place in the state, where it is again when they take that back.
    chosen = units.filter(wanted & ~withdrawn(units, scope)).join(placements, on="unit_id", how="left").sort("unit_id")
    return documents, units, chosen.with_columns(fresh=pl.col("placed_by").is_null())


def _identified(folder: WorkspaceFolder, numbers: Sequence[int], settings: Settings, models: Models,
                progress: Progress) -> _Found:
    import polars as pl

    with folder.state.reading() as state:
        decided, generation, points = rulings_of(state), state.generation(), state.rows("painpoints")
    documents, _, units = problem_units(folder, numbers, generation, settings.cluster)
    vectors = folder.facts.vectors(numbers, units["unit_id"], generation)
    found = identify(units, vectors, decided, ClusterSettings(detail=settings.detail), models.language_means())
    progress("cluster", 1, 3)
    after = units.with_columns(before=pl.col("painpoint_id"), painpoint_id=pl.Series(found.places, dtype=pl.Utf8),
                               strength=pl.Series(found.strength))
    sizes = dict(after.filter(pl.col("weight") > 0).group_by("painpoint_id").len().iter_rows())
    due = titles_due(points, sizes, set(found.parted.values()))
    titled: list[dict[str, Any]] = []
    if found.born or due:
        described = describe_places(after, found.vectors, documents, settings, models)
        titled = described.filter(pl.col("painpoint_id").is_in([*found.born, *due])).select(
            "painpoint_id", "title", "titles", "units").sort("painpoint_id").to_dicts()
    progress("cluster", 2, 3)
    return _Found(after, found, titled)


def describe_places(units: pl.DataFrame, aligned: np.ndarray, documents: pl.DataFrame, settings: Settings,
                    models: Models | None) -> pl.DataFrame:
    """The painpoints frame of ``units`` with their ``painpoint_id``, which it keeps; without ``models`` titles come
    from the units' own vectors."""
    import polars as pl

    names = sorted(units.filter(pl.col("weight") > 0)["painpoint_id"].drop_nulls().unique())
    number = {name: at for at, name in enumerate(names)}
    units = limit_authors(units, documents, settings.author_limit)
    clusters = [number.get(name) for name in units["painpoint_id"]]
    labelled = units.with_columns(cluster=pl.Series(clusters, dtype=pl.Int64), strength=pl.col("strength").fill_null(0))
    frame = describe(labelled, aligned, documents, lang=settings.lang,
                     encode=None if models is None else title_encoder(models))
    own = dict(units.select("unit_id", "painpoint_id").iter_rows())
    return frame.with_columns(painpoint_id=pl.Series([own[quotes[0]["unit_id"]] for quotes in frame["quotes"]],
                                                     dtype=pl.Utf8))


def births(found: Identified) -> list[dict[str, Any]]:
    """The lineage of new pain points."""
    return [{"painpoint_id": name, "event": "split from", "other": found.parted[name]} if name in found.parted else
            {"painpoint_id": name, "event": "born"} for name in sorted(found.born)]


def _commit(state: Writer, found: _Found, number: int) -> list[str]:
    """Writes what was found about identity; the ids that were reopened."""
    import polars as pl

    units, identified = found.units, found.identified
    born = set(identified.born)
    bear(state, [point for point in found.titled if point["painpoint_id"] in born], number)
    record(state, births(identified), number)
    retitle(state, [point for point in found.titled if point["painpoint_id"] not in born], number)
    columns = ["unit_id", "addition", "painpoint_id", "strength"]
    state.insert("placements", [{**row, "placed_by": "machine"} for row in
                                units.filter(pl.col("fresh")).select(columns).iter_rows(named=True)])
    moved = units.filter(~pl.col("fresh") & pl.col("before").ne_missing(pl.col("painpoint_id")))
    state.change("placements", "unit_id", moved.select("unit_id", "painpoint_id", "strength").to_dicts())
    state.clear("proposals")
    state.insert("proposals", [{"addition": number, **asdict(proposal)} for proposal in identified.proposals])
    new = units.filter(pl.col("before").is_null() & (pl.col("weight") > 0)).group_by("painpoint_id").len()
    grown = {name for name, count in new.iter_rows() if count >= ClusterSettings.least}
    reopened = sorted(row["painpoint_id"] for row in state.rows("painpoints")
                      if row["status"] == "retired" and not row["pinned"] and row["painpoint_id"] in grown)
    for name in reopened:
        reopen_painpoint(state, name, number)
    return reopened
