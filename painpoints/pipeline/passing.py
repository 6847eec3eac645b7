"""Which post another passes on: by the id it tells, else by its words."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING

from painpoints.pipeline.weighing import EXACT, QUOTE
from painpoints.text import jaccard, runs

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

_ALIKE = 0.5
_CUT = 20
"""Letters from which the beginning of a post tells which one was cut short."""


def follow_posts(whole: pl.DataFrame, documents: pl.DataFrame, spans: np.ndarray, to: np.ndarray,
                 tiers: np.ndarray) -> None:
    """Has the units of documents that only pass on another's words be copies of the units of that one.

    ``whole`` has ``doc_id`` and ``letters`` of each document with units, in order of time, ``spans`` where its units
    begin among all. Where the post itself is not here, the first that passes it on stands for it.
    """
    import polars as pl

    if "shared" not in documents.columns or not (documents["shared"] == "repost").any():
        return
    kept = ("shared", "shared_id", "source", "source_id")
    posts = documents.select("doc_id", *kept).unique("doc_id", keep="first")
    told = whole.select("doc_id", "letters").join(posts, on="doc_id", how="left", maintain_order="left")
    said = told["letters"].to_list()
    reposts = told.select(pl.col("shared").eq_missing("repost")).to_series().to_list()
    ids: dict[tuple[str | None, str], int] = {}
    for row, (source, name) in enumerate(told.select("source", "source_id").iter_rows()):
        if name is not None and not reposts[row]:
            ids.setdefault((source, name), row)
    begun = _Beginnings([(text, row) for row, text in enumerate(said) if not reposts[row]])
    alone = _Beginnings([(text, row) for row, text in enumerate(said) if reposts[row]])
    for row, (source, name) in enumerate(told.select("source", "shared_id").iter_rows()):
        if not reposts[row] or not said[row]:
            continue
        lead = ids.get((source, name)) if name is not None else None
        if lead is None or not _same(said[row], said[lead]):
            lead = begun.of(said[row])
        if lead is None:
            lead = alone.of(said[row])
        if lead is None or lead == row:
            continue
        for rank, at in enumerate(range(spans[row], spans[row + 1])):
            to[at] = min(spans[lead] + rank, spans[lead + 1] - 1)
            tiers[at] = EXACT if said[row] == said[lead] else QUOTE


def _same(one: str, two: str) -> bool:
    return one.startswith(two) or two.startswith(one) or jaccard(runs(one), runs(two)) >= _ALIKE


class _Beginnings:
    """Posts by how they begin; of those that say the same, the first."""

    def __init__(self, posts: Sequence[tuple[str, int]]) -> None:
        self._posts = sorted(posts)
        self._texts = [text for text, _ in self._posts]

    def of(self, text: str) -> int | None:
        """The row of the first post that says ``text``, or begins so where that is enough to tell; the longest of
        them, so that all that were cut short go to one."""
        at = bisect_left(self._texts, text)
        if len(text) < _CUT:
            return self._posts[at][1] if at < len(self._texts) and self._texts[at] == text else None
        best = None
        while at < len(self._texts) and self._texts[at].startswith(text):
            if best is None or len(self._texts[at]) > len(self._texts[best]):
                best = at
            at += 1
        return None if best is None else self._posts[best][1]
