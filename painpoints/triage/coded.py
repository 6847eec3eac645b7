"""A column of texts as numbers, so that 100,000 rows are filtered and counted in less than a millisecond."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Coded:
    """A column of ``size`` rows: row ``rows[i]`` holds ``values[codes[i]]``; a row may hold several values, or none."""

    values: tuple[str, ...]
    rows: Places
    codes: Places
    size: int

    @classmethod
    def of(cls, column: pl.Series) -> Coded:
        """The column of texts, or of lists of different texts."""
        frame = pl.DataFrame({"value": column}).with_row_index("row")
        if isinstance(column.dtype, pl.List):
            frame = frame.explode("value")
        held = frame.drop_nulls("value")
        values = held["value"].unique().sort()
        codes = held["value"].cast(pl.Enum(values)).to_physical() if len(values) else held["row"]
        return cls(tuple(values), held["row"].cast(pl.Int64).to_numpy(), codes.cast(pl.Int64).to_numpy(), len(column))

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {value: code for code, value in enumerate(self.values)}

    def holding(self, values: Collection[str]) -> Flags:
        """Which rows hold one of ``values``; (size,)."""
        wanted = [self._numbers[value] for value in values if value in self._numbers]
        found = np.zeros(self.size, np.bool_)
        found[self.rows[np.isin(self.codes, wanted) if len(wanted) > 1 else self.codes == (wanted or [-1])[0]]] = True
        return found

    def counts(self, kept: Flags) -> dict[str, int]:
        """How many of the rows ``kept`` (size,) hold each value; values that none holds are left out. Most first."""
        tally = np.bincount(self.codes[kept[self.rows]], minlength=len(self.values))
        order = np.argsort(-tally, kind="stable")
        return {self.values[code]: int(tally[code]) for code in order.tolist() if tally[code]}
