"""Judging without clustering: one row a unit."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painpoints.config import Settings, load_settings
from painpoints.errors import EmptyInputError, InputError
from painpoints.pipeline.progress import Progress, silent

if TYPE_CHECKING:
    import polars as pl

SCORED = ("source_id", "doc_id", "unit_id", "start", "end", "lang", "variety", "field", "text", "sentiment", "p_neg",
          "p_neu", "p_pos", "touchpoint", "touchpoint_p", "stage", "stage_p", "problem_p", "is_problem", "emotion",
          "emotion_p", "expectation", "certain")
"""Columns of a scored unit."""


def score_documents(frames: Iterator[pl.DataFrame], settings: Settings, progress: Progress = silent,
                    warn: Any = None, *, original: bool = True) -> Iterator[pl.DataFrame]:
    """Judged units (columns `SCORED`) of each documents frame.

    ``start`` and ``end`` count characters of the ``original`` text, else of what is left of it without personal data.
    """
    from itertools import chain, islice

    from painpoints.pipeline.judging import judge_shard
    from painpoints.pipeline.models import check_settings, load_models

    check_settings(settings)
    frames = iter(frames)
    frames = chain(list(islice(frames, 1)), frames)  # an input that cannot be read fails before the models are loaded
    models = load_models(settings)
    for note in models.notes:
        if warn is not None:
            warn(note)
    done = 0
    for documents in frames:
        units, _, _ = judge_shard(documents, models, whole=settings.whole, fast=settings.fast)
        done += len(documents)
        progress("judge", done, None)
        yield _scored(_in_original(units, documents) if original else units, documents)


def score_into(write: Callable[[pl.DataFrame], object], source: Sequence[str | Path] | Any, settings: Settings,
               progress: Progress = silent, warn: Any = None) -> Mapping[str, Any]:
    """What was read of ``source`` (paths, or one frame; see `read_shards`), whose judged units (columns `SCORED`)
    ``write`` was given, shard by shard, in order.

    On the way shards lie in the temporary folder, only so many at a time. Raises what reading and judging raise, and
    WorkerError.
    """
    from painpoints.pipeline.models import check_settings, load_models
    from painpoints.pipeline.streaming import Stream, no_run, workers_for_source
    from painpoints.store import create_run

    check_settings(settings)
    with tempfile.TemporaryDirectory(prefix="painpoints-") as scratch:
        folder = create_run(Path(scratch) / "run", {})
        handed = 0

        def hand_over() -> None:
            nonlocal handed
            while folder.judged(handed):
                documents = folder.documents(handed)
                write(_scored(_in_original(folder.units([handed]), documents), documents))
                folder.drop(handed)
                handed += 1

        with no_run(), Stream(folder, settings, workers_for_source(settings, source)) as stream:
            stream.begin(source, progress)
            models = load_models(settings)
            stream.begun(progress)
            for note in models.notes:
                if warn is not None:
                    warn(note)
            stream.judge(models, progress, beside=hand_over)
            hand_over()
            return stream.note or {}


def _scored(units: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    return units.join(documents.select("doc_id", "source_id"), on="doc_id", how="left",
                      maintain_order="left").select(SCORED)


def _in_original(units: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    """Units with their places in the texts as they were before personal data were taken out."""
    import polars as pl

    from painpoints.read import in_original

    changed = documents.filter(documents["redactions"].list.len() > 0) if "redactions" in documents.columns else None
    if changed is None or changed.is_empty():
        return units
    of = dict(changed.select("doc_id", "redactions").iter_rows())
    placed = {name: [in_original(of.get(document), at) for document, at in units.select("doc_id", name).iter_rows()]
              for name in ("start", "end")}
    return units.with_columns(pl.Series(name, places, pl.Int64) for name, places in placed.items())


def score(texts: Sequence[str] | Any, **settings: Any) -> pl.DataFrame:
    """Judged units of ``texts``: a list of texts (``source_id`` is then the place in the list), a path or paths as
    `mine` takes them in a ``pathlib.Path``, or a pandas, polars or Arrow table.

    Columns are `SCORED`. Keyword arguments are fields of ``painpoints.config.Settings``.
    """
    import polars as pl

    chosen = load_settings(settings)
    source: Any = texts
    if isinstance(texts, str):
        raise InputError("score() takes a list of texts, not one text.", hint="Write score([text]), or Path(file).")
    if isinstance(texts, Path):
        source = [texts]
    elif isinstance(texts, list | tuple):
        if not texts:
            raise EmptyInputError("The list of texts is empty.")
        if not all(isinstance(text, str) for text in texts):
            raise InputError("score() takes a list of texts; something in the list is no text.")
        source = pl.DataFrame({"id": [str(at) for at in range(len(texts))], "text": list(texts)})
        chosen = replace(chosen, text="text", id="id")
    frames: list[pl.DataFrame] = []
    score_into(frames.append, source, chosen)
    return pl.concat(frames)
