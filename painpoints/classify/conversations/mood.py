"""How the customer felt from turn to turn: judged sentiment, corrected by what the words are known to mean.

A problem told calmly is half as bad as the sentiment head says (it was taught that a reported fault is negative);
what makes it worse are anger, sarcasm, giving up, having waited or said it before. Thanks, greetings and consent are
manners, not gladness.
"""

from __future__ import annotations

from dataclasses import dataclass

from .resolution import DENIED, UNRESOLVED, Resolution
from .turns import Conversation, Turn

CALM = 0.5
"""How much of the judged negativity counts in a turn that only reports."""
WORSE = {"anger": 0.3, "sarcasm": 0.5, "gives_up": 0.45, "waiting": 0.1, "repeated": 0.15, "explaining": 0.15,
         "transferred": 0.1, "recalls": 0.15, "human": 0.1}
SHOUTED = 0.15
STILL = -0.5
WORKS, GLAD, THANKED = 0.5, 0.7, 0.4
EASY, AT_EASE, BITTER, CALMED = -0.15, 0.1, -0.7, -0.25
"""Above the first nothing had been wrong; who was below the third and then consents in manners has calmed down."""
DIRECTIONS = ("better", "level", "worse")
LEVEL = 0.25
"""Smaller differences between start and end are none."""


@dataclass(frozen=True)
class Trajectory:
    """Moods -1..1 at the start, at the lowest turn and at the end; None where the customer says nothing of weight."""

    start: float | None
    lowest: float | None
    end: float | None
    lowest_turn: int | None
    direction: str


def moods(conversation: Conversation, settled: str | None) -> dict[int, float]:
    """The mood of each customer turn that has one; ``settled`` is the resolution of the conversation."""
    found: dict[int, float] = {}
    last = next((turn.number for turn in reversed(conversation.customer)), None)
    for turn in conversation.customer:
        mood = _mood(turn)
        before = min(found.values(), default=0.0)
        if mood is None and turn.number == last and before < EASY:
            if settled == "resolved" and turn.has("thanks"):
                mood = THANKED
            elif before <= BITTER:
                mood = CALMED
        elif mood is not None and before >= EASY and (turn.has("solved") or turn.is_formula()):
            mood = min(mood, AT_EASE)  # "great, thanks" for an answer, where nothing had been wrong
        if mood is not None:
            found[turn.number] = mood
    return found


def _mood(turn: Turn) -> float | None:
    worse = sum(by for kind, by in WORSE.items() if turn.has(kind)) + SHOUTED * _is_shouted(turn) + 0.3 * turn.anger
    sarcastic = turn.has("sarcasm")
    solved, unsolved = turn.last("solved"), turn.last("unsolved", "gives_up", "sarcasm")
    if solved > unsolved and not sarcastic:
        return max(WORKS, GLAD if turn.has("glad") else turn.feeling or 0.0) - (0.3 if worse >= 0.45 else 0.0)
    if turn.is_formula() and not worse and unsolved < 0:
        return GLAD if turn.has("glad") else None
    feeling = turn.feeling if turn.feeling is not None else 0.0
    if turn.has("glad") and not worse and unsolved < 0 and feeling > -0.2:
        return max(GLAD, feeling)
    base = min(feeling, 0.0) * CALM if feeling < 0 or worse or unsolved >= 0 else feeling
    if unsolved >= 0:
        base = min(base, STILL)
    if turn.has("thanks") and not worse and feeling > 0:  # politeness round a question
        base = 0.0
    return max(-1.0, base - worse)


def _is_shouted(turn: Turn) -> bool:
    letters = [c for c in turn.text if c.isalpha()]
    capitals = sum(c.isupper() for c in letters)
    return turn.text.count("!") >= 2 or (len(letters) >= 10 and capitals > 0.6 * len(letters))


def cued_trajectory(conversation: Conversation, cued: Resolution) -> Trajectory:
    """The trajectory by words and judged sentiment alone, where the cues say that it ended as ``cued``."""
    return trajectory(conversation, cued.outcome, bitter=cued.outcome == UNRESOLVED and cued.p >= DENIED)


def trajectory(conversation: Conversation, settled: str | None, *, bitter: bool = False) -> Trajectory:
    """Start, lowest point and end, and whether it went better, worse, or stayed level; not better for a customer whom
    the end left ``bitter``."""
    felt = moods(conversation, settled)
    if not felt:
        return Trajectory(None, None, None, None, "level")
    first, *_, end = *felt.values(), list(felt.values())[-1]
    lowest_turn = min(felt, key=lambda number: (felt[number], number))
    rise = min(end - first, 0.0) if bitter else end - first
    direction = "better" if rise > LEVEL else "worse" if rise < -LEVEL else "level"
    return Trajectory(first, felt[lowest_turn], end, lowest_turn, direction)
