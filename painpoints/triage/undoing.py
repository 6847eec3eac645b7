"""The last thing that somebody did, taken back: to comments in the queue, or to pain points."""

from __future__ import annotations

from painpoints.pipeline import Workspace
from painpoints.track import Undone, last_edit
from painpoints.triage.corrections import opinions
from painpoints.triage.queue import Change, Queue


def undo_last(workspace: Workspace, who: str | None = None) -> Change | Undone:
    """Takes back the last thing this person did that stands: a change in the queue, or an edit of pain points.

    Raises UsageError when there is none, ConflictError when somebody has changed the same since, and BusyError when it
    is an edit and something is just being added.
    """
    state = workspace.folder.state
    queue = Queue(state, who, opinions(workspace))
    change = queue.last_change()
    with state.reading() as reader:
        edit = last_edit(reader, queue.who)
    if edit is not None and (change is None or edit["follows"] >= change):
        return workspace.undo_edit(queue.who, queue.placing)
    return queue.undo()
