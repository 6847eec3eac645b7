"""painpoints reindex: a workspace taken to another model, its pain points with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from painpoints.cli import options as given
from painpoints.cli.progress import Bars
from painpoints.cli.terminal import count, isolated, show, show_json, stoppable, typed
from painpoints.cli.workspaces import Place

if TYPE_CHECKING:
    from painpoints.pipeline import Reindexed, Workspace


def reindex(
    workspace: Place,
    model: Annotated[str | None, typer.Option("--model", metavar="MODEL", show_default=False,
                                              help="A sentence-transformers id or folder, tuned heads, or default for "
                                              "the built-in model; without it the workspace's own as installed today."
                                              )] = None,
    json: given.Json = False, quiet: given.Quiet = False,
) -> None:
    """Take a workspace to another model: new vectors for what is in it, and the pain points it has.

    Texts and units stay; so do pain points, and what people decided. Tells how much moved. Stopped at any moment it
    leaves the workspace as it was.
    """
    from painpoints.pipeline import Workspace

    with Workspace.open(workspace) as opened, Bars(quiet=quiet) as bars:
        with stoppable("Interrupted; the workspace is as it was. Give the command again."):
            done = opened.reindex(model, progress=bars.progress, warn=bars.note)
        if json:
            show_json(done.as_dict())
        else:
            show(_lines(opened, done))


def _lines(opened: Workspace, done: Reindexed) -> list[str]:
    if not done.embedded and not done.judged:
        return [f"{done.after}: vectors and judgements are of this model already; nothing changed."]
    made = " and ".join(["vectors"] * done.embedded + ["judgements"] * done.judged)
    lines = [f"{made.capitalize()} made anew: {done.before} -> {done.after}" if done.before != done.after else
             f"{made.capitalize()} made anew by {done.after} as installed today"]
    if done.unchanged is not None:
        lines.append(f"{done.unchanged:.1%} of {count(done.kept + done.moved + done.lost, 'unit')} kept their pain "
                     f"point: {done.moved:,} moved, {done.lost:,} lost theirs, {done.placed:,} found one.")
    lines.append(f"{count(done.painpoints, 'pain point')} kept, {len(done.born):,} new.")
    if done.neighbours is not None:
        lines.append(f"The spaces agree on {done.neighbours:.0%} of nearest neighbours.")
    titles = {point["painpoint_id"]: point for point in opened.painpoints()}
    for name in done.born:
        lines += [f"  new: {name}, {count(titles[name]['units'], 'unit')}", f"    {isolated(titles[name]['title'])}"]
    if done.proposals:
        lines.append(f"{count(done.proposals, 'proposal')} of merges and splits: painpoints show {typed(opened.path)}")
    return lines
