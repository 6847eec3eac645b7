"""One table as it stands: cells under the names the file gives them, nothing joined, hashed or made sense of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from painpoints.errors import UsageError
from painpoints.read.bytestream import byte_source
from painpoints.read.columnnames import fold_name
from painpoints.read.columns import named
from painpoints.read.formats import open_table
from painpoints.read.inputs import StdinMark, expand_inputs
from painpoints.read.options import ReadOptions
from painpoints.read.plan import FilePlan, plan_table
from painpoints.read.table import BadRow, cell_text


@dataclass(frozen=True, slots=True)
class Records:
    """The rows of one file. ``numbers`` are their places in it from 1 on, without the header.

    ``plan`` says which columns were taken for the text, the id and the language; ``unreadable`` counts rows that could
    not be taken apart and are not among these.
    """

    plan: FilePlan
    columns: tuple[str, ...]
    numbers: tuple[int, ...]
    rows: tuple[Sequence[object], ...]
    unreadable: int

    def cells(self, column: str, words: Collection[str] = ()) -> list[str | None]:
        """The cells of ``column`` as texts, None where nothing stands.

        A cell that is one of ``words`` in any case is a text, even one that elsewhere means nothing ("None").
        """
        place = self.columns.index(column)
        raw = [row[place] if place < len(row) else None for row in self.rows]
        return [cell if isinstance(cell, str) and cell.strip().casefold() in words else cell_text(cell) for cell in raw]

    def find(self, *names: str) -> str | None:
        """The first of ``names`` that is a column, whatever its case and separators."""
        folded = {fold_name(name): name for name in reversed(self.columns)}
        return next((folded[fold_name(name)] for name in names if fold_name(name) in folded), None)

    def column(self, wanted: str, option: str) -> str:
        """The column the user named with ``--option``. Raises ColumnError with the nearest name."""
        return named(self.columns, wanted, self.plan.file, option)


def read_records(path: str | Path | StdinMark, options: ReadOptions | None = None) -> Records:
    """The rows of one file, or "-" for the standard input, held in memory; ``options.limit`` is the most rows taken.

    Raises UsageError for a folder of several files; InputError, EmptyInputError or ColumnError as `read_documents`
    does.
    """
    options = options or ReadOptions()
    items = expand_inputs([path])
    if len(items) > 1:
        raise UsageError(f"{path}: {len(items)} files where one is read.", hint="Name one file.")
    numbers: list[int] = []
    rows: list[Sequence[object]] = []
    unreadable = 0
    with byte_source(items[0]) as source:
        table = open_table(source, options)
        plan = plan_table(source.name, source.compression, table, options).plan
        for row in table.rows():
            if options.limit is not None and len(rows) >= options.limit:
                break
            if isinstance(row, BadRow):
                unreadable += 1
            else:
                numbers.append(row.number)
                rows.append(row.values)
    return Records(plan, tuple(table.columns), tuple(numbers), tuple(rows), unreadable)
