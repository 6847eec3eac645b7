"""One conversation as bubbles: who said what and when, what is an opinion in it, and what shows how it went."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby, pairwise
from typing import Any
from zoneinfo import ZoneInfo

from painpoints.report.cells import clean
from painpoints.report.edition import Edition
from painpoints.report.sections.pains import direction

ROLES = ("customer", "agent", "bot", "system", "other")
TURN_LIMIT = 2_000
"""Characters of one turn that the page shows."""
TURNS_SHOWN = 80
UNFOLDED = 14
"""A longer conversation folds what carries no mark and stands next to none."""
TONES = ("neg", "neu", "pos")


def transcript(edition: Edition, row: Mapping[str, Any], units: Sequence[Mapping[str, Any]],
               titles: Mapping[str, tuple[str, str, str | None]], zone: str = "UTC") -> dict[str, Any]:
    """``parts`` (runs of ``turns``, a run with ``fold`` is folded under that label) and ``later``, what is not shown.

    ``row`` is a row of `conversations`, ``units`` the units of its document, ``titles`` the pain points' addresses and
    titles by id.
    """
    marks = turn_marks(edition, row)
    names = speaker_names(edition, row["turns"])
    place = ZoneInfo(zone)
    days: list[Any] = [None]
    turns = []
    for number, turn in enumerate(row["turns"][:TURNS_SHOWN]):
        mine = [unit for unit in units if unit["turn"] == number]
        spans = [(unit["start"], unit["end"], f"opinion {unit['sentiment'] or 'neu'}") for unit in mine]
        spans += [(promise["start"], promise["end"], "promise") for promise in row["promises"] or []
                  if promise["turn"] == number]
        text = row["text"][turn["start"]:turn["end"]]
        turns.append({
            "number": number, "speaker": turn["speaker"] if turn["speaker"] in ROLES else "other",
            "name": names[number], "dir": direction(text),
            **_clock(edition, turn.get("time"), place, days),
            "pieces": pieces(row["text"], turn["start"], min(turn["end"], turn["start"] + TURN_LIMIT), spans),
            "cut": edition.say("text.cut") if turn["end"] - turn["start"] > TURN_LIMIT else "",
            "opinions": _opinions(edition, mine, titles), "marks": marks.get(number, [])})
    later = len(row["turns"]) - len(turns)
    return {"parts": list(_parts(edition, turns)),
            "later": edition.say("conversations.later", turns=edition.count("count.turns", later)) if later else ""}


def pieces(text: str, start: int, end: int, spans: Sequence[tuple[int, int, str]]) -> list[tuple[str, str]]:
    """``text[start:end]`` cut where a span begins or ends: each piece with the classes of the spans over it."""
    inside = [(max(start, a), min(end, b), name) for a, b, name in spans if a < end and b > start]
    edges = sorted({start, end, *(edge for a, b, _ in inside for edge in (a, b))})
    cut = [(text[a:b], " ".join(dict.fromkeys(word for s, e, name in inside if s <= a and b <= e
                                              for word in name.split()))) for a, b in pairwise(edges)]
    return [(clean(piece), names) for piece, names in cut if piece]


def turn_marks(edition: Edition, row: Mapping[str, Any]) -> dict[int, list[dict[str, str]]]:
    """Each turn's number to what it shows: ``text`` and ``tone`` (neg, pos or nothing)."""
    marks: dict[int, list[dict[str, str]]] = {}

    def mark(turn: int | None, text: str, tone: str = "") -> None:
        if turn is not None and not any(each["text"] == text for each in marks.setdefault(turn, [])):
            marks[turn].append({"text": text, "tone": tone})

    outcome = row["resolution"]
    mark(row["resolution_turn"], edition.say("conversations.shows", outcome=edition.say(f"conversations.{outcome}")),
         {"resolved": "pos", "unresolved": "neg"}.get(outcome, ""))
    for sign in row["effort_signs"] or []:
        mark(sign["turn"], edition.known(f"conversations.{sign['sign']}") or sign["sign"], "neg")
    for promise in row["promises"] or []:
        fate = promise["kept"]
        tone = {"kept": "pos", "broken": "neg"}.get(fate, "")
        mark(promise["turn"], edition.say(f"conversations.fate_{fate}", promise=promise_name(edition, promise)), tone)
        if fate in ("kept", "broken") and promise.get("kept_turn") != promise["turn"]:
            mark(promise.get("kept_turn"), edition.say(f"conversations.now_{fate}"), tone)
    if row["courtesy"] in ("courteous", "discourteous"):
        mark(row["courtesy_turn"], edition.say(f"conversations.{row['courtesy']}"),
             "neg" if row["courtesy"] == "discourteous" else "pos")
    if row["trajectory"] == "worse":
        mark(row["lowest_turn"], edition.say("conversations.lowest"), "neg")
    return marks


def promise_name(edition: Edition, promise: Mapping[str, Any]) -> str:
    """The promise with its span in words: minutes under an hour, days from two days on."""
    hours = promise["hours"]
    if not hours:
        return edition.say("conversations.promise")
    if hours < 1:
        span = edition.count("count.minutes", max(1, round(hours * 60)))
    elif hours >= 48 and hours % 24 == 0:
        span = edition.count("count.days", round(hours / 24))
    else:
        span = edition.count("count.hours", max(1, round(hours)))
    return edition.say("conversations.promise_within", span=span)


def speaker_names(edition: Edition, turns: Sequence[Mapping[str, Any]]) -> list[str]:
    """What each turn's speaker is called: the role, numbered where several speak in it."""
    people: dict[str, list[Any]] = {}
    for turn in turns:
        known = people.setdefault(turn["speaker"], [])
        if turn.get("who") not in known:
            known.append(turn.get("who"))
    named = []
    for turn in turns:
        role = edition.known(f"conversations.{turn['speaker']}") or edition.say("conversations.other")
        several = people[turn["speaker"]]
        named.append(role if len(several) < 2 else edition.say(
            "conversations.numbered", role=role, n=edition.number(several.index(turn.get("who")) + 1)))
    return named


def _clock(edition: Edition, time: datetime | None, place: ZoneInfo, days: list[Any]) -> dict[str, str]:
    """``time`` of the day, and ``day`` where it is another than that of the turn before."""
    if time is None:
        return {"time": "", "day": ""}
    local = time.astimezone(place)
    fresh = local.date() != days[-1]
    days.append(local.date())
    return {"time": edition.numerals.plain(f"{local:%H:%M}"),
            "day": edition.numerals.day(local.date()) if fresh else ""}


def _opinions(edition: Edition, units: Sequence[Mapping[str, Any]],
              titles: Mapping[str, tuple[str, str, str | None]]) -> list[dict[str, Any]]:
    """The touchpoints that a turn speaks of, each once, with the worst that is said of it and its pain point."""
    named: dict[str, dict[str, Any]] = {}
    for unit in sorted(units, key=lambda unit: TONES.index(unit["sentiment"] or "neu")):
        if unit["touchpoint"] not in (None, "none", "general"):
            told = named.setdefault(unit["touchpoint"], {
                "name": edition.touchpoint(unit["touchpoint"]), "tone": unit["sentiment"] or "neu", "pain": None})
            told["pain"] = told["pain"] or titles.get(unit.get("painpoint_id") or "")
    return list(named.values())


def _parts(edition: Edition, turns: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Runs of turns that are shown, and of those that are folded: no mark, no neighbour with one, not at an end."""
    marked = {turn["number"] for turn in turns if turn["marks"]}

    def kept(turn: Mapping[str, Any]) -> bool:
        at = turn["number"]
        return len(turns) <= UNFOLDED or at < 2 or at >= len(turns) - 2 or not marked.isdisjoint((at - 1, at, at + 1))

    for shown, run in groupby(turns, kept):
        found = list(run)
        fold = "" if shown or len(found) < 3 else edition.say(
            "conversations.fold", turns=edition.count("count.turns", len(found)))
        yield {"fold": fold, "turns": found}
