"""Conversations as documents: the turns' texts joined, each at its place, the customer's turns as parts."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from painpoints.read.columns import Column, guess_language
from painpoints.read.documents import (
    AUTHOR,
    SCHEMA,
    Occurrences,
    OnReject,
    author_key,
    frame_column,
    without_people,
)
from painpoints.read.options import RAW_LIMIT, ReadOptions, Rejected
from painpoints.read.plan import FilePlan
from painpoints.read.ratings import read_rating
from painpoints.read.redaction import DocumentRedaction, TableRedaction, chance_columns, is_bare_number
from painpoints.read.table import BadRow, cell_text
from painpoints.read.times import TimeReading, find_reading, read_time
from painpoints.read.transcripts.casting import Casting, participants
from painpoints.read.transcripts.conversation import CUSTOMER, DROPPED, SPEAKERS, Conversation, Said, Transcripts
from painpoints.read.transcripts.facts import Facts, fact_text, read_facts

if TYPE_CHECKING:
    from painpoints.read.transcripts.casting import Role

_EDGE = " \t\r\n\xa0\u200b\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff"
_SAMPLE, _SAMPLE_CHARACTERS = 1000, 8_000_000


@dataclass(frozen=True, slots=True)
class TranscriptPlan:
    """Who is taken for whom. ``roles`` are the labels of the first ``conversations``, which may be names, and
    ``sampled`` counts the turns of these by speaker. ``turns`` counts all turns that are kept, by speaker, and
    ``dropped`` the others by reason; both are None until the input has been read to its end."""

    roles: tuple[Role, ...]
    conversations: int
    sampled: dict[str, int]
    turns: dict[str, int] | None = None
    dropped: dict[str, int] | None = None


@dataclass(slots=True)
class _Sample:
    conversations: list[Conversation]
    seen: int
    facts: Facts
    time: TimeReading | None
    casting: Casting
    chance: frozenset[str]  # facts whose bare numbers look like personal data by chance only


class TranscriptBuilder:
    """Turns the conversations of one input into frames of documents and counts what happens on the way."""

    def __init__(self, file: str, compression: str | None, transcripts: Transcripts, options: ReadOptions,
                 on_reject: OnReject, occurrences: Occurrences) -> None:
        self._file = file
        self._compression = compression
        self._transcripts = transcripts
        self._options = options
        self._on_reject = on_reject
        self._occurrences = occurrences
        self._redaction = TableRedaction(options.redactor)
        self._counts: Counter[str] = Counter()
        self._turns: Counter[str] = Counter()
        self._dropped: Counter[str] = Counter()
        self._sample = _sampled(transcripts, options)
        self._name = self._redaction.name(file)

    def frames(self, most: int | None) -> Iterator[pl.DataFrame]:
        """Frames of ``batch_rows`` documents, at most `most` documents in all."""
        batch: list[dict[str, object]] = []
        if most is not None and most <= 0:
            return
        for conversation in self._transcripts.conversations():
            self._counts["rows"] += 1
            document = self._document(conversation)
            if document is None:
                continue
            batch.append(document)
            self._counts["documents"] += 1
            if most is not None and self._counts["documents"] >= most:
                break
            if len(batch) >= self._options.batch_rows:
                yield self._frame(batch)
                batch = []
        if batch:
            yield self._frame(batch)

    def turns(self) -> Iterator[tuple[int, str, str]]:
        """(number of the conversation, speaker, text) of each turn of the first conversations, as they stand there."""
        for found in self._sample.conversations:
            speakers = self._sample.casting.speakers(found)
            yield from ((found.number, speaker, turn.text)
                        for speaker, turn in zip(speakers, found.turns, strict=True))

    def plan(self) -> FilePlan:
        """What is understood of the input before it is read."""
        transcripts, sample = self._transcripts, self._sample
        facts, casting = sample.facts, sample.casting
        columns = dict(transcripts.columns)
        columns.update((role, Column(name, "name")) for role, name in facts.roles.items() if role not in columns)
        notes = list(transcripts.notes)
        if sample.time is not None and sample.time.why:
            notes.append(f"time: {sample.time.why}.")
        if facts.rating is not None:
            notes.append(f"rating: {facts.rating.why}.")
        if facts.left_out:
            notes.append(f"left out, as they name people: {', '.join(facts.left_out)}.")
        notes += _role_notes(sample.casting)
        reading = sample.time or facts.time
        return FilePlan(
            file=self._file, format=transcripts.format, compression=self._compression, encoding=transcripts.encoding,
            delimiter=transcripts.delimiter, quote=transcripts.quote, header=transcripts.header,
            sheet=transcripts.sheet, columns=columns, meta=tuple(facts.meta), left_out=tuple(facts.left_out),
            kind="transcript", time_format=reading.form if reading else None,
            calendar=reading.calendar if reading else None,
            day_first=reading.day_first if reading and "last" in reading.form else None,
            rating_scale=facts.rating.name if facts.rating else None, sampled_rows=sample.seen, notes=tuple(notes),
            transcript=TranscriptPlan(casting.roles, casting.conversations, casting.turns),
        )

    def finished_plan(self) -> FilePlan:
        """The plan with the counts of what was read."""
        plan = self.plan()
        notes = list(plan.notes)
        counts = self._counts
        kept = {speaker: self._turns[speaker] for speaker in SPEAKERS if self._turns[speaker]}
        dropped = {reason: self._dropped[reason] for reason in DROPPED if self._dropped[reason]}
        if kept:
            notes.append("turns: " + ", ".join(f"{count:,} {speaker}" for speaker, count in kept.items()) + ".")
        notes += [f"turns left out: {count:,} {DROPPED[reason]}." for reason, count in dropped.items()]
        if counts["no_time"]:
            notes.append(f"time: {counts['no_time']} values could not be read.")
        if counts["no_rating"]:
            notes.append(f"rating: {counts['no_rating']} values are off the scale or no ratings.")
        casting = self._sample.casting
        transcript = TranscriptPlan(casting.roles, casting.conversations, casting.turns, kept, dropped)
        plan = replace(plan, rows=counts["rows"], documents=counts["documents"], rejected=counts["rejected"],
                       notes=tuple(notes), transcript=transcript)
        return without_people(plan, self._redaction)

    def _reject(self, number: int, code: str, words: str, raw: str) -> None:
        self._counts["rejected"] += 1
        self._on_reject(Rejected.of(self._name, number, code, words, self._redaction.raw(raw, RAW_LIMIT)))

    def _document(self, found: Conversation | BadRow) -> dict[str, object] | None:
        if isinstance(found, BadRow):
            raw = "" if self._redaction.active else found.raw  # names of speakers stand in it
            self._reject(found.number, found.code, found.words, raw)
            return None
        self._dropped.update(found.dropped)
        found.turns = [turn for turn in found.turns if self._is_kept(turn)]
        if not found.turns:
            self._reject(found.number, "empty_conversation", "there is no turn with a text in this conversation", "")
            return None
        speakers = self._sample.casting.speakers(found)
        if CUSTOMER not in speakers:
            self._reject(found.number, "no_customer", "no turn of this conversation is the customer's",
                         "\n".join(turn.text for turn in found.turns))
            return None
        self._turns.update(speakers)
        return self._filled(found, speakers)

    def _is_kept(self, turn: Said) -> bool:
        turn.text = turn.text.strip(_EDGE)
        reason = None if turn.text else "empty_turn"
        if len(turn.text) > self._options.max_chars:
            reason = "turn_too_long"
        if reason is not None:
            self._dropped[reason] += 1
        return reason is None

    def _filled(self, found: Conversation, speakers: list[str]) -> dict[str, object]:
        redaction = self._redaction.document()
        pieces = [redaction.text(turn.text) for turn in found.turns]
        text, places = _joined([piece.text for piece in pieces])
        for piece, (start, _) in zip(pieces, places, strict=True):
            redaction.place(piece, start)
        source_id = self._clean(redaction.key, "id", found.id)
        times = [self._turn_time(turn.time) for turn in found.turns]
        turns = [{"speaker": speaker, "who": who, "time": time, "start": start, "end": end}
                 for speaker, who, time, (start, end)
                 in zip(speakers, participants(found, speakers), times, places, strict=True)]
        facts = self._sample.facts
        facts.learn(found.facts)
        cells = {role: found.facts.get(name) for role, name in facts.roles.items()}
        time = next((moment for moment in times if moment is not None), None) or self._fact_time(cells.get("time"))
        rating = self._rating(cells.get("rating"))
        customer = found.customer or cell_text(cells.get("author")) or _customer_label(found, speakers)
        document: dict[str, object] = {
            "doc_id": self._occurrences.doc_id(source_id, time.isoformat() if time is not None else None, text),
            "source_id": source_id,
            "kind": "transcript",
            "source": self._fact(redaction, facts.roles.get("source"), found),
            "author_key": author_key(customer, self._options.author_secret),
            "time": time,
            "rating": rating,
            "rating_raw": self._fact(redaction, facts.roles.get("rating"), found),
            "rating_scale": facts.rating.name if facts.rating is not None and rating is not None else None,
            "text": text,
            "parts": [{"field": "turn", "start": start, "end": end}
                      for speaker, (start, end) in zip(speakers, places, strict=True) if speaker == CUSTOMER],
            "turns": turns,
            "redactions": redaction.rows(),
            "file": self._name,
            "row": found.number,
        }
        for role in ("product", "language"):
            if role in facts.roles:
                document[f"meta.{role}"] = self._fact(redaction, facts.roles[role], found)
        if self._options.show_authors:
            document[AUTHOR] = customer
        for name, column in facts.meta.items():
            document[self._redaction.name(column)] = self._fact(redaction, name, found)
        return document

    def _clean(self, clean: Callable[[object], str | None], name: str, value: object) -> str | None:
        text = cell_text(value)
        return text if text is not None and name in self._sample.chance and is_bare_number(text) else clean(value)

    def _fact(self, redaction: DocumentRedaction, name: str | None, found: Conversation) -> str | None:
        value = found.facts.get(name) if name is not None else None
        return self._clean(redaction.cell, name or "", value) if fact_text(value) is not None else None

    def _turn_time(self, cell: object) -> dt.datetime | None:
        reading = self._sample.time
        if reading is None or cell_text(cell) is None:
            return None
        time = read_time(cell, reading)
        self._counts["no_time"] += time is None
        return time

    def _fact_time(self, cell: object) -> dt.datetime | None:
        reading = self._sample.facts.time
        return read_time(cell, reading) if reading is not None and cell_text(cell) is not None else None

    def _rating(self, cell: object) -> float | None:
        scale = self._sample.facts.rating
        if scale is None or cell_text(cell) is None:
            return None
        rating = read_rating(cell, scale)
        self._counts["no_rating"] += rating is None
        return rating

    def _frame(self, batch: list[dict[str, object]]) -> pl.DataFrame:
        facts = self._sample.facts
        roles = [f"meta.{role}" for role in ("product", "language") if role in facts.roles]
        shown = (AUTHOR,) if self._options.show_authors else ()
        names = [*roles, *shown, *map(self._redaction.name, facts.meta.values())]
        schema: dict[str, Any] = dict(SCHEMA) | dict.fromkeys(names, pl.Utf8)
        return pl.DataFrame({name: frame_column(name, [document.get(name) for document in batch], dtype)
                             for name, dtype in schema.items()})


def _sampled(transcripts: Transcripts, options: ReadOptions) -> _Sample:
    """The first conversations, and what they tell of the whole input."""
    shown: list[Conversation] = []
    seen = characters = 0
    for found in transcripts.conversations():
        seen += 1
        if isinstance(found, BadRow):
            continue
        shown.append(found)
        characters += sum(len(turn.text) for turn in found.turns)
        if len(shown) >= _SAMPLE or characters > _SAMPLE_CHARACTERS:
            break
    texts = [turn.text for found in shown for turn in found.turns]
    language = guess_language([], [texts[:2000]])
    names = dict.fromkeys(name for found in shown for name in found.facts)
    cells: dict[str, list[object]] = {name: [found.facts.get(name) for found in shown] for name in names}
    times = [turn.time for found in shown for turn in found.turns if turn.time is not None]
    overrides = {role: name for role, name in options.overrides().items() if role not in ("text", "id")}
    ids = [[found.id, *(found.facts.get(name) for name in names)] for found in shown]
    return _Sample(shown, seen, read_facts(cells, overrides, options.rating_scale, language),
                   find_reading(times[:5000], "time", language), Casting.of(shown, options.agent, options.customer),
                   chance_columns(["id", *names], ids, options.redactor))


def _joined(texts: Iterable[str]) -> tuple[str, list[tuple[int, int]]]:
    """The texts with a line break between them, and where each stands."""
    places: list[tuple[int, int]] = []
    at = 0
    said = list(texts)
    for text in said:
        places.append((at, at + len(text)))
        at += len(text) + 1
    return "\n".join(said), places


def _customer_label(found: Conversation, speakers: list[str]) -> str | None:
    """The name of the customer who says most, None where only a word for the role stands."""
    from painpoints.read.transcripts.wording import is_numbered, side_of_label

    said: Counter[str] = Counter()
    for turn, speaker in zip(found.turns, speakers, strict=True):
        if speaker == CUSTOMER and turn.label is not None:
            said[turn.label] += 1
    if not said:
        return None
    label = max(said, key=lambda name: said[name])
    return None if side_of_label(label) is not None or is_numbered(label) else label


def _role_notes(casting: Casting) -> list[str]:
    """How the roles were found, without the names of people."""
    whys: Counter[tuple[str, str]] = Counter()
    for role in casting.roles:
        shown = repr(role.label) if role.is_word else "a name"
        whys[role.speaker, f"{shown} ({role.why})"] += 1
    return [f"roles: {what} is the {speaker}." if count == 1 else f"roles: {count} times {what} is the {speaker}."
            for (speaker, what), count in whys.most_common(6)]
