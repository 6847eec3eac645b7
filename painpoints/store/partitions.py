"""Facts on disk: one folder of Parquet for every addition, whole or absent, never changed afterwards."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from painpoints.errors import WorkspaceError
from painpoints.store.files import storage, write_parquet

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

_ADDITION = "addition"


class Partitions:
    """The partitions under ``path``: documents, units and vectors of each addition.

    A unit's vector stands in the row of ``vectors.parquet`` that its own row has in ``units.parquet``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, number: int, documents: pl.DataFrame, units: pl.DataFrame, vectors: np.ndarray,
              aside: Path | None = None) -> None:
        """Stores addition ``number``: frames, ``vectors`` (units, d) rounded to float16, and the rows left out."""
        import numpy as np
        import polars as pl

        place = self._folder(number)
        partial = place.with_name(f".{place.name}.partial")
        with storage(place):
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir(parents=True)
            rounded = np.ascontiguousarray(vectors.astype(np.float16).astype(np.float32))
            write_parquet(partial / "documents.parquet", documents)
            write_parquet(partial / "units.parquet", units)
            write_parquet(partial / "vectors.parquet", pl.DataFrame(
                {"unit_id": units["unit_id"],
                 "vector": pl.Series(rounded, dtype=pl.Array(pl.Float32, rounded.shape[1]))}))
            if aside is not None and aside.is_file():
                shutil.copyfile(aside, partial / aside.name)
            _settle(partial)
            partial.rename(place)
            _settle(self.path)

    def documents(self, numbers: Iterable[int]) -> pl.DataFrame:
        """The documents of additions ``numbers``, with the ``addition`` they came in; columns that only some have are
        null elsewhere."""
        return self._frames(numbers, "documents")

    def units(self, numbers: Iterable[int]) -> pl.DataFrame:
        """The judged units of additions ``numbers``, in the same way."""
        return self._frames(numbers, "units")

    def vectors(self, numbers: Iterable[int], unit_ids: pl.Series) -> np.ndarray:
        """The vectors (len(unit_ids), d) float32 of units, in the order they are named in."""
        import polars as pl

        wanted = pl.DataFrame({"unit_id": unit_ids}).with_row_index("place")
        found = pl.concat([self._frame(number, "vectors").join(wanted, on="unit_id", how="inner")
                           for number in numbers]).sort("place")
        if len(found) != len(wanted):
            raise WorkspaceError(f"{self.path}: {len(wanted) - len(found)} vectors are missing.",
                                 hint="The workspace is damaged; take it back from a copy.")
        return found["vector"].to_numpy()

    def sweep(self, known: Collection[int]) -> int:
        """Removes what additions that never came to their end have left; how many there were."""
        kept = {self._folder(number).name for number in known}
        orphans = [path for path in self.path.iterdir() if path.is_dir() and path.name not in kept]
        with storage(self.path):
            for orphan in orphans:
                shutil.rmtree(orphan)
        return len(orphans)

    def _folder(self, number: int) -> Path:
        return self.path / f"{number:06}"

    def _frame(self, number: int, name: str) -> pl.DataFrame:
        import polars as pl

        path = self._folder(number) / f"{name}.parquet"
        if not path.is_file():
            raise WorkspaceError(f"{path}: is missing.", hint="The workspace is damaged; take it back from a copy.")
        return pl.read_parquet(path)

    def _frames(self, numbers: Iterable[int], name: str) -> pl.DataFrame:
        import polars as pl

        return pl.concat([self._frame(number, name).with_columns(pl.lit(number, pl.Int64).alias(_ADDITION))
                          for number in numbers], how="diagonal")


def _settle(folder: Path) -> None:
    """Has the names in ``folder`` written to the disk, where the system lets a folder be opened."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
