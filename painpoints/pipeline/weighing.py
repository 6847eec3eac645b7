"""How much every unit counts: copies nothing, the first of them for all, one author only so often."""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints.text import exact_firsts, letters

if TYPE_CHECKING:
    import polars as pl

    from painpoints.pipeline.copying import Copies

EXACT, QUOTE, NEAR, SEMANTIC = TIERS = ("exact", "quote", "near", "semantic")


def spelt(units: pl.DataFrame) -> pl.DataFrame:
    """``units`` with the ``letters`` and the ``length`` of their ``model_text`` instead of that, if they have it: all
    that finding and weighing copies reads of it."""
    import polars as pl

    if "model_text" not in units.columns:
        return units
    return units.with_columns(letters=letters(units["model_text"]), length=pl.col("model_text").str.len_chars()).drop(
        "model_text")


def weigh(units: pl.DataFrame, documents: pl.DataFrame, copies: Copies | None = None) -> pl.DataFrame:
    """``units`` with ``weight`` (copies 0, the first of n copies n), ``copy_of`` (the first's doc_id), ``copy_tier``
    and ``copy_group`` (the first's unit_id, also in the first's own row; null for what was not copied).

    The units of a copied document are copies too, also where each is so short that it could be said by chance. With
    ``copies``, texts that were changed a little are copies as well, and of a possible campaign one document counts.
    What is passed on is a copy of the post itself (tier "quote" where it was cut short). ``key`` is what a unit and its
    exact and near copies have in common. Which is first hangs on no order of rows. Units have ``model_text``, or its
    ``length``.
    """
    import polars as pl

    length = pl.col("length") if "length" in units.columns else pl.col("model_text").str.len_chars()
    ordered = units.select("unit_id", "key", "doc_id", "start", length=length).join(
        documents.select("doc_id", "author_key", "time", passed_on=_passed_on(documents)), on="doc_id", how="left",
        maintain_order="left").with_row_index("place").sort("doc_id", "start", "unit_id").with_row_index("row")
    ordered = ordered.select("place", "row", "unit_id", "time", "passed_on", label=_firsts(ordered), tier=pl.lit(EXACT))
    if copies is not None and len(copies.groups):
        group = (pl.col("group").rank("dense") + len(ordered)).cast(pl.Int64)
        ordered = ordered.join(copies.groups.with_columns(group), on="unit_id", how="left", maintain_order="left",
                               suffix="_near")
        ordered = ordered.with_columns(
            tier=pl.coalesce("tier_near", "tier"),
            label=pl.coalesce("group", pl.col("group").max().over("label"), "label"))
    ordered = ordered.select("place", "row", "time", "passed_on", "label", "tier").sort("place")
    # Nearly all are alone: only those that share a label are put in order.
    shared = ordered.filter(pl.col("label").is_duplicated()).sort("passed_on", "time", "row", nulls_last=True).select(
        "place", first=pl.col("place").first().over("label"),
        weight=pl.when(pl.int_range(pl.len()).over("label") == 0).then(pl.len().over("label")).otherwise(0)
        .cast(pl.Int64))
    ranked = ordered.select("place", "tier").join(shared, on="place", how="left", maintain_order="left").with_columns(
        pl.coalesce("first", "place").alias("first"), pl.col("weight").fill_null(1))
    ranked = ranked.with_columns(units["key"], *(units[name].gather(ranked["first"]).alias(f"first_{name}")
                                                 for name in ("unit_id", "doc_id", "key")))
    copied = pl.col("weight") == 0
    told = ranked.select(
        "weight", copy_of=pl.when(copied).then("first_doc_id"),
        copy_tier=pl.when(copied & (pl.col("key") == pl.col("first_key"))).then(pl.lit(EXACT)).when(copied)
        .then("tier"),
        copy_group=pl.when(pl.col("weight") != 1).then("first_unit_id"),
        key=pl.when(copied & (pl.col("tier") == SEMANTIC)).then("key").otherwise("first_key"))
    return units.with_columns(told.get_columns())


def _passed_on(documents: pl.DataFrame) -> pl.Expr:
    """Whether a document only passes on another: that one goes before it, whatever the times say."""
    import polars as pl

    return pl.col("shared").eq_missing("repost") if "shared" in documents.columns else pl.lit(False)


def _firsts(ordered: pl.DataFrame) -> pl.Series:
    """The row of ``ordered`` that each is an exact copy of, by itself or as part of a copied document."""
    import polars as pl

    alone = ordered.select("row", "doc_id", "key", "length", "author_key", "time", first=exact_firsts(ordered))
    whole = ordered.group_by("doc_id", maintain_order=True).agg(
        pl.col("author_key", "time").first(), pl.col("length").sum(), pl.col("key").str.join(" "))
    whole = whole.with_columns(first=exact_firsts(whole))
    copied = whole.filter(pl.len().over("first") > 1)
    short = alone.filter(pl.len().over("first") == 1).join(
        copied.select("doc_id", said="key", size="length"), on="doc_id", how="inner", maintain_order="left")
    again = short.with_columns(key=pl.concat_str("said", pl.lit("/"), "key"), length="size")
    again = again.select("row", again=short["row"].gather(exact_firsts(again)))
    return alone.join(again, on="row", how="left", maintain_order="left").select(
        pl.coalesce("again", "first"))["again"]


def reweigh(units: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    """Weighed ``units`` as they weigh in a part of the data, where the first of copies may be elsewhere."""
    import polars as pl

    if "copy_group" not in units.columns:
        return weigh(units, documents)
    group = pl.coalesce("copy_group", "unit_id")
    ordered = units.select("unit_id", "doc_id", "start", "copy_group").with_row_index("place").join(
        documents.select("doc_id", "time"), on="doc_id", how="left", maintain_order="left").sort(
        "time", "doc_id", "start", "unit_id", nulls_last=True)
    weight = ordered.with_columns(weight=pl.when(pl.int_range(pl.len()).over(group) == 0).then(
        pl.len().over(group)).otherwise(0).cast(pl.Int64)).sort("place")["weight"]
    return units.with_columns(weight=weight)


def with_copies(documents: pl.DataFrame, units: pl.DataFrame, copies: Copies | None = None) -> pl.DataFrame:
    """``documents`` with ``copy_of`` and ``copy_tier``, null where a document says anything of its own, and
    ``campaign_id``, null where it is of no possible campaign. ``units`` are weighed."""
    import polars as pl

    tiers = list(TIERS)
    rank = pl.col("copy_tier").replace_strict(tiers, range(len(tiers)), default=None, return_dtype=pl.Int8)
    own = units.filter(pl.col("weight") > 0)["doc_id"].unique()
    told = units.filter(~pl.col("doc_id").is_in(own.implode())).group_by("doc_id").agg(
        copy_of=pl.col("copy_of").sort_by("start").first(), copy_tier=rank.max()).with_columns(
        pl.col("copy_tier").replace_strict(range(len(tiers)), tiers, return_dtype=pl.Utf8))
    members = pl.DataFrame(schema={"doc_id": pl.Utf8, "campaign_id": pl.Utf8}) if copies is None else copies.members
    return documents.drop("copy_of", "copy_tier", "campaign_id", strict=False).join(
        told, on="doc_id", how="left", maintain_order="left").join(
        members, on="doc_id", how="left", maintain_order="left")


def limit_authors(units: pl.DataFrame, documents: pl.DataFrame, limit: int) -> pl.DataFrame:
    """``units`` in which one author has at most ``limit`` votes for one pain point, the earliest; the rest weigh 0.

    Authors who are unknown have no limit; 0 is none for anybody.
    """
    import polars as pl

    if not limit:
        return units
    voted = units.select("unit_id", "doc_id", "start", "painpoint_id", "weight").with_row_index("place").join(
        documents.select("doc_id", "author_key", "time"), on="doc_id", how="left", maintain_order="left").filter(
        (pl.col("weight") > 0) & pl.col("painpoint_id").is_not_null() & pl.col("author_key").is_not_null())
    over = voted.sort("time", "doc_id", "start", "unit_id", nulls_last=True).with_columns(
        turn=pl.int_range(pl.len()).over("author_key", "painpoint_id")).filter(pl.col("turn") >= limit)
    if over.is_empty():
        return units
    return units.with_columns(weight=pl.when(pl.int_range(pl.len()).is_in(over["place"].implode())).then(0)
                              .otherwise("weight").cast(pl.Int64))


def counted_once(units: pl.DataFrame) -> dict[str, int]:
    """How many ``units`` have no vote: ``copies``, those of each tier, and those over the limit of their author."""
    tiers = dict(units.filter(units["copy_tier"].is_not_null()).group_by("copy_tier").len().iter_rows())
    return {"copies": sum(tiers.values()), **{f"copies_{tier}": tiers.get(tier, 0) for tier in TIERS},
            "over_author_limit": int(((units["weight"] == 0) & units["copy_tier"].is_null()).sum())}
