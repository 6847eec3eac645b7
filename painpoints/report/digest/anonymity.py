"""A digest that tells nobody apart: what fewer than so many people stand behind is not quoted, named or counted out.

People are authors; where the author of a document is not known, the document stands for one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from painpoints.report.digest.cut import Cut
from painpoints.report.digest.model import Digest, Interval, PainPointNews, Proposal, TouchpointNews

_UNKNOWN = Interval(0.0, 0.0, 0.0)


def floored(digest: Digest, now: Cut, least: int) -> Digest:
    """``digest`` of the period ``now`` in which whatever has fewer than ``least`` people behind it is ``withheld``:
    no quotes, no title that a machine took from people's words, and sizes of ``least - 1``, which says "fewer".
    """
    if least <= 1:
        return digest
    voiced = _people(now, now.mentions, "painpoint_id")
    spoken = _people(now, now.opinions, "touchpoint")

    def points(found: tuple[PainPointNews, ...]) -> tuple[PainPointNews, ...]:
        return tuple(_point(news, voiced, least) for news in found)

    weakest = digest.weakest
    if weakest is not None and spoken.get(weakest.touchpoint, 0) < least:
        weakest = replace(weakest, quotes=(), units=least - 1, withheld=True)
    volume = replace(digest.volume, languages=_sizes(digest.volume.languages, least),
                     sources=_sizes(digest.volume.sources, least))
    needs = replace(digest.needs, proposals=tuple(_proposal(each, voiced, least) for each in digest.needs.proposals))
    return replace(digest, min_authors=least, unknown_authors=_unknown(now), volume=volume, weakest=weakest,
                   needs=needs, new=points(digest.new), growing=points(digest.growing), eased=points(digest.eased),
                   top=points(digest.top), journey=tuple(_touchpoint(each, spoken, least) for each in digest.journey))


def _people(now: Cut, units: pl.DataFrame, by: str) -> dict[str, int]:
    """How many people speak of each value of ``by``."""
    who = pl.coalesce("author_key", "doc_id") if "author_key" in now.documents.columns else pl.col("doc_id")
    said = units.join(now.documents.select("doc_id", who=who), on="doc_id", how="inner")
    return dict(said.group_by(by).agg(pl.col("who").n_unique()).iter_rows())


def _unknown(now: Cut) -> int:
    """How many documents of the period have an author of whom nothing is known."""
    if "author_key" not in now.documents.columns:
        return len(now.documents)
    return now.documents["author_key"].null_count()


def _point(news: PainPointNews, people: Mapping[str, int], least: int) -> PainPointNews:
    if people.get(news.painpoint_id, 0) >= least:
        return replace(news, before=max(news.before, least - 1), least=least)
    named = news.named_by == "person"
    return replace(news, withheld=True, quotes=(), title=news.title if named else "",
                   titles=news.titles if named else {}, documents=least - 1, before=least - 1,
                   rate=_UNKNOWN, growth=None, impact=_UNKNOWN, impact_before=None, spark=(), least=least)


def _proposal(proposal: Proposal, people: Mapping[str, int], least: int) -> Proposal:
    """Titles of pain points that are not to be named are left to their ids."""
    one, other = (name is not None and people.get(name, 0) < least and bool(titles) for name, titles in (
        (proposal.painpoint_id, proposal.titles), (proposal.other, proposal.other_titles)))
    if one:
        proposal = replace(proposal, title=proposal.painpoint_id, titles={})
    return replace(proposal, other_title=proposal.other, other_titles={}) if other else proposal


def _touchpoint(news: TouchpointNews, people: Mapping[str, int], least: int) -> TouchpointNews:
    if people.get(news.touchpoint, 0) >= least:
        return news
    return replace(news, units=least - 1, units_before=least - 1)


def _sizes(counts: tuple[tuple[str, int], ...], least: int) -> tuple[tuple[str, int], ...]:
    """Sizes of ``least`` and more as they are, smaller ones as the greatest that says nothing."""
    return tuple((name, count if count >= least else least - 1) for name, count in counts)
