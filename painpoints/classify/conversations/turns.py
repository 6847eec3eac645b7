"""The turns of conversations with what their words and their units show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from .cues import QUESTION, Hit, arabic_script, find_cues, fold_turn

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    from .acts import Act

CUSTOMER, AGENT, BOT = "customer", "agent", "bot"
FORMULAS = ("greeting", "thanks", "accepts", "nothing_else", "glad", "yes", "no")
_SMALL = 2
"""A turn of formulas may hold so many other words (a name, "so much") and is still one."""


@dataclass
class Turn:
    """One turn: its place, ``start`` in the document, folded words, ``cues`` by kind, and the customer's judged
    ``feeling`` (-1..1, None without units) with ``anger``, the share of it that is angry; ``act`` is what the turn
    does and ``vector`` (2 d,) how it stands to others, where that was read."""

    number: int
    speaker: str
    text: str
    start: int
    time: datetime | None
    folded: str
    cues: dict[str, list[Hit]] = field(default_factory=dict)
    feeling: float | None = None
    anger: float = 0.0
    act: Act | None = None
    vector: np.ndarray | None = None

    def has(self, *kinds: str) -> bool:
        """Whether any cue of ``kinds`` is there."""
        return any(kind in self.cues for kind in kinds)

    def last(self, *kinds: str) -> int:
        """Where the last cue of ``kinds`` ends, -1 without one."""
        return max((hit.end for kind in kinds for hit in self.cues.get(kind, [])), default=-1)

    @property
    def asks(self) -> bool:
        """Whether a question is asked."""
        return QUESTION in self.folded

    def words(self) -> list[str]:
        """The words, marks left out."""
        return [word for word in self.folded.split() if word not in (".", ",", QUESTION)]

    def is_formula(self) -> bool:
        """Whether nothing is said but greetings, thanks and consent."""
        covered = {at for kind in FORMULAS for hit in self.cues.get(kind, []) for at in range(hit.start, hit.end)}
        if not covered:
            return False
        left, at = 0, 0
        for word in self.folded.split():
            at = self.folded.index(word, at)
            left += word not in (".", ",") and at not in covered
            at += len(word)
        return left <= _SMALL and QUESTION not in self.folded

    def __hash__(self) -> int:
        return self.number


@dataclass(frozen=True)
class Conversation:
    """A transcript with its turns in order."""

    doc_id: str
    lang: str | None
    turns: list[Turn]

    @property
    def customer(self) -> list[Turn]:
        """The customer's turns."""
        return [turn for turn in self.turns if turn.speaker == CUSTOMER]

    @property
    def agent(self) -> list[Turn]:
        """The turns of people of the company."""
        return [turn for turn in self.turns if turn.speaker == AGENT]


def read_conversations(documents: pl.DataFrame, units: pl.DataFrame) -> list[Conversation]:
    """The conversations among ``documents``, in order, with what the judged ``units`` say of their turns."""
    import polars as pl

    chosen = documents.filter((pl.col("kind") == "transcript") & pl.col("turns").is_not_null()
                              & (pl.col("turns").list.len() > 0))
    spoken = dict(units.filter(pl.col("doc_id").is_in(chosen["doc_id"].implode())).group_by("doc_id").agg(
        pl.col("lang").mode().sort().first()).iter_rows())
    conversations, every = [], []
    for doc_id, text, turns in chosen.select("doc_id", "text", "turns").iter_rows():
        own = [Turn(number, turn["speaker"], text[turn["start"]:turn["end"]], turn["start"], turn["time"],
                    fold_turn(text[turn["start"]:turn["end"]])) for number, turn in enumerate(turns)]
        conversations.append(Conversation(doc_id, spoken.get(doc_id), own))
        every += [(turn, conversations[-1].lang) for turn in own]
    found = find_cues([turn.folded for turn, _ in every], [arabic_script(turn.text, lang) for turn, lang in every],
                      [turn.speaker if turn.speaker in (CUSTOMER, BOT) else AGENT for turn, _ in every])
    felt = _felt(units)
    for conversation in conversations:
        for turn in conversation.turns:
            turn.feeling, turn.anger = felt.get((conversation.doc_id, turn.number), (None, 0.0))
    for (turn, _), cues in zip(every, found, strict=True):
        if "solved" in cues and not ("unsolved" in cues or "anger" in cues):
            cues.pop("sarcasm", None)  # «وصل شد، دمتون گرم واقعا»
        turn.cues = cues
    return conversations


def _felt(units: pl.DataFrame) -> Mapping[tuple[str, int], tuple[float, float]]:
    """Sentiment and share of anger of each turn, its units weighing as they are long."""
    import polars as pl

    size = (pl.col("end") - pl.col("start")).cast(pl.Float64)
    angry = ((pl.col("emotion") == "anger") & (pl.col("emotion_p") >= 0.5)).fill_null(False).cast(pl.Float64)
    frame = units.filter(pl.col("turn").is_not_null()).group_by("doc_id", "turn").agg(
        ((pl.col("p_pos") - pl.col("p_neg")).cast(pl.Float64) * size).sum() / size.sum(),
        ((angry * size).sum() / size.sum()).alias("anger"))
    return {(doc_id, turn): (feeling, anger) for doc_id, turn, feeling, anger in frame.iter_rows()}
