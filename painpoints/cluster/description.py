"""The painpoints frame: every cluster with its title, words, quotes, counts and impact."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
import polars as pl

from painpoints.cluster.excerpts import counted_labels, excerpt, members_by_language
from painpoints.cluster.impact import Impact, measure_impact
from painpoints.cluster.opportunities import ASKS, IF_SOLVED
from painpoints.cluster.quotes import quotes
from painpoints.cluster.skews import SKEWS
from painpoints.cluster.spans import LONGEST
from painpoints.cluster.themes import name_themes, themes
from painpoints.cluster.titles import Encode, Wording, titles
from painpoints.cluster.wording import WordReader

PAINPOINTS: dict[str, pl.DataType] = {
    "painpoint_id": pl.Utf8(),
    "rank": pl.Int64(),
    "title": pl.Utf8(),
    "titles": pl.List(pl.Struct({"lang": pl.Utf8, "title": pl.Utf8})),
    "keyphrases": pl.List(pl.Struct({"lang": pl.Utf8, "phrases": pl.List(pl.Utf8)})),
    "quotes": pl.List(pl.Struct({"unit_id": pl.Utf8, "doc_id": pl.Utf8, "lang": pl.Utf8, "text": pl.Utf8,
                                 "source_id": pl.Utf8})),
    "units": pl.Int64(),
    "documents": pl.Int64(),
    "authors": pl.Int64(),
    "langs": pl.List(pl.Struct({"lang": pl.Utf8, "units": pl.Int64})),
    "touchpoint": pl.Utf8(),
    "stage": pl.Utf8(),
    "sentiment": pl.Float64(),
    "impact": pl.Float64(),
    "impact_low": pl.Float64(),
    "impact_high": pl.Float64(),
    "reach": pl.Float64(),
    "negativity": pl.Float64(),
    "rating_loss": pl.Float64(),
    "rating_loss_low": pl.Float64(),
    "rating_loss_high": pl.Float64(),
    "severity": pl.Float64(),
    "first_seen": pl.Datetime("us", "UTC"),
    "last_seen": pl.Datetime("us", "UTC"),
    "trend": pl.List(pl.Struct({"week": pl.Date, "documents": pl.Int64, "volume": pl.Int64})),
    "status": pl.Utf8(),
    "theme": pl.Utf8(),
    "stability": pl.Float64(),
    "skews": SKEWS,
    "asks": ASKS,
    **dict.fromkeys(IF_SOLVED, pl.Float64()),
}

NAMED_BY = 10
"""Strongest units that the identity of a pain point is derived from."""
TITLED_SHARE = 0.12
TITLED_UNITS = 60
"""A language is titled in when it has this share of a pain point's units, or this many."""
_MEMBER = ("_row", "unit_id", "doc_id", "cluster", "lang", "strength", "p_neg", "p_pos", "touchpoint", "touchpoint_p",
           "stage")
_VAGUE = ("none", "general")
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def describe(units: pl.DataFrame, vectors: np.ndarray, documents: pl.DataFrame, *, lang: str,
             encode: Encode | None = None, stability: Sequence[float] | None = None,
             wording: Wording | None = None) -> pl.DataFrame:
    """One row a pain point, columns as in ``PAINPOINTS``, by impact.

    ``units``: judged units with ``cluster`` (Int64, null outside every cluster) and ``strength`` (0..1); ``vectors``
    (n_units, d) float32, L2-normalised, aligned with them; ``documents``: every document, those without units too.
    ``lang`` is the language titles are wanted in; a pain point that nobody voiced in it is titled in the language with
    most units. ``encode`` (texts and their languages to vectors in the space of ``vectors``) makes better titles:
    candidates are then measured themselves instead of the units they come from. ``stability`` holds that of each
    cluster, by its number; ``wording`` what the words of ``excerpt(units, vectors)`` tell, if they were read elsewhere.
    Who suffers, what mending could bring and how it moved hang on all opinions, not only on these: those columns stay
    null here (see ``with_skews``, ``with_opportunities``, ``painpoints.track.with_trends``). Copies (weight 0) count
    nowhere, and a document all of whose units are copies is no document.
    """
    units = units.with_row_index("_row").with_columns(pl.col("cluster").cast(pl.Int64).fill_null(-1))
    labels = counted_labels(units)
    clusters = [int(c) for c in np.unique(labels[labels >= 0])]
    if not clusters:
        return pl.DataFrame(schema=PAINPOINTS)
    documents = _counted_documents(units, documents.select("doc_id", "author_key", "source_id", "rating"))
    members = units.select(_MEMBER).filter(pl.Series(labels >= 0)).join(
        documents.select("doc_id", "author_key", "source_id").with_row_index("_document"), on="doc_id", how="left",
        maintain_order="left")
    by_cluster = members.partition_by("cluster", as_dict=True, maintain_order=True)
    number = {cluster: at for at, cluster in enumerate(clusters)}
    impact = measure_impact(
        members["_document"].cast(pl.Int64).to_numpy(),
        np.array([number[c] for c in members["cluster"].to_list()]),
        members["p_neg"].to_numpy(), documents["rating"].cast(pl.Float64).fill_null(float("nan")).to_numpy(),
        len(clusters))
    wording = wording or WordReader().wording(excerpt(units, vectors))
    phrases = wording.phrases
    named = titles(wording, members_by_language(labels, units["lang"].to_list()), vectors, encode)
    authors: list[str | None] = [None] * len(units)
    for row, author in zip(members["_row"].to_list(), members["author_key"].to_list(), strict=True):
        authors[row] = author
    quoted = quotes(units, vectors, labels, authors)
    shown = members.filter(pl.col("_row").is_in([row for rows in quoted.values() for row in rows]))
    sources = dict(zip(shown["_row"].to_list(), shown["source_id"].to_list(), strict=True))
    placed = np.array([number.get(int(c), -1) for c in labels], np.int64)
    theme = {cluster: str(at) for at, group in enumerate(themes(vectors, placed)) for cluster in group}
    rows_out = []
    for cluster in clusters:
        mine = by_cluster[cluster,]
        langs = [(str(r[0]), int(r[1])) for r in mine.group_by("lang").len().sort(
            [pl.col("len"), pl.col("lang")], descending=[True, False]).iter_rows()]
        spoken = _spoken(langs)
        titled = [{"lang": code, "title": named[cluster][code]} for code in spoken if code in named[cluster]]
        touchpoint, stage = journey_place(mine)
        rows_out.append({
            "painpoint_id": painpoint_id(mine),
            "title": _title(named[cluster], spoken, lang)
            or _opening(units["text"][quoted[cluster][0]]),
            "titles": titled,
            "keyphrases": [{"lang": code, "phrases": phrases[cluster][code]} for code in spoken
                           if phrases.get(cluster, {}).get(code)],
            "quotes": [{"unit_id": units["unit_id"][r], "doc_id": units["doc_id"][r], "lang": units["lang"][r],
                        "text": units["text"][r], "source_id": sources[r]} for r in quoted[cluster]],
            "units": len(mine),
            "authors": mine["author_key"].drop_nulls().n_unique(),
            "langs": [{"lang": code, "units": count} for code, count in langs],
            "touchpoint": touchpoint,
            "stage": stage,
            "sentiment": float((mine["p_pos"] - mine["p_neg"]).mean()),  # type: ignore[arg-type]
            "theme": theme.get(number[cluster]),
            "stability": None if stability is None or np.isnan(stability[cluster]) else float(stability[cluster]),
            **_impact_columns(impact, number[cluster]),
        })
    ordered = sorted(rows_out, key=lambda r: (-r["impact"], -r["units"], r["title"], r["painpoint_id"]))
    return name_themes(pl.DataFrame([{**row, "rank": at} for at, row in enumerate(ordered, 1)], schema=PAINPOINTS))


def painpoint_id(members: pl.DataFrame) -> str:
    """26 characters of Crockford base 32, the same for the same strongest units (``unit_id``, ``strength``)."""
    strongest = members.sort([pl.col("strength").fill_null(0.0), pl.col("unit_id")], descending=[True, False])
    digest = blake2b("\n".join(sorted(strongest["unit_id"].head(NAMED_BY).to_list())).encode(), digest_size=16)
    number = int.from_bytes(digest.digest(), "big")
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))


def journey_place(members: pl.DataFrame) -> tuple[str, str]:
    """The touchpoint most of the members' probability speaks for, and the most frequent stage of those who say so.

    ``general`` and ``none`` only when no other touchpoint holds a quarter.
    """
    votes = members.group_by("touchpoint").agg(pl.col("touchpoint_p").fill_null(0.0).sum().alias("vote"),
                                               pl.len().alias("count"))
    ranked = votes.sort(["vote", "count", "touchpoint"], descending=[True, True, False])
    total = float(ranked["vote"].sum()) or 1.0
    clear = ranked.filter(~pl.col("touchpoint").is_in(_VAGUE) & (pl.col("vote") >= 0.25 * total))
    touchpoint = str((clear if len(clear) else ranked)["touchpoint"][0])
    stages = members.filter(pl.col("touchpoint") == touchpoint).group_by("stage").len()
    return touchpoint, str(stages.sort(["len", "stage"], descending=[True, False])["stage"][0])


def _counted_documents(units: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    copies = units.group_by("doc_id").agg(pl.col("weight").max()).filter(pl.col("weight") <= 0)
    return documents.join(copies.select("doc_id"), on="doc_id", how="anti").sort("doc_id")


def _spoken(langs: list[tuple[str, int]]) -> list[str]:
    """Languages that voice a pain point often enough to be titled in, most frequent first.

    Two stray units of a language among two hundred give a title that misleads.
    """
    total = sum(count for _, count in langs)
    return [code for at, (code, count) in enumerate(langs)
            if at == 0 or count >= TITLED_SHARE * total or count >= TITLED_UNITS]


def _title(named: dict[str, str], spoken: list[str], wanted: str) -> str:
    for code in (*(c for c in spoken if c == wanted), *spoken):
        if code in named:
            return named[code]
    return ""


def _opening(text: str) -> str:
    """The first words of a text, for a pain point whose texts hold no clause (single words, emoji)."""
    return textwrap.shorten(text, LONGEST, placeholder="…") or text[:LONGEST]


def _impact_columns(impact: Impact, at: int) -> dict[str, Any]:
    def value(name: str) -> float | None:
        number = float(getattr(impact, name)[at])
        return None if np.isnan(number) else number

    names = ("impact", "impact_low", "impact_high", "reach", "negativity", "rating_loss", "rating_loss_low",
             "rating_loss_high", "severity")
    return {"documents": int(impact.documents[at]), **{name: value(name) for name in names}}
