"""What people did with comments, in words: one line a change, and what colleagues did meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from painpoints.triage.people import same_person
from painpoints.triage.queue import DONE, MINE, MUTED, NEW, WAITING

if TYPE_CHECKING:
    from markupsafe import Markup

    from painpoints.triage.moving import Move
    from painpoints.triage.web.wording import Wording

_STATES = {DONE: "done", MUTED: "muted", WAITING: "waiting", NEW: "reopened"}
_OPINIONS = ("sentiment", "touchpoint", "stage", "problem")


@dataclass(frozen=True)
class Deed:
    """What ``who`` did at a moment (``made``), in ``words``; of one opinion where ``unit_id`` names it."""

    who: str
    made: datetime
    words: Markup
    unit_id: str | None = None
    note: str | None = None


def deeds(rows: Iterable[Mapping[str, Any]], t: Wording, moves: Iterable[Move] = (),
          called: Callable[[str], str] = str) -> list[Deed]:
    """The history of one comment, last first: what became of each field in a change is told as one thing.

    Among it stand ``moves`` of its opinions, between pain points that are ``called`` so.
    """
    told: list[tuple[tuple[int, int], Deed]] = []
    for (_, unit), group in groupby(rows, key=lambda row: (row["change"], row.get("unit_id"))):
        fields = list(group)
        first, made = fields[0], datetime.fromisoformat(fields[0]["made"])
        note = next((row["after"] for row in fields if row["field"] == "note"), None)
        words = t("queue.did.undid") if first["undoes"] is not None else _words(fields, t)
        told.append(((first["number"], 0), Deed(first["who"], made, words, unit,
                                                note if first["undoes"] is None else None)))
    for move in moves:
        told.append(((move.follows, move.number), Deed(move.who, datetime.fromisoformat(move.made),
                                                       _moved(move, t, called), move.unit_id)))
    return [deed for _, deed in sorted(told, key=itemgetter(0))][::-1]


def _moved(move: Move, t: Wording, called: Callable[[str], str]) -> Markup:
    if move.undoes is not None:
        return t("queue.did.unmoved_out") if move.after is None else t("queue.did.unmoved", new=called(move.after))
    if move.after is None:
        return t("queue.did.moved_out", old=called(str(move.before)))
    if move.before is None:
        return t("queue.did.moved_in", new=called(move.after))
    return t("queue.did.moved", old=called(move.before), new=called(move.after))


def meanwhile(rows: Iterable[Mapping[str, Any]], who: str, t: Wording) -> list[Markup]:
    """What others than ``who`` did to how many comments, in few lines: "Ali took 3 comments"."""
    documents: dict[tuple[str, str], set[str]] = {}
    for (_, doc_id), group in groupby(rows, key=lambda row: (row["change"], row["doc_id"])):
        fields = list(group)
        if not same_person(fields[0]["who"], who):
            documents.setdefault((fields[0]["who"], kind_of(fields)), set()).add(doc_id)
    several = Counter(name for name, _ in documents)
    merged: dict[tuple[str, str], set[str]] = {}
    for (name, kind), ids in documents.items():
        merged.setdefault((name, kind if several[name] < 3 else "changed"), set()).update(ids)
    return [t.count(f"queue.news.{kind}", len(ids), who=name) for (name, kind), ids in merged.items()]


def kind_of(fields: Sequence[Mapping[str, Any]]) -> str:
    """What a change of one comment was, in one word: a key of ``queue.news``."""
    if fields[0]["undoes"] is not None:
        return "undid"
    after = {row["field"]: row["after"] for row in fields if row.get("unit_id") is None}
    if after.get("status") in _STATES:
        return _STATES[after["status"]]
    if after.get("status") == MINE or "assignee" in after:
        return "took" if same_person(after.get("assignee"), fields[0]["who"]) else "assigned"
    return "noted" if "note" in after else "corrected"


def _words(fields: Sequence[Mapping[str, Any]], t: Wording) -> Markup:
    after = {row["field"]: row["after"] for row in fields}
    if fields[0].get("unit_id") is not None:
        return _corrected(fields[-1]["field"], fields[-1]["after"], t)
    kind = kind_of(fields)
    if kind == "assigned":
        return t("queue.did.assigned", to=after.get("assignee") or "")
    if kind == "noted":
        return t("queue.did.noted" if after["note"] else "queue.did.unnoted")
    return t(f"queue.did.{kind}")


def _corrected(field: str, value: str | None, t: Wording) -> Markup:
    if value is None:
        return t("queue.did.machine", field=t.text(f"queue.field.{field}"))
    return t("queue.did.corrected", field=t.text(f"queue.field.{field}"), value=value_name(field, value, t))


def value_name(field: str, value: str, t: Wording) -> str:
    """What a value of an opinion is called; a title of a pain point is its own name."""
    if field == "sentiment" and value in ("neg", "neu", "pos"):
        return t.text(f"queue.{value}")
    if field == "problem":
        return t.text("queue.yes" if value in ("yes", "True", "true", "1") else "queue.no")
    if field == "touchpoint":
        return t.edition.touchpoint(value)
    return t.edition.stage(value) if field == "stage" else value
