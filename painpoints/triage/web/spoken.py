"""A conversation as its turns are read: who said what, when, with the opinions in it and what it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from painpoints.report import Edition, speaker_names, turn_marks
from painpoints.triage.web.pieces import Text, readable

ROLES = ("customer", "agent", "bot", "system")


@dataclass(frozen=True)
class Spoken:
    """One turn: its ``speaker`` (customer, agent, bot, system or other) by ``name``, and ``marks`` (text, tone) where
    it shows how the conversation went."""

    speaker: str
    name: str
    time: datetime | None
    text: Text
    marks: Sequence[Mapping[str, str]] = ()


def spoken(document: Mapping[str, Any], units: Sequence[Mapping[str, Any]], edition: Edition, words: str = "",
           judged: Mapping[str, Any] | None = None) -> tuple[Spoken, ...]:
    """The turns of a document, with its ``units`` (start, end in its text) and what answers ``words``; none where it is
    no conversation. ``judged`` is what is known of the conversation as a whole."""
    turns = document.get("turns") or ()
    marks = {} if judged is None else turn_marks(edition, judged)
    names = speaker_names(edition, turns)
    return tuple(
        Spoken(turn["speaker"] if turn["speaker"] in ROLES else "other", name, turn.get("time"),
               readable(document["text"][turn["start"]:turn["end"]], _inside(units, turn), words), marks.get(at, ()))
        for at, (turn, name) in enumerate(zip(turns, names, strict=True)))


def _inside(units: Sequence[Mapping[str, Any]], turn: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The units that begin in a turn, with their places in it."""
    start, end = turn["start"], turn["end"]
    return [{**unit, "start": unit["start"] - start, "end": min(unit["end"], end) - start}
            for unit in units if start <= unit["start"] < end]
