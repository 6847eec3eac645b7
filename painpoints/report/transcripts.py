"""Conversations as rows of tables: the sheet of the workbook and conversations.csv."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from painpoints.report.edition import Edition
from painpoints.store import RunData

EFFORTS = ("repeat", "transfer", "waiting", "bot_loop", "explaining_again")
PROMISES = ("kept", "broken", "unknown")
_PLAIN = ("lang", "turns", "customer_turns", "trajectory", "sentiment_start", "sentiment_lowest", "sentiment_end",
          "lowest_turn", "resolution", "resolution_turn", "resolution_p", "touchpoint", "stage", "main_problem",
          "effort")
CSV_COLUMNS = ("conversation", *_PLAIN, *(f"effort_{name}" for name in EFFORTS),
               *(f"promises_{name}" for name in PROMISES), "courtesy", "courtesy_turn", "company_failure", "doc_id")
"""The columns of conversations.csv, in order. Turns are counted from 1."""


def flat_conversations(run: RunData) -> Iterator[dict[str, Any]]:
    """One flat row a conversation: signs of effort and promises as counts, turns counted from 1."""
    if run.conversations is None:
        return
    names = dict(run.documents.select("doc_id", "source_id").iter_rows())
    texts = dict(run.units.filter(run.units["unit_id"].is_in(run.conversations["main_unit"].drop_nulls().implode()))
                 .select("unit_id", "text").iter_rows())
    for row in run.conversations.iter_rows(named=True):
        signs = Counter(entry["sign"] for entry in row["effort_signs"] or [])
        kept = Counter(entry["kept"] for entry in row["promises"] or [])
        row |= {name: row[name] + 1 for name in ("lowest_turn", "resolution_turn", "courtesy_turn")
                if row[name] is not None}
        yield {"conversation": names.get(row["doc_id"]) or row["doc_id"], "main_problem": texts.get(row["main_unit"]),
               **{name: row[name] for name in _PLAIN if name != "main_problem"},
               **{f"effort_{name}": signs[name] for name in EFFORTS},
               **{f"promises_{name}": kept[name] for name in PROMISES},
               **{name: row[name] for name in ("courtesy", "courtesy_turn", "company_failure", "doc_id")}}


def conversation_sheet(run: RunData, e: Edition) -> tuple[list[tuple[str, int, str]], Iterator[list[Any]]]:
    """Headings and rows of the workbook's sheet, in words of the edition; feelings from -100 to 100."""
    number, share = "number", "share"
    columns = [("conversations.conversation", 18, "text"), ("conversations.resolution", 14, "text"),
               ("conversations.resolution_turn", 10, number), ("sheet.probability", 12, share),
               ("conversations.trajectory", 14, "text"), ("conversations.start", 10, number),
               ("conversations.lowest_feeling", 10, number), ("conversations.end", 10, number),
               ("pains.touchpoint", 22, "text"), ("sheet.stage", 20, "text"),
               ("conversations.main_problem", 60, "text"), ("conversations.mean_effort", 10, number),
               *((f"conversations.{name}", 12, number) for name in EFFORTS),
               *((f"conversations.promises_{name}", 14, number) for name in PROMISES),
               ("conversations.courtesy", 14, "text"), ("conversations.company_failure", 14, "text"),
               ("conversations.turns", 10, number), ("pains.language", 12, "text"), ("sheet.id", 24, "text")]

    def rows() -> Iterator[list[Any]]:
        for row in flat_conversations(run):
            touchpoint = row["touchpoint"] or "none"
            yield [row["conversation"], e.say(f"conversations.{row['resolution']}"), row["resolution_turn"],
                   row["resolution_p"], e.say(f"conversations.{row['trajectory']}"),
                   *(None if row[name] is None else round(100 * row[name], 1)
                     for name in ("sentiment_start", "sentiment_lowest", "sentiment_end")),
                   e.touchpoint(touchpoint), e.stage(e.stage_of(touchpoint)), row["main_problem"], row["effort"],
                   *(row[f"effort_{name}"] for name in EFFORTS), *(row[f"promises_{name}"] for name in PROMISES),
                   None if row["courtesy"] == "unknown" else e.say(f"conversations.{row['courtesy']}"),
                   row["company_failure"], row["turns"], e.language(row["lang"]) if row["lang"] else None,
                   row["doc_id"]]

    return columns, rows()
