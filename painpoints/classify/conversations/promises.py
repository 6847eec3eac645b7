"""What the company promised, by when, and whether the conversation shows that it was kept."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from painpoints.text import any_of, word_entries, written

from .cues import QUESTION, Hit
from .effort import Told
from .signs import PROMISE
from .turns import AGENT, BOT, CUSTOMER, Conversation, Turn

KEPT, BROKEN, UNKNOWN = "kept", "broken", "unknown"
_LONGEST = 2000.0


@dataclass(frozen=True)
class Promise:
    """A promise in ``turn`` at ``start:end`` of the document, of ``hours`` (None: no time was named), and whether it
    was ``kept`` (kept, broken, unknown) with the turn that shows it."""

    turn: int
    start: int
    end: int
    hours: float | None
    kept: str
    kept_turn: int | None


@dataclass(frozen=True)
class _Durations:
    counted: re.Pattern[str]
    phrase: re.Pattern[str]
    units: tuple[tuple[re.Pattern[str], float], ...]
    numbers: tuple[tuple[re.Pattern[str], float], ...]
    phrases: tuple[tuple[re.Pattern[str], float], ...]

    def hours(self, folded: str) -> float | None:
        """The hours of the last duration named in ``folded``, the longest where several are."""
        found = [self._counted(match) for match in self.counted.finditer(folded)]
        if not found:
            found = [value for match in self.phrase.finditer(folded) for pattern, value in self.phrases
                     if pattern.fullmatch(match["phrase"])]
        sane = [value for value in found if 0 < value <= _LONGEST]
        return max(sane) if sane else None

    def _counted(self, match: re.Match[str]) -> float:
        unit = next(value for pattern, value in self.units if pattern.fullmatch(match["unit"]))
        number = match["number"]
        if number.isdigit():
            return int(number) * unit
        return next(value for pattern, value in self.numbers if pattern.fullmatch(number)) * unit


def find_promises(conversation: Conversation, told: Told) -> list[Promise]:
    """The promises of the company in ``conversation``, those that a customer recalls from before it included.

    A company's turn in ``told`` promises if the heads read so there; of other turns the cues tell.
    """
    found: list[tuple[Turn, Hit, float | None]] = []
    recalled: list[Promise] = []
    for turn in conversation.turns:
        read = told.get(turn.number)
        promises = turn.has("promise") if read is None else PROMISE in read
        if turn.speaker in (AGENT, BOT) and promises:
            for hit, hours in _commitments(turn) or ([_whole(turn)] if read is not None else []):
                found.append((turn, hit, hours))
        elif turn.speaker == CUSTOMER and turn.has("recalls") and not found:
            hit = turn.cues["recalls"][0]
            stop = _sentence_end(turn.folded, hit.end)
            broken = turn.has("unsolved", "waiting", "anger", "sarcasm", "repeated")
            recalled.append(Promise(turn.number, *_place(turn, hit.start, stop),
                                    durations().hours(turn.folded[hit.start:stop + 1]),
                                    BROKEN if broken else UNKNOWN, turn.number if broken else None))
    return recalled + [Promise(turn.number, *_place(turn, hit.start, hit.end), hours,
                               *_outcome(conversation, turn, hours)) for turn, hit, hours in found]


def _commitments(turn: Turn) -> list[tuple[Hit, float | None]]:
    """One promise a sentence, from its first cue to the sentence's end."""
    folded, kept, done = turn.folded, [], -1
    for hit in sorted(turn.cues.get("promise", []), key=lambda hit: hit.start):
        if hit.start < done:
            continue
        begin, stop = folded.rfind(" . ", 0, hit.start) + 1, _sentence_end(folded, hit.end)
        done = stop
        if not folded[:stop].rstrip().endswith(QUESTION):
            kept.append((Hit(hit.start, stop), durations().hours(folded[begin:stop + 1])))
    timed = [entry for entry in kept if entry[1] is not None]
    return timed or kept[:1]


def _whole(turn: Turn) -> tuple[Hit, float | None]:
    """The turn as one promise, of which no cue tells."""
    return Hit(1, len(turn.folded) - 1), durations().hours(turn.folded)


def _outcome(conversation: Conversation, made: Turn, hours: float | None) -> tuple[str, int | None]:
    for turn in conversation.turns[made.number + 1:]:
        if turn.speaker in (AGENT, BOT):
            if hours is None and turn.has("done") and not turn.has("promise", "refusal"):
                return KEPT, turn.number
            continue
        if turn.speaker != CUSTOMER:
            continue
        good, bad = turn.last("solved"), turn.last("unsolved", "gives_up", "sarcasm")
        if good > bad:
            return KEPT, turn.number
        if turn.has("recalls") or (bad >= 0 and _is_due(made, turn, hours)):
            return BROKEN, turn.number
    return UNKNOWN, None


def _is_due(made: Turn, later: Turn, hours: float | None) -> bool:
    """Whether the time promised had passed, as far as the clock or the words show."""
    if made.time is not None and later.time is not None:
        return (later.time - made.time).total_seconds() / 3600 >= (hours if hours is not None else 1.0)
    return later.has("waiting") or (hours is not None and hours <= 1)


def _sentence_end(folded: str, at: int) -> int:
    stop = folded.find(" . ", at - 1)
    return stop if stop >= 0 else len(folded) - 1


def _place(turn: Turn, first: int, last: int) -> tuple[int, int]:
    """Where ``first:last`` of the folded words stand in the document."""
    def words(until: int) -> int:
        asked = turn.folded.count(f" {QUESTION} ", 0, until)
        return turn.folded.count(" ", 0, until) - asked

    start, end = written(turn.text, words(first) - 1, max(words(first) - 1, words(last) - 1))
    return turn.start + start, turn.start + end


@cache
def durations() -> _Durations:
    """How times are named (``durations.toml``)."""
    read = tomllib.loads(files(__package__).joinpath("durations.toml").read_text("utf8"))

    def group(table: str) -> list[tuple[str, float]]:
        return [(any_of(word_entries(listed)), float(value)) for value, listed in _flat(read[table])]

    units, numbers, phrases = group("units"), group("numbers"), group("phrases")
    number = rf"(?:\d{{1,3}}|{'|'.join(pattern for pattern, _ in reversed(numbers))})"
    between, ranged = any_of(word_entries(read["between"]["words"])), any_of(word_entries(read["range"]["words"]))
    counted = (rf"(?<= )(?:{number}(?: (?:{ranged}))?(?: ,)? )?(?P<number>{number})(?: (?:{between}))*"
               rf" ?(?P<unit>{'|'.join(pattern for pattern, _ in units)})(?= )")
    return _Durations(re.compile(counted), re.compile(rf"(?<= )(?P<phrase>{'|'.join(p for p, _ in phrases)})(?= )"),
                      *(tuple((re.compile(pattern), value) for pattern, value in of)
                        for of in (units, numbers, phrases)))


def _flat(table: dict[str, object], above: str = "") -> list[tuple[str, str]]:
    """Keys with their values; TOML takes the point of 0.5 for a table."""
    found: list[tuple[str, str]] = []
    for key, value in table.items():
        name = f"{above}.{key}" if above else key
        found += _flat(value, name) if isinstance(value, dict) else [(name, str(value))]
    return found
