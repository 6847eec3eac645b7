"""The main job: read, judge, cluster, report; every step resumable."""

from __future__ import annotations

import datetime as dt
import difflib
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painpoints._memory import keep_little, looking_seldom
from painpoints._version import __version__
from painpoints.config import Settings, load_settings
from painpoints.errors import PainpointsError, RunError, StorageError, UsageError, WorkerError
from painpoints.pipeline.progress import Progress, silent
from painpoints.pipeline.redacting import named_inputs, redaction_notes
from painpoints.pipeline.remoterun import address_of, create_remote_run, deliver, release, working_folder
from painpoints.read import is_remote, local_name
from painpoints.store import RunFolder, create_run, open_run

if TYPE_CHECKING:
    from painpoints.pipeline.findings import Findings
    from painpoints.pipeline.models import Models


def start(source: Sequence[str | Path] | Any, output: str | Path, settings: Settings) -> RunFolder:
    """A new run folder for ``source`` (paths, or one frame): ``output``, or where it is worked on for that address.

    Raises RunError when ``output`` is taken, StorageError when it cannot be written, and what `load_models` raises
    where a look at ``settings`` shows it.
    """
    from painpoints.pipeline.models import check_settings

    check_settings(settings)
    named = [str(item) for item in source] if isinstance(source, list | tuple) else []
    request = {"painpoints": __version__, "created": _now(), "inputs": named, "settings": settings.as_dict(),
               "directory": str(Path.cwd())}
    if is_remote(str(output)):
        return create_remote_run(str(output), request, settings)
    return create_run(Path(local_name(str(output))), request)


def resume(path: str | Path) -> tuple[RunFolder, list[str] | None, Settings]:
    """The interrupted run in ``path``, or at that address: its folder, the inputs still to be read (None when all
    were), its settings.

    Raises RunError when it is finished, was made by another version or on another machine, or its input cannot be read
    again.
    """
    path = working_folder(path)
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
    return folder, [name if is_remote(name) else str(base / name) for name in inputs], settings


def _from_there(settings: Settings, base: Path) -> Settings:
    """``settings`` with relative paths as seen from ``base``, where the run was started."""
    def there(name: str | None) -> str | None:
        return str(base / name) if name is not None and (base / name).exists() else name

    return replace(settings, taxonomy=there(settings.taxonomy), model=there(settings.model),
                   spacy=there(settings.spacy), names=there(settings.names),
                   cache_dir=settings.cache_dir and str(base / Path(settings.cache_dir).expanduser()))


@looking_seldom()
def work(folder: RunFolder, source: Sequence[str | Path] | Any | None, settings: Settings,
         progress: Progress = silent, warn: Any = None) -> None:
    """Does what is left to do in ``folder``, until the manifest is written.

    ``source`` is None when everything was read. ``warn`` is called with one sentence for what the user should know.
    What is to lie at an address is not taken there yet: `findings_of` does that. When the input or a setting proves
    wrong before anything was judged, the folder of a new run is removed again.
    """
    from painpoints.pipeline.diskroom import room_note

    keep_little()
    clock = {"start": time.perf_counter()}
    try:
        if warn is not None and folder.fresh and (url := address_of(folder)) is not None:
            warn(f"{url}: worked on in {folder.path}, and taken there when it is whole.")
        if warn is not None and (said := room_note(source, folder.path)) is not None:
            warn(said)
        judged = _judged_on_ray if settings.engine == "ray" else _judged
        note, models, resumed, how = judged(folder, source, settings, progress, clock)
    except PainpointsError as error:
        if folder.fresh and not isinstance(error, StorageError | WorkerError):
            folder.discard()
            try:
                release(folder)
            except PainpointsError as also:  # what went wrong first is what is raised
                if warn is not None:
                    warn(also.message)
        raise
    notes = [*redaction_notes(settings), *models.notes]
    if resumed:
        notes.append(f"Resumed: {resumed} of {note['shards']} shards had been judged before.")
    clock["judge"] = time.perf_counter()
    notes += how.pop("notes", [])
    if "output" in folder.request:
        how["output"] = folder.request["output"]
    from painpoints.pipeline.conclusion import Asked, conclude

    conclude(folder, Asked(note, models, settings, notes, how), clock, progress, warn)


def _judged(folder: RunFolder, source: Any, settings: Settings, progress: Progress, clock: dict[str, float]
            ) -> tuple[Mapping[str, Any], Models, int, dict[str, Any]]:
    """What was read, the models it was judged with, how many shards had been judged before, and how it went, for the
    manifest.

    ``clock`` notes under "read" when the first texts and the models were there.
    """
    from painpoints.pipeline.streaming import Stream, workers_for, workers_for_source

    def when_read() -> None:
        assert stream.note is not None
        _all_read(folder, source, settings, stream.note)

    note = folder.reading_done() if source is None else None
    if source is None and note is None:
        raise RunError(f"{folder.path}: nothing was read.", hint="Start the run again.")
    workers = workers_for(settings, note["documents"]) if note is not None else workers_for_source(settings, source)
    with Stream(folder, settings, workers) as stream:
        if note is not None:
            stream.take(note)
        else:
            stream.begin(source, progress)
        from painpoints.pipeline.models import load_models

        models = load_models(settings)
        stream.equip(models)
        if workers:  # which read and cut the first texts meanwhile
            from painpoints.pipeline.conclusion import prepare_conclusion

            prepare_conclusion(workers, stream.check)
        if note is None:
            stream.begun(progress)
        clock["read"] = time.perf_counter()
        resumed = stream.judge(models, progress, when_read)
        return stream.note or {}, models, resumed, {"engine": {"name": "local"}, "streaming": stream.figures.as_dict()}


def _judged_on_ray(folder: RunFolder, source: Any, settings: Settings, progress: Progress, clock: dict[str, float]
                   ) -> tuple[Mapping[str, Any], Models, int, dict[str, Any]]:
    """The same, judged by the workers of a Ray cluster."""
    from painpoints.pipeline.models import load_models
    from painpoints.pipeline.raydata import judge_on_ray
    from painpoints.pipeline.reading import read_into

    note = folder.reading_done() if source is None else read_into(folder, source, settings, progress)
    if note is None:
        raise RunError(f"{folder.path}: nothing was read.", hint="Start the run again.")
    _all_read(folder, source, settings, note)
    models = load_models(settings)
    folder.fresh = False  # what other machines do wrong is no fault of the input
    clock["read"] = time.perf_counter()
    use = judge_on_ray(folder, range(note["shards"]), settings, progress, note["documents"])
    told = use.sentences(f"{models.encoder.info.precision} on {models.encoder.info.device}")
    return note, models, use.resumed, {"engine": use.as_dict(), "notes": told}


def _all_read(folder: RunFolder, source: Any, settings: Settings, note: Mapping[str, Any]) -> None:
    """What is seen to once all is read. Raises UsageError for a column to compare by that is not there."""
    if source is not None and (names := named_inputs(source, settings)) != folder.request["inputs"]:
        folder.rename_inputs(names)
    if settings.segment is not None:
        _check_segment(folder, settings.segment, note["shards"])


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

    With ``output`` the run folder stays there, or at that address (s3://bucket/run); without, it lives in a temporary
    folder until the findings are loaded. Keyword arguments are fields of ``painpoints.config.Settings``. Raises errors
    of `painpoints.errors`.
    """
    import tempfile

    from painpoints.pipeline.findings import Findings

    chosen = load_settings(settings)
    given = [source] if isinstance(source, str | Path) else list(source) if isinstance(source, list | tuple) else source
    if output is not None:
        folder = start(given, output, chosen)
        work(folder, given, chosen, progress, warn)
        return findings_of(folder, progress)
    with tempfile.TemporaryDirectory(prefix="painpoints-") as scratch:
        folder = start(given, Path(scratch) / "run", chosen)
        work(folder, given, chosen, progress, warn)
        return Findings(folder.data(), None)


def findings_of(folder: RunFolder, progress: Progress = silent) -> Findings:
    """The findings of a finished run, which is taken to its address if it has one. Raises what `deliver` raises."""
    from painpoints.pipeline.findings import Findings

    data, url = folder.data(), address_of(folder)
    deliver(folder, progress)
    return Findings(data, folder.path if url is None else None, url)


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
