"""Conversations written out as plain text: labels before what is said, also with times, as chats export them."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from painpoints.read.columnnames import fold_name, lexicon
from painpoints.read.columns import guess_language
from painpoints.read.lines import is_decoded
from painpoints.read.table import BadRow
from painpoints.read.transcripts.chatlines import Line, heading, is_separator, read_line
from painpoints.read.transcripts.conversation import AGENT, BOT, CUSTOMER, SYSTEM, Conversation, Said, Transcripts
from painpoints.read.transcripts.remains import absence, cleaned
from painpoints.read.transcripts.sessions import sessions
from painpoints.read.transcripts.wording import folded, is_numbered, is_system_line, side_of_label, wording

Lines = Callable[[], Iterable[str]]
_DATED = re.compile(r"[0-9۰-۹٠-٩]{1,4}\W{1,4}[0-9۰-۹٠-٩]{1,2}\W{1,4}[0-9۰-۹٠-٩]{1,4}\W|[^\W\d_]{3}")
_MOST_LABELS = 200_000


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is laid out: its ``labels`` (None: whoever a time stands before), whether times come ``dated``
    before every message, and what parts conversations: ``ruled`` by headings and rules, ``blanks`` empty lines or
    nothing (0)."""

    labels: frozenset[str]
    dated: bool
    ruled: bool
    blanks: int


@dataclass(frozen=True, slots=True)
class Block:
    """Lines between empty lines: their ``labels``, how many empty lines follow (``blank``), and whether the line after
    those ``begins`` with a label."""

    blank: int
    labels: frozenset[str]
    begins: bool


def find_layout(lines: Iterable[str], *, told: bool = False) -> Layout | None:
    """The layout of lines that are a conversation's, None for other text. ``told``: the user says that they are.

    Labels are told by words for roles, by times before them, or by coming again and again with hardly a line that
    has none.
    """
    labels: Counter[str] = Counter()
    filled = opening = stamped = dated = rules = 0
    blocks: list[Block] = []
    inside: set[str] = set()
    blank = 0
    for line in lines:
        if not line.strip():
            blank += 1
            continue
        filled += 1
        if is_separator(line) or heading(line) is not None:
            rules += 1
            continue
        found = read_line(line)
        if blank:
            blocks.append(Block(blank, frozenset(inside), found is not None and found.label is not None))
            inside, blank = set(), 0
        if found is None or (found.label is None and not _DATED.match(found.stamp or "")):
            continue
        opening += 1
        stamped += found.stamp is not None
        dated += found.stamp is not None and _DATED.match(found.stamp.strip("\u200e\u200f ")) is not None
        if found.label is not None and (found.label in labels or len(labels) < _MOST_LABELS):
            labels[found.label] += 1
            inside.add(found.label)
    blocks.append(Block(0, frozenset(inside), True))
    if not filled or not labels:
        return None
    is_dated = dated >= 3 and dated >= 0.8 * opening and dated >= 0.25 * filled
    is_stamped = is_dated or (stamped >= 0.8 * opening and max(labels.values()) >= 2)
    kept = _labels(labels, is_stamped, filled, told)
    if kept is None or (opening < 0.25 * filled and not told):
        return None
    return Layout(kept, is_dated, rules > 0, 0 if is_dated or rules else _blanks(blocks))


def _labels(labels: Counter[str], stamped: bool, filled: int, told: bool) -> frozenset[str] | None:
    """The labels that name speakers, None where these lines are no conversation."""
    sides = {label: side for label in labels if (side := side_of_label(label)) is not None}
    numbered = {label for label in labels if is_numbered(label)}
    often = {label for label, count in labels.items() if count >= 2}
    people = {side for side in sides.values() if side in (CUSTOMER, AGENT, BOT)}
    known = set(sides) | numbered
    kept = known | (set(labels) if stamped else often)
    if len(people) < 2 and len(kept - {label for label in sides if sides[label] == SYSTEM}) < 2 + (not people):
        kept |= {label for label in labels if _is_name(label)}
    lines = sum(labels[label] for label in kept)
    if stamped and len(kept) >= 2 and lines >= 0.25 * filled:
        return frozenset(kept)
    if len(people) >= 2 or (people and len(kept - {x for x in sides if sides[x] == SYSTEM}) >= 2):
        return frozenset(kept) if lines >= 0.2 * filled or told else None
    if told and (people or len(kept) >= 2):
        return frozenset(kept)
    if people and lines >= 0.6 * filled and lines >= 2:
        return frozenset(kept)
    several = len(often | numbered) >= 2 and lines >= 0.6 * filled
    return frozenset(kept) if several and (numbered >= often or _is_served(often, labels, filled)) else None


def _is_name(label: str) -> bool:
    """Whether a label that comes once looks like somebody's name."""
    words = label.split()
    return len(words) <= 2 and all(word[0].isalpha() and not word[0].islower() for word in words) and (
        fold_name(label) not in wording().fields["not_labels"])


def _is_served(often: set[str], labels: Counter[str], filled: int) -> bool:
    """Whether labels that are names look like speakers, not like the fields of a form ("Size:", "Colour:")."""
    lines = sum(labels[label] for label in often)
    forms = max(Counter(labels[label] for label in often).values(), default=0)
    return lines >= 0.7 * filled and (len(often) == 2 or forms < 0.8 * len(often))


def _blanks(blocks: Sequence[Block]) -> int:
    """How many empty lines part conversations, 0 where they part none.

    Blocks are whole conversations when most of them hold more than one speaker and begin with a label.
    """
    for least in sorted({block.blank for block in blocks if block.blank}):
        speakers: set[str] = set()
        parted = several = begun = 0
        for block in blocks:
            speakers |= block.labels
            if block.blank >= least:
                parted, several, begun = parted + 1, several + (len(speakers) >= 2), begun + block.begins
                speakers = set()
        if several >= 0.6 * parted and begun >= 0.6 * parted:
            return least
    return 0


def labelled_transcripts(name: str, lines: Lines, layout: Layout) -> Transcripts:
    """The conversations of a text laid out as ``layout``."""
    stem = PurePath(name).stem if name != "-" else "stdin"
    sample = [line for line, _ in zip(lines(), range(400), strict=False)]
    language = guess_language([], [sample])

    def conversations() -> Iterator[Conversation | BadRow]:
        number = 1
        for found in _conversations(stem, lines(), layout):
            if isinstance(found, BadRow):
                yield found
                number = found.number + 1
                continue
            for part in sessions(found, language, number) if layout.dated else [found]:
                part.number = number
                number += 1
                yield part

    style = "chat export" if layout.dated else "labelled text"
    return Transcripts(style, conversations, header=False)


class _Gathering:
    """The conversation that is being read."""

    def __init__(self, stem: str, layout: Layout) -> None:
        self._stem = stem
        self._layout = layout
        self._count = 0
        self._id: str | None = None
        self._said: list[tuple[Said, list[str]]] = []
        self._facts: dict[str, object] = {}
        self._loose: list[str] = []

    def open_turn(self, said: Said, text: str) -> None:
        self._said.append((said, [text] if text else []))

    def go_on(self, line: str) -> None:
        if self._said:
            self._said[-1][1].append(line)
        elif line.strip():
            self._fact(line)

    def _fact(self, line: str) -> None:
        """A line above the first turn: "Date: ..." is a fact, other lines are kept as the system's."""
        name, colon, value = line.partition(":")
        if colon and value.strip() and len(name) <= 40 and fold_name(name) in lexicon().exact:
            self._facts[name.strip()] = value.strip()
        else:
            self._said.append((Said(None, "", None, SYSTEM), [line.strip()]))

    def begin(self, name: str | None) -> None:
        self._id = name

    def finished(self) -> Conversation | None:
        """The conversation so far, None where nobody has spoken; what follows begins a new one."""
        if not any(said.side != SYSTEM for said, _ in self._said) and not self._facts and not self._said:
            return None
        self._count += 1
        name = self._id or (self._stem if self._count == 1 else f"{self._stem}-{self._count}")
        found = Conversation(self._count, name, [], self._facts)
        for said, lines in self._said:
            text = "\n".join(lines).strip()
            kept = cleaned(text) if text else None
            if kept is None:
                found.dropped[(absence(text) or "media_only") if text else "empty_turn"] += 1
            else:
                said.text = kept
                found.turns.append(said)
        stem = folded(self._stem)
        for label in {said.label for said in found.turns if said.label}:
            if len(label) > 2 and re.search(rf"(?<!\w){re.escape(folded(label))}(?!\w)", stem):
                found.hints[label] = (CUSTOMER, "the file bears this name")
                found.id = f"chat-{hashlib.blake2b(name.encode(errors='surrogatepass'), digest_size=4).hexdigest()}"
        self._id, self._said, self._facts = None, [], {}
        return found


def _conversations(stem: str, lines: Iterable[str], layout: Layout) -> Iterator[Conversation | BadRow]:
    gathering = _Gathering(stem, layout)
    blank = 0
    for raw in lines:
        line = raw.rstrip("\r\n")
        if not line.strip():
            blank += 1
            continue
        name = heading(line) if layout.ruled else None
        if layout.ruled and (name is not None or is_separator(line)):
            if (found := gathering.finished()) is not None:
                yield found
            if name is not None:
                gathering.begin(name)
            blank = 0
            continue
        if not is_decoded(line):
            line = line.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        opened = read_line(line)
        said = _said(opened, layout) if opened is not None else None
        parted = layout.blanks and blank >= layout.blanks and said is not None
        if parted and (found := gathering.finished()) is not None:
            yield found
        elif blank and said is None:
            gathering.go_on("")
        blank = 0
        if said is not None and opened is not None:
            gathering.open_turn(said, opened.text)
        elif said is None and not layout.dated and is_system_line(line) and len(line) <= 120:
            gathering.open_turn(Said(None, "", None, SYSTEM), line.strip())
        else:
            gathering.go_on(line)
    if (found := gathering.finished()) is not None:
        yield found


def _said(line: Line, layout: Layout) -> Said | None:
    """The turn a line opens; None where it goes on with the one before."""
    if line.label is None:
        is_note = line.stamp is not None and (layout.dated or is_system_line(line.text))
        return Said(None, "", line.stamp, SYSTEM) if is_note else None
    if line.label not in layout.labels:
        # Someone who joins late, or a colon within a sentence.
        return Said(line.label, "", line.stamp) if layout.dated and line.stamp is not None else None
    if layout.dated and (line.stamp is None or not _DATED.match(line.stamp.strip("\u200e\u200f "))):
        return None
    side = SYSTEM if layout.dated and is_system_line(line.text) and "\u200e" in line.text[:2] else None
    return Said(None if side else line.label, "", line.stamp, side)
