"""The journey: how customers fare at every touchpoint and stage, and where the chain is weakest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from painpoints.report.anonymity import least_people, people
from painpoints.report.feelings import FELT, with_feelings
from painpoints.report.intervals import grouped_shares
from painpoints.store import RunData
from painpoints.taxonomy import NO_STAGE, Taxonomy

NOT_EXPERIENCE = "none"
MEASURED = ("doc_id", "lang", "touchpoint", "sentiment", "is_problem", "painpoint_id")
"""Columns of units that counting and measuring read; the others are large, and a report makes many such choices."""
MIN_UNITS = 10
MIN_DOCUMENTS = 5
MIN_SHARE = 0.01

NEGATIVE = pl.col("sentiment") == "neg"
COMPLAINT = NEGATIVE | pl.col("is_problem")
NET = pl.col("sentiment").replace_strict({"neg": 0.0, "neu": 0.5, "pos": 1.0}, default=0.5, return_dtype=pl.Float64)


@dataclass(frozen=True)
class WeakestLink:
    """The touchpoint where harm is surest, with its evidence.

    ``harm`` is the share of opinions there that are negative or name a problem, ``low``..``high`` its 95 % interval,
    ``elsewhere`` the same share over all other touchpoints of the journey (null when there are none).
    ``painpoints`` holds ids, most opinions first; ``quotes`` has unit_id, doc_id, lang, text, source_id.
    """

    touchpoint: str
    stage: str
    units: int
    documents: int
    harm: float
    low: float
    high: float
    elsewhere: float | None
    painpoints: tuple[str, ...]
    quotes: pl.DataFrame


def experience(run: RunData, columns: Iterable[str] | None = None) -> pl.DataFrame:
    """The units that count: copies once, ``none`` out, certain ones only; of them those ``columns`` that there are."""
    experienced = _counted(run).filter(pl.col("certain") & (pl.col("touchpoint") != NOT_EXPERIENCE))
    if columns is not None:
        experienced = experienced.select(name for name in columns if name in run.units.columns)
    return experienced.collect()


def kept_apart(run: RunData) -> pl.DataFrame:
    """How many units count but are uncertain, by ``touchpoint``, those of no experience among them."""
    return _counted(run).filter(~pl.col("certain")).group_by("touchpoint").agg(
        pl.len().cast(pl.Int64).alias("uncertain")).collect()


def counted(run: RunData, columns: Iterable[str]) -> pl.DataFrame:
    """Those ``columns`` of the units without copies (``weight`` 0), with nulls in the flags read as no."""
    return _counted(run).select(columns).collect()


def _counted(run: RunData) -> pl.LazyFrame:
    return run.units.lazy().filter(pl.col("weight") > 0).with_columns(
        pl.col("is_problem").fill_null(False), pl.col("certain").fill_null(False),
        pl.col("touchpoint").fill_null(NOT_EXPERIENCE))


def journey(run: RunData, taxonomy: Taxonomy, framework: str = "three-stage") -> pl.DataFrame:
    """One row a touchpoint that has opinions, in journey order; the verdict with no touchpoint comes last.

    Columns: touchpoint, stage, channel, units, documents, share (of the units counted), neg, neu, pos (counts),
    neg_share, neg_low, neg_high, neu_share, pos_share, pos_low, pos_high, net, net_low, net_high (-1..1),
    problems, problem_share, problem_low, problem_high, harm, harm_low, harm_high (negative or a problem),
    rating (mean, 0..1), painpoint_id (the one with most units here), langs (list of lang, units), uncertain
    (units kept apart because the judgement abstained), emotions (list of emotion, units: of the negative ones, most
    frequent first), expectations (list of unit_id, doc_id, lang, text: up to three, in customers' words); both are
    empty lists in a run without them. Raises UsageError for an unknown framework.
    """
    units = experience(run, (*MEASURED, *FELT))
    table = _measured(units, "touchpoint").join(_ratings(run, units, "touchpoint"), on="touchpoint", how="left")
    table = table.join(_painpoints(units), on="touchpoint", how="left").join(_langs(units), on="touchpoint", how="left")
    table = table.join(kept_apart(run), on="touchpoint", how="left").with_columns(pl.col("uncertain").fill_null(0))
    table = with_feelings(table, units, "touchpoint")
    order = {code: place for place, code in enumerate(taxonomy.codes)}
    mapping = taxonomy.framework(framework).mapping
    channels = {t.code: t.channel for t in taxonomy.touchpoints}
    stage_order = {s.code: i for i, s in enumerate(taxonomy.framework(framework).stages)}
    return table.with_columns(
        pl.col("touchpoint").map_elements(lambda c: mapping.get(c, NO_STAGE), return_dtype=pl.Utf8).alias("stage"),
        pl.col("touchpoint").map_elements(lambda c: channels.get(c, "both"), return_dtype=pl.Utf8).alias("channel"),
    ).sort(
        pl.col("stage").replace_strict(stage_order, default=len(stage_order), return_dtype=pl.Int64),
        pl.col("touchpoint").replace_strict(order, default=len(order), return_dtype=pl.Int64), "touchpoint",
    ).select("touchpoint", "stage", "channel", *_MEASURES, "rating", "painpoint_id", "langs", "uncertain", "emotions",
             "expectations")


def stages(run: RunData, taxonomy: Taxonomy, framework: str = "three-stage") -> pl.DataFrame:
    """One row a stage of the framework, in journey order, stages without opinions included.

    Columns: stage, then the measures of ``journey`` from units to harm_high, and rating. Shares of a stage
    without opinions are null.
    """
    chosen = taxonomy.framework(framework)
    units = experience(run, MEASURED).with_columns(
        pl.col("touchpoint").map_elements(lambda c: chosen.mapping.get(c, NO_STAGE), return_dtype=pl.Utf8)
        .alias("stage")).filter(pl.col("stage") != NO_STAGE)
    frame = pl.DataFrame({"stage": [s.code for s in chosen.stages]}, schema={"stage": pl.Utf8})
    table = frame.join(_measured(units, "stage"), on="stage", how="left", maintain_order="left")
    table = table.join(_ratings(run, units, "stage"), on="stage", how="left", maintain_order="left")
    counts = ["units", "documents", "neg", "neu", "pos", "problems"]
    return table.with_columns(pl.col(counts).fill_null(0)).select("stage", *_MEASURES, "rating")


def weakest_link(run: RunData, taxonomy: Taxonomy, framework: str = "three-stage", *, min_units: int = MIN_UNITS,
                 min_documents: int = MIN_DOCUMENTS, quotes: int = 3) -> WeakestLink | None:
    """The touchpoint with the highest lower bound of harm, or None when none is spoken of enough or none is harmed.

    Spoken of enough: ``min_units`` opinions from ``min_documents`` texts and 1 % of all opinions on the journey.
    """
    table = journey(run, taxonomy, framework).filter(pl.col("stage") != NO_STAGE)
    total = int(table["units"].sum())
    table = table.filter((pl.col("units") >= max(min_units, MIN_SHARE * total))
                         & (pl.col("documents") >= min_documents) & (pl.col("harm") > 0))
    if table.is_empty():
        return None
    row = table.sort(["harm_low", "units", "touchpoint"], descending=[True, True, False]).row(0, named=True)
    units = experience(run, (*MEASURED, "unit_id", "text", "p_neg", "touchpoint_p"))
    here = pl.col("touchpoint") == row["touchpoint"]
    mapping = taxonomy.framework(framework).mapping
    placed = [code for code, stage in mapping.items() if stage != NO_STAGE]
    elsewhere = units.select(COMPLAINT.filter(~here & pl.col("touchpoint").is_in(placed)).mean()).item()
    ids = units.filter(here & pl.col("painpoint_id").is_not_null()).group_by("painpoint_id").len().sort(
        ["len", "painpoint_id"], descending=[True, False])["painpoint_id"].head(5)
    said = units.filter(here & COMPLAINT)
    heard = people(run, said, "touchpoint").get(row["touchpoint"], 0)
    return WeakestLink(row["touchpoint"], row["stage"], row["units"], row["documents"], row["harm"], row["harm_low"],
                       row["harm_high"], elsewhere, tuple(ids),
                       evidence(said, quotes if heard >= least_people(run) else 0).join(
                           run.documents.select("doc_id", "source_id"), on="doc_id", how="left", maintain_order="left"))


def evidence(units: pl.DataFrame, count: int) -> pl.DataFrame:
    """Up to ``count`` quotable units, surest first, one a text, languages taking turns.

    Quotable: 20 to 240 characters and among the surer half by touchpoint where there are any such, else whatever there
    is. Sure: likely negative and likely about this touchpoint.
    """
    sure = pl.col("p_neg") * pl.col("touchpoint_p")
    columns = ["unit_id", "doc_id", "lang", "text"]
    length = pl.col("text").str.len_chars()
    fitting = units.filter(length.is_between(20, 240))
    pool = units if fitting.is_empty() else fitting
    pool = pool.filter(pl.col("touchpoint_p") >= pl.col("touchpoint_p").median())
    surest = pool.with_columns(_sure=sure).sort(["_sure", "unit_id"], descending=[True, False])
    for column in ("doc_id", "text"):
        surest = surest.unique(column, keep="first", maintain_order=True)
    turns = surest.with_columns(
        pl.int_range(pl.len()).over("lang").alias("_turn"))
    return turns.sort(["_turn", "_sure", "unit_id"], descending=[False, True, False]).head(count).select(columns)


_MEASURES = ["units", "documents", "share", "neg", "neu", "pos", "neg_share", "neg_low", "neg_high", "neu_share",
             "pos_share", "pos_low", "pos_high", "net", "net_low", "net_high", "problems", "problem_share",
             "problem_low", "problem_high", "harm", "harm_low", "harm_high"]


def measure(units: pl.DataFrame, by: str | None) -> pl.DataFrame:
    """One row a value of ``by`` (or one in all): counts, shares and intervals of sentiment, problems and harm."""
    keys = [] if by is None else [by]
    table = grouped_shares(units, keys, {
        "neg_share": NEGATIVE, "neu_share": pl.col("sentiment") == "neu", "pos_share": pl.col("sentiment") == "pos",
        "net": NET, "problem_share": pl.col("is_problem"), "harm": COMPLAINT})
    table = table.with_columns(
        (pl.col("neg_share") * pl.col("units")).round().cast(pl.Int64).alias("neg"),
        (pl.col("pos_share") * pl.col("units")).round().cast(pl.Int64).alias("pos"),
        (pl.col("problem_share") * pl.col("units")).round().cast(pl.Int64).alias("problems"),
        *(pl.col(name) * 2 - 1 for name in ("net", "net_low", "net_high")),
    ).with_columns((pl.col("units") - pl.col("neg") - pl.col("pos")).alias("neu"))
    return table.rename({"neg_share_low": "neg_low", "neg_share_high": "neg_high", "pos_share_low": "pos_low",
                         "pos_share_high": "pos_high", "problem_share_low": "problem_low",
                         "problem_share_high": "problem_high"})


def _measured(units: pl.DataFrame, by: str) -> pl.DataFrame:
    return measure(units, by).with_columns((pl.col("units") / max(1, len(units))).alias("share"))


def _ratings(run: RunData, units: pl.DataFrame, by: str) -> pl.DataFrame:
    rated = run.documents.select("doc_id", "rating").drop_nulls()
    return units.select(by, "doc_id").unique().join(rated, on="doc_id").group_by(by).agg(pl.col("rating").mean())


def _painpoints(units: pl.DataFrame) -> pl.DataFrame:
    found = units.filter(pl.col("painpoint_id").is_not_null()).group_by("touchpoint", "painpoint_id").len()
    return found.sort(["len", "painpoint_id"], descending=[True, False]).unique(
        "touchpoint", keep="first", maintain_order=True).select("touchpoint", "painpoint_id")


def _langs(units: pl.DataFrame) -> pl.DataFrame:
    each = units.group_by("touchpoint", "lang").agg(pl.len().cast(pl.Int64).alias("units"))
    return each.sort(["units", "lang"], descending=[True, False]).group_by("touchpoint", maintain_order=True).agg(
        pl.struct("lang", "units").alias("langs"))
