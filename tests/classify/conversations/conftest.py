"""Conversations by hand: turns as lines, and what the heads would say of each customer turn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from painpoints.classify import judge_conversations

if TYPE_CHECKING:
    from painpoints.encode import Encoder

SPEAKERS = {"C": "customer", "A": "agent", "B": "bot", "S": "system"}
TURN = pl.Struct({"speaker": pl.Utf8, "who": pl.Int32, "time": pl.Datetime("us", "UTC"), "start": pl.Int64,
                  "end": pl.Int64})
START = dt.datetime(2026, 3, 1, 10, tzinfo=dt.UTC)

Judge = Callable[..., dict[str, Any]]


def transcript(lines: Sequence[str], minutes: Sequence[float] | None = None) -> pl.DataFrame:
    """One document of ``lines`` ("C: still not"), each so many ``minutes`` after the beginning."""
    text, turns = "", []
    for number, line in enumerate(lines):
        who, _, said = line.partition(": ")
        text += "\n" * bool(number)
        time = None if minutes is None else START + dt.timedelta(minutes=minutes[number])
        turns.append({"speaker": SPEAKERS[who], "who": list(SPEAKERS).index(who), "time": time, "start": len(text),
                      "end": len(text) + len(said)})
        text += said
    return pl.DataFrame({"doc_id": ["d"], "kind": ["transcript"], "text": [text], "turns": [turns]},
                        schema={"doc_id": pl.Utf8, "kind": pl.Utf8, "text": pl.Utf8, "turns": pl.List(TURN)})


def opinions(documents: pl.DataFrame, lang: str, feelings: Sequence[float] | None = None) -> pl.DataFrame:
    """One unit a customer turn; ``feelings`` (-1..1) in order, by default a complaint first and nothing then."""
    rows = []
    for number, turn in enumerate(documents["turns"][0]):
        if turn["speaker"] == "customer":
            at = len(rows)
            felt = (feelings[at] if feelings is not None else -0.8 * (at == 0))
            rows.append({"unit_id": f"u{number}", "doc_id": "d", "turn": number, "start": turn["start"],
                         "end": turn["end"], "lang": lang, "p_neg": max(0.0, -felt), "p_pos": max(0.0, felt),
                         "problem_p": 0.9 if felt < -0.3 else 0.1, "is_problem": felt < -0.3, "touchpoint": "delivery",
                         "stage": "after", "emotion": None, "emotion_p": None})
    return pl.DataFrame(rows, schema_overrides={"turn": pl.Int32, "emotion": pl.Utf8, "emotion_p": pl.Float32})


@pytest.fixture
def judged(encoder: Encoder) -> Judge:
    """Judges the lines of one conversation: the row of the conversations frame."""
    def judge(*lines: str, lang: str = "en", feelings: Sequence[float] | None = None,
              minutes: Sequence[float] | None = None) -> dict[str, Any]:
        documents = transcript(lines, minutes)
        return judge_conversations(documents, opinions(documents, lang, feelings), encoder.encode).row(0, named=True)

    return judge
