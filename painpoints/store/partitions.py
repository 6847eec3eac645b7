"""Facts on disk: one folder of Parquet for every addition, whole or absent, never changed afterwards.

Another model makes other vectors, and other judgements, of the same units: a further generation of these files beside
the first. The state says which one holds.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from painpoints.errors import WorkspaceError
from painpoints.store.files import growing_parquet, storage, write_parquet

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

_ADDITION = "addition"
_CONVERSATIONS = "conversations"
_PART = 50_000


class Generation(NamedTuple):
    """Which making of the units' judgements and of their vectors holds: 1 is what additions brought at first."""

    units: int = 1
    vectors: int = 1


class Partitions:
    """The partitions under ``path``: documents, units and vectors of each addition.

    A unit's vector stands in the row of ``vectors.parquet`` that its own row has in ``units.parquet``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, number: int, documents: pl.DataFrame, units: pl.DataFrame, vectors: np.ndarray,
              generation: Generation, aside: Path | None = None, *, conversations: pl.DataFrame | None = None) -> None:
        """Stores addition ``number``: frames, ``vectors`` (units, d) rounded to float16, and the rows left out."""
        place = self._folder(number)
        partial = place.with_name(f".{place.name}.partial")
        with storage(place):
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir(parents=True)
            write_parquet(partial / "documents.parquet", documents)
            write_parquet(partial / _file("units", generation.units), units)
            _write_vectors(partial / _file("vectors", generation.vectors), units["unit_id"], vectors)
            if conversations is not None and len(conversations):
                write_parquet(partial / _file(_CONVERSATIONS, generation.units), conversations)
            if aside is not None and aside.is_file():
                shutil.copyfile(aside, partial / aside.name)
            _settle(partial)
            partial.rename(place)
            _settle(self.path)

    def write_again(self, number: int, units: pl.DataFrame, vectors: np.ndarray, holding: Generation,
                    new: Generation, *, conversations: pl.DataFrame | None = None) -> None:
        """Stores what of generation ``new`` differs from the one ``holding``, for addition ``number``."""
        place = self._folder(number)
        if new.units != holding.units:
            write_parquet(place / _file("units", new.units), units)
            if conversations is not None and len(conversations):
                write_parquet(place / _file(_CONVERSATIONS, new.units), conversations)
        if new.vectors != holding.vectors:
            _write_vectors(place / _file("vectors", new.vectors), units["unit_id"], vectors)
        _settle(place)

    def document_count(self, numbers: Iterable[int]) -> int:
        """How many documents additions ``numbers`` have."""
        import polars as pl

        return sum(int(pl.scan_parquet(self._path(number, "documents", 1)).select(pl.len()).collect().item())
                   for number in numbers)

    def documents(self, numbers: Iterable[int]) -> pl.DataFrame:
        """The documents of additions ``numbers``, with the ``addition`` they came in; columns that only some have are
        null elsewhere."""
        return self._frames(numbers, "documents")

    def texts(self, numbers: Iterable[int], doc_ids: Iterable[str] | None = None) -> Iterator[tuple[str, str]]:
        """``doc_id`` and original text of the documents of additions ``numbers``, or of those named."""
        import polars as pl

        chosen = None if doc_ids is None else pl.Series(list(doc_ids), dtype=pl.Utf8)
        for number in numbers:
            frame = self._frame(number, "documents", columns=["doc_id", "text"])
            yield from (frame if chosen is None else frame.filter(pl.col("doc_id").is_in(chosen.implode()))).iter_rows()

    def units(self, numbers: Iterable[int], generation: Generation) -> pl.DataFrame:
        """The judged units of additions ``numbers``, in the same way."""
        return self._frames(numbers, "units", generation.units)

    def units_named(self, numbers: Iterable[int], generation: Generation, unit_ids: Iterable[str]) -> pl.DataFrame:
        """As `units`, only those named, by unit_id."""
        import polars as pl

        chosen = pl.Series(sorted(set(unit_ids)), dtype=pl.Utf8)
        return self._some(numbers, "units", generation.units, chosen).sort("unit_id")

    def keys(self, numbers: Iterable[int], generation: Generation) -> pl.DataFrame:
        """``unit_id`` of the units of additions ``numbers``, and the ``key`` that those have in common which say the
        same word for word."""
        import polars as pl

        return pl.concat([self._frame(number, "units", generation.units, columns=["unit_id", "key"])
                          for number in numbers])

    def documents_of(self, numbers: Iterable[int], generation: Generation) -> pl.DataFrame:
        """``unit_id`` and ``doc_id`` of the units of additions ``numbers``."""
        import polars as pl

        return pl.concat([self._frame(number, "units", generation.units, ["unit_id", "doc_id"]) for number in numbers])

    def conversations(self, numbers: Iterable[int], generation: Generation) -> pl.DataFrame | None:
        """The judged conversations of additions ``numbers``; None where none of them has any."""
        import polars as pl

        paths = [self._folder(number) / _file(_CONVERSATIONS, generation.units) for number in numbers]
        frames = [pl.read_parquet(path) for path in paths if path.is_file()]
        return pl.concat(frames, how="diagonal") if frames else None

    def vectors(self, numbers: Iterable[int], unit_ids: pl.Series, generation: Generation) -> np.ndarray:
        """The vectors (len(unit_ids), d) float32 of units, in the order they are named in."""
        import polars as pl

        wanted = pl.DataFrame({"unit_id": unit_ids}).with_row_index("place")
        chosen = wanted["unit_id"].unique().sort()
        found = self._some(numbers, "vectors", generation.vectors, chosen).join(
            wanted, on="unit_id", how="inner").sort("place")
        if len(found) != len(wanted):
            raise WorkspaceError(f"{self.path}: {len(wanted) - len(found)} vectors are missing.",
                                 hint="The workspace is damaged; take it back from a copy.")
        return found["vector"].to_numpy()

    def files(self) -> list[Path]:
        """Every file of every addition, of all generations, in order."""
        return sorted(path for path in self.path.rglob("*") if path.is_file())

    def sweep(self, known: Collection[int]) -> int:
        """Removes what additions that never came to their end have left; how many there were."""
        kept = {self._folder(number).name for number in known}
        orphans = [path for path in self.path.iterdir() if path.is_dir() and path.name not in kept]
        with storage(self.path):
            for orphan in orphans:
                shutil.rmtree(orphan)
        return len(orphans)

    def sweep_generations(self, kept: Collection[Generation]) -> int:
        """Removes the files of all generations but those ``kept``; how many there were."""
        judged = {one.units for one in kept}
        names = {"units": judged, _CONVERSATIONS: judged, "vectors": {one.vectors for one in kept}}
        wanted = {_file(name, number) for name, numbers in names.items() for number in numbers}
        old = [path for name in names for path in self.path.glob(f"*/{name}*.parquet") if path.name not in wanted]
        with storage(self.path):
            for path in old:
                path.unlink()
        return len(old)

    def _folder(self, number: int) -> Path:
        return self.path / f"{number:06}"

    def _frame(self, number: int, name: str, generation: int = 1, columns: list[str] | None = None) -> pl.DataFrame:
        import polars as pl

        return pl.read_parquet(self._path(number, name, generation), columns=columns)

    def _some(self, numbers: Iterable[int], name: str, generation: int, unit_ids: pl.Series) -> pl.DataFrame:
        import polars as pl

        found = pl.concat([pl.scan_parquet(self._path(number, name, generation)) for number in numbers],
                          how="diagonal")
        return found.filter(pl.col("unit_id").is_in(unit_ids.implode())).collect()

    def _path(self, number: int, name: str, generation: int) -> Path:
        path = self._folder(number) / _file(name, generation)
        if not path.is_file():
            raise WorkspaceError(f"{path}: is missing.", hint="The workspace is damaged; take it back from a copy.")
        return path

    def _frames(self, numbers: Iterable[int], name: str, generation: int = 1) -> pl.DataFrame:
        import polars as pl

        return pl.concat([self._frame(number, name, generation).with_columns(pl.lit(number, pl.Int64).alias(_ADDITION))
                          for number in numbers], how="diagonal")


def _file(name: str, generation: int) -> str:
    return f"{name}.parquet" if generation == 1 else f"{name}-{generation}.parquet"


def _write_vectors(path: Path, unit_ids: pl.Series, vectors: np.ndarray) -> None:
    """Writes vectors some at a time, since each part is in memory thrice while it is."""
    with growing_parquet(path, _PART) as take:
        for at in range(0, max(1, len(vectors)), _PART):
            take(_with_vectors(unit_ids[at:at + _PART], vectors[at:at + _PART]))


def _with_vectors(unit_ids: pl.Series, vectors: np.ndarray) -> pl.DataFrame:
    import numpy as np
    import polars as pl

    rounded = np.ascontiguousarray(vectors.astype(np.float16).astype(np.float32))
    return pl.DataFrame({"unit_id": unit_ids,
                         "vector": pl.Series(rounded, dtype=pl.Array(pl.Float32, rounded.shape[1]))})


def _settle(folder: Path) -> None:
    """Has the names in ``folder`` written to the disk, where the system lets a folder be opened."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
