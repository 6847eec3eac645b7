"""What people's edits need to know of the texts: which units say the same, how a pain point falls in two, and titles.

Only the units that an edit is about are read, and a bounded number of others that they are told apart from.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from painpoints.config import Settings
from painpoints.errors import UsageError, WorkspaceError
from painpoints.pipeline.spaces import stored_means
from painpoints.store import Generation, Partitions, Reader
from painpoints.track import find, halves, members, new_id

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

BESIDE = 1000
"""Other units by which the languages' means are known."""
READ = 200
"""Units that are read for a title, and as many others that tell what is said everywhere."""
LEAST_LETTERS = 4


class Halves(NamedTuple):
    """The units of a pain point as two: unit_id, doc_id, lang, text; the ``staying`` ones are not fewer."""

    staying: list[dict[str, Any]]
    going: list[dict[str, Any]]


class Units(NamedTuple):
    """The units that hold places in a workspace, as one moment has them: ``inside`` which additions and generation."""

    facts: Partitions
    numbers: Sequence[int]
    generation: Generation
    settings: Settings

    def with_copies(self, state: Reader, unit_ids: Collection[str]) -> set[str]:
        """``unit_ids`` and all units with a place that say the same word for word."""
        import polars as pl

        if not unit_ids or not self.numbers:
            return set(unit_ids)
        keys = self.facts.keys(self.numbers, self.generation)
        said = keys.filter(pl.col("unit_id").is_in(sorted(unit_ids)))["key"].unique()
        copies = keys.filter(pl.col("key").is_in(said.implode()))["unit_id"]
        placed = {row["unit_id"] for row in state.rows_with("placements", "unit_id", copies)}
        return {*unit_ids, *placed}

    def halves_of(self, state: Reader, name: str) -> Halves:
        """A pain point as two. Raises UsageError where all its units say the same."""
        key = str(find(state, name)["painpoint_id"])
        mine = self.facts.units_named(self.numbers, self.generation, members(state, key)) if self.numbers else None
        if mine is None or mine["key"].n_unique() < 2:
            raise UsageError(f"{key} cannot be split: its units all say the same.",
                             hint="Name a pain point with more units.")
        beside = self._beside(state, mine["unit_id"])
        side = mine.filter(_series(halves(self._aligned(mine, beside)[:len(mine)])))
        # What says the same is on one side.
        going = mine["key"].is_in(side["key"].implode())
        if going.all():
            going = mine["key"].is_in(side["key"].mode().sort().head(1).implode())
        shown = mine.select("unit_id", "doc_id", "lang", "text")
        return Halves(shown.filter(~going).to_dicts(), shown.filter(going).to_dicts())

    def part_of(self, state: Reader, key: str, wanted: Collection[str]) -> tuple[list[str], Mapping[str, Any]]:
        """The units of a pain point that go, copies of them too, and the pain point they make; by default a half."""
        if not wanted:
            going = {row["unit_id"] for row in self.halves_of(state, key).going}
        else:
            mine = set(members(state, key))
            copies = self.with_copies(state, wanted)
            going = {*wanted, *(copies & mine)}
            if not going <= mine:  # refused, and so not looked at any further
                return sorted(going), {"painpoint_id": "", "title": "", "titles": [], "units": 0}
        return sorted(going), self.new_point(state, going)

    def new_point(self, state: Reader, unit_ids: Collection[str], title: str | None = None) -> dict[str, Any]:
        """The pain point that units make, with the ``title`` a person gave or one that is found."""
        taken = state.values("painpoints", "painpoint_id")
        born = {"painpoint_id": new_id(sorted(unit_ids), taken), "units": len(unit_ids)}
        if title is not None:
            title = " ".join(title.split())
            if not title:
                raise UsageError("The title is empty.", hint="Give the words the pain point shall be known by.")
        mine = self.facts.units_named(self.numbers, self.generation, unit_ids).unique(
            "key", keep="first", maintain_order=True)
        found = self._titles(state, mine) if len(mine) else {"title": "", "titles": []}
        return {**born, **found, **({} if title is None else {"title": title, "named_by": "person"})}

    def _titles(self, state: Reader, mine: pl.DataFrame) -> dict[str, Any]:
        import numpy as np
        import polars as pl

        from painpoints.cluster import describe

        beside = self._beside(state, mine["unit_id"])
        aligned = self._aligned(mine, beside)
        own, others = aligned[:len(mine)], aligned[len(mine):]
        nearest = np.argsort(-np.round(own @ own.mean(0), 6), kind="stable")[:READ]
        around = beside.head(READ)
        units = pl.concat([mine[np.sort(nearest).tolist()].with_columns(cluster=pl.lit(0, pl.Int64)),
                           around.with_columns(cluster=pl.lit(None, pl.Int64))], how="diagonal").with_columns(
            weight=pl.lit(1, pl.Int64), strength=pl.lit(1.0))
        documents = units.select("doc_id").unique(maintain_order=True).with_columns(
            author_key=pl.lit(None, pl.Utf8), source_id=pl.lit(None, pl.Utf8), rating=pl.lit(None, pl.Float64))
        vectors = np.concatenate([own[np.sort(nearest)], others[:len(around)]])
        row = describe(units, vectors, documents, lang=self.settings.lang).row(0, named=True)
        return {"title": row["title"], "titles": row["titles"]}

    def _beside(self, state: Reader, unit_ids: pl.Series) -> pl.DataFrame:
        """Other problem units, the same ones for the same units."""
        some = set(state.beginning("", BESIDE + len(unit_ids), "placements")) - set(unit_ids)
        return self.facts.units_named(self.numbers, self.generation, sorted(some)[:BESIDE])

    def _aligned(self, mine: pl.DataFrame, beside: pl.DataFrame) -> np.ndarray:
        import polars as pl

        from painpoints.cluster import align

        both = pl.concat([mine, beside], how="diagonal")
        vectors = self.facts.vectors(self.numbers, both["unit_id"], self.generation)
        return align(vectors, both["lang"].to_list(), stored_means(self.settings))


def units_called(state: Reader, names: Collection[str]) -> list[str]:
    """The units that ``names`` are the ids or first letters of. Raises WorkspaceError."""
    asked = [name.strip().lower() for name in names]
    known = {row["unit_id"] for row in state.rows_with("placements", "unit_id", asked)}
    return [name if name in known else _only(state, name) for name in dict.fromkeys(asked)]


def _only(state: Reader, name: str) -> str:
    near = state.beginning(name, 2, "placements") if len(name) >= LEAST_LETTERS else []
    if len(near) == 1:
        return near[0]
    if near:
        raise WorkspaceError(f"{name}: more than one unit begins so.", hint="Write more of the id.")
    if len(name) < LEAST_LETTERS:
        raise WorkspaceError(f"{name!r} is too short for a unit.", hint=f"Write at least {LEAST_LETTERS} letters.")
    raise WorkspaceError(f"{name}: no such unit among the problems of this workspace.",
                         hint="painpoints show WORKSPACE ID lists the units of a pain point.")


def _series(mask: np.ndarray) -> pl.Series:
    import polars as pl

    return pl.Series(mask)
