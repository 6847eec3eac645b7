"""What people say of single opinions, laid over what the machine judged of them.

The facts on disk keep the machine's judgement; a correction is a row of the state and is laid over whenever they are
read. So it holds at once and everywhere, outlives other models, and taking it back brings back what was there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from painpoints.pipeline.grouping import in_scope
from painpoints.taxonomy import NO_STAGE

if TYPE_CHECKING:
    import polars as pl

    from painpoints.config import Settings
    from painpoints.pipeline.workspace import Workspace

CORRECTABLE = ("sentiment", "touchpoint", "stage", "problem")
YES, NO = "yes", "no"
NO_EXPERIENCE = "none"
"""The touchpoint of what is no customer experience."""
_SENTIMENTS = ("neg", "neu", "pos")


def amended(units: pl.DataFrame, corrections: Sequence[Mapping[str, Any]], settings: Settings) -> pl.DataFrame:
    """``units`` (with their ``weight``) as people have corrected them; the rows of ``corrections`` are the state's.

    ``corrected`` (List of `CORRECTABLE`) names what people said of each, ``judged`` (Struct of `CORRECTABLE`) is what
    the machine had said of those, null elsewhere. What is said of a unit holds for its copies, of which nothing else
    was said. A corrected unit is certain; its stage follows its touchpoint unless people named one. How a whole text
    was read moves by as much of it as was corrected.
    """
    import polars as pl

    kinds = {"corrected": pl.List(pl.Utf8), "judged": pl.Struct(dict.fromkeys(CORRECTABLE, pl.Utf8))}
    if not corrections:
        return units.with_columns(pl.lit([], kinds["corrected"]).alias("corrected"),
                                  pl.lit(None, kinds["judged"]).alias("judged"))
    said = _said(units, corrections)
    joined = units.join(said, on="unit_id", how="left", maintain_order="left")
    told = {name: pl.col(f"_{name}").is_not_null() for name in CORRECTABLE}
    joined = joined.with_columns(
        corrected=pl.concat_list(pl.when(told[name]).then(pl.lit(name)) for name in CORRECTABLE).list.drop_nulls(),
        judged=pl.when(pl.any_horizontal(told.values())).then(pl.struct(*_judged())))
    joined = _whole_texts(joined)
    stage_of = _stage_of(settings) if said["_touchpoint"].is_not_null().any() else {}
    placed = told["touchpoint"] | told["stage"]
    stage = pl.col("_touchpoint").replace_strict(stage_of or {"": ""}, default=NO_STAGE, return_dtype=pl.Utf8)
    calm = told["sentiment"] & (pl.col("_sentiment") != "neg")
    return joined.with_columns(
        pl.coalesce("_sentiment", "sentiment").alias("sentiment"),
        *(pl.when(told["sentiment"]).then((pl.col("_sentiment") == name).cast(pl.Float32)).otherwise(f"p_{name}")
          .alias(f"p_{name}") for name in _SENTIMENTS),
        *(pl.when(~calm).then(name).alias(name) for name in ("emotion", "emotion_p") if name in units.columns),
        pl.coalesce("_touchpoint", "touchpoint").alias("touchpoint"),
        pl.when(told["touchpoint"]).then(1.0).otherwise("touchpoint_p").cast(pl.Float32).alias("touchpoint_p"),
        pl.coalesce("_stage", pl.when(told["touchpoint"]).then(stage), "stage").alias("stage"),
        pl.when(placed).then(1.0).otherwise("stage_p").cast(pl.Float32).alias("stage_p"),
        pl.when(told["problem"]).then((pl.col("_problem") == YES).cast(pl.Float32)).otherwise("problem_p")
        .alias("problem_p"),
        pl.when(told["problem"]).then(pl.col("_problem") == YES).otherwise("is_problem").alias("is_problem"),
        pl.col("certain") | pl.any_horizontal(told.values()),
    ).drop(f"_{name}" for name in CORRECTABLE)


def withdrawn(units: pl.DataFrame, scope: str) -> pl.Series:
    """Which of the `amended` units people took out of every pain point, for pain points of ``scope``: no problem, or no
    experience, or (where the negative make pain points) not negative."""
    import polars as pl

    gone = _says("touchpoint") & (pl.col("touchpoint") == NO_EXPERIENCE)
    if scope != "all":
        gone = gone | (_says("problem") & ~pl.col("is_problem"))
    if scope == "negative":
        gone = gone | (_says("sentiment") & (pl.col("sentiment") != "neg"))
    return units.select(gone=gone)["gone"]


def called_for(units: pl.DataFrame, scope: str) -> pl.Series:
    """Which of the `amended` units make pain points of ``scope``, copies too: by the machine or by what people say."""
    import polars as pl

    machine = in_scope(units.with_columns(weight=pl.lit(1)), scope)
    people = units.select(wanted=_says("problem") & pl.col("is_problem"))["wanted"]
    return (machine | people) & ~withdrawn(units, scope)


def _says(field: str) -> pl.Expr:
    import polars as pl

    return pl.col("corrected").list.contains(field)


def _said(units: pl.DataFrame, corrections: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """A row a unit of which something was said, itself or through a copy: ``_`` and the name of each field."""
    import polars as pl

    said = pl.DataFrame([(row["unit_id"], row["field"], row["value"], row["made"]) for row in corrections],
                        schema=dict.fromkeys(("unit_id", "field", "value", "made"), pl.Utf8), orient="row")
    # Short texts are nobody's copies and weigh 1, however many are alike.
    repeated = units.filter(pl.col("weight") != 1).select("unit_id", "key")
    through = said.join(repeated, on="unit_id").drop("unit_id").sort("made", "value").unique(
        ["key", "field"], keep="last").join(repeated, on="key").select(said.columns)
    both = pl.concat([said, through]).unique(["unit_id", "field"], keep="first", maintain_order=True)
    return both.group_by("unit_id").agg(
        pl.col("value").filter(pl.col("field") == name).first().alias(f"_{name}") for name in CORRECTABLE)


def _judged() -> list[pl.Expr]:
    import polars as pl

    problem = pl.when("is_problem").then(pl.lit(YES)).otherwise(pl.lit(NO))
    return [problem.alias("problem") if name == "problem" else pl.col(name) for name in CORRECTABLE]


def _whole_texts(units: pl.DataFrame) -> pl.DataFrame:
    """``units`` whose ``whole_p_*`` are moved by the share of the text of which people said how it feels."""
    import polars as pl

    whole = [f"whole_p_{name}" for name in _SENTIMENTS]
    if not set(whole) <= set(units.columns):
        return units
    size = (pl.col("end") - pl.col("start")).cast(pl.Float64)
    share = size / size.sum().over("doc_id")
    told = pl.col("_sentiment").is_not_null()
    moved = pl.when(told).then(share).otherwise(0.0).sum().over("doc_id")
    return units.with_columns(
        (pl.col(f"whole_p_{name}") * (1 - moved)
         + pl.when(told & (pl.col("_sentiment") == name)).then(share).otherwise(0.0).sum().over("doc_id"))
        .cast(pl.Float32).alias(f"whole_p_{name}") for name in _SENTIMENTS)


def _stage_of(settings: Settings) -> Mapping[str, str]:
    from painpoints.pipeline.models import chosen_framework, taxonomy_of

    return chosen_framework(taxonomy_of(settings), settings.framework).mapping


def corrections_frame(workspace: Workspace) -> pl.DataFrame:
    """What people say against or with the machine, in order: unit_id, doc_id, text, lang, field, ``was`` (what the
    machine judged), value, who, made (UTC)."""
    import polars as pl

    folder = workspace.folder
    with folder.state.reading() as state:
        rows, numbers, generation = state.rows("corrections"), state.additions(), state.generation()
    kinds = {**dict.fromkeys(("unit_id", "doc_id", "field", "value", "who"), pl.Utf8), "made": pl.Utf8}
    said = pl.DataFrame([[row[name] for name in kinds] for row in rows], schema=kinds, orient="row").with_columns(
        pl.col("made").str.to_datetime(time_unit="us", time_zone="UTC"))
    columns = ["unit_id", "doc_id", "text", "lang", "field", "was", "value", "who", "made"]
    if not rows:
        return said.with_columns(pl.lit(None, pl.Utf8).alias(name) for name in ("text", "lang", "was")).select(columns)
    units = folder.facts.units(numbers, generation).select("unit_id", "text", "lang", *_judged())
    was = units.filter(pl.col("unit_id").is_in(said["unit_id"].implode())).unpivot(
        CORRECTABLE, index=["unit_id", "text", "lang"], variable_name="field", value_name="was")
    return said.join(was, on=["unit_id", "field"], how="left").select(columns).sort("made", "unit_id", "field")
