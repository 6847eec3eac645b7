"""The units of an addition made again by other models: the same units, with new vectors and maybe judgements."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from painpoints.config import Settings
from painpoints.pipeline.progress import Progress
from painpoints.store import RunFolder, create_run, storage

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    from painpoints.encode import UnitEncoder
    from painpoints.pipeline.models import Models


def made_again(scratch: Path, documents: pl.DataFrame, units: pl.DataFrame, models: Models, settings: Settings,
               progress: Progress, *, judged: bool) -> tuple[pl.DataFrame, np.ndarray]:
    """``units`` of ``documents``, in their order, judged again where ``judged``, and their vectors (n, e) float16.

    Shards of them lie below ``scratch`` for the while. Raises StorageError, WorkerError, and what judging raises.
    """
    if models.second is not None and not judged:
        return units, _encoded(models.second, units, settings.shard_rows, len(documents), progress)
    from painpoints.pipeline.streaming import judge_shards

    path = scratch / "again"
    with storage(path):
        shutil.rmtree(path, ignore_errors=True)
    try:
        folder = create_run(path, {})
        shards = 0
        for shard in documents.iter_slices(settings.shard_rows):
            folder.write_documents(shards, shard)
            shards += 1
        judge_shards(folder, shards, models, settings, progress)
        return _matched(folder, shards, units, models, judged=judged)
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _encoded(encoder: UnitEncoder, units: pl.DataFrame, rows: int, documents: int, progress: Progress) -> np.ndarray:
    import numpy as np

    vectors = [np.zeros((0, encoder.info.dimension), np.float16)]
    for at in range(0, len(units), rows):
        vectors.append(encoder.encode(units["model_text"][at:at + rows].to_list()).astype(np.float16))
        progress("judge", documents * min(at + rows, len(units)) // len(units), documents)
    return np.concatenate(vectors)


def _matched(folder: RunFolder, shards: int, units: pl.DataFrame, models: Models, *, judged: bool
             ) -> tuple[pl.DataFrame, np.ndarray]:
    """``units`` as the judged ``shards`` have them, in their own order, and their vectors."""
    import numpy as np
    import polars as pl

    rows = units.select("unit_id", "doc_id").with_row_index("row")
    frames, places = [units.clear()], [np.zeros(0, np.int64)]
    vectors = [models.clustering_vectors([], models.encoder.encode([])).astype(np.float16)]
    for shard in range(shards):
        own = rows.filter(pl.col("doc_id").is_in(folder.documents(shard, ["doc_id"])["doc_id"].implode()))
        frame, found = _again(units[own["row"]], folder.units([shard]), folder, shard, models, judged=judged)
        frames.append(frame)
        vectors.append(found.astype(np.float16))
        places.append(frame.select("unit_id").join(own, on="unit_id", how="left",
                                                   maintain_order="left")["row"].to_numpy())
        folder.drop(shard)
    order = np.argsort(np.concatenate(places))
    return pl.concat(frames, how="diagonal_relaxed")[order], np.concatenate(vectors)[order]


def _again(units: pl.DataFrame, found: pl.DataFrame, folder: RunFolder, shard: int, models: Models, *, judged: bool
           ) -> tuple[pl.DataFrame, np.ndarray]:
    """``units`` of one shard as it was ``found``, and their vectors, in any order."""
    import numpy as np
    import polars as pl

    same = found["unit_id"].is_in(units["unit_id"].implode()).to_numpy()
    frame, vectors = found.filter(pl.Series(same)), folder.vectors([shard], same)
    # What a newer encoder would cut elsewhere keeps its borders and judgements, and is read between its neighbours.
    rest = units.join(frame, on="unit_id", how="anti", maintain_order="left")
    if not judged:
        frame = frame.select("unit_id").join(units, on="unit_id", how="left", maintain_order="left")
    if not len(rest):
        return frame, vectors
    inside = units.filter(pl.col("doc_id").is_in(rest["doc_id"].unique().implode())).sort("doc_id", "start")
    wanted = inside["unit_id"].is_in(rest["unit_id"].implode()).to_numpy()
    return (pl.concat([frame, inside.filter(pl.Series(wanted))], how="diagonal_relaxed"),
            np.concatenate([vectors, _vectors_in_place(inside, models)[wanted]]))


def _vectors_in_place(units: pl.DataFrame, models: Models) -> np.ndarray:
    """Vectors of ``units`` (by doc_id and start), each pooled from its document's units read in one pass."""
    from painpoints.text import Block, Language, Passage, Span

    passages = []
    for row, (_, lang, texts) in enumerate(_runs(units)):
        text, blocks = "", []
        for unit in texts:
            start = len(text) + 1 if text else 0
            text = f"{text} {unit}" if text else unit
            blocks.append(Block(start, len(text), True, (Span(start, len(text)),)))
        passages.append(Passage(row, text, Language(lang, 1.0), tuple(blocks), None))
    judging = models.encoder.encode_passages(passages, rules=True).vectors
    return models.clustering_vectors(units["model_text"].to_list(), judging)


def _runs(units: pl.DataFrame) -> Iterator[tuple[str, str, list[str]]]:
    """(doc_id, language, texts) of units that follow each other in one document, field and language."""
    last: tuple[str, str, str] | None = None
    texts: list[str] = []
    for doc, field, lang, text in units.select("doc_id", "field", "lang", "model_text").iter_rows():
        if last is not None and last != (doc, field, lang):
            yield last[0], last[2], texts
            texts = []
        last = (doc, field, lang)
        texts.append(text)
    if last is not None:
        yield last[0], last[2], texts
