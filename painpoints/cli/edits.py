"""painpoints rename, merge, split, retire, reopen, pin and reject: what people decide about pain points."""

from __future__ import annotations

from typing import Annotated

import typer

from painpoints.cli import options as given
from painpoints.cli.terminal import show, show_json
from painpoints.cli.workspaces import Place

Painpoint = Annotated[str, typer.Argument(metavar="ID", show_default=False,
                                          help="Id of the pain point; the first letters are enough.")]
Units = Annotated[list[str] | None, typer.Option("--unit", metavar="UNIT", show_default=False,
                                                 help="Id of a unit; give it as often as needed.")]


def rename(workspace: Place, painpoint: Painpoint,
           title: Annotated[str, typer.Argument(metavar="TITLE", show_default=False, help="What it is to be called.")],
           json: given.Json = False) -> None:
    """Give a pain point a title of your own, for good."""
    from painpoints.pipeline import Workspace

    with Workspace.open(workspace) as opened:
        _say("renamed", opened.rename(painpoint, title), json=json)


def merge(workspace: Place, painpoint: Painpoint,
          into: Annotated[str, typer.Argument(metavar="INTO", show_default=False,
                                              help="Id of the pain point that stays.")],
          json: given.Json = False) -> None:
    """Make one pain point part of another, for good."""
    from painpoints.pipeline import Workspace

    with Workspace.open(workspace) as opened:
        gone, kept = opened.merge(painpoint, into)
        _say("merged into", gone, kept, json=json)


def split(workspace: Place, painpoint: Painpoint, unit: Units = None, json: given.Json = False) -> None:
    """Make units of a pain point a new one, for good; without --unit the smaller of its two halves."""
    from painpoints.pipeline import Workspace

    with Workspace.open(workspace) as opened:
        _say("split off", opened.split(painpoint, unit or ()), json=json)


def retire(workspace: Place, painpoint: Painpoint, json: given.Json = False) -> None:
    """Take a pain point off the lists: solved, or none. It comes back when much of it is added, unless it is pinned."""
    from painpoints.pipeline import Workspace

    with Workspace.open(workspace) as opened:
        _say("retired", opened.retire(painpoint), json=json)


def reopen(workspace: Place, painpoint: Painpoint, json: given.Json = False) -> None:
    """Put a retired pain point back on the lists."""
    from painpoints.pipeline import Workspace

    with Workspace.open(workspace) as opened:
        _say("open", opened.reopen(painpoint), json=json)


def pin(workspace: Place, painpoint: Painpoint, unit: Units = None, json: given.Json = False) -> None:
    """Keep a pain point as it is: nothing is proposed for it. With --unit, keep those units in it."""
    from painpoints.pipeline import Workspace

    with Workspace.open(workspace) as opened:
        _say("pinned", opened.pin(painpoint, unit or ()), json=json)


def reject(workspace: Place, painpoint: Painpoint,
           other: Annotated[str | None, typer.Argument(metavar="OTHER", show_default=False,
                                                       help="The one it shall not be merged with; without it the "
                                                       "proposal to split is turned down.")] = None,
           json: given.Json = False) -> None:
    """Turn down what `painpoints show` proposes, a merge or a split, for good."""
    from painpoints.pipeline import Workspace

    with Workspace.open(workspace) as opened:
        key, against = opened.reject(painpoint, other)
        _say("stays whole" if against is None else "stays apart from", key, against, json=json)


def _say(done: str, painpoint: str, other: str | None = None, *, json: bool) -> None:
    if json:
        show_json({"painpoint_id": painpoint, "done": done, "other": other})
    else:
        show([" ".join(part for part in (painpoint, done, other) if part is not None)])
