"""What the conversation cost the customer: saying it again, being passed on, waiting, bots."""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from painpoints.text import without_placeholders

from .cues import QUESTION, fold_turn
from .turns import AGENT, BOT, CUSTOMER, Conversation, Turn

REPEAT, TRANSFER, WAITING, BOT_LOOP, EXPLAINING = SIGNS = ("repeat", "transfer", "waiting", "bot_loop",
                                                           "explaining_again")
ALIKE = 0.7
"""Share of the content words of the shorter of two turns from which the later one repeats the earlier."""
FEWEST = 5
LONG_WORD = 3
_MENTION = re.compile(r"[@#]\w+|https?://\S+")
SLOW_MINUTES = 30.0
"""Minutes in which a live conversation should have had an answer; longer ones are mail, and are counted in days."""
MAIL_HOURS, SLOW_MAIL_HOURS = 6.0, 48.0
Told = Mapping[int, AbstractSet[str]]
"""A turn's number to the signs that were read there (`SIGNS`, and ``promise``)."""


@dataclass(frozen=True)
class Sign:
    """A ``sign`` of effort in ``turn``."""

    sign: str
    turn: int


def effort(conversation: Conversation, told: Told) -> list[Sign]:
    """The signs of effort in ``conversation``, in order of turns, each kind once a turn.

    ``told`` is what the heads read in turns; what words or the clock say outright counts whatever they read.
    """
    found = {(sign.turn, sign.sign) for sign in cued_effort(conversation)}
    found |= {(number, sign) for number, signs in told.items() for sign in signs if sign in SIGNS}
    return [Sign(sign, number) for number, sign in sorted(found, key=lambda one: (one[0], SIGNS.index(one[1])))]


def cued_effort(conversation: Conversation) -> list[Sign]:
    """The signs of effort that words and clock show, in order of turns, each kind once a turn."""
    found: set[tuple[int, str]] = set()
    for turn in conversation.turns:
        if turn.speaker == CUSTOMER:
            for sign, kind in ((REPEAT, "repeated"), (TRANSFER, "transferred"), (WAITING, "waiting"),
                               (BOT_LOOP, "human"), (EXPLAINING, "explaining")):
                if turn.has(kind):
                    found.add((turn.number, sign))
        elif turn.speaker == AGENT and turn.has("transfer"):
            found.add((turn.number, TRANSFER))
    found |= {(number, REPEAT) for number in repeats(conversation)}
    found |= {(number, BOT_LOOP) for number in lost_bots(conversation)}
    found |= {(number, WAITING) for number in _waits(conversation)}
    explained = {number for number, sign in found if sign == EXPLAINING}
    return [Sign(sign, number) for number, sign in sorted(found, key=lambda one: (one[0], SIGNS.index(one[1])))
            if not (sign == REPEAT and number in explained)]


def repeats(conversation: Conversation) -> list[int]:
    """Turns in which the customer says again what stood in an earlier one, after somebody answered."""
    earlier: list[tuple[int, frozenset[str]]] = []
    found = []
    for turn in conversation.customer:
        said = fold_turn(_MENTION.sub(" ", without_placeholders(turn.text))).split()
        words = frozenset(word for word in said if (len(word) >= LONG_WORD or word.isdigit()) and word != QUESTION)
        if len(words) >= FEWEST:
            for number, before in earlier:
                between = any(t.speaker in (AGENT, BOT) for t in conversation.turns[number + 1:turn.number])
                if between and len(words & before) >= ALIKE * min(len(words), len(before)):
                    found.append(turn.number)
                    break
            earlier.append((turn.number, words))
    return found


def lost_bots(conversation: Conversation) -> list[int]:
    """Turns from the second on in which a bot did not understand, or said the same again."""
    said: set[str] = set()
    lost, found = 0, []
    for turn in conversation.turns:
        if turn.speaker == BOT:
            if turn.has("lost") or turn.folded in said:
                lost += 1
                if lost >= 2:
                    found.append(turn.number)
            said.add(turn.folded)
    return found


def _waits(conversation: Conversation) -> list[int]:
    """Turns of the company that came late, by the clock."""
    found = []
    asked: Turn | None = None
    for turn in conversation.turns:
        if turn.speaker == CUSTOMER:
            asked = asked or turn
        elif turn.speaker == AGENT and asked is not None:
            if asked.time is not None and turn.time is not None:
                hours = (turn.time - asked.time).total_seconds() / 3600
                if SLOW_MINUTES / 60 <= hours < MAIL_HOURS or hours >= SLOW_MAIL_HOURS:
                    found.append(turn.number)
            asked = None
    return found
