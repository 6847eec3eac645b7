"""The run folder: shards while a run is under way, tables and a manifest when it is done.

``run.json`` opens a run and says what was asked; ``work/`` holds the shards; ``manifest.json`` is written last.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painpoints.errors import RunError, StorageError
from painpoints.read import by_side
from painpoints.store.files import growing_parquet, storage, write_json, write_parquet, write_whole
from painpoints.store.rundata import RunData

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

_REQUEST = "run.json"
_MANIFEST = "manifest.json"
_READ = "read.json"
_OPTIONAL = ("campaigns", "conversations")


class RunFolder:
    """One run on disk. Use `create` for a new one and `open_run` for one that was interrupted or is done."""

    def __init__(self, path: Path, request: Mapping[str, Any], *, fresh: bool = False, made: bool = False) -> None:
        self.path = path
        self.request = request
        self.fresh = fresh  # begun by this process, not resumed
        self._made = made
        self._work = path / "work"
        self._sizes: dict[int, int] = {}

    def scratch(self, name: str) -> Path:
        """Where a file called ``name`` may lie until the run is done."""
        return self._work / name

    def lay_aside(self, name: str, frame: pl.DataFrame) -> None:
        """Has ``frame`` on disk instead of in memory, until `taken_up` reads it."""
        path = self.scratch(f"{name}.parquet")
        with storage(path):
            frame.write_parquet(path, compression="lz4", statistics=False)

    def taken_up(self, name: str) -> pl.DataFrame:
        """The frame that was laid aside as ``name``."""
        import polars as pl

        path = self.scratch(f"{name}.parquet")
        frame = pl.read_parquet(path)
        path.unlink()
        return frame

    def discard(self) -> None:
        """Removes what a run that came to nothing has written; a folder that was there before stays, empty."""
        shutil.rmtree(self._work, ignore_errors=True)
        for file in self.path.iterdir():
            file.unlink(missing_ok=True)
        if self._made:
            self.path.rmdir()

    @property
    def finished(self) -> bool:
        """Whether the manifest is there, and so everything else."""
        return (self.path / _MANIFEST).is_file()

    def reading_done(self) -> dict[str, Any] | None:
        """What the reading step noted when it ended, or None while it has not."""
        path = self._work / _READ
        return json.loads(path.read_text("utf8")) if path.is_file() else None

    def finish_reading(self, note: Mapping[str, Any]) -> None:
        """Marks all documents as read."""
        write_json(self._work / _READ, note)

    def rename_inputs(self, names: Sequence[str]) -> None:
        """Notes other names for what was read, once it need not be found again."""
        self.request = {**self.request, "inputs": list(names)}
        write_json(self.path / _REQUEST, self.request)

    def write_documents(self, shard: int, documents: pl.DataFrame) -> None:
        """Stores the documents of one shard."""
        write_parquet(self._work / f"documents-{shard:06}.parquet", documents)

    def documents(self, shard: int, columns: Collection[str] | None = None) -> pl.DataFrame:
        """The documents of one shard, or of them only those of ``columns`` that it has."""
        return _read(self._work / f"documents-{shard:06}.parquet", columns)

    def document_schema(self, shard: int) -> dict[str, pl.DataType]:
        """The columns that the documents of one shard have, and their types."""
        import polars as pl

        return dict(pl.read_parquet_schema(self._work / f"documents-{shard:06}.parquet"))

    def document_count(self, shard: int) -> int:
        """How many documents one shard has."""
        import polars as pl

        path = self._work / f"documents-{shard:06}.parquet"
        return int(pl.scan_parquet(path).select(pl.len()).collect().item())

    def document_columns(self, shard: int) -> list[str]:
        """The columns that the documents of one shard have."""
        return list(self.document_schema(shard))

    def write_units(self, shard: int, units: pl.DataFrame, vectors: np.ndarray, counts: Mapping[str, int]) -> None:
        """Stores the judged units of one shard, their vectors (n, d) as float16, and what was counted."""
        import numpy as np

        def save(partial: Path) -> None:
            with partial.open("wb") as handle:
                np.save(handle, vectors.astype(np.float16))

        self._sizes.pop(shard, None)
        write_whole(self._work / f"vectors-{shard:06}.npy", save)
        write_json(self._work / f"counts-{shard:06}.json", counts)
        write_parquet(self._work / f"units-{shard:06}.parquet", units)

    def judged(self, shard: int) -> bool:
        """Whether the units of a shard are stored (they are written last)."""
        return (self._work / f"units-{shard:06}.parquet").is_file()

    def sweep_judged(self, shard: int) -> None:
        """Forgets that a shard was judged."""
        (self._work / f"units-{shard:06}.parquet").unlink(missing_ok=True)

    def drop(self, shard: int) -> None:
        """Removes a shard, documents and all."""
        for path in self._work.glob(f"*-{shard:06}.*"):
            path.unlink()

    def units(self, shards: Iterable[int], columns: Collection[str] | None = None, keep: np.ndarray | None = None,
              made: Callable[[pl.DataFrame], pl.DataFrame] = lambda frame: frame) -> pl.DataFrame:
        """The judged units of ``shards``, in order; of ``columns`` only, where ``keep`` (units,) is true only; as
        ``made`` of those of each shard."""
        import polars as pl

        frames = []
        at = 0
        for shard in shards:
            frame = _read(self._work / f"units-{shard:06}.parquet", columns)
            frames.append(made(frame if keep is None else frame.filter(pl.Series(keep[at:at + len(frame)]))))
            at += len(frame)
        return pl.concat(frames)

    def all_documents(self, shards: Iterable[int], columns: Collection[str] | None = None) -> pl.DataFrame:
        """The documents of ``shards``, in order; columns that only some inputs have are null elsewhere."""
        import polars as pl

        return pl.concat([self.documents(shard, columns) for shard in shards], how="diagonal")

    def vectors(self, shards: Iterable[int], keep: np.ndarray, place: np.ndarray | None = None) -> np.ndarray:
        """Vectors (kept, d) float32 of those units of ``shards`` for which ``keep`` (units,) is true, each at its
        ``place`` (kept,); in order without one."""
        import numpy as np

        chosen = np.empty((0, 0), np.float32)
        at = done = 0
        for shard in shards:
            size = self._sizes.get(shard)
            # A few rows are asked for again and again: most shards hold none of them and need not be opened.
            if not at or size is None or keep[at:at + size].any():
                stored = np.load(self._work / f"vectors-{shard:06}.npy", mmap_mode="r")
                size = self._sizes[shard] = len(stored)
                if not chosen.shape[1]:
                    chosen = np.empty((int(keep.sum()), stored.shape[1]), np.float32)
                mine = stored[keep[at:at + size]]
                rows = slice(done, done + len(mine))
                chosen[rows if place is None else place[rows]] = mine
                done += len(mine)
            at += size
        return chosen

    def counts(self, shards: Iterable[int]) -> dict[str, int]:
        """What was counted over all ``shards``."""
        total: dict[str, int] = {}
        for shard in shards:
            for name, count in json.loads((self._work / f"counts-{shard:06}.json").read_text("utf8")).items():
                total[name] = total.get(name, 0) + count
        return total

    def write_result(self, name: str, frame: pl.DataFrame) -> None:
        """Stores one of the final tables."""
        write_parquet(self.path / f"{name}.parquet", frame)

    def grow_result(self, name: str) -> AbstractContextManager[Callable[[pl.DataFrame], None]]:
        """Stores one of the final tables in parts: gives what takes the next one. A table of which one part is missing
        is not there at all."""
        return growing_parquet(self.path / f"{name}.parquet")

    def result(self, name: str, chosen: Callable[[list[str]], list[str]]) -> pl.DataFrame:
        """Of one of the final tables the columns that are ``chosen`` among those that it has."""
        import polars as pl

        path = self.path / f"{name}.parquet"
        return pl.read_parquet(path, columns=chosen(list(pl.read_parquet_schema(path))))

    def finish(self, manifest: Mapping[str, Any]) -> None:
        """Writes the manifest and removes the shards: the run is done."""
        write_json(self.path / _MANIFEST, manifest)
        shutil.rmtree(self._work, ignore_errors=True)

    def data(self) -> RunData:
        """The tables and manifest of a finished run. Raises RunError for one that is not."""
        import polars as pl

        if not self.finished:
            raise RunError(f"{self.path}: the run did not finish.",
                           hint=f"Go on with: painpoints mine --resume {self.path}")
        frames = {name: pl.read_parquet(self.path / f"{name}.parquet")
                  for name in ("documents", "units", "painpoints")}
        frames["documents"], frames["brand"] = by_side(frames["documents"])
        for name in _OPTIONAL:
            if (self.path / f"{name}.parquet").is_file():
                frames[name] = pl.read_parquet(self.path / f"{name}.parquet")
        return RunData(**frames, manifest=json.loads((self.path / _MANIFEST).read_text("utf8")))


def _read(path: Path, columns: Collection[str] | None) -> pl.DataFrame:
    import polars as pl

    if columns is None:
        return pl.read_parquet(path)
    return pl.read_parquet(path, columns=[name for name in pl.read_parquet_schema(path) if name in columns])


def create_run(path: Path, request: Mapping[str, Any]) -> RunFolder:
    """A new run folder at ``path``; ``request`` is what `open_run` gives back.

    Raises RunError when a run or anything else stands there already.
    """
    if (path / _REQUEST).is_file():
        done = (path / _MANIFEST).is_file()
        raise RunError(f"{path}: holds {'a finished' if done else 'an interrupted'} run.",
                       hint="Name another folder with -o." if done
                       else f"Go on with painpoints mine --resume {path}, or name another folder with -o.")
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise RunError(f"{path}: exists and is not an empty folder.", hint="Name another folder with -o.")
    made = not path.exists()
    with storage(path / _REQUEST):
        try:
            (path / "work").mkdir(parents=True)
        except FileExistsError as error:
            raise StorageError(f"{path}: cannot be made.", hint="Name another folder with -o.") from error
    write_json(path / _REQUEST, request)
    return RunFolder(path, request, fresh=True, made=made)


def open_run(path: Path) -> RunFolder:
    """The run folder at ``path``. Raises RunError when there is none."""
    try:
        request = json.loads((path / _REQUEST).read_text("utf8"))
    except FileNotFoundError:
        raise RunError(f"{path}: not a run folder.", hint="Name the folder that painpoints mine -o made.") from None
    except (OSError, ValueError) as error:
        raise RunError(f"{path / _REQUEST}: cannot be read ({type(error).__name__}).",
                       hint="Start the run again in another folder.") from None
    with storage(path / _REQUEST):
        if not (path / _MANIFEST).is_file():
            (path / "work").mkdir(exist_ok=True)
    return RunFolder(path, request)
