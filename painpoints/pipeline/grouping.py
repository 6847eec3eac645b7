"""Third step: judged units of all shards to weighted units, judged documents and pain points."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from painpoints._memory import trim
from painpoints.cluster import (
    ClusterSettings,
    chat_endpoint,
    describe,
    excerpt,
    name_themes,
    rename,
)
from painpoints.config import Settings
from painpoints.pipeline.models import Models
from painpoints.pipeline.progress import Progress
from painpoints.pipeline.weighing import limit_authors

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    from painpoints.pipeline.conclusion.beside import Beside
    from painpoints.pipeline.conclusion.clusters import Clusters, Stored


PLACE = ("painpoint_id", "painpoint_strength", "painpoint_distance", "border")


def in_scope(units: pl.DataFrame, scope: str) -> pl.Series:
    """Which units make pain points: those stating a problem, negative ones, or all but off-topic ones."""
    import polars as pl

    wanted = {"problems": pl.col("is_problem"), "negative": pl.col("sentiment") == "neg", "all": pl.lit(True)}[scope]
    return units.select(kept=wanted & (pl.col("touchpoint") != "none") & (pl.col("weight") > 0))["kept"]


def find_painpoints(units: pl.DataFrame, documents: pl.DataFrame, stored: Stored, settings: Settings, models: Models,
                    clusters: Clusters, beside: Beside, progress: Progress
                    ) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, int]]:
    """Where each of ``units`` lies, columns as in ``PLACE``; the pain points; and how many units were clustered: in
    samples where there were too many to be clustered together.

    ``border`` (null outside every pain point) says that a unit might as well lie elsewhere. ``stored`` has the vectors
    of the units, ``clusters`` finds clusters of them, ``beside`` reads words meanwhile; ``progress`` is told when they
    are clustered. A copy shares its first copy's pain point.
    """
    import numpy as np
    import polars as pl

    from painpoints.pipeline.conclusion.clusters import Clustered

    kept = in_scope(units, settings.cluster).to_numpy()
    chosen = units.filter(pl.Series(kept)).with_row_index("place").sort("unit_id")
    beside.ahead(chosen["model_text"], chosen["lang"])
    place = np.empty(len(chosen), np.int64)
    place[chosen["place"].to_numpy()] = np.arange(len(chosen))
    chosen, units = chosen.drop("place"), units.select("unit_id", "key", "weight")
    found = clusters.find(Clustered(stored, kept, place, chosen["lang"].to_list(), chosen["unit_id"].to_list(),
                                    ClusterSettings(detail=settings.detail), models.language_means()))
    labelled = chosen.with_columns(
        cluster=pl.Series(np.where(found.labels >= 0, found.labels, -1)).replace(-1, None),
        strength=pl.Series(found.strength.astype(np.float64)))

    voted = limit_authors(labelled.with_columns(painpoint_id=pl.col("cluster").cast(pl.Utf8)), documents,
                          settings.author_limit).drop("painpoint_id")
    wording = beside.wording(excerpt(voted, clusters.vectors()))
    voted, places = voted.drop("model_text"), chosen.select(
        "unit_id", "key", cluster=pl.Series(found.labels),
        painpoint_strength=pl.Series(found.strength, dtype=pl.Float32))
    counts = {"clustered": len(chosen), "samples": found.samples, "sampled": found.sampled,
              "assigned": int((found.labels >= 0).sum())}
    del chosen, labelled, found  # describing holds its own
    measured = clusters.measure()
    places = places.with_columns(
        painpoint_distance=pl.Series(np.nan_to_num(measured.distance, nan=1.0), dtype=pl.Float32),
        border=pl.Series(measured.border, dtype=pl.Boolean))
    told = wording()
    beside.close()  # what it read would stay in memory
    trim(len(units))
    progress("cluster", 2, 3)
    points = describe(voted, clusters.vectors(), documents, lang=settings.lang, encode=title_encoder(models),
                      stability=measured.stability, wording=told)
    return _placed(units, places, points), points, counts


def sampling_notes(counts: Mapping[str, int]) -> list[str]:
    """What is told of a clustering that was made of samples; nothing where all units were clustered together."""
    if not counts["samples"]:
        return []
    return [f"{counts['clustered']} units are more than can be clustered together: {counts['sampled']} of them, in "
            f"{counts['samples']} samples, made the pain points; the others were assigned to these. "
            f"{counts['assigned']} lie in one."]


def title_encoder(models: Models) -> Callable[[Sequence[str], Sequence[str]], tuple[np.ndarray, np.ndarray]]:
    """What measures candidates for titles: texts and their languages to clustering vectors and problem shares."""
    def encode(texts: Sequence[str], langs: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        judging = models.encoder.encode(list(texts))
        judged = models.judge.heads.probabilities(judging, langs)
        return models.clustering_vectors(list(texts), judging), judged.problem[:, 1] * judged.sentiment[:, 0]

    return encode


def name_painpoints(points: pl.DataFrame, settings: Settings) -> tuple[pl.DataFrame, list[str]]:
    """``points`` with the titles of the chat endpoint that ``settings`` name, if any, and what to tell of it."""
    if settings.namer is None or not len(points):
        return points, []
    points, told = rename(points, chat_endpoint(settings.namer, settings.namer_model), lang=settings.lang)
    return name_themes(points), [told]


def _placed(units: pl.DataFrame, places: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    """``PLACE`` of ``units``; ``places`` has ``cluster`` and the measures of those that were clustered."""
    import polars as pl

    # describe() names a pain point by its units, so the way from cluster number to id is through its quotes.
    ids = points.select(painpoint_id="painpoint_id",
                        unit_id=pl.col("quotes").list.first().struct.field("unit_id")).join(
        places.select("unit_id", "cluster"), on="unit_id").select("cluster", "painpoint_id")
    found = places.join(ids, on="cluster", how="left", maintain_order="left").drop("cluster").with_columns(
        border=pl.when(pl.col("painpoint_id").is_not_null()).then("border"))
    placed = units.join(found.drop("key"), on="unit_id", how="left", maintain_order="left")
    first = found.filter(pl.col("painpoint_id").is_not_null()).unique("key", keep="first", maintain_order=True)
    first = first.select("key", copied="painpoint_id", copied_strength="painpoint_strength", copied_border="border")
    copies = placed.join(first, on="key", how="left", maintain_order="left")
    is_copy = (pl.col("weight") == 0) & pl.col("painpoint_id").is_null()
    return copies.with_columns(
        painpoint_id=pl.when(is_copy).then("copied").otherwise("painpoint_id"),
        painpoint_strength=pl.when(is_copy).then("copied_strength").otherwise("painpoint_strength"),
        border=pl.when(is_copy).then("copied_border").otherwise("border"),
    ).select(PLACE)
