"""painpoints forget: a person erased everywhere, with a proof."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from painpoints.cli import options as given
from painpoints.cli.terminal import count, isolated, show, show_json, tell, typed
from painpoints.cli.triage import As
from painpoints.errors import InputError, UsageError

if TYPE_CHECKING:
    from painpoints.pipeline import (
        Certificate,
        Forgotten,
        RemoteRunForgetting,
        RunForgetting,
        WorkspaceForgetting,
    )

_WHO = "Whom to forget"
_KINDS = ("author", "author-key", "value")
_COUNTED = {"documents": "text", "opinions": "opinion unit", "placements": "place in a pain point",
            "painpoints": "pain point that loses opinions", "painpoints_removed": "pain point that is left without any",
            "titles": "title to be made anew", "triage": "comment in the queue", "triage_history": "line of history",
            "corrections": "correction", "notes": "note", "bonds": "decision about an opinion",
            "rejected": "row that had been left out", "digests": "written digest", "uploads": "file that waits",
            "tables": "table rewritten", "exports": "file that left and may hold it"}
_PLURALS = {"painpoints": "pain points that lose opinions", "painpoints_removed": "pain points that are left without "
            "any", "titles": "titles to be made anew", "placements": "places in pain points", "triage": "comments in "
            "the queue", "triage_history": "lines of history", "bonds": "decisions about opinions",
            "rejected": "rows that had been left out", "uploads": "files that wait", "tables": "tables rewritten",
            "exports": "files that left and may hold it"}


def forget(
    workspace: Annotated[str, typer.Argument(metavar="WORKSPACE", show_default=False,
                                             help="Folder of the workspace, or of a run of painpoints mine, or the "
                                                  "run's address.")],
    who: Annotated[list[str] | None, typer.Argument(metavar="WHO...", show_default=False,
                                                    help="Documents: their ids, first letters of one, or the ids that "
                                                         "the input gave them.")] = None,
    author: Annotated[list[str] | None, typer.Option("--author", metavar="NAME", show_default=False,
                                                     rich_help_panel=_WHO,
                                                     help="All that was written by this author, named as in the "
                                                          "input.")] = None,
    author_key: Annotated[list[str] | None, typer.Option("--author-key", metavar="HEX", show_default=False,
                                                         rich_help_panel=_WHO,
                                                         help="The same, by the author's pseudonym.")] = None,
    value: Annotated[list[str] | None, typer.Option("--value", metavar="VALUE", show_default=False,
                                                    rich_help_panel=_WHO,
                                                    help="All from which this telephone number, mail address or other "
                                                         "value was taken out.")] = None,
    source: Annotated[Path | None, typer.Option("--from", metavar="FILE", show_default=False, rich_help_panel=_WHO,
                                                help="Those in a file, one a line: a document, author=NAME, "
                                                     "author-key=HEX or value=VALUE. So no name gets into the shell's "
                                                     "history.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Erase without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell how much would go.")] = False,
    certificate: Annotated[Path | None, typer.Option("--certificate", metavar="FILE", show_default=False,
                                                     help="Write the proof there, as JSON.")] = None,
    by: As = None, json: given.Json = False,
) -> None:
    """Erase a person everywhere: texts, opinions, the queue, the index, titles, caches; and prove that nothing is left.

    Without --yes it tells how much would go, and asks. What was stopped on the way goes on with the same command, or
    whenever the workspace is opened.
    """
    from painpoints.pipeline import WhoToForget
    from painpoints.triage import person

    if dry_run and (yes or certificate):
        raise UsageError("--dry-run erases nothing.", hint="Leave --yes and --certificate out.")
    lines = _lines(source)
    asked = WhoToForget((*(who or ()), *lines[""]), (*(author or ()), *lines["author"]),
                        (*(author_key or ()), *lines["author-key"]), (*(value or ()), *lines["value"]))
    with _forgetting(workspace, by or person()) as forgetting:
        if not asked:
            finished = forgetting.resume()
            if finished is None:
                raise UsageError("Nobody is named.", hint="Name a document, or --author, --author-key, --value or "
                                                          "--from FILE.")
            _end(finished, None, certificate, json)
            return
        plan = forgetting.plan(asked)
        if not json and not (yes and not dry_run):
            show(_plan_lines(plan))
        if dry_run:
            if json:
                show_json(plan.as_dict())
            return
        if not yes and not _agreed(json):
            tell("Nothing was erased.")
            return
        done = forgetting.erase(asked)
    if done.certificate is None:
        _nobody(done, json)
        return
    _end(done.certificate, done, certificate, json)


def _forgetting(place: str, by: str) -> RemoteRunForgetting | RunForgetting | WorkspaceForgetting:
    from painpoints.pipeline import RemoteRunForgetting, RunForgetting, WorkspaceForgetting
    from painpoints.read import is_remote, local_name

    if is_remote(place):
        return RemoteRunForgetting(place, by)
    path = Path(local_name(place))
    return (RunForgetting if (path / "run.json").is_file() else WorkspaceForgetting)(path, by)


def _lines(path: Path | None) -> Mapping[str, list[str]]:
    """What a file names, by kind. Raises InputError; the file's words are not repeated."""
    found: dict[str, list[str]] = {name: [] for name in ("", *_KINDS)}
    if path is None:
        return found
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({type(error).__name__}).",
                         hint="Name a text file in UTF-8, one person a line.") from None
    for line in lines:
        kind, mark, rest = line.partition("=")
        if mark and kind.strip() in _KINDS:
            found[kind.strip()].append(rest.strip())
        elif line.strip() and not line.lstrip().startswith("#"):
            found[""].append(line.strip())
    return found


def _agreed(json: bool) -> bool:
    if json or not sys.stdin.isatty():
        raise UsageError("There is nobody to ask.", hint="--yes erases without asking, --dry-run only tells.")
    return typer.confirm("Erase it for good?", err=True)


def _plan_lines(plan: Forgotten) -> list[str]:
    if not plan.counts.get("documents") and not plan.counts.get("rejected"):
        return ["Nothing here is of those who were named.", *_missing(plan)]
    return ["To be erased:", *_counts(plan.counts), *_missing(plan), *_exports(plan.exports)]


def _counts(counts: Mapping[str, int]) -> list[str]:
    return [f"  {count(counts[name], one, _PLURALS.get(name, f'{one}s'))}" for name, one in _COUNTED.items()
            if counts.get(name) and name != "exports"]


def _missing(plan: Forgotten) -> list[str]:
    return [f"{plan.missing:,} of those named are not known here."] if plan.missing else []


def _exports(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    if not rows:
        return []
    return ["Files that left and may hold it; they are not within reach:",
            *(f"  {row['made'][:10]} {isolated(row['who'])}: {row['kind']} ({row['form']}) to {isolated(row['place'])}"
              for row in rows)]


def _nobody(done: Forgotten, json: bool) -> None:
    if json:
        show_json(done.as_dict())
    else:
        show(["Nothing here is of those who were named: nothing was erased.", *_missing(done)])


def _end(proof: Certificate, done: Forgotten | None, place: Path | None, json: bool) -> None:
    """Tells what was erased and proved, and ends with 1 where a trace was found."""
    from painpoints.store import write_json

    if place is not None:
        write_json(place.resolve(), proof.as_dict())
    if json:
        show_json({**(done.as_dict() if done is not None else {}), "certificate": proof.as_dict()})
    else:
        searched = proof.proof
        lines = ["Erased:", *_counts(proof.erased), *(_missing(done) if done is not None else []),
                 f"Searched: {count(searched.files, 'file')} ({searched.bytes:,} bytes), {searched.cells:,} cells of "
                 f"{count(searched.frames, 'table')} read back, {searched.state_cells:,} texts of the database.",
                 *(f"Kept: {count(searched.mentions, 'text')} of others in which the name stands."
                   for _ in range(bool(searched.mentions))),
                 "Traces found: none." if proof.proved else f"Traces found in {count(len(searched.traces), 'place')}:",
                 *(f"  {isolated(trace)}" for trace in searched.traces), *_exports(proof.exports)]
        show(lines if place is None else [*lines, f"Certificate: {place}"])
    if not proof.proved:
        if not json:
            tell(f"hint: Take these away, or close what reads the workspace, then: painpoints forget "
                 f"{typed(proof.where)}")
        raise typer.Exit(1)
