"""What a person can do with comments, by the names that forms and scripts use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, get_args

from painpoints.errors import UsageError

if TYPE_CHECKING:
    from painpoints.triage.queue import Change, Queue

Action = Literal["take", "assign", "wait", "done", "mute", "reopen", "note"]
ACTIONS: tuple[Action, ...] = get_args(Action)
LEAVES = ("done", "mute")
"""What takes a comment off the list, so that the next one is to be read."""


def do(queue: Queue, action: str, names: Sequence[str], to: str | None = None, note: str | None = None) -> Change:
    """Does ``action`` with comments ("ID@VERSION"); ``to`` names who is to have them, ``note`` goes along.

    Raises UsageError for what cannot be done, and as the queue does.
    """
    if action == "take":
        return queue.assign(names, queue.who, note)
    if action == "assign":
        if not (to or "").strip():
            raise UsageError("Nobody is named.", hint="Name who is to have them.")
        return queue.assign(names, str(to), note)
    if action == "note":
        return queue.note(names, note or "")
    if action == "reopen":
        return queue.reopen(names, note)
    if action in ("wait", "done", "mute"):
        return {"wait": queue.wait, "done": queue.done, "mute": queue.mute}[action](names, note)
    raise UsageError("There is no such action.", hint=f"Use one of: {', '.join(ACTIONS)}.")
