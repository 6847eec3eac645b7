"""Short answers with the question before them: "still not" says little alone.

Read together with the question, touchpoints of short answers are right in .90 instead of .07
(``scripts/measure_short_answers.py``). The question is seen by the encoder; it is in no unit.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from .wordforms import fold_words
from .wordpatterns import any_of, word_entries

MOST_WORDS = 5
"""An answer of more words speaks for itself."""
LONGEST = 240
_QUESTION = re.compile(r"[^.!?؟…\n]*[?؟]")
_COMPANY = ("agent", "bot")
_NUMBER = re.compile(r"\d{4}")


def question_before(text: str, turns: Sequence[Mapping[str, Any]] | None, start: int, end: int) -> str:
    """The company's question that the customer's words at ``start:end`` of a conversation answer.

    Empty where they are no short answer (or give a number), no question stands in the turn before, or it only asks
    whether there is anything else.
    """
    said = text[start:end]
    if not turns or len(said.split()) > MOST_WORDS or "?" in said or "؟" in said or _NUMBER.search(said):
        return ""
    before = None
    for turn in turns:
        if turn["start"] >= start:
            break
        before = turn
    if before is None or before["speaker"] not in _COMPANY:
        return ""
    asked = _QUESTION.findall(text[before["start"]:before["end"]])
    question = str(asked[-1]).strip()[-LONGEST:] if asked else ""
    return "" if _closing().search(fold_words(question)) else question


@cache
def _closing() -> re.Pattern[str]:
    read = tomllib.loads(files("painpoints.text").joinpath("data", "closing_questions.toml").read_text("utf8"))
    return re.compile(rf" (?:{any_of(word_entries(read['phrases']))}) ")
