"""Emotions as the page shows them: named, with their share and its interval."""

from __future__ import annotations

from typing import Any

import polars as pl

from painpoints.report.charts import interval_bar
from painpoints.report.edition import Edition

SHOWN = 3


def feelings(edition: Edition, shares: pl.DataFrame, by: str) -> dict[str, list[dict[str, Any]]]:
    """Group of ``by`` to its most frequent emotions, at most three: name, share, span and bar.

    ``shares`` is what `emotion_shares` gives.
    """
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in shares.iter_rows(named=True):
        shown = groups.setdefault(row[by], [])
        if len(shown) < SHOWN:
            shown.append(_feeling(edition, row))
    return groups


def _feeling(edition: Edition, row: dict[str, Any]) -> dict[str, Any]:
    name, share = edition.emotion(row["emotion"]), edition.percent(row["share"])
    span = edition.percent_span(row["low"], row["high"])
    label = edition.say("feelings.bar_label", emotion=name, share=share, range=span)
    return {"name": name, "share": share, "span": span,
            "bar": interval_bar(100 * row["share"], 100 * row["low"], 100 * row["high"], label, rtl=edition.rtl)}
