"""What a team did to a queue, done again from its history and held against what each was answered.

The rules of the queue are written here once more, apart from the code that keeps them, so that both have to agree: a
request that was answered with success and changed something is in the history exactly once, under its author's name, on
top of the versions that its author saw; whatever was refused is not there; and what the history adds up to is what the
state holds in the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

Row = Mapping[str, Any]
Opinion = tuple[str, str]
"""A unit's id and the field that was corrected."""


@dataclass(frozen=True)
class Standing:
    """How a comment stands; as the queue has it."""

    status: str = "new"
    assignee: str | None = None
    note: str | None = None
    version: int = 0
    changed_by: str | None = None


@dataclass(frozen=True)
class Request:
    """What ``who`` asked for and was answered (``status``); requests of one person follow one another.

    ``seen`` are comments with the versions that were named, None for none; with ``every``, all comments of a list,
    which are not told. ``effect``: the answer said that something was changed; ``number`` and ``after`` where it said
    which.
    """

    who: str
    action: str
    status: int
    effect: bool
    seen: Mapping[str, int | None] = field(default_factory=dict)
    to: str | None = None
    note: str | None = None
    units: Sequence[str] = ()
    value: str | None = None
    every: bool = False
    number: int | None = None
    after: Sequence[Row] = ()


@dataclass
class Proof:
    """What was found: ``faults`` in words, ``counts`` of what was looked at."""

    faults: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)


@dataclass
class Replay:
    """A queue as it was before, to be carried on: comments that somebody touched, and corrections that held."""

    standings: dict[str, Standing] = field(default_factory=dict)
    corrections: dict[Opinion, str] = field(default_factory=dict)
    number: int = 0
    """The number of the last row of the history before."""

    def standing(self, doc_id: str) -> Standing:
        """How a comment stands by now."""
        return self.standings.get(doc_id, Standing())


def proved(start: Replay, history: Sequence[Row], requests: Sequence[Request], ends: Iterable[Row],
           corrected: Iterable[Row]) -> Proof:
    """Whether ``history`` (rows after ``start``) is what ``requests`` should have made of it, and leads to ``ends``.

    ``ends`` and ``corrected`` are the rows of the queue and of the corrections when all was over.
    """
    proof, now = Proof(), Replay(dict(start.standings), dict(start.corrections), start.number)
    waiting = {who: [one for one in group if one.effect] for who, group in
               groupby(sorted(requests, key=lambda one: one.who), key=lambda one: one.who)}
    made: dict[int, list[Row]] = {}
    undone: set[int] = set()
    for change, grouped in groupby(history, key=lambda row: row["change"]):
        rows = list(grouped)
        said = _in_order(rows, change, now, made)
        who = rows[0]["who"]
        asked = waiting.get(who, [])
        request = asked.pop(0) if asked else None
        if request is None:
            said.append(f"{who} was told of no such change")
        else:
            said += _undoing(rows, request, made, undone) if request.action == "undo" else _doing(rows, request, now)
        said += _carried_on(rows, now)
        if request is not None:
            said += _as_told(request, change, now)
        made[change] = rows
        proof.faults += [f"change {change}: {fault}" for fault in said]
    proof.faults += [f"{who}: {one.action} was answered with success and is not in the history"
                     for who, left in waiting.items() for one in left]
    proof.faults += _ended(now, start, ends, corrected)
    proof.counts = {
        "requests_that_change": len(requests), "changed_something": sum(one.effect for one in requests),
        "changed_nothing": sum(one.status < 300 and not one.effect for one in requests),
        "conflicts": sum(one.status == 409 for one in requests),
        "nothing_to_undo": sum(one.status == 422 for one in requests),
        "changes_in_history": len(made), "rows_in_history": len(history), "undone": len(undone),
        "comments_changed": len({row["doc_id"] for row in history}),
        "comments_changed_by_several": _shared(history), "corrections_that_hold": len(now.corrections)}
    return proof


def after(action: str, before: Standing, who: str, to: str | None = None, note: str | None = None) -> Standing:
    """How a comment stands once ``who`` has done ``action`` with it, but for the version."""
    if action in ("take", "assign"):
        new = replace(before, status="mine", assignee=who if action == "take" else to)
    elif action in ("done", "wait"):
        new = replace(before, status={"done": "done", "wait": "waiting"}[action], assignee=before.assignee or who)
    elif action == "mute":
        new = replace(before, status="muted")
    elif action == "reopen":
        new = replace(before, status="new", assignee=None)
    else:
        new = before
    return new if note is None else replace(new, note=note.strip() or None)


def _in_order(rows: Sequence[Row], change: int, now: Replay, made: Mapping[int, Any]) -> list[str]:
    """Numbers without gaps, one author and one moment a change, no change in two pieces."""
    numbers = [row["number"] for row in rows]
    said = [] if numbers == list(range(now.number + 1, now.number + 1 + len(rows))) else ["numbers with gaps"]
    now.number = numbers[-1]
    said += ["is not the number of its first row"] if change != numbers[0] else []
    said += ["in two pieces"] if change in made else []
    several = len({(row["who"], row["made"], row["undoes"]) for row in rows}) > 1
    return [*said, "by several at once"] if several else said


def _doing(rows: Sequence[Row], request: Request, now: Replay) -> list[str]:
    """What is in ``rows`` otherwise than ``request`` asked for."""
    said = ["undoes something"] if rows[0]["undoes"] is not None else []
    if request.action == "correct":
        return said + _correcting(rows, request, now)
    documents = {row["doc_id"] for row in rows}
    if not request.every and (strange := documents - set(request.seen)):
        said.append(f"{len(strange)} comments that were not named")
    for doc_id in documents if request.every else request.seen:
        before, version = now.standing(doc_id), request.seen.get(doc_id)
        said += _seen(before, version, request)
        new = after(request.action, before, request.who, request.to, request.note)
        wanted = {(name, getattr(before, name), getattr(new, name)) for name in ("status", "assignee", "note")
                  if getattr(before, name) != getattr(new, name)}
        found = {(row["field"], row["before"], row["after"]) for row in rows if row["doc_id"] == doc_id}
        said += [] if wanted == found else [f"{request.action} did something else to {doc_id}"]
    return said


def _seen(before: Standing, version: int | None, request: Request) -> list[str]:
    """Whether somebody's change was overwritten unseen: a lost update."""
    if version is not None and version != before.version:
        return [f"LOST UPDATE: {request.who} saw version {version}, it was {before.version}"]
    holder = before.assignee or before.changed_by
    if version is None and not request.every and before.status != "new" and holder != request.who:
        return [f"LOST UPDATE: {request.who} named no version of what {holder} had in hand"]
    return []


def _correcting(rows: Sequence[Row], request: Request, now: Replay) -> list[str]:
    name, _, value = (request.value or "").partition(":")
    code = None if value == "machine" else value
    held = {unit: now.corrections.get((unit, name)) for unit in request.units}
    found = {row["unit_id"]: (row["field"], row["before"], row["after"]) for row in rows}
    said = [fault for row in rows for fault in _seen(now.standing(row["doc_id"]), request.seen.get(
        row["doc_id"], now.standing(row["doc_id"]).version), request)]
    wanted = {unit: (name, was, code) for unit, was in held.items() if was != code}
    return said if wanted == found else [*said, "corrected something else"]


def _undoing(rows: Sequence[Row], request: Request, made: Mapping[int, Sequence[Row]], undone: set[int]) -> list[str]:
    """Whether ``rows`` take back this person's last change that stands, or as much of it as stands."""
    last = max((number for number, of in made.items() if of[0]["who"] == request.who and of[0]["undoes"] is None
                and number not in undone), default=None)
    undoes = rows[0]["undoes"]
    if undoes is None or undoes != last:
        return [f"took back {undoes}, the last of {request.who} was {last}"]
    undone.add(undoes)
    before = {(row["doc_id"], row["unit_id"], row["field"]): (row["before"], row["after"]) for row in made[undoes]}
    back = {(row["doc_id"], row["unit_id"], row["field"]): (row["after"], row["before"]) for row in rows}
    return [f"{key[0]} is not as it was before" for key, value in back.items() if before.get(key) != value]


def _carried_on(rows: Sequence[Row], now: Replay) -> list[str]:
    """Does ``rows``; tells which of them begin with something else than there was."""
    said = []
    for doc_id, grouped in groupby(sorted(rows, key=lambda row: (row["doc_id"], row["number"])),
                                   key=lambda row: row["doc_id"]):
        before = new = now.standing(doc_id)
        for row in grouped:
            if row["unit_id"] is None:
                was = getattr(new, row["field"])
                new = replace(new, **{row["field"]: row["after"]})
            else:
                was = now.corrections.pop((row["unit_id"], row["field"]), None)
                if row["after"] is not None:
                    now.corrections[row["unit_id"], row["field"]] = row["after"]
            said += [] if was == row["before"] else [f"LOST UPDATE: {doc_id} was otherwise than the change says"]
        now.standings[doc_id] = replace(new, version=before.version + 1, changed_by=rows[0]["who"])
    return said


def _as_told(request: Request, change: int, now: Replay) -> list[str]:
    """What ``request`` was answered otherwise than it happened."""
    said = [] if request.number in (None, change) else [f"was told to be {request.number}"]
    return said + [f"{row['doc_id']} was told to stand otherwise" for row in request.after
                   if _of(row) != now.standing(row["doc_id"])]


def _ended(now: Replay, start: Replay, ends: Iterable[Row], corrected: Iterable[Row]) -> list[str]:
    found = {row["doc_id"]: _of(row) for row in ends}
    said = [f"{key} stands otherwise than its history says"
            for key in sorted({*found, *now.standings}) if found.get(key) != now.standings.get(key)]
    holds = {(row["unit_id"], row["field"]): row["value"] for row in corrected}
    return said + [f"the correction of {key[0]} is otherwise than its history says"
                   for key in sorted({*holds, *now.corrections}) if holds.get(key) != now.corrections.get(key)]


def _of(row: Row) -> Standing:
    return Standing(row["status"], row["assignee"], row["note"], row["version"], row["changed_by"])


def _shared(history: Sequence[Row]) -> int:
    people: dict[str, set[str]] = {}
    for row in history:
        people.setdefault(row["doc_id"], set()).add(row["who"])
    return sum(len(names) > 1 for names in people.values())


def replay_of(entries: Iterable[Row], corrected: Iterable[Row], number: int) -> Replay:
    """The queue as the rows of the state have it, after the ``number``-th row of the history."""
    return Replay({row["doc_id"]: _of(row) for row in entries},
                  {(row["unit_id"], row["field"]): row["value"] for row in corrected}, number)
