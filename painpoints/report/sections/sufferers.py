"""Who suffers a pain point more or less often than chance, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from painpoints.report.cells import clean
from painpoints.report.edition import Edition

SHOWN, SPARED = 3, 2
HARDLY = 0.05
"""Below this ratio, which would be shown as zero times, words say it better."""
NOTABLE = 1.25
"""The ratio, or its inverse, from which a finding is told on the page; tables hold all."""
MOST = 0.5
"""From this share of a pain point's documents on they are "mostly" of a value."""


def sufferers(edition: Edition, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The notable findings about one pain point, strongest first; none for runs of earlier versions.

    Each has ``kind``, ``text`` (as mark-up: "mostly Persian (3.1×)"), ``over`` and ``detail`` with its interval.
    """
    found = [skew for skew in row.get("skews") or [] if skew["ratio"] >= NOTABLE or skew["ratio"] <= 1 / NOTABLE]
    # Many low ratings say by themselves that there are few high ones.
    rated = any(skew["kind"] == "rating" and skew["ratio"] > 1 for skew in found)
    return [{"kind": skew["kind"], "over": skew["ratio"] > 1, "text": _told(edition, skew, row["documents"]),
             "detail": _detail(edition, skew)}
            for skew in _told_first([skew for skew in found
                                     if not (rated and skew["kind"] == "rating" and skew["ratio"] < 1)])]


def _told_first(found: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those who suffer more come first; of those who are spared the strongest, that they do not hide the others."""
    spared = [skew for skew in found if skew["ratio"] < 1]
    return [*(skew for skew in found if skew["ratio"] >= 1), *spared[:SPARED]]


def in_short(edition: Edition, found: list[dict[str, Any]]) -> Markup:
    """The findings in one line: those who suffer more, or, where there are none, those who are spared.

    Ratings are left to the details: that a pain goes with low ones is true of nearly all and tells nobody apart.
    """
    groups = [entry for entry in found if entry["kind"] != "rating"]
    over = [entry for entry in groups if entry["over"]] or groups
    return Markup(edition.say("text.comma")).join(entry["text"] for entry in over[:SHOWN])


def in_words(edition: Edition, row: Mapping[str, Any]) -> str | None:
    """The findings as plain text for a spreadsheet cell, one a line; None without any."""
    return "\n".join(entry["text"].striptags() for entry in sufferers(edition, row)) or None


def group_name(edition: Edition, kind: str, value: str) -> str:
    """What a group of customers is called: a language's name, a rating band, a value with its column's name."""
    if kind == "lang":
        return edition.language(value)
    if kind == "rating":
        return edition.say("sufferers.low" if value == "low" else "sufferers.high")
    if kind == "source" or clean(value).casefold().startswith(edition.column(kind).casefold()):
        return clean(value)
    return edition.say("sufferers.segment", column=edition.column(kind), value=clean(value))


def times(edition: Edition, ratio: float) -> str:
    """A ratio in words: "3.1×"."""
    return edition.say("sufferers.times", n=edition.number(ratio, 1))


def _told(edition: Edition, skew: Mapping[str, Any], documents: int) -> Markup:
    manner = "sufferers.more" if skew["ratio"] > 1 else "sufferers.less"
    if skew["ratio"] > 1 and skew["documents"] >= MOST * documents:
        manner = "sufferers.most"
    if skew["ratio"] < HARDLY:
        manner = "sufferers.hardly"
    name = Markup('<bdi dir="auto">{}</bdi>').format(group_name(edition, skew["kind"], skew["value"]))
    return edition.markup(manner, name=name, times=times(edition, skew["ratio"]))


def _detail(edition: Edition, skew: Mapping[str, Any]) -> str:
    return edition.say("sufferers.detail", documents=edition.count("count.documents", skew["documents"]),
                       expected=edition.number(skew["expected"], 1),
                       range=edition.span(edition.number(skew["low"], 1), edition.number(skew["high"], 1)))
