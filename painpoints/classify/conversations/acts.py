"""What a turn does (settles the matter, says "still not", promises, refuses ...) and the mood it is said in.

Linear heads over the cues of the turn and two vectors of the built-in encoder: of the turn alone, and of the turn
after what it answers, so that "no" is read with its question. `scripts/fit_conversations.py` fitted them; their card
stands in ``models/conversations``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .turns import AGENT, BOT, CUSTOMER, Conversation, Turn

if TYPE_CHECKING:
    import numpy as np

CUSTOMER_ACTS = ("settled", "unsettled", "gives_up", "thanks", "accepts", "tells", "problem", "again", "waits", "bot",
                 "sarcasm")
AGENT_ACTS = ("done", "promise", "refuses", "asks", "transfers", "apologises", "closes", "rude", "instructs", "other")
MOODS = (-2, -1, 0, 1, 2)
"""Furious, annoyed, neutral (manners too), relieved, delighted."""
CUES = ("accepts", "anger", "asks", "asks_else", "checks", "closing", "courtesy", "done", "explaining", "gives_up",
        "glad", "greeting", "human", "lost", "no", "nothing_else", "own_fault", "promise", "recalls", "refusal",
        "repeated", "rude", "sarcasm", "solved", "thanks", "transfer", "transferred", "unsolved", "waiting",
        "yes")
GAIN = 6.0
"""What a cue weighs beside a coordinate of deviation 1."""
FIRST, LAST = 8, 16
"""So many turns of each side are read at the start and at the end of a long conversation."""
_LONGEST = 400
_BEFORE = 200
Encode = Callable[[Sequence[str]], "np.ndarray"]


@dataclass(frozen=True)
class Linear:
    """``weight`` (classes, d) and ``bias`` (classes,)."""

    weight: np.ndarray
    bias: np.ndarray

    def probabilities(self, rows: np.ndarray) -> np.ndarray:
        """(n, classes) for ``rows`` (n, d)."""
        import numpy as np

        scores = rows @ self.weight.T + self.bias
        likely = np.exp(scores - scores.max(1, keepdims=True))
        return np.asarray(likely / likely.sum(1, keepdims=True))


@dataclass(frozen=True)
class ActsHead:
    """Heads over ``(vectors - mean) / scale``, (n, 2 d), and cues (n, cues) times `GAIN`: of `CUSTOMER_ACTS`,
    `AGENT_ACTS` and `MOODS`."""

    mean: np.ndarray
    scale: np.ndarray
    customer: Linear
    agent: Linear
    mood: Linear

    def read(self, turns: Sequence[Turn], vectors: np.ndarray) -> list[Act]:
        """What each turn does, from its cues and its ``vectors`` (n, 2 d)."""
        import numpy as np

        if not turns:
            return []
        rows = act_features(turns, vectors, self.mean, self.scale)
        customer, agent = self.customer.probabilities(rows), self.agent.probabilities(rows)
        moods = self.mood.probabilities(rows) @ np.array(MOODS, float)
        return [Act(dict(zip(CUSTOMER_ACTS, customer[at].tolist(), strict=True)), float(moods[at]))
                if turn.speaker == CUSTOMER else Act(dict(zip(AGENT_ACTS, agent[at].tolist(), strict=True)), None)
                for at, turn in enumerate(turns)]


@dataclass(frozen=True)
class Act:
    """Probabilities of the acts of the turn's side, and a customer's mood, -2..2."""

    likely: Mapping[str, float]
    mood: float | None


def read_acts(conversations: Sequence[Conversation], head: ActsHead, encode: Encode) -> None:
    """Gives the turns of ``conversations`` their acts; of long ones, those at the start and at the end."""
    asked = [(turn, before) for conversation in conversations for turn, before in telling_turns(conversation)]
    vectors = turn_vectors([(turn.text, before) for turn, before in asked], encode)
    acts = head.read([turn for turn, _ in asked], vectors)
    for (turn, _), act, vector in zip(asked, acts, vectors, strict=True):
        turn.act, turn.vector = act, (vector - head.mean) / head.scale


def telling_turns(conversation: Conversation) -> list[tuple[Turn, str]]:
    """The turns whose acts are read, each with the last words of the other side before it ("" without)."""
    customer, company = conversation.customer, [t for t in conversation.turns if t.speaker in (AGENT, BOT)]
    wanted = {turn.number for side in (customer, company) for turn in (*side[:FIRST], *side[-LAST:])}
    found, said = [], {CUSTOMER: "", AGENT: ""}
    for turn in conversation.turns:
        if turn.speaker not in (CUSTOMER, AGENT, BOT):
            continue
        mine, other = (CUSTOMER, AGENT) if turn.speaker == CUSTOMER else (AGENT, CUSTOMER)
        if turn.number in wanted:
            found.append((turn, said[other]))
        said[mine] = turn.text
    return found


def act_features(turns: Sequence[Turn], vectors: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """What the heads read (n, 2 d + cues)."""
    import numpy as np

    cues = np.array([[float(turn.has(kind)) for kind in CUES] for turn in turns], np.float64).reshape(len(turns), -1)
    return np.concatenate([(vectors - mean) / scale, GAIN * cues], 1)


def turn_vectors(turns: Sequence[tuple[str, str]], encode: Encode) -> np.ndarray:
    """(n, 2 d): the vectors of each (text, what it answers), alone and in its place. Equal texts are encoded once."""
    import numpy as np

    alone = [_clipped(text) for text, _ in turns]
    placed = [f"{before.strip()[-_BEFORE:]}\n{text}" if before.strip() else text
              for text, (_, before) in zip(alone, turns, strict=True)]
    texts = sorted({*alone, *placed})
    if not texts:
        return np.zeros((0, 0))
    place = {text: at for at, text in enumerate(texts)}
    vectors = np.asarray(encode(texts), np.float64)
    return np.concatenate([vectors[[place[text] for text in alone]], vectors[[place[text] for text in placed]]], 1)


def _clipped(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 2 * _LONGEST else f"{plain[:_LONGEST]} … {plain[-_LONGEST:]}"
