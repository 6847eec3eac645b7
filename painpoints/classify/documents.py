"""Judgements of whole documents, from those of their units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints.taxonomy import NO_STAGE

if TYPE_CHECKING:
    import polars as pl

MIXED = "mixed"
_MIXED_SHARE = 0.25
"""A document is mixed when both polarities hold at least this share of its units' text."""


def judge_documents(documents: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """``documents`` with judgement columns aggregated from ``units``, each unit weighing as much as it is long.

    Sentiment probabilities are those of the text read as a whole (``whole_p_*``), or means where units come without
    them; ``sentiment`` is ``mixed`` when units of both polarities hold a quarter of the
    text each. Touchpoint and stage are those with the most text, off-journey ones only when there is no other;
    ``stage`` is ``mixed`` when no stage holds half of the text on the journey; ``touchpoints`` lists all; ``lang``
    is the language of most of the text. A document is certain when all its units are. Documents without a unit get
    nulls.
    """
    import polars as pl

    judged = units.with_columns(
        size=(pl.col("end") - pl.col("start")).cast(pl.Float64),
        on_journey=pl.col("stage") != NO_STAGE)
    share = pl.col("size") / pl.col("size").sum()
    totals = judged.group_by("doc_id").agg(
        *(pl.col(f"whole_{name}").first().alias(name) if f"whole_{name}" in units.columns
          else (pl.col(name) * share).sum().cast(pl.Float32).alias(name) for name in ("p_neg", "p_neu", "p_pos")),
        neg_share=share.filter(pl.col("sentiment") == "neg").sum(),
        pos_share=share.filter(pl.col("sentiment") == "pos").sum(),
        problem_p=pl.col("problem_p").max(), is_problem=pl.col("is_problem").any(), certain=pl.col("certain").all(),
        units=pl.len(), none_kind=pl.col("none_kind").first() if "none_kind" in units.columns
        else pl.lit(None, pl.Utf8),
        touchpoints=pl.col("touchpoint").filter(pl.col("on_journey")).unique().sort())
    totals = totals.with_columns(
        sentiment=pl.when((pl.col("neg_share") >= _MIXED_SHARE) & (pl.col("pos_share") >= _MIXED_SHARE))
        .then(pl.lit(MIXED))
        .when((pl.col("p_neg") >= pl.col("p_neu")) & (pl.col("p_neg") >= pl.col("p_pos"))).then(pl.lit("neg"))
        .when(pl.col("p_pos") >= pl.col("p_neu")).then(pl.lit("pos"))
        .otherwise(pl.lit("neu"))).drop("neg_share", "pos_share")
    spoken = judged.group_by("doc_id", "lang").agg(pl.col("size").sum()).sort(
        "doc_id", "size", "lang", descending=[False, True, False]).unique("doc_id", keep="first", maintain_order=True)
    main = totals.join(_leading(judged, "touchpoint"), on="doc_id").join(_leading(judged, "stage"), on="doc_id").join(
        spoken.select("doc_id", "lang"), on="doc_id")
    main = main.with_columns(stage=pl.when(pl.col("stage_held") < 0.5).then(pl.lit(MIXED)).otherwise(pl.col("stage")))
    columns = ["sentiment", "p_neg", "p_neu", "p_pos", "touchpoint", "touchpoint_p", "stage", "stage_p", "problem_p",
               "is_problem", "certain", "touchpoints", "lang", "units", "none_kind"]
    return documents.drop(columns, strict=False).join(main.select("doc_id", *columns), on="doc_id", how="left",
                                                      maintain_order="left")


def _leading(judged: pl.DataFrame, column: str) -> pl.DataFrame:
    """Per document the value of ``column`` with the most text, its probability, and the share it holds."""
    import polars as pl

    held = judged.group_by("doc_id", column).agg(
        pl.col("size").sum(), pl.col("on_journey").any(),
        (pl.col(f"{column}_p") * pl.col("size")).sum().alias("weighted"))
    held = held.with_columns(
        (pl.col("size") / pl.col("size").sum().over("doc_id", "on_journey")).alias(f"{column}_held"),
        (pl.col("weighted") / pl.col("size")).cast(pl.Float32).alias(f"{column}_p"))
    leading = held.sort("doc_id", "on_journey", "size", column, descending=[False, True, True, False])
    return leading.unique("doc_id", keep="first", maintain_order=True).select(
        "doc_id", column, f"{column}_p", f"{column}_held")
