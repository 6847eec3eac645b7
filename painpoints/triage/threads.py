"""Which comments belong together: by a thread they name, by what they answer, and by who wrote them.

Ids are those that the input gave (``source_id``), looked up among the comments of the same source; where several carry
one id, the one of the same file counts, and of these the last before the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from painpoints.read import said_side, told_columns

if TYPE_CHECKING:
    Rows = np.ndarray[Any, np.dtype[np.int64]]

_NUMBER = r"^(-?\d+)\.0+$"
_FULL_NAME = r"^t[1-6]_"  # Reddit's ids say in front what they are of
_NONE, _ZERO = ["", "-1", "none", "null", "nan"], "0"  # "0" too says none, unless a comment has that id
_DIGITS = {digit: str(at % 10) for at, digit in enumerate("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩")}


class Threads:
    """The index over ``documents`` (doc_id, source_id, source, file, time, addition, author_key, meta.*), built once.

    ``columns`` says which columns tell what, ``parents`` which row each row answers (-1: none that is here), ``lost``
    whose parent is not here, ``moments`` the rows' places in time. Building takes about a second for 100,000 documents.
    """

    def __init__(self, documents: pl.DataFrame) -> None:
        self.documents = documents
        self.columns = told_columns(documents.columns)
        self._row = {name: row for row, name in enumerate(documents["doc_id"].to_list())}
        ids = _Ids(documents)
        self.parents, missing = ids.parents(self.columns["parent"])
        self.lost = {int(row) for row in missing["row"]}
        edges = [ids.shared(name) for name in self.columns["thread"]]
        edges += [ids.repeated(), ids.shared_parent(missing)]
        edges += [ids.answered(name) for name in self.columns["children"]]
        at = np.flatnonzero(self.parents >= 0)
        edges.append(np.column_stack([at, self.parents[at]]))
        self.moments = _moments(documents)
        self._threads = _grouped(_components(np.concatenate(edges), documents.height), self.moments)
        who = documents["author_key"] if "author_key" in documents.columns else pl.Series([None] * documents.height)
        codes = who.cast(pl.Utf8).rank("dense").fill_null(0).cast(pl.Int64).to_numpy()
        self._own = _grouped(codes, self.moments)

    def row(self, doc_id: str) -> int | None:
        """The row of a comment among the documents."""
        return self._row.get(doc_id)

    def together(self, row: int) -> Rows:
        """The rows of the conversation that ``row`` is part of, itself included, in order of time."""
        return _of_group(self._threads, row)

    def by_author(self, row: int) -> Rows:
        """The rows of the same author, in order of time; itself alone where nobody is named."""
        return _of_group(self._own, row) if self._own[2][row] else np.array([row])

    def ancestors(self, row: int, most: int) -> list[int]:
        """What ``row`` answers, what that answers, and so on, nearest first; a circle is gone round once."""
        found: list[int] = []
        seen = {row}
        while (row := int(self.parents[row])) >= 0 and row not in seen and len(found) < most:
            seen.add(row)
            found.append(row)
        return found

    def side(self, row: int) -> str | None:
        """``customer`` or ``brand`` where it was found out who speaks, or a column tells, else None."""
        known = self.documents["side"][row] if "side" in self.documents.columns else None
        return known or said_side(self.columns, lambda name: self.documents[name][row])


class _Ids:
    """Ids as they are looked up: by what they are and by the source they are of."""

    def __init__(self, documents: pl.DataFrame) -> None:
        empty = pl.lit(None, pl.Utf8)
        kept = {name: pl.col(name).cast(pl.Utf8) if name in documents.columns else empty
                for name in ("source_id", "source", "file")}
        self._documents = documents
        self._rows = documents.select(**{name: column.fill_null("") for name, column in kept.items()}).with_columns(
            row=pl.int_range(pl.len(), dtype=pl.Int64), moment=pl.Series(_moments(documents)),
            key=_plain(pl.col("source_id")))
        self._known = self._rows.filter(pl.col("key") != "").select("key", "source", "file", "row", "moment")

    def shared(self, name: str) -> Rows:
        """Edges between the rows that hold the same in a column, and to the one whose id that is."""
        held = self._cells(name).filter(pl.col("asked") != _ZERO)
        first = held.group_by("asked", "source").agg(first=pl.col("row").min())
        pairs = held.join(first, on=["asked", "source"], how="inner").select("row", "first")
        roots = first.join(self._known, left_on=["asked", "source"], right_on=["key", "source"], how="inner")
        # A thread may go by the id of what began it; an id that several carry tells nothing.
        roots = roots.filter(pl.len().over("asked", "source") == 1).select("first", "row")
        return np.concatenate([pairs.to_numpy(), roots.to_numpy()])

    def repeated(self) -> Rows:
        """Edges between the rows of a file that carry one id: the messages of a ticket that has no other."""
        first = self._known.group_by("key", "source", "file").agg(first=pl.col("row").min())
        return self._known.join(first, on=["key", "source", "file"]).select("row", "first").to_numpy()

    def parents(self, names: Sequence[str]) -> tuple[Rows, pl.DataFrame]:
        """The row that each row answers (-1: none that is here), and the rows whose parent is not here."""
        parents = np.full(self._rows.height, -1, np.int64)
        missing = pl.DataFrame(schema={"row": pl.Int64, "asked": pl.Utf8, "source": pl.Utf8})
        for name in names:
            held = self._cells(name)
            found = self._looked_up(held)
            parents[found["row"].to_numpy()] = found["parent"].to_numpy()
            lost = held.filter(pl.col("asked") != _ZERO).join(found, on="row", how="anti")
            missing = pl.concat([missing, lost.select(missing.columns)])
        answered = np.flatnonzero(parents >= 0)
        return parents, missing.filter(~pl.col("row").is_in(pl.Series(answered, dtype=pl.Int64).implode()))

    def shared_parent(self, missing: pl.DataFrame) -> Rows:
        """Edges between the rows that answer one and the same comment that is not here."""
        first = missing.group_by("asked", "source").agg(first=pl.col("row").min())
        return missing.join(first, on=["asked", "source"]).select("row", "first").to_numpy()

    def answered(self, name: str) -> Rows:
        """Edges to the rows that a column of answers names."""
        held = self._cells(name).with_columns(pl.col("asked").str.split(",")).explode("asked").with_columns(
            _plain(pl.col("asked"))).filter(pl.col("asked") != "")
        return self._looked_up(held).select("row", "parent").to_numpy()

    def _cells(self, name: str) -> pl.DataFrame:
        asked = _plain(self._documents[name].cast(pl.Utf8).fill_null(""))
        return self._rows.select("row", "source", "file", "moment").with_columns(asked=asked).filter(
            ~pl.col("asked").is_in(_NONE))

    def _looked_up(self, held: pl.DataFrame) -> pl.DataFrame:
        """``row`` and ``parent``: of several with the id the one of the same file, and the last that came before."""
        both = held.join(self._known, left_on=["asked", "source"], right_on=["key", "source"], suffix="_other")
        both = both.filter(pl.col("row") != pl.col("row_other")).with_columns(
            same=pl.col("file") == pl.col("file_other"), before=pl.col("moment_other") <= pl.col("moment"))
        both = both.sort(["row", "same", "before", "moment_other"], descending=[False, True, True, True])
        return both.group_by("row", "asked", maintain_order=True).agg(parent=pl.col("row_other").first())


def _plain(ids: Any) -> Any:
    """Ids without case, blanks, the ".0" of spreadsheets and the script of their digits."""
    return ids.str.strip_chars().str.to_lowercase().str.replace_many(_DIGITS).str.replace(_NUMBER, "${1}").str.replace(
        _FULL_NAME, "")


def _moments(documents: pl.DataFrame) -> Rows:
    """The places of the rows in order of time, then of addition and row."""
    by = [name for name in ("time", "addition", "file", "row") if name in documents.columns]
    order = documents.select(pl.arg_sort_by(by, nulls_last=True)).to_series().to_numpy() if by else np.arange(
        documents.height)
    places = np.empty(documents.height, np.int64)
    places[order] = np.arange(documents.height)
    return places


def _components(edges: Rows, many: int) -> Rows:
    """The number of the conversation that each row is part of."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(edges), np.int8), (edges[:, 0], edges[:, 1])), shape=(many, many))
    found: Rows = connected_components(graph, directed=False)[1].astype(np.int64)
    return found


def _grouped(groups: Rows, moments: Rows) -> tuple[Rows, Rows, Rows]:
    """Rows by group and time, where each group begins there, and the group of each row."""
    order = np.lexsort((moments, groups))
    starts = np.searchsorted(groups[order], np.arange(int(groups.max(initial=0)) + 2))
    return order, starts, groups


def _of_group(grouped: tuple[Rows, Rows, Rows], row: int) -> Rows:
    order, starts, groups = grouped
    return order[starts[groups[row]]:starts[groups[row] + 1]]
