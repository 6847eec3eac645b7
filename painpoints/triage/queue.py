"""What becomes of comments: in whose hands each is, what was noted, who did what, and the way back.

A comment that nobody touched is new and has no row. A change may name the version it saw (``ID@3``): if the comment has
moved on since, nothing is changed. One that names none keeps its hands off what somebody else has in hand. Changes wait
for one another, never for an addition; what is done at once is one change, wholly or not at all, and is undone as one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any

from painpoints.errors import ConflictError, UsageError, WorkspaceError
from painpoints.store import Reader, State, Writer, now
from painpoints.track import moves_after
from painpoints.triage.corrections import Correction, Opinions, check, code_of, documents_of, keep, wanted
from painpoints.triage.once import once
from painpoints.triage.people import as_known, named, person, same_person

NEW, MINE, WAITING, DONE, MUTED = STATUSES = ("new", "mine", "waiting", "done", "muted")
OPEN = (NEW, MINE, WAITING)
"""The statuses of what is still to be dealt with."""
LEAST_LETTERS = 4
"""So many letters of an id are enough where no other id begins so."""
_FIELDS = ("status", "assignee", "note")
_COUNTED = ("pin", "release")  # what a person says of single opinions, not what becomes of a whole pain point
_LONGEST_NOTE = 2000
_LONGEST_NAME, _LONGEST_VERSION = 80, 15


@dataclass(frozen=True)
class Entry:
    """How a comment stands: ``status``, in whose hands (``assignee``), ``note``; ``version`` counts its changes."""

    doc_id: str
    status: str = NEW
    assignee: str | None = None
    note: str | None = None
    version: int = 0
    changed: str | None = None
    changed_by: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The entry as a row."""
        return asdict(self)


@dataclass(frozen=True)
class Change:
    """What a change did: its ``number``, the entries ``before`` and ``after`` in one order; ``same``: the entries that
    were so already; ``left``: the entries that an undoing left alone because somebody changed them since; ``made``:
    when the change that was undone was made; ``corrected``: what became of single opinions, whose comments are among
    the entries, their versions counted up. Nothing changed where ``number`` is None."""

    number: int | None
    before: tuple[Entry, ...]
    after: tuple[Entry, ...]
    same: tuple[Entry, ...] = ()
    left: tuple[Entry, ...] = ()
    made: str | None = None
    corrected: tuple[Correction, ...] = ()


class Queue:
    """The queue of the workspace whose ``state`` it is, as ``who`` works in it; of its opinions those it ``knows``."""

    def __init__(self, state: State, who: str | None = None, knows: Opinions | None = None) -> None:
        self._state, self._opinions, self._name = state, knows, person(who)

    @once
    def who(self) -> str:
        """The name of who works in it, as it is known already."""
        with self._state.reading() as state:
            return as_known(self._name, _people(state))

    def entries(self) -> list[Entry]:
        """The comments that somebody touched."""
        with self._state.reading() as state:
            return [Entry(**row) for row in state.rows("triage")]

    def entry(self, name: str) -> Entry:
        """How one comment stands. Raises WorkspaceError where there is none."""
        with self._state.reading() as state:
            return _entries(state, _resolved(state, [seen_at(name)[0]]).values())[0]

    def people(self) -> list[str]:
        """All who have worked in the queue, have something in hand or have edited pain points."""
        with self._state.reading() as state:
            return sorted(_people(state))

    def history(self, name: str | None = None, since: int = 0) -> list[dict[str, Any]]:
        """Who did what, one row a field, in order: of one comment, or of all; only what follows number ``since``."""
        with self._state.reading() as state:
            if name is None:
                return state.rows_after("triage_history", since)
            found = state.rows_with("triage_history", "doc_id", _resolved(state, [seen_at(name)[0]]).values())
            return [row for row in found if row["number"] > since]

    def assign(self, names: Sequence[str], to: str, note: str | None = None) -> Change:
        """Puts comments into the hands of ``to``. Raises ConflictError, UsageError, WorkspaceError; as all changes."""
        wanted, who = named(to), self.who
        with self._state.reading() as state:
            holder = as_known(wanted, {*_people(state), who})
        return self._change(names, lambda entry: replace(entry, status=MINE, assignee=holder), note)

    def done(self, names: Sequence[str], note: str | None = None) -> Change:
        """Takes comments off the queue, dealt with; by this person where nobody had them in hand."""
        return self._change(names, lambda e: replace(e, status=DONE, assignee=e.assignee or self.who), note)

    def mute(self, names: Sequence[str], note: str | None = None) -> Change:
        """Takes comments off the queue, not to be dealt with."""
        return self._change(names, lambda entry: replace(entry, status=MUTED), note)

    def wait(self, names: Sequence[str], note: str | None = None) -> Change:
        """Marks comments as waiting for somebody else; in this person's hands where they were in nobody's."""
        return self._change(names, lambda e: replace(e, status=WAITING, assignee=e.assignee or self.who), note)

    def reopen(self, names: Sequence[str], note: str | None = None) -> Change:
        """Makes comments new again, in nobody's hands. A note stays."""
        return self._change(names, lambda entry: replace(entry, status=NEW, assignee=None), note)

    def note(self, names: Sequence[str], note: str) -> Change:
        """Writes ``note`` to comments in place of the one they have; an empty one takes it away."""
        return self._change(names, lambda entry: entry, note)

    def last_change(self) -> int | None:
        """The number of the first row of this person's last change that stands, None where there is none."""
        with self._state.reading() as state:
            return _last_standing(state.rows_with("triage_history", "who", [self.who]))

    def correct(self, units: Sequence[str], field: str, value: str, seen: Mapping[str, int] | None = None) -> Change:
        """Says that ``field`` (sentiment, touchpoint, stage, problem) of ``units`` is ``value``, whatever the machine
        judges; "machine" takes that back. ``seen`` are versions by doc_id.

        One that names no version overwrites nobody else's correction. Raises ConflictError, UsageError, WorkspaceError.
        """
        code = self.value(field, value)
        with self._turn() as state:
            asked = wanted(state, self._opinions, units, field, code)
            entries = _entries(state, {correction.doc_id for correction in asked})
            check(state, asked, {entry.doc_id: entry.version for entry in entries}, seen or {}, self.who)
            return self._write(state, entries, entries, corrected=asked)

    @contextmanager
    def placing(self, state: Writer, seen: Mapping[str, int] | None = None) -> Iterator[None]:
        """A turn for an edit of pain points in the transaction of ``state``, which comes after changes of the queue.

        The comments whose opinions it moves count it in their version. Raises ConflictError where one of ``seen``
        (versions by doc_id) has moved on, before the edit.
        """
        state.queue_up("triage")
        for entry in _entries(state, seen or ()):
            self._check(entry, (seen or {})[entry.doc_id])
        last = state.next_number("edits") - 1
        yield
        moved = {unit for edit in moves_after(state, last) if edit.kind in _COUNTED for unit in edit.touched}
        concerned = _entries(state, documents_of(self._opinions, moved).values()) if moved else []
        self._count(state, concerned, now())

    def documents(self, units: Sequence[str]) -> Mapping[str, str]:
        """The comments that opinions stand in."""
        return documents_of(self._opinions, units)

    def value(self, field: str, value: str) -> str | None:
        """The code that ``value`` is or names; None for "machine". Raises UsageError for none there is."""
        return code_of(self._opinions, field, value)

    def undo(self) -> Change:
        """Takes back the last change of this person that stands, for each comment that nobody changed since.

        Raises UsageError when there is none, ConflictError when every one of its comments was changed since.
        """
        with self._turn() as state:
            own = state.rows_with("triage_history", "who", [self.who])
            number = _last_standing(own)
            if number is None:
                raise UsageError(f"{self.who} has changed nothing that could be undone.",
                                 hint="Another person's changes are undone by that person; --as NAME says who you are.")
            rows = [row for row in own if row["change"] == number]
            over = _overlaid(state, rows)
            entries = {entry.doc_id: entry for entry in _entries(state, {row["doc_id"] for row in rows})}
            free = {key: entry for key, entry in entries.items() if key not in over}
            left = tuple(entries[key] for key in sorted(over))
            if not free:
                raise ConflictError(f"{left[0].doc_id}: changed by {over[left[0].doc_id]} meanwhile; nothing was "
                                    "undone.", hint="Change it by hand if it is still to be changed.")
            back, opinions = dict(free), []
            for row in rows:
                if row["doc_id"] in back and row["unit_id"] is None:
                    back[row["doc_id"]] = replace(back[row["doc_id"]], **{row["field"]: row["before"]})
                elif row["doc_id"] in back:
                    opinions.append(Correction(row["unit_id"], row["doc_id"], row["field"], row["after"],
                                               row["before"]))
            made = self._write(state, list(free.values()), list(back.values()), number, opinions)
            return replace(made, left=left, made=rows[0]["made"])

    @contextmanager
    def _turn(self) -> Iterator[Writer]:
        """A turn at changing the queue, after those who came before."""
        assert self.who  # which asks the state too, and must not do so while this holds it
        with self._state.writing() as state:
            state.queue_up("triage")
            yield state

    def _change(self, names: Sequence[str], change: Callable[[Entry], Entry], note: str | None) -> Change:
        if not names:
            raise UsageError("No comment is named.", hint="painpoints triage WORKSPACE lists their ids.")
        seen, words = [seen_at(name) for name in names], _worded(note)
        with self._turn() as state:
            ids = _resolved(state, [name for name, _ in seen])
            before = {entry.doc_id: entry for entry in _entries(state, ids.values())}
            for name, version in seen:
                self._check(before[ids[name]], version)
            after = [change(entry) for entry in before.values()]
            if words is not None:
                after = [replace(entry, note=words or None) for entry in after]
            return self._write(state, list(before.values()), after)

    def _check(self, entry: Entry, version: int | None) -> None:
        """Raises ConflictError where this person's change would overwrite another's."""
        if version is not None and version != entry.version:
            what = "is new" if entry.changed_by is None else f"changed by {entry.changed_by} meanwhile"
            raise ConflictError(f"{entry.doc_id}: {what}; nothing was changed.",
                                hint=f"Look at it again: painpoints triage WORKSPACE {entry.doc_id}")
        holder = entry.assignee or entry.changed_by
        if version is None and entry.status != NEW and not same_person(holder, self.who):
            raise ConflictError(f"{entry.doc_id}: {holder} has it ({entry.status}); nothing was changed.",
                                hint=f"To change it all the same, name the version: {entry.doc_id}@{entry.version}")

    def _write(self, state: Writer, before: Sequence[Entry], after: Sequence[Entry], undoes: int | None = None,
               corrected: Sequence[Correction] = ()) -> Change:
        said = tuple(correction for correction in corrected if correction.before != correction.after)
        moved = {correction.doc_id for correction in said}
        pairs = [(old, new) for old, new in zip(before, after, strict=True) if old != new or old.doc_id in moved]
        stay = tuple(old for old, new in zip(before, after, strict=True) if old == new and old.doc_id not in moved)
        if not pairs and undoes is None:
            return Change(None, (), (), stay)
        moment, number = now(), state.next_number("triage_history")
        written = self._count(state, [new for _, new in pairs], moment)
        keep(state, said, self.who, moment, undoes)
        changed: list[tuple[str, str | None, str, Any, Any]] = [
            (old.doc_id, None, field, getattr(old, field), getattr(new, field)) for old, new in pairs
            for field in _FIELDS if getattr(old, field) != getattr(new, field)]
        changed += [(c.doc_id, c.unit_id, c.field, c.before, c.after) for c in said]
        state.insert("triage_history", [
            {"made": moment, "who": self.who, "change": number, "undoes": undoes, "doc_id": doc, "unit_id": unit,
             "field": field, "before": was, "after": is_now} for doc, unit, field, was, is_now in changed])
        return Change(number, tuple(old for old, _ in pairs), written, stay, corrected=said)

    def _count(self, state: Writer, entries: Iterable[Entry], moment: str) -> tuple[Entry, ...]:
        """``entries`` as they are written, each as the version that follows the one it has."""
        written = tuple(replace(entry, version=entry.version + 1, changed=moment, changed_by=self.who)
                        for entry in entries)
        state.insert("triage", [entry.as_dict() for entry in written if entry.version == 1])
        state.change("triage", "doc_id", [entry.as_dict() for entry in written if entry.version > 1])
        return written


def _people(state: Reader) -> set[str]:
    return {*state.values("triage", "assignee"), *state.values("triage_history", "who"), *state.values("edits", "who")}


def _entries(state: Reader, ids: Iterable[str]) -> list[Entry]:
    """The entries of documents, by id; those without a row are new."""
    wanted = set(ids)
    kept = {row["doc_id"]: Entry(**row) for row in state.rows_with("triage", "doc_id", wanted)}
    return [kept.get(key) or Entry(key) for key in sorted(wanted)]


def seen_at(name: str) -> tuple[str, int | None]:
    """The id and the version of "ID" or "ID@VERSION". Raises UsageError."""
    key, at, version = name.strip().lower().partition("@")
    if not key or (at and not (version.isdecimal() and len(version) <= _LONGEST_VERSION)):
        raise UsageError(f"{name[:_LONGEST_NAME]!r} names no comment.", hint="Write its id, or ID@VERSION.")
    return key, int(version) if at else None


def _resolved(state: Reader, names: Sequence[str]) -> dict[str, str]:
    """The id that each of ``names`` stands for. Raises WorkspaceError."""
    known = state.known(set(names))
    return {name: name if name in known else _only(state, name) for name in dict.fromkeys(names)}


def _only(state: Reader, name: str) -> str:
    near = state.beginning(name, 2) if len(name) >= LEAST_LETTERS else []
    if len(near) == 1:
        return near[0]
    if near:
        raise WorkspaceError(f"{name}: more than one comment begins so.", hint="Write more of the id.")
    if len(name) < LEAST_LETTERS:
        raise WorkspaceError(f"{name}: is too short for an id.", hint=f"Write at least {LEAST_LETTERS} letters of it.")
    raise WorkspaceError(f"{name}: no such comment.", hint="painpoints triage WORKSPACE lists them.")


def _worded(note: str | None) -> str | None:
    if note is None:
        return None
    if len(note) > _LONGEST_NOTE:
        raise UsageError(f"A note of {len(note):,} letters is too long.", hint=f"At most {_LONGEST_NOTE:,} are kept.")
    return note.strip()


def _last_standing(own: Sequence[Mapping[str, Any]]) -> int | None:
    """The last change among a person's rows that neither undoes another nor was undone."""
    gone = {row["undoes"] for row in own}
    return max((row["change"] for row in own if row["undoes"] is None and row["change"] not in gone), default=None)


def _overlaid(state: Reader, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The documents of a change of which a later change that stands holds the same field, and whose change that is."""
    number = rows[0]["change"]
    later = state.rows_after("triage_history", max(row["number"] for row in rows))
    # By document: who undid what lay under another's change has left that document as it was.
    gone = {(row["undoes"], row["doc_id"]) for row in later}
    mine = {(row["doc_id"], row["unit_id"], row["field"]) for row in rows}
    return {row["doc_id"]: row["who"] for row in later
            if row["undoes"] is None and (row["change"], row["doc_id"]) not in gone and row["change"] != number
            and (row["doc_id"], row["unit_id"], row["field"]) in mine}
