"""What mending a pain point could bring, in words: what is asked for, and how ratings and moods would move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from painpoints.report.cells import clean
from painpoints.report.edition import Edition


def asked_for(edition: Edition, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What customers ask for in their own words: ``text`` and ``lang`` (None when it is unknown)."""
    return [{"text": clean(ask["text"]), "lang": ask["lang"] if ask["lang"] not in (None, "und", "other") else None}
            for ask in row.get("asks") or []]


def asked_in_words(row: Mapping[str, Any]) -> str | None:
    """What customers ask for as plain text for a spreadsheet cell, one a line; None without any."""
    return "\n".join(clean(ask["text"]) for ask in row.get("asks") or []) or None


def if_solved(edition: Edition, row: Mapping[str, Any]) -> list[str]:
    """The changes of mean rating and negative share with their intervals, as far as they are known."""
    told = []
    rating, negative = row.get("if_solved_rating"), row.get("if_solved_negative")
    if rating is not None:
        told.append(edition.say("prospects.rating", change=_signed(edition, rating, 2),
                                range=_range(edition, row, "rating", 1, 2)))
    if negative is not None:
        told.append(edition.say("prospects.negative", change=_signed(edition, negative * 100, 1),
                                range=_range(edition, row, "negative", 100, 1)))
    return told


def at_most(edition: Edition, row: Mapping[str, Any]) -> str:
    """The sentence on the rating that mending could win, where the whole interval is a gain."""
    low = row.get("if_solved_rating_low")
    if low is None or low <= 0:
        return ""
    return edition.say("opportunities.mend_solved", gain=edition.number(row["if_solved_rating"], 2))


def _range(edition: Edition, row: Mapping[str, Any], name: str, scale: int, decimals: int) -> str:
    low, high = (_signed(edition, row[f"if_solved_{name}_{end}"] * scale, decimals) for end in ("low", "high"))
    return edition.span(low, high)


def _signed(edition: Edition, value: float, decimals: int) -> str:
    return edition.numerals.number(value, decimals, signed=True)
