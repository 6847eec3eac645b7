"""Support conversations: how they ended, what they cost the customer, and which tell the most."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from painpoints.store import RunData

RESOLUTIONS = ("resolved", "unresolved", "unknown")
TRAJECTORIES = ("better", "level", "worse")
MANNERS = ("courteous", "plain", "discourteous")
SIGNS = ("repeat", "waiting", "explaining_again", "transfer", "bot_loop")
FATES = ("kept", "broken", "unknown")
WHYS = ("promise", "effort", "fall", "manner", "rise")
SHOWN = 12
MUCH = 2
"""So many signs of effort in one conversation are told as much."""


def conversations(run: RunData) -> pl.DataFrame:
    """The judged conversations that are no copies, with ``text``, ``turns``, ``source_id`` and ``source`` of their
    documents; empty for a run without any."""
    judged = run.conversations
    if judged is None or judged.is_empty() or "turns" not in run.documents.columns:
        return pl.DataFrame()
    documents = run.documents.filter(pl.col("turns").is_not_null())
    if "copy_of" in documents.columns:
        documents = documents.filter(pl.col("copy_of").is_null())
    wanted = [name for name in ("source_id", "source", "time") if name in documents.columns]
    return judged.drop("turns", strict=False).join(
        documents.select("doc_id", "text", "turns", *wanted), on="doc_id", how="inner", maintain_order="left")


def feelings_by_turn(units: pl.DataFrame) -> pl.DataFrame:
    """One row a turn in which the customer says what feels: ``doc_id``, ``turn`` and ``net`` (-1..1)."""
    return (units.filter(pl.col("turn").is_not_null())
            .group_by("doc_id", "turn").agg(net=(pl.col("p_pos") - pl.col("p_neg")).mean()).sort("doc_id", "turn"))


def overview(found: pl.DataFrame) -> dict[str, Any]:
    """Counts over `conversations`: ``conversations``, ``resolution``, ``trajectory``, ``manner`` (of those whose agents
    speak, each with how often the company failed), ``effort`` (conversations with each sign), ``effortful``,
    ``promises`` by fate."""
    signs = found.select("doc_id", sign=pl.col("effort_signs").list.eval(pl.element().struct.field("sign"))
                         .list.unique()).explode("sign")
    fates = found.select(fate=pl.col("promises").list.eval(pl.element().struct.field("kept"))).explode("fate")
    failed = found.filter(pl.col("company_failure"))
    return {
        "conversations": found.height,
        "resolution": _counts(found["resolution"], RESOLUTIONS),
        "trajectory": _counts(found["trajectory"], TRAJECTORIES),
        "manner": {code: (many, _counts(failed["courtesy"], MANNERS)[code])
                   for code, many in _counts(found["courtesy"], MANNERS).items()},
        "failures": failed.height,
        "effort": _counts(signs["sign"], SIGNS),
        "effortful": found.filter(pl.col("effort") > 0).height,
        "promises": _counts(fates["fate"], FATES),
    }


def by_touchpoint(found: pl.DataFrame) -> pl.DataFrame:
    """One row a touchpoint of the main problem, the most frequent first: ``conversations``, counts of each resolution,
    ``effort`` (mean signs), ``broken`` promises, ``net`` (mean feeling at the end)."""
    broken = pl.col("promises").list.eval(pl.element().struct.field("kept") == "broken").list.sum()
    return (found.filter(pl.col("touchpoint").is_not_null()).group_by("touchpoint")
            .agg(conversations=pl.len(), effort=pl.col("effort").mean(), broken=broken.sum(),
                 net=pl.col("sentiment_end").mean(),
                 **{code: (pl.col("resolution") == code).sum() for code in RESOLUTIONS})
            .sort("conversations", "touchpoint", descending=[True, False]))


def telling(found: pl.DataFrame, most: int = SHOWN) -> list[dict[str, Any]]:
    """At most ``most`` rows of `conversations` that tell the most, each with ``why``: broken promises, much effort
    without a solution, the worst falls of feeling, discourtesy, and the greatest rises; these kinds in turn, the
    strongest of each first."""
    rows = found.sort("doc_id").to_dicts()
    queues = {why: iter(_strongest(why, rows)) for why in WHYS}
    chosen: dict[str, dict[str, Any]] = {}
    while queues and len(chosen) < most:
        for why in list(queues):
            row = next((row for row in queues[why] if row["doc_id"] not in chosen), None)
            if row is None:
                del queues[why]
            elif len(chosen) < most:
                chosen[row["doc_id"]] = {**row, "why": why}
    return list(chosen.values())


def _strongest(why: str, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    felt = [(_strength(why, row), row) for row in rows]
    return [row for strength, row in sorted(felt, key=lambda pair: -pair[0]) if strength > 0]


def _strength(why: str, row: Mapping[str, Any]) -> float:
    """How much of a kind a conversation is; 0 when it is none of it."""
    fall = float((row["sentiment_start"] or 0.0) - (row["sentiment_end"] or 0.0))
    effort = int(row["effort"])
    if why == "promise":
        broken = sum(promise["kept"] == "broken" for promise in row["promises"] or [])
        return broken + (row["resolution"] == "unresolved") + min(effort, 5) / 10 if broken else 0.0
    if why == "effort":
        return float(effort) if row["resolution"] == "unresolved" and effort >= MUCH else 0.0
    if why == "fall":
        return max(0.0, fall) if row["trajectory"] == "worse" else 0.0
    if why == "manner":
        return 1 + max(0.0, fall) if row["courtesy"] == "discourteous" else 0.0
    return max(0.0, -fall) if row["trajectory"] == "better" and row["resolution"] == "resolved" else 0.0


def _counts(values: Iterable[Any], codes: Iterable[str]) -> dict[str, int]:
    found = pl.Series("code", values, dtype=pl.Utf8).value_counts()
    counted = dict(zip(found["code"].to_list(), found["count"].to_list(), strict=True))
    return {code: counted.get(code, 0) for code in codes}
