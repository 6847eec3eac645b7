"""painpoints mine: the main job."""

from __future__ import annotations

import datetime as dt
import re
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from painpoints.cli import options as given
from painpoints.cli.choices import check_choices
from painpoints.cli.progress import Bars
from painpoints.cli.summary import summarise, summary_lines
from painpoints.cli.terminal import Stopped, show, show_json
from painpoints.errors import RunError, UsageError

if TYPE_CHECKING:
    from painpoints.config import Settings
    from painpoints.pipeline import Findings

_WHERE = ("engine", "address", "workers")
_ENDINGS = re.compile(r"(\.(gz|gzip|zst|zstd))?$", re.IGNORECASE)


def mine(
    inputs: Annotated[list[str] | None, typer.Argument(
        metavar="INPUT...", show_default=False, help="Files, folders, or - for the standard input.")] = None,
    output: Annotated[str | None, typer.Option(
        "--output", "-o", metavar="RUN", show_default=False,
        help="Folder for the run, or its address (s3://bucket/run); without it runs/<name>-<date and time>.")] = None,
    resume: Annotated[str | None, typer.Option(
        metavar="RUN", show_default=False, help="Go on with an interrupted run.")] = None,
    lang: given.Lang = None, framework: given.Framework = None, taxonomy: given.Taxonomy = None,
    cluster: given.Cluster = None, detail: given.Detail = None, whole: given.Whole = None, fast: given.Fast = None,
    segment: given.Segment = None, model: given.Model = None, precision: given.Precision = None,
    cache: given.Cache = None, cache_dir: given.CacheDir = None, memory: given.Memory = None,
    work: given.Work = None, spacy: given.Spacy = None, text: given.Text = None,
    title: given.Title = None, pros: given.Pros = None,
    cons: given.Cons = None, id: given.Id = None, time: given.Time = None, rating: given.Rating = None,
    author: given.Author = None, source: given.Source = None, product: given.Product = None,
    language: given.Language = None, kind: given.Kind = None, rating_scale: given.RatingScale = None,
    delimiter: given.Delimiter = None, encoding: given.Encoding = None, sheet: given.Sheet = None,
    agent: given.Agent = None, customer: given.Customer = None,
    brands: given.Brands = None, preset: given.Preset = None, limit: given.Limit = None,
    namer: given.Namer = None, namer_model: given.NamerModel = None, workers: given.Workers = None,
    engine: given.Engine = None, address: given.Address = None,
    author_limit: given.AuthorLimit = None, count_campaigns: given.CountCampaigns = None,
    redact: given.Redact = None, config: given.Config = None, json: given.Json = False, quiet: given.Quiet = False,
) -> None:
    """Find the journey and the pain points in feedback, and write a report.

    The run folder gets report.html, painpoints.csv, findings.xlsx, the tables as Parquet, a manifest and the rows
    that were left out.
    """
    arguments = dict(locals())
    from painpoints.read import is_remote

    with Bars(quiet=quiet) as bars:
        if resume is not None:
            named = ["INPUT"] * bool(inputs) + ["--output"] * (output is not None) + ["--config"] * (config is not None)
            asked = given.named_settings(arguments)
            where = {name: asked.pop(name) for name in _WHERE if name in asked}
            check_choices(where)
            named += [f"--{name.replace('_', '-')}" for name in asked]
            if named:
                raise UsageError(f"--resume goes on with what the run was started with; {', '.join(named)} cannot be "
                                 "changed.", hint=f"Write: painpoints mine --resume {resume}")
            findings = go_on(resume, bars, where)
        else:
            if not inputs:
                raise UsageError("There is no input.", hint="Name a file, a folder, or - for the standard input.")
            if work is not None and not is_remote(output):
                raise UsageError("--work says nothing where the run does not lie at an address.",
                                 hint="Leave it out, or name an address: -o s3://bucket/run.")
            findings = begin(inputs, output, _at_home(given.settings_of(arguments, config)), bars)
    found = summarise(findings)
    if json:
        show_json(found)
    else:
        show(summary_lines(found))


def begin(inputs: Sequence[str], output: str | None, settings: Settings, bars: Bars) -> Findings:
    """The findings of a new run over ``inputs``."""
    from painpoints.pipeline import start
    from painpoints.read import expand_inputs

    expand_inputs(inputs)
    path = output if output is not None else str(default_run(inputs[0], dt.datetime.now()))
    return _carry_out(path, bars, lambda: (start(inputs, path, settings), inputs, settings))


def go_on(path: str, bars: Bars, where: Mapping[str, Any] | None = None) -> Findings:
    """The findings of the interrupted run in ``path``; of a finished one, what it found.

    ``where`` are settings of which the result does not depend: another engine may go on.
    """
    from painpoints.pipeline import Findings, findings_of, finished_at, resume, working_folder
    from painpoints.read import is_remote
    from painpoints.store import open_run

    if is_remote(path) and finished_at(path):
        bars.note("the run was finished before.")
        return Findings.load(path)
    if (folder := open_run(working_folder(path))).finished:
        bars.note("the run was finished before.")
        return findings_of(folder, bars.progress)

    def opened() -> tuple[Any, Any, Settings]:
        folder, source, settings = resume(path)
        return folder, source, _at_home(replace(settings, **(where or {})))

    return _carry_out(path, bars, opened)


def _at_home(settings: Settings) -> Settings:
    """``settings``, if their address is of use. Raises UsageError, MissingExtraError."""
    if settings.engine == "ray":
        from painpoints.pipeline import check_settings

        check_settings(settings)
    elif settings.address is not None:
        raise UsageError("--address says nothing without --engine ray.", hint="Add --engine ray.")
    return settings


def _carry_out(path: str, bars: Bars, opened: Any) -> Findings:
    from painpoints.pipeline import findings_of, work

    try:
        try:
            folder, source, settings = opened()
            if settings.fast and settings.spacy is None:
                _keep_torch_out()
            work(folder, source, settings, bars.progress, bars.note)
            return findings_of(folder, bars.progress)
        except KeyboardInterrupt:
            raise _stopped(path) from None
    except KeyboardInterrupt:  # polars hands one Ctrl-C over twice; the second came before it could be muted
        raise _stopped(path) from None


def _keep_torch_out() -> None:
    """Has spaCy find no torch, which it imports where it can: a second and 180 MB that the fast lane has no use for."""
    if not {"torch", "thinc"} & sys.modules.keys():
        sys.modules["torch"] = None  # type: ignore[assignment]
        try:
            import_module("thinc.compat")  # where spaCy looks for it
        finally:
            del sys.modules["torch"]


def _stopped(path: str) -> Stopped:
    """How to go on after Ctrl-C; further ones are muted."""
    from painpoints.pipeline import release, working_folder
    from painpoints.store import open_run

    signal.signal(signal.SIGINT, _leave_be)
    try:
        stopped = open_run(working_folder(path))
    except RunError:
        return Stopped("Interrupted before anything was stored.")
    if not stopped.finished and stopped.reading_done() is None and "-" in stopped.request["inputs"]:
        stopped.discard()
        release(stopped)
        return Stopped("Interrupted while the standard input was read; start again.")
    return Stopped(f"Interrupted. Go on with: painpoints mine --resume {path}")


def _leave_be(number: int, frame: object) -> None:
    del number, frame


def default_run(first: str, now: dt.datetime) -> Path:
    """Where a run goes that was given no place: under runs/, named after its first input and the time.

    ``now`` is local time.
    """
    name = Path(_ENDINGS.sub("", Path(first).resolve().name)).stem if first != "-" else "stdin"
    path = Path("runs") / f"{name or 'input'}-{now:%Y%m%d-%H%M%S}"
    free, number = path, 2
    while free.exists():
        free, number = path.with_name(f"{path.name}-{number}"), number + 1
    return free
