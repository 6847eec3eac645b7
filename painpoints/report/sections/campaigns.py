"""Possible campaigns, and adverts, spam and off-topic comments: what is shown apart from the figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl

from painpoints.report.edition import Edition
from painpoints.report.sections.pains import quote

SHOWN = 20
SAMPLES = 3
NOISE = ("advert", "spam", "off_topic")
"""Kinds of documents that are no experience, as `none_kind` names them."""


def campaigns_section(edition: Edition, campaigns: pl.DataFrame | None, counted: bool) -> dict[str, Any]:
    """What the template prints of possible campaigns: ``rows``, largest first, and the ``rule`` they are counted by."""
    if campaigns is None or campaigns.is_empty():
        return {"rows": [], "rule": "", "more": ""}
    ordered = campaigns.sort(["documents", "first", "campaign_id"], descending=[True, False, False])
    rows = [_row(edition, row) for row in ordered.head(SHOWN).iter_rows(named=True)]
    more = len(ordered) - len(rows)
    return {"rows": rows, "rule": edition.say("campaigns.counted" if counted else "campaigns.once"),
            "more": edition.say("campaigns.more", n=edition.number(more)) if more else ""}


def _row(edition: Edition, row: Mapping[str, Any]) -> dict[str, Any]:
    first, last = edition.numerals.day(row["first"].date()), edition.numerals.day(row["last"].date())
    facts = [edition.count("count.documents", row["documents"]), edition.count("count.authors", row["authors"]),
             first if first == last else edition.span(first, last), *row["sources"]]
    return {"name": edition.say(f"campaigns.{row['direction']}"), "id": row["campaign_id"],
            "facts": edition.say("text.comma").join(facts),
            "why": [_why(edition, code, row) for code in row["reasons"]],
            "quotes": [quote(edition, said) for said in row["quotes"]]}


def _why(edition: Edition, reason: str, row: Mapping[str, Any]) -> str:
    return edition.say(
        f"campaigns.why_{reason}", share=edition.percent(row["copies_share"]),
        documents=edition.count("count.documents", row["documents"]), span=_span(edition, row["first"], row["last"]),
        expected=edition.number(row["expected"], 0 if row["expected"] >= 1 else 1),
        fresh=edition.number(row["fresh_authors"]), authors=edition.count("count.authors", row["known_authors"]),
        languages=edition.listing([edition.language(lang) for lang in row["langs"]]))


def _span(edition: Edition, first: datetime, last: datetime) -> str:
    hours = max(1, -int(-(last - first).total_seconds() // 3600))
    return edition.count("count.hours", hours) if hours < 48 else edition.count("count.days", -(-hours // 24))


def noise_section(edition: Edition, documents: pl.DataFrame) -> list[dict[str, Any]]:
    """One entry a kind of comment that is no experience: its name, how many, and samples, longest texts last."""
    if "none_kind" not in documents.columns:
        return []
    found = []
    for kind in NOISE:
        own = documents.filter(pl.col("none_kind") == kind)
        if len(own):
            samples = own.sort("doc_id").unique("text", keep="first", maintain_order=True).head(SAMPLES)
            found.append({"name": edition.say(f"noise.{kind}"), "count": edition.count("count.documents", len(own)),
                          "share": edition.percent(len(own) / len(documents)),
                          "quotes": [quote(edition, {"lang": None, **row}) for row in samples.iter_rows(named=True)]})
    return found
