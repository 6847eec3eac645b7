"""How short answers ("still not", «нет, всё так же») are best read: alone, with the question before them in sight, or
pooled together with it.

    python scripts/measure_short_answers.py

Prints, for the answers of ``corpora/conversations/dev/short_answers.jsonl``, how often touchpoint and sentiment are
right in each way of reading, per language and over all.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from painpoints.classify import SENTIMENTS, load_heads
from painpoints.encode import EMBEDDED_NAME, load_encoder
from painpoints.text import Block, Language, Passage, Span

ANSWERS = Path(__file__).parents[1] / "corpora" / "conversations" / "dev" / "short_answers.jsonl"
WAYS = ("alone", "in sight", "together")


def passage(number: int, record: dict[str, Any], way: str) -> Passage:
    """The answer of ``record`` as the encoder reads it in ``way``."""
    text = record["answer"] if way == "alone" else f"{record['question']}\n{record['answer']}"
    span = Span(len(text) - len(record["answer"]) if way == "in sight" else 0, len(text))
    return Passage(number, text, Language(record["lang"], 1.0), (Block(*span, True, (span,)),), None, span)


def measured(records: Sequence[dict[str, Any]]) -> dict[tuple[str, str], list[tuple[bool, bool]]]:
    """For each way and language, of each answer whether touchpoint and sentiment are right."""
    encoder, heads = load_encoder(EMBEDDED_NAME), load_heads()
    found: dict[tuple[str, str], list[tuple[bool, bool]]] = defaultdict(list)
    for way in WAYS:
        passages = [passage(number, record, way) for number, record in enumerate(records)]
        likely = heads.probabilities(encoder.encode_passages(passages, rules=True).vectors,
                                     [record["lang"] for record in records])
        for record, touchpoint, sentiment in zip(records, likely.touchpoint.argmax(1), likely.sentiment.argmax(1),
                                                 strict=True):
            found[way, record["lang"]].append((heads.info.touchpoints[touchpoint] == record["touchpoint"],
                                               SENTIMENTS[sentiment] == record["sentiment"]))
    return found


def main() -> None:
    """Prints the table."""
    records = [json.loads(line) for line in ANSWERS.read_text("utf8").splitlines()]
    found = measured(records)
    for way in WAYS:
        for lang in ("fa", "ar", "ru", "en", "all"):
            rows = [row for (of, code), each in found.items() if of == way and lang in (code, "all") for row in each]
            right = [sum(row[place] for row in rows) / len(rows) for place in (0, 1)]
            print(f"{way:9} {lang:4} touchpoint {right[0]:.2f}  sentiment {right[1]:.2f}  of {len(rows)}")


if __name__ == "__main__":
    main()
