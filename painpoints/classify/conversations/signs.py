"""Which turns cost the customer effort or promise something, read by heads from vectors, cues and what came before.

The cues are sure and find little (of the signs of 1,641 written conversations they find a fifth); the heads weigh
them with the turn's vectors, as `acts` does. `scripts/fit_conversations.py` fitted them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .acts import CUES, GAIN, Linear
from .effort import SIGNS, Told, cued_effort, lost_bots, repeats
from .turns import AGENT, BOT, CUSTOMER, Conversation, Turn

if TYPE_CHECKING:
    import numpy as np

PROMISE = "promise"
READ = (*SIGNS, PROMISE)
_OF_CUSTOMERS = ("repeat", "waiting", "explaining_again")
_MARK = 3.0
"""What a sign that words, repetition or place show weighs beside a coordinate of deviation 1."""


@dataclass(frozen=True)
class SignsHead:
    """``each`` (signs, features): log-odds of every sign of `READ`; ``least`` (signs,): the odds it takes."""

    each: Linear
    least: np.ndarray

    def read(self, conversation: Conversation) -> Told:
        """The signs of the turns that have vectors."""
        turns = [turn for turn in conversation.turns if turn.vector is not None]
        if not turns:
            return {}
        odds = sign_features(conversation, turns) @ self.each.weight.T + self.each.bias
        return {turn.number: frozenset(sign for at, sign in enumerate(READ)
                                       if may_show(turn, sign) and row[at] >= self.least[at])
                for turn, row in zip(turns, odds, strict=True)}


def may_show(turn: Turn, sign: str) -> bool:
    """Whether a turn of this speaker can show ``sign``."""
    if sign == PROMISE:
        return turn.speaker in (AGENT, BOT)
    return turn.speaker == CUSTOMER or sign not in _OF_CUSTOMERS


def sign_features(conversation: Conversation, turns: Sequence[Turn]) -> np.ndarray:
    """What the heads read of ``turns``, which have vectors: (n, 2 d + cues + marks)."""
    import numpy as np

    cued = {(sign.turn, sign.sign) for sign in cued_effort(conversation)}
    again, lost = set(repeats(conversation)), set(lost_bots(conversation))
    with_bot = any(turn.speaker == BOT for turn in conversation.turns)
    vectors = np.stack([turn.vector for turn in turns if turn.vector is not None])
    cues = [[float(turn.has(kind)) for kind in CUES] for turn in turns]
    marks = [[float(mark) for mark in (
        turn.number in again, turn.number in lost, turn.number == 0, turn.speaker == CUSTOMER, turn.speaker == BOT,
        with_bot, *((turn.number, sign) in cued for sign in SIGNS))] for turn in turns]
    return np.concatenate([vectors, GAIN * np.array(cues), _MARK * np.array(marks)], 1)
