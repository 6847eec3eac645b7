"""A workspace taken to another model: the same units with other vectors, and pain points that outlive the change.

Units keep their ids and places in the texts. Vectors are made anew; judgements only where the models that judge have
changed, and then what is no longer a problem leaves its pain point, unless a person placed it. The new files stand
beside the old ones, and one transaction at the end says that they hold: until then everything is as it was.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from painpoints.classify import is_tuned_file, judge_conversations
from painpoints.cluster import ClusterSettings, agreement, align
from painpoints.config import Settings
from painpoints.encode import EMBEDDED_NAME
from painpoints.pipeline.adding import births, describe_places, problem_units
from painpoints.pipeline.amendments import called_for
from painpoints.pipeline.models import Models, check_settings, load_models
from painpoints.pipeline.progress import Progress, silent
from painpoints.pipeline.remaking import made_again
from painpoints.pipeline.spaces import (
    JUDGED_WITH,
    MADE_WITH,
    from_anywhere,
    generations_kept,
    judged_with,
    same_space,
    stored_means,
    stored_settings,
    vectors_made_with,
)
from painpoints.store import GENERATION, Generation, WorkspaceFolder, Writer, now
from painpoints.track import Identified, Rulings, bear, identify, record, remap, rulings_of

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

DEFAULT = "default"
REPORTS = "reindexed"
_TOLD = 0.1
"""Share of a pain point that comes or goes with the model from which its lineage tells of it."""


@dataclass(frozen=True)
class Reindexed:
    """What a change of model moved.

    ``before`` and ``after`` name the models; ``embedded`` and ``judged`` say whether vectors and judgements were made
    anew (neither: nothing had changed). Of the problem ``units`` that had a pain point, ``kept`` have the same,
    ``moved`` another, ``lost`` none; ``placed`` had none and have one. ``painpoints`` are known ones with units,
    ``born`` new ids. ``unchanged`` is the share kept; ``neighbours`` the share of the ten nearest that both spaces have
    in common; both null where there is nothing to compare. ``proposals`` wait for a person.
    """

    before: str
    after: str
    embedded: bool
    judged: bool
    units: int = 0
    kept: int = 0
    moved: int = 0
    placed: int = 0
    lost: int = 0
    painpoints: int = 0
    born: tuple[str, ...] = ()
    unchanged: float | None = None
    neighbours: float | None = None
    proposals: int = 0

    def as_dict(self) -> dict[str, Any]:
        """The figures, for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class _Change:
    """From which settings and generation to which, by which models."""

    old: Settings
    new: Settings
    holding: Generation
    coming: Generation
    models: Models

    @property
    def embedded(self) -> bool:
        return self.coming.vectors != self.holding.vectors

    @property
    def judged(self) -> bool:
        return self.coming.units != self.holding.units


def reindex(folder: WorkspaceFolder, model: str | None = None, progress: Progress = silent, warn: Any = None
            ) -> Reindexed:
    """Takes the workspace in ``folder`` to ``model``: see `Workspace.reindex`."""
    with folder.alone():
        with folder.state.reading() as state:
            numbers, kept = state.additions(), generations_kept(state, now())
        folder.facts.sweep(numbers)
        folder.facts.sweep_generations(kept)
        shutil.rmtree(folder.pending, ignore_errors=True)
        change = _change(folder, model, warn)
        report = Reindexed(_name(change.old), _name(change.new), change.embedded, change.judged)
        if not change.embedded and not change.judged:
            with folder.state.writing() as state:
                state.keep("settings", change.new.as_dict())
            return report
        _write_again(folder, numbers, change, progress)
        progress("cluster", 0, 2)
        report = _remapped(folder, numbers, change, report, progress)
        progress("cluster", 2, 2)
        return report


def _name(settings: Settings) -> str:
    return EMBEDDED_NAME if settings.model is None else settings.model


def _change(folder: WorkspaceFolder, model: str | None, warn: Any) -> _Change:
    """What ``model`` changes. Raises what loading models raises."""
    with folder.state.reading() as state:
        old, holding = stored_settings(state), state.generation()
        made, judged, began = state.meta(MADE_WITH), state.meta(JUDGED_WITH), bool(state.additions())
    new = old if model is None else from_anywhere(replace(old, model=None if model == DEFAULT else model))
    check_settings(new)
    models = load_models(new)
    for sentence in models.notes:
        if warn is not None:
            warn(sentence)
    # Workspaces of the first version did not say what judged them: their settings do.
    same_judges = judged == judged_with(models) if judged is not None else new.model == old.model or not (
        is_tuned_file(old.model) or is_tuned_file(new.model))
    coming = Generation(holding.units + int(began and not same_judges),
                        holding.vectors + int(began and not same_space(made, vectors_made_with(models))))
    return _Change(old, new, holding, coming, models)


def _write_again(folder: WorkspaceFolder, numbers: Sequence[int], change: _Change, progress: Progress) -> None:
    """Stores the coming generation, one addition after the other."""
    total, done = folder.facts.document_count(numbers), 0
    progress("judge", 0, total)
    for number in numbers:
        documents = folder.facts.documents([number]).drop("addition")
        units = folder.facts.units([number], change.holding).drop("addition")
        again, vectors = made_again(folder.pending, documents, units, change.models, change.new,
                                    _beyond(done, total, progress), judged=change.judged)
        folder.facts.write_again(number, again, vectors, change.holding, change.coming,
                                 conversations=judge_conversations(documents, again, change.models.encoder.encode)
                                 if change.judged else None)
        done += len(documents)
        progress("judge", done, total)


def _beyond(before: int, all: int, progress: Progress) -> Progress:
    """Tells ``progress`` how far things are when so many were done ``before``."""
    def told(stage: str, done: int, total: int | None) -> None:
        progress(stage, before + done, all)

    return told


def _remapped(folder: WorkspaceFolder, numbers: Sequence[int], change: _Change, report: Reindexed, progress: Progress
              ) -> Reindexed:
    """Maps pain points into the coming generation and has it hold."""
    import polars as pl

    with folder.state.reading() as state:
        decided = rulings_of(state)
    documents, _, units = problem_units(folder, numbers, change.coming, change.new.cluster)
    units = units.with_columns(before=pl.col("painpoint_id"), painpoint_id=_still_problems(units, change, decided))
    vectors = folder.facts.vectors(numbers, units["unit_id"], change.coming)
    how, means = ClusterSettings(detail=change.new.detail), change.models.language_means()
    stays = (pl.col("painpoint_id").is_not_null() | pl.col("before").is_null())
    asked = units.select(stays)["painpoint_id"].to_numpy()
    placing = remap if change.embedded else identify
    found = placing(units.filter(pl.Series(asked)), vectors[asked], decided, how, means)
    progress("cluster", 1, 2)
    after = units.filter(pl.Series(asked)).with_columns(
        painpoint_id=pl.Series(found.places, dtype=pl.Utf8), strength=pl.Series(found.strength, dtype=pl.Float64))
    named = describe_places(after, found.vectors, documents, change.new, change.models).filter(
        pl.col("painpoint_id").is_in(found.born)).select(
        "painpoint_id", "title", "titles", "units") if found.born else None
    after = pl.concat([after, units.filter(~pl.Series(asked)).with_columns(strength=pl.lit(0.0))])
    report = _counted(report, after, found, _agreement(folder, numbers, units, vectors, change))
    with folder.state.writing() as state:
        _commit(state, after, found, [] if named is None else named.to_dicts(), change, report)
    return report


def _still_problems(units: pl.DataFrame, change: _Change, decided: Rulings) -> pl.Series:
    """``painpoint_id`` of units, null where the new judgements see no problem any more; but people's placements stay,
    and a pain point that would lose more than half of its units loses none."""
    import polars as pl

    gone = ~called_for(units, change.new.cluster)
    gone = gone & (units["placed_by"] != "person").fill_null(True) & ~units["painpoint_id"].is_in(
        sorted(decided.pinned)).fill_null(False)
    share = units.select("painpoint_id", gone=gone).group_by("painpoint_id").agg(pl.col("gone").mean())
    safe = share.filter(pl.col("gone") > 0.5)["painpoint_id"].drop_nulls().to_list()
    return units.select(pl.when(pl.Series(gone) & ~pl.col("painpoint_id").is_in(safe)).then(None).otherwise(
        pl.col("painpoint_id")).alias("painpoint_id"))["painpoint_id"]


def _agreement(folder: WorkspaceFolder, numbers: Sequence[int], units: pl.DataFrame, vectors: np.ndarray,
               change: _Change) -> float | None:
    """How far the two spaces agree on who is near whom."""
    counted = (units["weight"] > 0).to_numpy()
    if not change.embedded or counted.sum() < 2:
        return None
    ids, langs = units["unit_id"].filter(units["weight"] > 0), units["lang"].filter(units["weight"] > 0).to_list()
    old = folder.facts.vectors(numbers, ids, change.holding)
    return round(agreement(align(old, langs, stored_means(change.old)),
                           align(vectors[counted], langs, change.models.language_means())), 4)


def _counted(report: Reindexed, after: pl.DataFrame, found: Identified, neighbours: float | None) -> Reindexed:
    pairs = list(after.select("before", "painpoint_id").iter_rows())
    had = [pair for pair in pairs if pair[0] is not None]
    kept = sum(old == new for old, new in had)
    lost = sum(new is None for _, new in had)
    standing = {new for _, new in pairs if new is not None}
    return replace(report, units=len(pairs), kept=kept, moved=len(had) - kept - lost, lost=lost,
                   placed=sum(old is None and new is not None for old, new in pairs),
                   painpoints=len(standing - set(found.born)), born=tuple(found.born),
                   unchanged=round(kept / len(had), 4) if had else None, neighbours=neighbours,
                   proposals=len(found.proposals))


def _commit(state: Writer, after: pl.DataFrame, found: Identified, named: Sequence[dict[str, Any]], change: _Change,
            report: Reindexed) -> None:
    """Has the coming generation hold, with everything that follows from it."""
    import polars as pl

    last = max(state.additions())
    bear(state, sorted(named, key=lambda point: str(point["painpoint_id"])), last)
    record(state, _events(after, found), last)
    columns = ["unit_id", "addition", "painpoint_id", "strength"]
    state.insert("placements", [{**row, "placed_by": "machine"} for row in
                                after.filter(pl.col("fresh")).select(columns).iter_rows(named=True)])
    machines = after.filter(~pl.col("fresh") & (pl.col("placed_by") != "person"))
    state.change("placements", "unit_id", machines.select("unit_id", "painpoint_id", "strength").to_dicts())
    state.clear("proposals")
    state.insert("proposals", [{"addition": last, **asdict(proposal)} for proposal in found.proposals])
    moment = now()
    state.keep(GENERATION, {**change.coming._asdict(), "since": moment, "before": list(change.holding)})
    state.keep("settings", change.new.as_dict())
    state.keep(MADE_WITH, vectors_made_with(change.models))
    state.keep(JUDGED_WITH, judged_with(change.models))
    state.keep(REPORTS, [*(state.meta(REPORTS) or []), {"made": moment, **report.as_dict()}])


def _events(after: pl.DataFrame, found: Identified) -> list[dict[str, Any]]:
    """The lineage of those that were born, and of those of which a tenth or more came or went."""
    size, came, left = Counter[str](), Counter[str](), Counter[str]()
    for old, new in after.select("before", "painpoint_id").iter_rows():
        size.update([old] if old else [])
        if old != new:
            left.update([old] if old else [])
            came.update([new] if new else [])
    told = [name for name in sorted(size) if max(came[name], left[name]) >= _TOLD * size[name]]
    return [*births(found), *({"painpoint_id": name, "event": "reindexed", "detail": f"+{came[name]} -{left[name]}"}
                     for name in told)]
