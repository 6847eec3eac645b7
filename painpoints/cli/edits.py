"""painpoints rename, merge, split, retire, reopen, pin and reject: what people decide about pain points."""

from __future__ import annotations

from typing import Annotated

import typer

from painpoints.cli.terminal import show
from painpoints.cli.workspaces import Place

Painpoint = Annotated[str, typer.Argument(metavar="ID", show_default=False,
                                          help="Id of the pain point; the first letters are enough.")]
Units = Annotated[list[str] | None, typer.Option("--unit", metavar="UNIT", show_default=False,
                                                 help="Id of a unit; give it as often as needed.")]


def rename(workspace: Place, painpoint: Painpoint,
           title: Annotated[str, typer.Argument(metavar="TITLE", show_default=False, help="What it is to be called.")]
           ) -> None:
    """Give a pain point a title of your own, for good."""
    from painpoints.pipeline import Workspace

    with Workspace.open(workspace) as opened:
        show([f"{opened.rename(painpoint, title)} renamed"])


def merge(workspace: Place, painpoint: Painpoint,
          into: Annotated[str, typer.Argument(metavar="INTO", show_default=False,
                                              help="Id of the pain point that stays.")]) -> None:
    """Make one pain point part of another, for good."""
    from painpoints.pipeline import Workspace

    with Workspace.open(workspace) as opened:
        gone, kept = opened.merge(painpoint, into)
        show([f"{gone} merged into {kept}"])


def split(workspace: Place, painpoint: Painpoint, unit: Units = None) -> None:
    """Make units of a pain point a new one, for good; without --unit the smaller of its two halves."""
    from painpoints.pipeline import Workspace

    with Workspace.open(workspace) as opened:
        show([f"{opened.split(painpoint, unit or ())} split off"])


def retire(workspace: Place, painpoint: Painpoint) -> None:
    """Take a pain point off the lists: solved, or none. It comes back when much of it is added, unless it is pinned."""
    from painpoints.pipeline import Workspace

    with Workspace.open(workspace) as opened:
        show([f"{opened.retire(painpoint)} retired"])


def reopen(workspace: Place, painpoint: Painpoint) -> None:
    """Put a retired pain point back on the lists."""
    from painpoints.pipeline import Workspace

    with Workspace.open(workspace) as opened:
        show([f"{opened.reopen(painpoint)} open"])


def pin(workspace: Place, painpoint: Painpoint, unit: Units = None) -> None:
    """Keep a pain point as it is: nothing is proposed for it. With --unit, keep those units in it."""
    from painpoints.pipeline import Workspace

    with Workspace.open(workspace) as opened:
        show([f"{opened.pin(painpoint, unit or ())} pinned"])


def reject(workspace: Place, painpoint: Painpoint,
           other: Annotated[str | None, typer.Argument(metavar="OTHER", show_default=False,
                                                       help="The one it shall not be merged with; without it the "
                                                       "proposal to split is turned down.")] = None) -> None:
    """Turn down what `painpoints show` proposes, a merge or a split, for good."""
    from painpoints.pipeline import Workspace

    with Workspace.open(workspace) as opened:
        key, against = opened.reject(painpoint, other)
        show([f"{key} stays whole" if against is None else f"{key} and {against} stay apart"])
