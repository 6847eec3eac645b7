"""The last word on a conversation: whether it was settled and where the mood went, weighed from cues and acts.

`resolution` follows the cues turn by turn and `mood` adds up what the words are known to mean; acts are read by heads
that were fitted on other texts. Two small linear heads weigh both; they were fitted on conversations that the
cues were not written from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .acts import AGENT_ACTS, CUSTOMER_ACTS, Act, Linear
from .mood import DIRECTIONS, Trajectory
from .resolution import OUTCOME, RESOLVED, UNKNOWN, UNRESOLVED, Resolution
from .turns import AGENT, BOT, CUSTOMER, Conversation, Turn

if TYPE_CHECKING:
    import numpy as np

OUTCOMES = (RESOLVED, UNRESOLVED, UNKNOWN)
_NOTHING: Mapping[str, float] = {}
_SHOWS = {RESOLVED: ("settled", "done", "thanks"), UNRESOLVED: ("unsettled", "gives_up", "sarcasm", "refuses", "again")}
_STATES = tuple(OUTCOME)
PLAIN = ("confirmed", "denied", "left", "accepted")
_SHORT = 4
_PLAIN_CHANGE = 1.6
_VECTOR = 0.2
"""What a coordinate of a turn's vector weighs beside a standardised feature."""


@dataclass(frozen=True)
class VerdictHead:
    """Over standardised features and last vectors: ``outcome`` of `OUTCOMES`, ``direction`` of `DIRECTIONS`."""

    outcome: Linear
    outcome_mean: np.ndarray
    outcome_scale: np.ndarray
    direction: Linear
    direction_mean: np.ndarray
    direction_scale: np.ndarray

    def resolution(self, conversation: Conversation, cued: Resolution) -> tuple[Resolution, list[float]]:
        """How the matter ended and the turn that shows it, and the probabilities of `OUTCOMES`; ``cued`` is
        what the cues say."""
        if _is_plain(conversation, cued) or not _comes_back(conversation):
            return cued, [float(cued.outcome == name) for name in OUTCOMES]
        row = outcome_features(conversation, cued)
        rows = with_vectors((row - self.outcome_mean) / self.outcome_scale, conversation, company=True)[None]
        likely = self.outcome.probabilities(rows)[0].tolist()
        outcome = OUTCOMES[max(range(len(OUTCOMES)), key=lambda at: (likely[at], -at))]
        p = round(likely[OUTCOMES.index(outcome)], 3)
        return Resolution(outcome, _shown_by(conversation, outcome, cued), p, cued.state), likely

    def trajectory(self, conversation: Conversation, cued: Trajectory, outcomes: Sequence[float]) -> Trajectory:
        """``cued`` with the direction that all of it shows; ``outcomes`` are the probabilities of `OUTCOMES`.

        Of two turns of the customer a plain change of mood tells: too few so short were there to fit on.
        """
        moods = _moods(conversation)
        if len(conversation.customer) <= len(moods) == 2 and abs(moods[1] - moods[0]) >= _PLAIN_CHANGE:
            return replace(cued, direction="better" if moods[1] > moods[0] else "worse")
        row = direction_features(conversation, cued, outcomes)
        rows = with_vectors((row - self.direction_mean) / self.direction_scale, conversation, company=False)[None]
        likely = self.direction.probabilities(rows)[0]
        return replace(cued, direction=DIRECTIONS[int(likely.argmax())])


def _comes_back(conversation: Conversation) -> bool:
    """Whether the customer says anything after the company has answered: else nobody can tell more than the cues."""
    answered = next((turn.number for turn in conversation.turns if turn.speaker in (AGENT, BOT)), None)
    return answered is not None and any(turn.number > answered for turn in conversation.customer)


def _is_plain(conversation: Conversation, cued: Resolution) -> bool:
    """Whether the customer's last word confirms, or is so short and plain ("no") that nothing is to be weighed."""
    last = conversation.customer[-1] if conversation.customer else None
    if last is None or cued.turn != last.number:
        return False
    return cued.state == PLAIN[0] or (cued.state in PLAIN and len(last.words()) <= _SHORT)


def outcome_features(conversation: Conversation, cued: Resolution) -> np.ndarray:
    """What the outcome is weighed from (features,)."""
    import numpy as np

    said = [turn for turn in conversation.customer if turn.act is not None]
    company = [turn for turn in conversation.turns if turn.speaker in (AGENT, BOT) and turn.act is not None]
    last = said[-1] if said else None
    before = [turn for turn in company if last is None or turn.number < last.number]
    after = [turn for turn in company if last is not None and turn.number > last.number]
    late = [turn.act.likely for turn in said[-3:] if turn.act is not None]
    values = [*_of(last, CUSTOMER_ACTS), *_of(said[-2] if len(said) > 1 else None, CUSTOMER_ACTS),
              *_of(before[-1] if before else None, AGENT_ACTS), *_of(after[-1] if after else None, AGENT_ACTS),
              max((max(turn.act.likely["done"] for turn in company[-3:] if turn.act), 0.0)) if company else 0.0,
              *(max((each[act] for each in late), default=0.0) for act in ("settled", "unsettled", "gives_up")),
              (_mood(last) or 0.0) / 2, float(bool(after)), *(float(cued.state == name) for name in _STATES),
              *(float(cued.outcome == name) for name in OUTCOMES)]
    return np.array(values, np.float64)


def direction_features(conversation: Conversation, cued: Trajectory, outcomes: Sequence[float]) -> np.ndarray:
    """What the direction is weighed from (features,)."""
    import numpy as np

    moods = _moods(conversation)
    late = [turn.act.likely for turn in conversation.customer[-2:] if turn.act is not None]
    first, end, lowest = (moods[0], moods[-1], min(moods)) if moods else (0.0, 0.0, 0.0)
    start = min(moods[:2], default=0.0)
    return np.array([
        first, start, lowest, end, end - first, end - start, end - lowest,
        *(max((each[act] for each in late), default=0.0) for act in (
            "settled", "unsettled", "gives_up", "thanks", "accepts", "again", "waits", "sarcasm")),
        *outcomes, *(float(cued.direction == name) for name in DIRECTIONS),
        (cued.end or 0.0) - (cued.start or 0.0), cued.end or 0.0, cued.start or 0.0], np.float64)


def with_vectors(row: np.ndarray, conversation: Conversation, *, company: bool) -> np.ndarray:
    """Standardised features ``row`` and the vector of the customer's last turn that was read, and of the company's."""
    import numpy as np

    def last(*speakers: str) -> np.ndarray:
        found = [turn.vector for turn in conversation.turns if turn.speaker in speakers and turn.vector is not None]
        return found[-1] if found else np.zeros(width)

    width = next((len(turn.vector) for turn in conversation.turns if turn.vector is not None), 0)
    vectors = [last(CUSTOMER), *([last(AGENT, BOT)] if company else [])]
    return np.concatenate([row, *(_VECTOR * vector for vector in vectors)])


def _of(turn: Turn | None, acts: Sequence[str]) -> list[float]:
    likely = _NOTHING if turn is None or turn.act is None else turn.act.likely
    return [likely.get(act, 0.0) for act in acts]


def _moods(conversation: Conversation) -> list[float]:
    return [mood for turn in conversation.customer if (mood := _mood(turn)) is not None]


def _mood(turn: Turn | None) -> float | None:
    act: Act | None = turn.act if turn is not None else None
    return None if act is None else act.mood


def _shown_by(conversation: Conversation, outcome: str, cued: Resolution) -> int | None:
    """The turn that shows ``outcome``: the one the cues name if they agree, else the one whose act says it most."""
    if outcome == UNKNOWN:
        return None
    if cued.outcome == outcome and cued.turn is not None:
        return cued.turn
    read = [turn for turn in conversation.turns if turn.act is not None and turn.speaker in (CUSTOMER, AGENT, BOT)]
    if not read:
        return None
    return max(read, key=lambda turn: (sum(turn.act.likely.get(act, 0.0) for act in _SHOWS[outcome])
                                       if turn.act else 0.0, turn.number)).number
