"""The queue's order: every comment of a workspace with its score, the reasons and the unit that makes it urgent."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import polars as pl

from painpoints.store import WorkspaceData
from painpoints.track import latest_status
from painpoints.triage.cues import CUE_KINDS, find_all
from painpoints.triage.reach import gathered_reach
from painpoints.triage.score import PARTS, combine, freshness

REASONS: pl.DataType = pl.List(pl.Struct({"code": pl.Utf8, "weight": pl.Float64, "detail": pl.Utf8}))
URGENCY = pl.Schema({
    "doc_id": pl.Utf8(), "score": pl.Float64(), "reasons": REASONS, "unit_id": pl.Utf8(), "start": pl.Int64(),
    "end": pl.Int64(), "lang": pl.Utf8(), "touchpoint": pl.Utf8(), "stage": pl.Utf8(), "sentiment": pl.Utf8(),
    "painpoint_id": pl.Utf8(), "time": pl.Datetime("us", "UTC"), "reach": pl.Float64(), "uncertain": pl.Boolean(),
})
LEAST_REASON = 0.5
"""Points below which a part is no reason worth naming."""
FEELINGS = {"anger": 1.0, "worry": 1.0, "confusion": 0.5, "resignation": 0.5, "disappointment": 0.4}
TRENDS = {"new": 1.0, "reopened": 1.0, "growing": 0.8}
CONCERN = 0.35
"""The probability of a problem or of blame that words of danger, law and fraud need: news and stories have less."""
PRAISE = 0.6
"""The probability of praise from which a cue is taken for a figure of speech; waiting for an answer is none."""
UNSURE = 0.9
"""What problem and negativity count where the machine is not sure of the comment."""
MOST_LIKES = 10_000.0
_AT_ONCE = 100_000
_UNIT_PARTS = (*CUE_KINDS, "question", "problem", "negative", "emotion")
_QUESTION = "[?؟]"


_OF_UNITS = ("unit_id", "doc_id", "start", "end", "lang", "weight", "copy_of", "painpoint_id", "emotion")
_OF_DOCUMENTS = ("doc_id", "author_key", "time", "touchpoint", "stage", "sentiment", "is_problem", "certain")


def said_cues(units: pl.DataFrame) -> pl.DataFrame:
    """The cues in the texts of ``units``, which hang on a unit's text and language alone.

    One row a unit that has any: ``unit_id``, and for each kind (``safety_detail`` and so on) the words of its first.
    """
    rows = []
    for first in range(0, len(units), _AT_ONCE):
        part = units[first:first + _AT_ONCE]
        ids, texts, langs = (part[name].to_list() for name in ("unit_id", "text", "lang"))
        for place, cues in find_all(texts, langs).items():
            words = {f"{cue.kind}_detail": texts[place][cue.start:cue.end] for cue in reversed(cues)}
            rows.append({"unit_id": ids[place], **words})
    return pl.DataFrame(rows, schema=dict.fromkeys(("unit_id", *(f"{kind}_detail" for kind in CUE_KINDS)), pl.Utf8)
                        ).unique("unit_id", keep="last", maintain_order=True)


def urgency(data: WorkspaceData, *, now: datetime, trends: pl.DataFrame | None = None,
            cues: pl.DataFrame | None = None) -> pl.DataFrame:
    """One row a comment that is no copy (`URGENCY`), most urgent first; the same whatever the order of rows.

    ``now`` needs a time zone. ``trends`` are weekly trends (``painpoints.track.TRENDS``); without them no pain point
    counts as new or growing. ``reasons`` are greatest first, their weights add up to the score but for small ones left
    out; ``reach`` is in likes; ``start`` and ``end`` are offsets in the original text. ``cues`` are the `said_cues` of
    all units of ``data``, and may be of more, where they are known already. A comment's row hangs on its own units, on
    its author's other comments, on the trends and on ``now``, and on nothing else of ``data``.
    """
    units = _unit_parts(data.units, said_cues(data.units) if cues is None else cues)
    documents = _sorted_documents(data.documents, units)
    if not len(documents):
        return pl.DataFrame(schema=URGENCY)
    units = units.join(documents.select("doc_id", _sure=pl.when("certain").then(1.0).otherwise(UNSURE)), on="doc_id",
                       how="inner", maintain_order="left").with_columns(
        pl.col("problem", "negative") * pl.col("_sure"))
    units = units.with_columns(_trend(units, trends))
    whole = documents.select("doc_id").join(_whole(units), on="doc_id", how="left", maintain_order="left")
    parts = {name: whole[name].to_numpy() for name in _UNIT_PARTS}
    concern = np.max([parts[name] for name in ("problem", "negative", *CUE_KINDS)], axis=0)
    likes = _reach(data.documents, documents)
    liked = np.zeros(len(documents)) if likes is None else likes.fill_null(0.0).to_numpy()
    before = _before(documents)
    parts |= {
        "reach": np.minimum(np.log1p(liked) / np.log1p(MOST_LIKES), 1) * concern,
        "regular": (1 - np.exp2(-before["wrote"].to_numpy() / 2)) * concern,
        "again": (1 - np.exp2(-before["complained"].cast(pl.Float64).to_numpy())) * concern,
        "trend": whole["trend"].to_numpy() * concern}
    hours = documents.select((pl.lit(now) - pl.col("time")).dt.total_seconds() / 3600).to_series().fill_null(0.0)
    scores, given = combine(parts, freshness(hours.to_numpy()))
    details = {"fresh": [str(max(0, int(h))) for h in hours], "reach": [str(round(n)) for n in liked],
               "regular": [str(n) for n in before["wrote"]], "again": [str(n) for n in before["complained"]],
               **{name: whole[f"{name}_detail"].to_list() for name in (*CUE_KINDS, "emotion", "trend")}}
    return documents.select("doc_id", "touchpoint", "stage", "sentiment", "time", lang=pl.col("_lang")).with_columns(
        score=pl.Series(np.round(scores, 6)), reasons=_reasons(given, details),
        reach=pl.Series([None] * len(documents), dtype=pl.Float64) if likes is None else likes,
        uncertain=~documents["certain"]).join(
        whole.select("doc_id", "unit_id", "start", "end", "painpoint_id"), on="doc_id", how="left"
    ).select(pl.col(name).cast(kind) for name, kind in URGENCY.items()).sort(
        ["score", "doc_id"], descending=[True, False])


def _reach(everything: pl.DataFrame, documents: pl.DataFrame) -> pl.Series | None:
    """How far each of ``documents`` reaches, with its copies among ``everything``."""
    found = gathered_reach(everything)
    if found is None:
        return None
    return documents.select("doc_id").join(everything.select("doc_id").with_columns(found), on="doc_id", how="left",
                                           maintain_order="left")["reach"]


def _sorted_documents(documents: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """Comments that are not copies through and through, by id; ``_lang`` is that of most of their characters.

    Who has no vote left for a pain point is no copy: somebody has to answer all the same.
    """
    said = pl.col("copy_of").is_null() if "copy_of" in units.columns else pl.col("weight") > 0
    own = units.group_by("doc_id", "lang").agg(
        said.any().alias("_own"), _size=(pl.col("end") - pl.col("start")).sum()).sort(
        ["doc_id", "_size", "lang"], descending=[False, True, False]).group_by("doc_id", maintain_order=True).agg(
        pl.col("_own").any(), _lang=pl.col("lang").first()).filter("_own")
    return documents.select(_OF_DOCUMENTS).join(own.select("doc_id", "_lang"), on="doc_id", how="inner").sort(
        "doc_id").with_columns(pl.col("certain").fill_null(False))


def _unit_parts(units: pl.DataFrame, said: pl.DataFrame) -> pl.DataFrame:
    """The units with the parts that a single unit can have and the cues' own words."""
    probability = {name: pl.col(name).cast(pl.Float64).fill_null(0.0) for name in ("problem_p", "p_neg", "emotion_p")}
    feeling = pl.col("emotion").replace_strict(FEELINGS, default=0.0, return_dtype=pl.Float64)
    # A million units by all their columns would be put in order for nothing, with their texts.
    units = units.select(
        *(name for name in _OF_UNITS if name in units.columns),
        _blames=pl.max_horizontal("problem_p", "p_neg").fill_null(0.0) >= CONCERN,
        _serious=pl.col("p_pos").fill_null(0.0) <= PRAISE,
        question=pl.col("text").str.contains(_QUESTION).cast(pl.Float64), problem=probability["problem_p"],
        negative=probability["p_neg"], emotion_part=feeling * probability["emotion_p"]).rename(
        {"emotion": "emotion_detail", "emotion_part": "emotion"}).join(
        said, on="unit_id", how="left", maintain_order="left")
    meant = {"waiting": pl.lit(True), **dict.fromkeys(("safety", "legal", "fraud"), pl.col("_blames"))}
    return units.with_columns(
        pl.when(meant.get(kind, pl.col("_serious"))).then(f"{kind}_detail").alias(f"{kind}_detail")
        for kind in CUE_KINDS).with_columns(
        pl.col(f"{kind}_detail").is_not_null().cast(pl.Float64).alias(kind) for kind in CUE_KINDS)


def _trend(units: pl.DataFrame, trends: pl.DataFrame | None) -> pl.DataFrame:
    """``trend`` and ``trend_detail``: how much the movement of each unit's pain point counts, and its status."""
    status = {} if trends is None else latest_status(trends)
    moving = pl.col("painpoint_id").replace_strict(status or {"": ""}, default=None, return_dtype=pl.Utf8)
    return units.select(trend_detail=moving).with_columns(
        trend=pl.col("trend_detail").replace_strict(TRENDS, default=0.0, return_dtype=pl.Float64))


def _whole(units: pl.DataFrame) -> pl.DataFrame:
    """One row a comment: the most of each part over its units, and the unit that is most urgent by itself."""
    scores, _ = combine({name: units[name].to_numpy() for name in _UNIT_PARTS}, np.zeros(len(units)))
    ordered = units.with_columns(_alone=pl.Series(scores).round(9)).sort(
        ["doc_id", "_alone", "start", "unit_id"], descending=[False, True, False, False])
    placed = pl.col("painpoint_id").drop_nulls()
    return ordered.group_by("doc_id", maintain_order=True).agg(
        pl.col("unit_id", "start", "end").first(), *(pl.col(name).max() for name in (*_UNIT_PARTS, "trend")),
        *(pl.col(f"{kind}_detail").drop_nulls().first() for kind in CUE_KINDS),
        emotion_detail=pl.col("emotion_detail").sort_by("emotion", descending=True, maintain_order=True).first(),
        trend_detail=pl.col("trend_detail").sort_by("trend", descending=True, maintain_order=True).first(),
        painpoint_id=placed.first())


def _before(documents: pl.DataFrame) -> pl.DataFrame:
    """How many comments, and complaints, the author of each had written before it."""
    known = documents.select("doc_id", "author_key", "time", complaint=pl.col("is_problem").fill_null(False).cast(
        pl.Int64)).sort("time", "doc_id").with_columns(
        wrote=pl.int_range(pl.len()).over("author_key"),
        complained=pl.col("complaint").cum_sum().over("author_key") - pl.col("complaint"))
    named = pl.col("author_key").is_not_null()
    return known.sort("doc_id").select(pl.when(named).then(name).otherwise(0).alias(name)
                                       for name in ("wrote", "complained"))


def _reasons(given: dict[str, np.ndarray], details: dict[str, list[str | None]]) -> pl.Series:
    """The parts that gave half a point or more, greatest first, row by row."""
    size = len(next(iter(given.values())))
    parts = []
    for order, name in enumerate(name for name in (*PARTS, "fresh") if name in given):
        rows = np.flatnonzero(given[name] >= LEAST_REASON)
        detail = pl.Series(details.get(name, [None] * size), dtype=pl.Utf8)[rows]
        parts.append(pl.DataFrame({"row": rows, "weight": np.round(given[name][rows], 3), "detail": detail}).select(
            "row", "weight", pl.col("detail").fill_null(""), code=pl.lit(name), order=pl.lit(order)))
    told = pl.concat(parts).sort(["row", "weight", "order"], descending=[False, True, False])
    grouped = told.group_by("row", maintain_order=True).agg(reasons=pl.struct("code", "weight", "detail"))
    whole = pl.DataFrame({"row": np.arange(size, dtype=np.int64)}).join(
        grouped, on="row", how="left", maintain_order="left")["reasons"]
    return whole.cast(REASONS).fill_null(pl.Series([[]], dtype=REASONS))
