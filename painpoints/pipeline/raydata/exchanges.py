"""How shards come to a worker and what it found comes back: by the run folder, or through Ray's object store."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from painpoints.errors import WorkerError
from painpoints.store import RunFolder, open_run

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

Row = dict[str, Any]


class Exchange(Protocol):
    """Pickled to every worker. ``name`` is the manifest's; ``travels`` says whether documents travel in the row."""

    @property
    def name(self) -> str: ...

    @property
    def travels(self) -> bool: ...

    def take(self, row: Row) -> pl.DataFrame:
        """The documents that ``row`` stands for, at the worker."""

    def give(self, shard: int, units: pl.DataFrame, vectors: np.ndarray, counts: Mapping[str, int]) -> Row:
        """Takes a judged shard at the worker; what goes back to the leader."""

    def settle(self, folder: RunFolder, row: Row) -> None:
        """Sees to it, at the leader, that the shard of ``row`` lies in ``folder``."""


@dataclass(frozen=True)
class ByFolder:
    """All nodes see the run folder: only numbers travel, workers read and write the shard files."""

    path: Path
    name: str = "folder"
    travels: bool = False

    def take(self, row: Row) -> pl.DataFrame:
        return self._folder().documents(int(row["shard"]))

    def give(self, shard: int, units: pl.DataFrame, vectors: np.ndarray, counts: Mapping[str, int]) -> Row:
        self._folder().write_units(shard, units, vectors, counts)
        return {}

    def settle(self, folder: RunFolder, row: Row) -> None:
        if not folder.judged(int(row["shard"])):
            raise WorkerError(f"{folder.path}: shard {row['shard']} was written on {row['node']} and is not seen here.",
                              hint="Use a folder that all nodes share, and go on with: "
                                   f"painpoints mine --resume {folder.path}")

    def _folder(self) -> RunFolder:
        return open_run(self.path)


@dataclass(frozen=True)
class ByObjects:
    """The run folder is the leader's own: documents and results travel, as many at a time as Ray Data lets."""

    path: Path
    name: str = "objects"
    travels: bool = True

    def take(self, row: Row) -> pl.DataFrame:
        import polars as pl

        return pl.read_parquet(io.BytesIO(row["documents"]))

    def give(self, shard: int, units: pl.DataFrame, vectors: np.ndarray, counts: Mapping[str, int]) -> Row:
        import numpy as np

        table, array = io.BytesIO(), io.BytesIO()
        units.write_parquet(table, compression="zstd")
        np.save(array, vectors.astype(np.float16))
        return {"units": table.getvalue(), "vectors": array.getvalue(), "counts": json.dumps(counts)}

    def settle(self, folder: RunFolder, row: Row) -> None:
        import numpy as np
        import polars as pl

        folder.write_units(int(row["shard"]), pl.read_parquet(io.BytesIO(row["units"])),
                           np.load(io.BytesIO(row["vectors"])), json.loads(row["counts"]))


def chosen(ray: Any, folder: RunFolder) -> Exchange:
    """By the folder where every node of the cluster sees it, else through objects."""
    path = folder.path.resolve()
    return ByFolder(path) if _seen_by_all(ray, path) else ByObjects(path)


def _seen_by_all(ray: Any, path: Path) -> bool:
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy as There

    here = ray.get_runtime_context().get_node_id()
    others = [node["NodeID"] for node in ray.nodes() if node["Alive"] and node["NodeID"] != here]
    if not others:
        return True
    request = (path / "run.json").read_bytes()
    look = ray.remote(_looks_alike)
    tried = [look.options(num_cpus=0, scheduling_strategy=There(node, soft=False)).remote(str(path), request)
             for node in others]
    try:
        return all(ray.get(tried))
    except ray.exceptions.RayError:  # a node is gone: whichever takes its place may see nothing
        return False


def _looks_alike(path: str, request: bytes) -> bool:
    try:
        return (Path(path) / "run.json").read_bytes() == request
    except OSError:
        return False
