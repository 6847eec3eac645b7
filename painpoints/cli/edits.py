"""painpoints rename, merge, split, gather, release, retire, reopen, pin and reject: what people decide."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from painpoints.cli import options as given
from painpoints.cli.terminal import show, show_json
from painpoints.cli.triage import As
from painpoints.cli.workspaces import Place

if TYPE_CHECKING:
    from painpoints.pipeline import Workspace

Painpoint = Annotated[str, typer.Argument(metavar="ID", show_default=False,
                                          help="Id of the pain point; the first letters are enough.")]
Units = Annotated[list[str] | None, typer.Option("--unit", metavar="UNIT", show_default=False,
                                                 help="Id of a unit; give it as often as needed.")]
Chosen = Annotated[list[str], typer.Argument(metavar="UNIT...", show_default=False,
                                             help="Ids of units; the first letters are enough.")]


def rename(workspace: Place, painpoint: Painpoint,
           title: Annotated[str, typer.Argument(metavar="TITLE", show_default=False, help="What it is to be called.")],
           who: As = None, json: given.Json = False) -> None:
    """Give a pain point a title of your own, for good."""
    with _editing(workspace, who) as (opened, person):
        _say("renamed", opened.rename(painpoint, title, person), json=json)


def merge(workspace: Place, painpoint: Painpoint,
          into: Annotated[str, typer.Argument(metavar="INTO", show_default=False,
                                              help="Id of the pain point that stays.")],
          who: As = None, json: given.Json = False) -> None:
    """Make one pain point part of another, for good."""
    with _editing(workspace, who) as (opened, person):
        gone, kept = opened.merge(painpoint, into, person)
        _say("merged into", gone, kept, json=json)


def split(workspace: Place, painpoint: Painpoint, unit: Units = None, who: As = None, json: given.Json = False) -> None:
    """Make units of a pain point a new one, for good; without --unit the smaller of its two halves."""
    with _editing(workspace, who) as (opened, person):
        _say("split off", opened.split(painpoint, unit or (), person), json=json)


def gather(workspace: Place, unit: Chosen,
           title: Annotated[str | None, typer.Option("--title", metavar="TITLE", show_default=False,
                                                     help="What it is to be called; by default a title is found.")
                            ] = None,
           who: As = None, json: given.Json = False) -> None:
    """Make a new pain point of units, whichever they are of now, for good."""
    with _editing(workspace, who) as (opened, person):
        _say("gathered", opened.gather(unit, title, person), json=json)


def release(workspace: Place, unit: Chosen, who: As = None, json: given.Json = False) -> None:
    """Take units out of their pain points, for good: they wait for another one."""
    with _editing(workspace, who) as (opened, person):
        left = opened.release(unit, person)
        if json:
            show_json({"painpoints": left, "done": "released"})
        else:
            show([f"{name} released" for name in left])


def retire(workspace: Place, painpoint: Painpoint, who: As = None, json: given.Json = False) -> None:
    """Take a pain point off the lists: solved, or none. It comes back when much of it is added, unless it is pinned."""
    with _editing(workspace, who) as (opened, person):
        _say("retired", opened.retire(painpoint, person), json=json)


def reopen(workspace: Place, painpoint: Painpoint, who: As = None, json: given.Json = False) -> None:
    """Put a retired pain point back on the lists."""
    with _editing(workspace, who) as (opened, person):
        _say("open", opened.reopen(painpoint, person), json=json)


def pin(workspace: Place, painpoint: Painpoint, unit: Units = None, who: As = None, json: given.Json = False) -> None:
    """Keep a pain point as it is: nothing is proposed for it. With --unit, keep those units in it."""
    with _editing(workspace, who) as (opened, person):
        _say("pinned", opened.pin(painpoint, unit or (), person), json=json)


def reject(workspace: Place, painpoint: Painpoint,
           other: Annotated[str | None, typer.Argument(metavar="OTHER", show_default=False,
                                                       help="The one it shall not be merged with; without it the "
                                                       "proposal to split is turned down.")] = None,
           who: As = None, json: given.Json = False) -> None:
    """Turn down what `painpoints show` proposes, a merge or a split, for good."""
    with _editing(workspace, who) as (opened, person):
        key, against = opened.reject(painpoint, other, person)
        _say("stays whole" if against is None else "stays apart from", key, against, json=json)


@contextmanager
def _editing(place: Path, who: str | None) -> Iterator[tuple[Workspace, str]]:
    """The workspace, and who edits as the workspace spells the name."""
    from painpoints.pipeline import Workspace
    from painpoints.triage import Queue

    with Workspace.open(place) as opened:
        yield opened, Queue(opened.folder.state, who).who


def _say(done: str, painpoint: str, other: str | None = None, *, json: bool) -> None:
    if json:
        show_json({"painpoint_id": painpoint, "done": done, "other": other})
    else:
        show([" ".join(part for part in (painpoint, done, other) if part is not None)])
