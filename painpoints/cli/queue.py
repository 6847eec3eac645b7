"""painpoints assign, done, wait, mute, untriage, note and undo: what people do with comments."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from painpoints.cli import options as given
from painpoints.cli.terminal import count, isolated, show_json
from painpoints.cli.terminal import show as show_lines
from painpoints.cli.triage import As
from painpoints.cli.workspaces import Place
from painpoints.errors import UsageError, WorkspaceError

if TYPE_CHECKING:
    from painpoints.track import Undone
    from painpoints.triage import Change, Correction, Entry, Queue

_TOLD = 10
Comments = Annotated[list[str], typer.Argument(metavar="ID...", show_default=False,
                                               help="Comments; the first letters of an id are enough. ID@3: only if "
                                                    "it is still at version 3. - reads ids from the standard input.")]
Note = Annotated[str | None, typer.Option("--note", metavar="TEXT", show_default=False,
                                          help="Write a note to them, in place of the one they have.")]


def assign(
    workspace: Place,
    comments: Annotated[list[str], typer.Argument(metavar="ID... WHO", show_default=False,
                                                  help="Comments (the first letters of an id are enough, - reads ids "
                                                       "from the standard input), and last who takes them: a name, or "
                                                       "me.")],
    note: Note = None, who: As = None, json: given.Json = False,
) -> None:
    """Put comments into somebody's hands."""
    with _queue(workspace, who) as queue:
        names, to = _ending(queue, comments, "who takes it", f"painpoints assign {workspace} {comments[-1]} me")
        tell_change(queue, queue.assign(names, queue.who if to == "me" else to, note), json)


def done(workspace: Place, comments: Comments, note: Note = None, who: As = None, json: given.Json = False) -> None:
    """Take comments off the queue: they are dealt with."""
    _all(workspace, comments, who, json, lambda queue, names: queue.done(names, note))


def wait(workspace: Place, comments: Comments, note: Note = None, who: As = None, json: given.Json = False) -> None:
    """Mark comments as waiting, for the customer or somebody else."""
    _all(workspace, comments, who, json, lambda queue, names: queue.wait(names, note))


def mute(workspace: Place, comments: Comments, note: Note = None, who: As = None, json: given.Json = False) -> None:
    """Take comments off the queue: nothing is to be done about them."""
    _all(workspace, comments, who, json, lambda queue, names: queue.mute(names, note))


def untriage(workspace: Place, comments: Comments, note: Note = None, who: As = None, json: given.Json = False) -> None:
    """Put comments back on the queue as new, in nobody's hands. Their notes stay."""
    _all(workspace, comments, who, json, lambda queue, names: queue.reopen(names, note))


def note(
    workspace: Place,
    comments: Annotated[list[str], typer.Argument(metavar="ID... TEXT", show_default=False,
                                                  help="Comments, and last the note, in quotation marks; an empty one "
                                                       "takes away what is there.")],
    who: As = None, json: given.Json = False,
) -> None:
    """Write a note to comments, in place of the one they have."""
    with _queue(workspace, who) as queue:
        names, text = _ending(queue, comments, "the note", f'painpoints note {workspace} {comments[-1]} "..."')
        tell_change(queue, queue.note(names, text), json)


def undo(workspace: Place, who: As = None, json: given.Json = False) -> None:
    """Take back the last thing you did, to comments or to pain points; given again, the one before it."""
    from painpoints.pipeline import Workspace
    from painpoints.triage import Change, Queue, undo_last

    with Workspace.open(workspace) as opened:
        queue = Queue(opened.folder.state, who)
        undone = undo_last(opened, queue.who)
        if isinstance(undone, Change):
            tell_change(queue, undone, json)
        elif json:
            show_json({"who": queue.who, **undone.as_dict()})
        else:
            show_lines(_undone_lines(undone))


@contextmanager
def _queue(workspace: Path, who: str | None) -> Iterator[Queue]:
    from painpoints.store import open_workspace
    from painpoints.triage import Queue

    with open_workspace(workspace) as folder:
        yield Queue(folder.state, who)


def _all(workspace: Path, comments: Sequence[str], who: str | None, json: bool,
         change: Callable[[Queue, list[str]], Change]) -> None:
    with _queue(workspace, who) as queue:
        tell_change(queue, change(queue, named(comments)), json)


def named(comments: Sequence[str]) -> list[str]:
    """The ids given, those on the standard input included. Raises UsageError where that names none."""
    names = [name for given in comments for name in (sys.stdin.read().split() if given == "-" else [given])]
    if not names:
        raise UsageError("The standard input names no comment.", hint="Give ids, one a line.")
    return names


def _ending(queue: Queue, comments: Sequence[str], what: str, example: str) -> tuple[list[str], str]:
    """The comments and the word that follows them. Raises UsageError where the last one is a comment too."""
    last = comments[-1]
    if len(comments) == 1 or _is_comment(queue, last):
        raise UsageError(f"{isolated(last)}: the last word is to be {what}.", hint=example)
    return named(comments[:-1]), last


def _is_comment(queue: Queue, word: str) -> bool:
    try:
        queue.entry(word)
    except (UsageError, WorkspaceError):
        return False
    return True


def tell_change(queue: Queue, change: Change, json: bool, **more: Any) -> None:
    """Says what was changed, as JSON with ``more``."""
    if json:
        parts = {name: getattr(change, name) for name in ("before", "after", "same", "left")}
        show_json({"who": queue.who, "change": change.number, "undone": change.made,
                   **{name: [entry.as_dict() for entry in entries] for name, entries in parts.items()},
                   "corrected": [asdict(correction) for correction in change.corrected], **more})
        return
    lines = [f"Undone, what you did at {_moment(change.made)}:"] if change.made else []
    told = [words for old, new in zip(change.before, change.after, strict=True) if (words := change_words(old, new))]
    told += [correction_words(correction) for correction in change.corrected]
    lines += told[:_TOLD]
    if len(told) > _TOLD:
        lines.append(f"and {len(told) - _TOLD:,} more")
    if change.same:
        lines.append(f"{count(len(change.same), 'comment was', 'comments were')} so already: "
                     f"{_some([entry.doc_id for entry in change.same])}")
    if change.left:
        lines.append(f"{count(len(change.left), 'comment')} left as changed since: "
                     f"{_some([entry.doc_id for entry in change.left])}")
    show_lines(lines)


def _undone_lines(undone: Undone) -> list[str]:
    other = f" {undone.other}" if undone.other else ""
    lines = [f"Undone, what you did at {_moment(undone.made)}:", f"{undone.kind} {undone.painpoint_id}{other}"]
    if undone.units:
        back = f"{count(undone.units, 'unit')} back to where {'it was' if undone.units == 1 else 'they were'}"
        lines.append(f"{back}; {undone.moved:,} had been moved by an addition" if undone.moved else back)
    if undone.stayed:
        lines.append(f"{count(undone.stayed, 'unit')} added since stay in {undone.other}")
    if undone.followed:
        lines.append(f"{count(undone.followed, 'unit')} added since went along")
    return lines


def _moment(made: str) -> str:
    return f"{datetime.fromisoformat(made).astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _some(ids: Sequence[str]) -> str:
    return ", ".join(ids[:_TOLD]) + (", ..." if len(ids) > _TOLD else "")


def change_words(before: Entry, after: Entry) -> str:
    """What became of a comment, in words; nothing where only its opinions were corrected."""
    parts: list[Any] = []
    if (before.status, before.assignee) != (after.status, after.assignee):
        was, now = ({"mine": "assigned"}.get(entry.status, entry.status) + (
            f" ({isolated(entry.assignee)})" if entry.assignee else "") for entry in (before, after))
        parts.append(f"{now}, was {was}")
    if before.note != after.note:
        parts.append(f"note: {isolated(after.note)}" if after.note else "note taken away")
    return f"{after.doc_id} {'; '.join(parts)}" if parts else ""


def correction_words(correction: Correction) -> str:
    """What became of an opinion, in words."""
    after, before = (value or "as the machine judges" for value in (correction.after, correction.before))
    return f"{correction.unit_id} (of {correction.doc_id}) {correction.field}: {after}, was {before}"
