"""painpoints correct: what a person says of single opinions in place of the machine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from painpoints.cli import options as given
from painpoints.cli.queue import named, tell_change
from painpoints.cli.terminal import count, tell, typed
from painpoints.cli.triage import As
from painpoints.cli.workspaces import Place
from painpoints.errors import UsageError

if TYPE_CHECKING:
    from painpoints.store import WorkspaceData


def _says(field: str, what: str) -> Any:
    return typer.Option(f"--{field}", metavar="VALUE", show_default=False, rich_help_panel="What is right",
                        help=f"{what}; machine: as it judges.")


def correct(
    workspace: Place,
    opinions: Annotated[list[str], typer.Argument(metavar="ID...", show_default=False,
                                                  help="Opinions, or comments (the most urgent opinion of each); first "
                                                       "letters are enough. ID@3: only if the comment is still at "
                                                       "version 3. - reads ids from the standard input.")],
    sentiment: Annotated[str | None, _says("sentiment", "neg, neu or pos")] = None,
    touchpoint: Annotated[str | None, _says("touchpoint", "A touchpoint, by its code or its name")] = None,
    stage: Annotated[str | None, _says("stage", "A stage, in place of the one its touchpoint has")] = None,
    problem: Annotated[str | None, _says("problem", "yes or no")] = None,
    similar: Annotated[bool, typer.Option("--similar", help="Correct its look-alikes in the same way.")] = False,
    who: As = None, json: given.Json = False,
) -> None:
    """Correct what the machine judged of opinions. It counts at once, everywhere, and for good.

    `painpoints triage WORKSPACE ID` shows the opinions of a comment; `painpoints undo` takes a correction back.
    """
    from painpoints.pipeline import Workspace
    from painpoints.triage import Queue, units_called
    from painpoints.triage import opinions as known

    said = {field: value for field, value in (("sentiment", sentiment), ("touchpoint", touchpoint), ("stage", stage),
                                              ("problem", problem)) if value is not None}
    if len(said) != 1:
        raise UsageError("Say what is right: one of --sentiment, --touchpoint, --stage and --problem.",
                         hint="For instance --sentiment neg.")
    (field, value), = said.items()
    with Workspace.open(workspace) as opened:
        data = opened.data()
        queue = Queue(opened.folder.state, who, known(opened, data))
        units, seen = units_called(data, named(opinions), now=datetime.now(UTC))
        said_of = queue.correct(units, field, value, seen) if not similar else None
        alike = _alike(data, units, field, queue.value(field, value))
        change = said_of or queue.correct([*units, *alike], field, value, seen)
    tell_change(queue, change, json, similar=alike)
    if not similar and alike and not json:
        tell(f"hint: {count(len(alike), 'opinion looks', 'opinions look')} alike; --similar corrects them too: "
             f"painpoints correct {typed(workspace)} {' '.join(units[:3])} --{field} {typed(value)} --similar")


def _alike(data: WorkspaceData, units: Sequence[str], field: str, value: str | None) -> list[str]:
    """The look-alikes of ``units``, each once and without these."""
    from painpoints.pipeline import aligned_vectors
    from painpoints.triage import look_alikes

    if value is None:
        return []
    aligned = aligned_vectors(data)
    found = [unit for named in units for unit in look_alikes(data, named, field, value, aligned=aligned)["unit_id"]]
    return list(dict.fromkeys(unit for unit in found if unit not in units))
