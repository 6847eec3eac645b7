"""An addition under way: what it has judged lies in the workspace's pending folder, for the next try to go on from.

The judged shards are kept with a description of what they were made of: the very documents, in order, the models and
the settings. Another description sweeps them, so that an addition ends the same whether it was interrupted or not.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painpoints._version import __version__
from painpoints.config import Settings
from painpoints.errors import RunError
from painpoints.pipeline.progress import Progress
from painpoints.store import RunFolder, create_run, open_run, storage

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    from painpoints.pipeline.models import Models

_READ, _JUDGED = "read", "judged"


class Pending:
    """The pending folder at ``path``: ``reading``, emptied at every try, and judged shards, which last."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.reading = path / _READ

    def begin(self) -> None:
        """Makes room for reading. Raises StorageError."""
        with storage(self.path):
            shutil.rmtree(self.reading, ignore_errors=True)
            self.reading.mkdir(parents=True)

    def pause(self) -> None:
        """Keeps the judged shards, if there are any, and nothing else."""
        shutil.rmtree(self.reading, ignore_errors=True)
        with contextlib.suppress(OSError):  # not empty, or not there
            self.path.rmdir()

    def end(self) -> None:
        """Removes everything."""
        shutil.rmtree(self.path, ignore_errors=True)

    def judged(self, asked: dict[str, Any]) -> RunFolder:
        """The folder of judged shards for what is ``asked``; those of anything else are removed."""
        path = self.path / _JUDGED
        with contextlib.suppress(RunError):
            found = open_run(path)
            if found.request == asked:
                return found
        with storage(path):
            shutil.rmtree(path, ignore_errors=True)
        return create_run(path, asked)


def judge_pending(pending: Pending, documents: pl.DataFrame, settings: Settings, models: Models, progress: Progress,
                  warn: Any = None) -> tuple[pl.DataFrame, np.ndarray]:
    """Judged units of ``documents`` and their vectors (n, e); ``warn`` is told when some had been judged before."""
    import numpy as np

    from painpoints.pipeline.streaming import judge_shards

    shards = list(documents.iter_slices(settings.shard_rows))
    folder = pending.judged(_description(shards, settings, models))
    before = sum(folder.judged(number) for number in range(len(shards)))
    if before and warn is not None:
        warn(f"Resumed: {before} of {len(shards)} shards had been judged before.")
    for number, shard in enumerate(shards):
        folder.write_documents(number, shard)
    judge_shards(folder, len(shards), models, settings, progress)
    units = folder.units(range(len(shards)))
    return units, folder.vectors(range(len(shards)), np.ones(len(units), bool))


def _description(shards: list[pl.DataFrame], settings: Settings, models: Models) -> dict[str, Any]:
    """What decides how ``shards`` are judged, as JSON has it."""
    digest = hashlib.sha256()
    for shard in shards:
        # Where a document stood in which file says nothing about it.
        columns = sorted(set(shard.columns) - {"file", "row"})
        digest.update(shard.select(columns).write_ndjson().encode("utf8"))
    described = {"painpoints": __version__, "documents": digest.hexdigest(), "shard_rows": settings.shard_rows,
                 "whole": settings.whole, "fast": settings.fast, "framework": settings.framework,
                 "models": models.as_dict(),
                 "files": {name: _seen(value) for name, value in (
                     ("model", settings.model), ("taxonomy", settings.taxonomy), ("spacy", settings.spacy))}}
    return dict(json.loads(json.dumps(described, default=str)))


def _seen(name: str | None) -> list[Any]:
    """A file or folder of the user's as it is now: names, sizes and moments of change."""
    if name is None:
        return []
    path = Path(name)
    files = sorted(path.rglob("*")) if path.is_dir() else [path] if path.exists() else []
    return [name, *((str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in files if file.is_file())]
