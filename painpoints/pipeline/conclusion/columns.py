"""Which columns of documents and units the steps after the judging read; the others stay on disk."""

from __future__ import annotations

from collections.abc import Iterable

PLACED = ("unit_id", "doc_id", "start", "lang", "sentiment", "touchpoint", "is_problem", "key", "weight")
"""What is in memory of every unit from the first step to the last."""
COPIED = ("p_neg", "p_pos", "model_text")
"""What finding copies reads besides; of texts, what is left of them when they are spelt in letters."""
GROUPED = ("unit_id", "doc_id", "start", "text", "lang", "model_text", "key", "weight", "sentiment", "p_neg", "p_pos",
           "touchpoint", "touchpoint_p", "stage", "problem_p", "is_problem", "certain")
"""What clustering and describing pain points read, of units that make some and of copies."""
ASKED = ("text", "model_text", "expectation")
"""What tells what customers ask for, read of units that have a vote for a pain point."""
REPORTED_NOT = frozenset({
    "model_text", "key", "variety", "field", "speaker", "whole_p_neg", "whole_p_neu", "whole_p_pos", "stage_p",
    "problem_p", "none_kind", "copy_of", "copy_group", "painpoint_strength", "painpoint_distance"})
"""Columns of units that the report and its sheets do not read."""
_STORED = frozenset({"parts", "redactions", "file", "row", "rating_raw", "addressee"})
"""Columns of documents that are only handed on."""
_TOLD = frozenset({"turns"})


def documents_to_group(columns: Iterable[str], segment: str | None) -> list[str]:
    """Those ``columns`` of documents that weighing, grouping and measuring read; ``segment`` is to be compared by."""
    return [name for name in columns if _named(name, segment) or (name not in _STORED | _TOLD
            and not name.startswith("meta."))]


def documents_to_report(columns: Iterable[str], segment: str | None) -> list[str]:
    """Those ``columns`` of judged documents that the report and its sheets read."""
    return [name for name in columns if _named(name, segment) or (name not in _STORED
            and not name.startswith("meta."))]


def _named(name: str, segment: str | None) -> bool:
    """Whether a column is one that documents are compared by."""
    return name == "meta.product" or (segment is not None and name in (segment, f"meta.{segment}"))
