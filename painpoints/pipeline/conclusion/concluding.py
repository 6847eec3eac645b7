"""The order of what is left to do when every shard is judged."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from painpoints._memory import WORTH_IT, trim
from painpoints._version import __version__
from painpoints.cluster import with_opportunities, with_skews
from painpoints.config import Settings
from painpoints.pipeline.conclusion.beside import Beside
from painpoints.pipeline.conclusion.clusters import Clusters, Stored
from painpoints.pipeline.conclusion.columns import (
    ASKED,
    COPIED,
    GROUPED,
    PLACED,
    REPORTED_NOT,
    documents_to_group,
    documents_to_report,
)
from painpoints.pipeline.conclusion.remarks import observations, withheld
from painpoints.pipeline.conclusion.surroundings import machine, peak_memory, timings, versions
from painpoints.pipeline.conclusion.tables import judged_documents, told_conversations, write_documents, write_units
from painpoints.pipeline.copying import Copies, find_copies
from painpoints.pipeline.grouping import find_painpoints, in_scope, name_painpoints, sampling_notes
from painpoints.pipeline.progress import Progress
from painpoints.pipeline.redacting import redaction_record
from painpoints.pipeline.streaming import workers_for
from painpoints.pipeline.weighing import counted_once, limit_authors, spelt, weigh, with_copies
from painpoints.read import by_side
from painpoints.report import render_html, write_tables
from painpoints.store import RunData, RunFolder, write_text
from painpoints.track import with_trends

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    from painpoints.pipeline.models import Models

Warn = Callable[[str], object]
TOGETHER = 1_000_000
"""Units up to which page and sheets are made side by side, each holding what it chose of them."""
_WEIGHED = "weighed"


@dataclass(frozen=True)
class Asked:
    """What a run was to be: its ``note`` of what was read, ``models``, ``settings``; ``notes`` so far, and what the
    manifest is to tell besides (``told``)."""

    note: Mapping[str, Any]
    models: Models
    settings: Settings
    notes: list[str]
    told: Mapping[str, Any]


def conclude(folder: RunFolder, asked: Asked, clock: dict[str, float], progress: Progress, warn: Warn | None) -> None:
    """Finishes ``folder``, of which every shard is judged: pain points, tables, report, manifest."""
    shards, settings, models = range(asked.note["shards"]), asked.settings, asked.models
    progress("cluster", 0, 3)
    if (judged := folder.counts(shards).get("units", 0)) >= WORTH_IT:
        models.rest()  # only turns of conversations are encoded from here on
        trim(judged)
    with (Beside(workers_for(settings, asked.note["documents"])) as beside,
          Clusters(folder, settings.workers != 0) as clusters):
        documents, grouping, copies = _weighed(folder, shards, settings, models)
        trim(grouping.count)
        progress("cluster", 1, 3)
        units, painpoints, grouped = _grouped(folder, shards, grouping, documents, settings, models, clusters,
                                             beside, progress)
    trim(len(units))
    painpoints, told = name_painpoints(painpoints, settings)
    units = limit_authors(units, documents, settings.author_limit)
    documents = judged_documents(folder, shards, documents)
    conversations = told_conversations(folder, shards, models.encoder.encode)
    painpoints = with_skews(painpoints, units, documents, settings.segment)
    painpoints = with_opportunities(painpoints, _with_texts(folder, shards, units), documents)
    painpoints = with_trends(painpoints, units, documents, week_start=settings.first_weekday(), zone=settings.zone)
    progress("cluster", 3, 3)
    clock["cluster"] = time.perf_counter()
    notes = [*asked.notes, *sampling_notes(grouped), *beside.notes(), *told, *models.cache_notes(),
             *withheld(units, documents, painpoints, settings.min_authors), *observations(
                 units, painpoints, grouped["clustered"])]
    for sentence in notes:
        if warn is not None:
            warn(sentence)
    brand = write_documents(folder, shards, documents)
    write_units(folder, shards, units)
    for name, frame in (("painpoints", painpoints), ("campaigns", copies.campaigns)):
        folder.write_result(name, frame)
    if len(conversations):
        folder.write_result("conversations", conversations)
    manifest = {
        "painpoints": __version__, "created": folder.request["created"], "finished": _now(),
        "inputs": asked.note["plans"], "settings": settings.as_dict(), "framework": models.judge.framework.name,
        "taxonomy": models.judge.taxonomy.source, "models": models.as_dict(), "cache": models.cache(),
        "versions": versions(), "machine": machine(settings), "counts": {
            "documents": len(documents), "brand": brand, "units": len(units), **counted_once(units),
            "campaigns": len(copies.campaigns), "painpoints": len(painpoints), "rejected": asked.note["rejected"],
            "conversations": len(conversations), "clustering": grouped,
            "cut": {k: v for k, v in folder.counts(shards).items() if k != "units"}},
        **redaction_record(settings, asked.note["plans"]), "notes": notes, **asked.told, "timings": timings(clock)}
    count = len(units)
    del documents, units
    trim(count)
    _report(folder, RunData(*_read_back(folder, settings.segment), painpoints, manifest, copies.campaigns,
                            conversations if len(conversations) else None), asked, progress)
    clock["report"] = time.perf_counter()
    folder.finish({**manifest, "finished": _now(), "timings": timings(clock), "peak_memory_mb": peak_memory(),
                   "clustering_memory_mb": clusters.memory})


@dataclass(frozen=True)
class _ToGroup:
    """Of ``count`` units those that make pain points or follow one that does: their ``rows`` (m,) ascending, and what
    was ``weighed`` of them, ``key`` and ``weight``."""

    rows: np.ndarray
    count: int
    weighed: pl.DataFrame


def _weighed(folder: RunFolder, shards: range, settings: Settings, models: Models
             ) -> tuple[pl.DataFrame, _ToGroup, Copies]:
    """What later steps need of all documents, which units are to be grouped, and what was copied.

    All units, weighed, are laid aside: they would take more room than grouping some of them.
    """
    import numpy as np

    known = {name for shard in shards for name in folder.document_columns(shard)}
    documents, _ = by_side(folder.all_documents(shards, documents_to_group(known, settings.segment)))
    units = folder.units(shards, (*PLACED, *COPIED), made=spelt)
    copies = find_copies(units, documents, lambda keep: folder.vectors(shards, keep), settings, models.language_means())
    units, documents = units.select(*PLACED, "length"), documents.drop("text")
    units = weigh(units, documents, copies).drop("length")
    folder.lay_aside(_WEIGHED, units)
    wanted = in_scope(units, settings.cluster) | (units["weight"] == 0)
    chosen = _ToGroup(np.flatnonzero(wanted.to_numpy()), len(units), units.select("key", "weight").filter(wanted))
    return with_copies(documents, units, copies), chosen, copies


def _grouped(folder: RunFolder, shards: range, chosen: _ToGroup, documents: pl.DataFrame, settings: Settings,
             models: Models, clusters: Clusters, beside: Beside, progress: Progress
             ) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, int]]:
    """All units with their place in pain points, these, and how many units were clustered.

    Whole, with texts, are only the units that make pain points, and the copies that follow their firsts.
    """
    import numpy as np
    import polars as pl

    wanted = np.zeros(chosen.count, bool)
    wanted[chosen.rows] = True
    # The units whole are held by nobody but the grouping, which drops what it no longer needs.
    found, painpoints, counts = find_painpoints(
        folder.units(shards, GROUPED, wanted).with_columns(chosen.weighed.get_columns()), documents,
        Stored(folder, shards, chosen.rows, chosen.count), settings, models, clusters, beside, progress)
    places = pl.DataFrame({"row": chosen.rows}).with_columns(found.get_columns())
    placed = folder.taken_up(_WEIGHED).with_row_index("row").with_columns(pl.col("row").cast(pl.Int64)).join(
        places, on="row", how="left", maintain_order="left").drop("row")
    return placed, painpoints, counts


def _with_texts(folder: RunFolder, shards: range, units: pl.DataFrame) -> pl.DataFrame:
    """``units`` with the texts of those that have a vote for a pain point, null elsewhere."""
    import polars as pl

    held = units.select(voted=pl.col("painpoint_id").is_not_null() & (pl.col("weight") > 0))["voted"].to_numpy()
    texts = folder.units(shards, ("unit_id", *ASKED), keep=held)
    return units.select("unit_id", "doc_id", "lang", "weight", "painpoint_id", "painpoint_strength").join(
        texts, on="unit_id", how="left", maintain_order="left")


def _read_back(folder: RunFolder, segment: str | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What the report reads of the final documents and units."""
    documents, _ = by_side(folder.result("documents", lambda known: documents_to_report(known, segment)))
    return documents, folder.result("units", lambda known: [name for name in known if name not in REPORTED_NOT])


def _report(folder: RunFolder, run: RunData, asked: Asked, progress: Progress) -> None:
    framework, taxonomy = asked.models.judge.framework.name, asked.models.judge.taxonomy
    progress("report", 0, 2)
    sheets = partial(write_tables, run, folder.path, lang=asked.settings.lang, framework=framework, taxonomy=taxonomy)
    with ThreadPoolExecutor(1) as line:  # most of the sheets is made without Python
        beside = line.submit(sheets) if len(run.units) <= TOGETHER else None
        page = render_html(run, lang=asked.settings.lang, framework=framework, segment=asked.settings.segment,
                           taxonomy=taxonomy)
        write_text(folder.path / "report.html", page)
        del page
        progress("report", 1, 2)
        sheets() if beside is None else beside.result()
    progress("report", 2, 2)


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
