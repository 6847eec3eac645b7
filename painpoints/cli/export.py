"""painpoints export: any view of a workspace as a file for other programs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from painpoints.cli import options as given
from painpoints.cli.choices import completing
from painpoints.cli.terminal import count, isolated, show, show_json, tell, typed
from painpoints.cli.triage import (
    As,
    AssigneeFilter,
    LangFilter,
    PainpointFilter,
    SearchFilter,
    SourceFilter,
    StageFilter,
    StatusFilter,
    TouchpointFilter,
    UncertainFilter,
)
from painpoints.cli.workspaces import Place
from painpoints.errors import UsageError

if TYPE_CHECKING:
    from painpoints.pipeline import Workspace
    from painpoints.triage import Queue, Wanted

ATLAS, DATASETTE = TARGETS = ("embedding-atlas", "datasette")
_ENDINGS = {ATLAS: (".parquet",), DATASETTE: (".db", ".sqlite", ".sqlite3")}
_WHAT = "What is exported"


def export(
    workspace: Place,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", show_default=False,
                                                help="Where to: a name that ends in .csv, .xlsx or .parquet.")] = None,
    opinions: Annotated[bool, typer.Option("--opinions", help="A row an opinion, copies left out; of comments of any "
                                           "status.", rich_help_panel=_WHAT)] = False,
    painpoints: Annotated[bool, typer.Option("--painpoints", help="The list of pain points.",
                                             rich_help_panel=_WHAT)] = False,
    journey: Annotated[bool, typer.Option("--journey", help="A row a touchpoint.", rich_help_panel=_WHAT)] = False,
    to: Annotated[str | None, typer.Option("--to", metavar="PROGRAM", show_default=False, rich_help_panel=_WHAT,
                                           help="The whole workspace for embedding-atlas (.parquet) or datasette "
                                                "(.db).")] = None,
    names: Annotated[str | None, typer.Option("--names", metavar="LANG", show_default=False,
                                              autocompletion=completing("lang"),
                                              help="Language of headings and names: en, fa, ar or ru; by default the "
                                                   "workspace's. Parquet keeps codes.")] = None,
    authors: Annotated[bool, typer.Option("--author-keys", help="With the pseudonyms of who wrote them; names are "
                                          "never kept.")] = False,
    delimiter: given.Delimiter = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")] = False,
    lang: LangFilter = None, stage: StageFilter = None, touchpoint: TouchpointFilter = None,
    source: SourceFilter = None, painpoint: PainpointFilter = None, status: StatusFilter = None,
    assignee: AssigneeFilter = None, uncertain: UncertainFilter = False, search: SearchFilter = None,
    who: As = None,
    list: Annotated[bool, typer.Option("--list", help="List the files that left this workspace, and write none.")]
    = False, json: given.Json = False,
) -> None:
    """Write comments, opinions, pain points or the journey to CSV, XLSX or Parquet; or the whole for other programs."""
    from painpoints.pipeline import Workspace
    from painpoints.triage import Queue, Wanted

    if list:
        _list(workspace, output, json)
        return
    if output is None or json:
        raise UsageError("--json is for --list." if json else "No file is named.",
                         hint="Leave it out." if json else "Name one: -o comments.csv")
    wanted = Wanted(lang, stage, touchpoint, source, painpoint, tuple(status or ()), assignee, uncertain, search)
    view = _view(opinions=opinions, painpoints=painpoints, journey=journey)
    with Workspace.open(workspace) as opened:
        queue = Queue(opened.folder.state, who)
        if to is None:
            _view_file(opened, queue, output, view or "comments", wanted, names, authors, delimiter, force)
            return
        if view is not None or wanted != Wanted() or delimiter is not None:
            raise UsageError("--to exports the whole workspace.",
                             hint="Leave filters, --delimiter, --opinions, --painpoints and --journey out.")
        if to not in TARGETS:
            raise UsageError(f"--to cannot be {to!r}.", hint=f"There are: {' and '.join(TARGETS)}.")
        if output.suffix.lower() not in _ENDINGS[to]:
            raise UsageError(f"{output.name}: is no name for {to}.",
                             hint=f"End the name in {' or '.join(_ENDINGS[to])}.")
        (_atlas if to == ATLAS else _datasette)(opened, queue, output, names, authors, force)


def _list(workspace: Path, output: Path | None, json: bool) -> None:
    """Shows what left the workspace."""
    from painpoints.store import export_rows, open_workspace

    if output is not None:
        raise UsageError("--list writes no file.", hint="Leave -o out.")
    with open_workspace(workspace) as folder:
        rows = export_rows(folder.state)
    if json:
        show_json(rows)
        return
    lines = []
    for row in rows:
        size = "" if row["rows"] is None else f", {count(row['rows'], 'row')}"
        limits = ", ".join(f"{name} {value}" for name, value in row["detail"].items())
        what = f"{row['kind']} ({row['form']}{size}) to {isolated(row['place'])}"
        lines.append(f"{row['number']:>6} {row['made'][:19]} {isolated(row['who'])}: {what}"
                     f"{f'; {isolated(limits)}' if limits else ''}")
    show(lines or ["Nothing was exported since the list began."])


def _view(**chosen: bool) -> str | None:
    named = [name for name, on in chosen.items() if on]
    if len(named) > 1:
        raise UsageError(f"--{named[0]} and --{named[1]} are two tables.", hint="Export one after the other.")
    return named[0] if named else None


def _view_file(opened: Workspace, queue: Queue, output: Path, view: str, wanted: Wanted, names: str | None,
               authors: bool, delimiter: str | None, force: bool) -> None:
    from painpoints.report import check_place, form_of, place_table
    from painpoints.store import note_export
    from painpoints.triage import asked_for, export_view, record_audit

    form = form_of(output)
    if delimiter is not None and form != "csv":
        raise UsageError("--delimiter is for CSV.", hint="Leave it out.")
    check_place(output, force=force, workspace=opened.path)
    table = export_view(opened, queue, view, wanted, now=datetime.now(UTC), lang=names, authors=authors)
    rows = len(table.frame)

    def note() -> None:
        record_audit(opened.folder.state, queue.who, "export", [view],
                     {"form": form, "rows": rows, "author_keys": int(authors), **asked_for(wanted)})
        note_export(opened.folder.state, queue.who, view, form, str(output.resolve()), rows, asked_for(wanted))

    place_table(output, table, form, delimiter=_plain_delimiter(delimiter), before=note)
    tell(f"{output}: {count(rows, 'row')} ({view})")


def _plain_delimiter(delimiter: str | None) -> str:
    return {None: ",", "\\t": "\t", "tab": "\t"}.get(delimiter, delimiter or ",")


def _atlas(opened: Workspace, queue: Queue, output: Path, names: str | None, authors: bool, force: bool) -> None:
    from painpoints.cluster import layout
    from painpoints.report import ATLAS_OPTIONS, atlas_labels, check_place, place, write_atlas
    from painpoints.store import note_export
    from painpoints.triage import atlas_parts, record_audit

    if authors:
        raise UsageError("The map of opinions has no authors.", hint="Leave --author-keys out.")
    labels = output.with_name(f"{output.stem}.labels.parquet")
    check_place(output, force=force, workspace=opened.path)
    check_place(labels, force=force, workspace=opened.path)
    parts = atlas_parts(opened, queue, now=datetime.now(UTC), lang=names, layout=layout)
    rows, placed = len(parts["opinions"]), parts["places"] is not None
    if placed:
        frame = atlas_labels(parts["places"], parts["opinions"]["painpoint"])
        place(labels, frame.write_parquet)

    def note() -> None:
        record_audit(opened.folder.state, queue.who, "export", [ATLAS], {"form": "parquet", "rows": rows})
        note_export(opened.folder.state, queue.who, ATLAS, "parquet", str(output.resolve()), rows)

    place(output, lambda partial: write_atlas(partial, **parts), before=note)
    tell(f"{output}: {count(rows, 'opinion')}")
    tell(f"hint: embedding-atlas {typed(output)} {ATLAS_OPTIONS[placed]}"
         + (f" --labels {typed(labels)}" if placed else ""))


def _datasette(opened: Workspace, queue: Queue, output: Path, names: str | None, authors: bool, force: bool) -> None:
    from painpoints.report import check_place, datasette_metadata, place, write_datasette
    from painpoints.store import note_export, write_json
    from painpoints.triage import datasette_tables, record_audit

    if names is not None:
        raise UsageError("Datasette's tables keep codes.", hint="Leave --names out.")
    metadata = output.with_name(f"{output.stem}.metadata.json")
    check_place(output, force=force, workspace=opened.path)
    check_place(metadata, force=force, workspace=opened.path)
    tables = datasette_tables(opened, queue, now=datetime.now(UTC), authors=authors)
    sizes: dict[str, Any] = {name: len(frame) for name, frame in tables.items()}
    write_json(metadata.resolve(), datasette_metadata(output.stem, opened.path.resolve().name, tables))

    def note() -> None:
        record_audit(opened.folder.state, queue.who, "export", [DATASETTE],
                     {"form": "sqlite", "author_keys": int(authors), **sizes})
        note_export(opened.folder.state, queue.who, DATASETTE, "sqlite", str(output.resolve()), sum(sizes.values()))

    place(output, lambda partial: write_datasette(partial, tables), before=note)
    tell(f"{output}: " + ", ".join(f"{size:,} {name}" for name, size in sizes.items()))
    tell(f"hint: datasette {typed(output)} --metadata {typed(metadata)}")
