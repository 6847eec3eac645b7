"""Whether the customer's matter was settled, and the turn that shows it.

The turns are read in order. What the customer says weighs most: "it works now" settles, "still not" and leaving
unsettle. A company's claim that it was done is weaker and is confirmed by thanks; a promise leaves the end open, and
thanks for a promise settle nothing; a refusal unsettles.

- resolved: the customer says so, or accepts what the company did or answered.
- unresolved: the customer says that it is not, gives up, leaves in anger, or was refused.
- unknown: the end is open: a promise, a transfer, a question, or nothing that would show it.
"""

from __future__ import annotations

from dataclasses import dataclass

from .turns import AGENT, BOT, CUSTOMER, Conversation, Turn

RESOLVED, UNRESOLVED, UNKNOWN = "resolved", "unresolved", "unknown"
OUTCOME = {
    "confirmed": (RESOLVED, 0.93), "denied": (UNRESOLVED, 0.88), "left": (UNRESOLVED, 0.92),
    "claimed": (RESOLVED, 0.6), "accepted": (RESOLVED, 0.83), "answered": (UNKNOWN, 0.55),
    "thanked": (RESOLVED, 0.68), "promised": (UNKNOWN, 0.7), "refused": (UNRESOLVED, 0.7),
    "transferred": (UNKNOWN, 0.7), "asked": (UNKNOWN, 0.75), "open": (UNKNOWN, 0.7), "angry": (UNRESOLVED, 0.7),
}
"""What each state of the matter means at the end, and how sure that is (set by hand on the dev conversations)."""
_FIRM = ("confirmed", "denied", "left", "accepted", "angry")
DENIED = 0.88
"""From this probability on it was the customer who said that it is not settled."""
BITTER = -0.7
"""A mood from which a last word after an answer is a no."""


@dataclass(frozen=True)
class Resolution:
    """``outcome`` with the ``turn`` that shows it (None for unknown) and its probability; ``state`` is the one of
    `OUTCOME` that the cues left the matter in."""

    outcome: str
    turn: int | None
    p: float
    state: str = "open"


@dataclass
class _Matter:
    state: str = "open"
    turn: int | None = None
    spoken: bool = False  # whether the company has answered

    def becomes(self, state: str, turn: Turn) -> None:
        self.state, self.turn = state, turn.number


def resolve(conversation: Conversation) -> Resolution:
    """How the matter stands at the end of ``conversation``."""
    matter, check = _Matter(), None
    for turn in conversation.turns:
        if turn.speaker == CUSTOMER:
            _heard(matter, turn, check)
            check = None
        elif turn.speaker in (AGENT, BOT):
            _answered(matter, turn)
            check = turn if turn.has("checks", "asks_else") else check
            matter.spoken = True
    outcome, p = OUTCOME[matter.state]
    return Resolution(outcome, None if outcome == UNKNOWN else matter.turn, p, matter.state)


def _heard(matter: _Matter, turn: Turn, check: Turn | None) -> None:
    """What the customer's turn does to the matter; ``check`` is a question of the company that it may answer."""
    good, bad, gone = turn.last("solved"), turn.last("unsolved"), turn.last("gives_up", "sarcasm")
    short = len(turn.words()) <= 6
    if good > max(bad, gone):
        return matter.becomes("confirmed", turn)
    if gone >= 0 and matter.spoken and not (turn.has("glad") and not turn.has("unsolved", "anger", "sarcasm")):
        return matter.becomes("left", turn)
    if bad >= 0:
        return matter.becomes("denied", turn) if matter.spoken else None
    if check is not None and short and not turn.asks and turn.has("yes", "no") and (
            check.last("checks") > check.last("asks_else")):
        yes = turn.has("yes") and not turn.has("no")
        return matter.becomes("confirmed" if yes != _asks_whether_still(check) else "denied", turn)
    if turn.has("nothing_else") or (check is not None and check.has("asks_else") and short and turn.has("no")):
        if matter.state in ("claimed", "answered", "thanked", "confirmed"):
            matter.becomes("accepted" if matter.state != "answered" else "thanked", turn)
        return None
    if turn.has("anger") and matter.spoken and (turn.feeling is None or turn.feeling < 0):
        return matter.becomes("angry", turn)
    if turn.is_formula() or (turn.has("thanks", "glad") and not turn.asks and (turn.feeling or 0.0) > -0.3):
        return _accepted(matter, turn)
    if matter.state == "refused" and not turn.asks and (turn.feeling or 0.0) < 0:
        return matter.becomes("denied", turn)
    if matter.state in ("claimed", "answered", "refused", "thanked", "promised") and (turn.feeling or 0.0) < BITTER:
        return matter.becomes("angry", turn)
    if matter.state not in ("denied", "left", "angry") or turn.asks:
        matter.becomes("open", turn)
    return None


def _accepted(matter: _Matter, turn: Turn) -> None:
    pleased = turn.has("thanks", "glad")
    if matter.state == "claimed" and (pleased or turn.has("accepts", "yes")):
        matter.becomes("accepted", turn)
    elif matter.state == "answered" and pleased:
        matter.becomes("thanked", turn)
    elif matter.state == "thanked" and turn.has("glad"):
        matter.becomes("accepted", turn)


def _answered(matter: _Matter, turn: Turn) -> None:
    """What a turn of the company does to the matter."""
    done, promise, refusal = turn.last("done"), turn.last("promise"), turn.last("refusal")
    if turn.speaker == BOT:
        if matter.state not in _FIRM:
            matter.becomes("claimed" if done >= 0 and done > promise else "open", turn)
        return
    if matter.state in ("confirmed", "accepted", "thanked") and not turn.has("refusal"):
        return
    if turn.has("transfer") and done < 0:
        if matter.state not in _FIRM:
            matter.becomes("transferred", turn)
    elif refusal >= 0 and refusal > max(done, promise):
        matter.becomes("refused", turn)
    elif done >= 0 and (done > promise or promise < 0):
        matter.becomes("claimed", turn)
    elif promise >= 0:
        if matter.state not in ("left", "denied", "angry"):
            matter.becomes("promised", turn)
        else:
            matter.state = {"left": "left", "denied": "denied", "angry": "angry"}[matter.state]
    elif refusal >= 0:
        matter.becomes("refused", turn)
    elif matter.state in _FIRM or (matter.state in ("claimed", "refused", "promised") and (
            turn.has("asks_else", "checks", "courtesy", "closing"))):
        return
    elif (turn.asks or turn.has("asks")) and not turn.has("asks_else"):
        matter.becomes("asked", turn)
    else:
        matter.becomes("answered", turn)


_STILL = frozenset((
    "still", "هنوز", "همچنان", "لسه", "لسا", "للحين", "остается", "осталась", "актуальна", "повторяется"))


def _asks_whether_still(check: Turn) -> bool:
    return not _STILL.isdisjoint(check.words())
