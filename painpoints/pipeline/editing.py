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
from painpoints.track import check_part, find, halves, members, new_id, title_given

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
        key, space = self._space_of(state, name)
        going = _half(key, space)
        shown = space.mine.select("unit_id", "doc_id", "lang", "text")
        return Halves(shown.filter(~going).to_dicts(), shown.filter(going).to_dicts())

    def part_of(self, state: Reader, name: str, wanted: Collection[str]
                ) -> tuple[str, list[str], Mapping[str, Any]]:
        """The id of a pain point, its units that go, copies of them too, and the pain point they make; by default a
        half. Raises WorkspaceError for units of others, UsageError when no unit would go or none would stay."""
        if not wanted:
            key, space = self._space_of(state, name)
            going = _half(key, space)
            part = Space(space.mine.filter(going), space.beside, space.aligned[[
                *going.arg_true(), *range(len(space.mine), len(space.aligned))]])
            return key, part.mine["unit_id"].to_list(), self.new_point(state, part.mine["unit_id"], None, part)
        key = str(find(state, name)["painpoint_id"])
        mine = set(members(state, key))
        chosen = set(wanted) | (self.with_copies(state, wanted) & mine)
        check_part(key, mine, chosen)
        return key, sorted(chosen), self.new_point(state, chosen)

    def new_point(self, state: Reader, unit_ids: Collection[str], title: str | None = None, space: Space | None = None
                  ) -> dict[str, Any]:
        """The pain point that units make, with the ``title`` a person gave or one that is found."""
        taken = state.values("painpoints", "painpoint_id")
        # What a person calls it is what it is called in every language.
        named = ({"title": title_given(title), "titles": [], "named_by": "person"} if title is not None else
                 self._titles(space or self._space(state, unit_ids)))
        return {"painpoint_id": new_id(sorted(unit_ids), taken), "units": len(unit_ids), **named}

    def _titles(self, space: Space) -> dict[str, Any]:
        """Titles from the units that lie nearest to their middle, told apart from some others."""
        import numpy as np
        import polars as pl

        from painpoints.cluster import describe

        first = space.mine["key"].is_first_distinct().arg_true().to_numpy()
        own = space.aligned[first]
        nearest = np.sort(first[np.argsort(-np.round(own @ own.mean(0), 6), kind="stable")[:READ]])
        around = space.beside.head(READ)
        units = pl.concat([space.mine[nearest.tolist()].with_columns(cluster=pl.lit(0, pl.Int64)),
                           around.with_columns(cluster=pl.lit(None, pl.Int64))], how="diagonal").with_columns(
            weight=pl.lit(1, pl.Int64), strength=pl.lit(1.0))
        # Who wrote what, and how it was rated, plays no part in a title.
        documents = units.select("doc_id").unique(maintain_order=True).with_columns(
            author_key=pl.lit(None, pl.Utf8), source_id=pl.lit(None, pl.Utf8), rating=pl.lit(None, pl.Float64))
        rows = [*nearest.tolist(), *range(len(space.mine), len(space.mine) + len(around))]
        row = describe(units, space.aligned[rows], documents, lang=self.settings.lang).row(0, named=True)
        return {"title": row["title"], "titles": row["titles"]}

    def _space_of(self, state: Reader, name: str) -> tuple[str, Space]:
        key = str(find(state, name)["painpoint_id"])
        return key, self._space(state, members(state, key))

    def _space(self, state: Reader, unit_ids: Collection[str]) -> Space:
        import polars as pl

        from painpoints.cluster import align

        some = sorted(set(state.beginning("", BESIDE + len(unit_ids), "placements")) - set(unit_ids))[:BESIDE]
        if not self.numbers:
            raise UsageError("Nothing was added yet.", hint="Add something: painpoints add WORKSPACE FILE")
        both = self.facts.units_named(self.numbers, self.generation, [*unit_ids, *some])
        own = both["unit_id"].is_in(sorted(unit_ids))
        mine, beside = both.filter(own), both.filter(~own)
        both = pl.concat([mine, beside])
        vectors = self.facts.vectors(self.numbers, both["unit_id"], self.generation)
        return Space(mine, beside, align(vectors, both["lang"].to_list(), stored_means(self.settings)))


class Space(NamedTuple):
    """Units, the others ``beside`` them by which the languages' means are known, and the vectors of both in turn,
    ``aligned`` (n, d)."""

    mine: pl.DataFrame
    beside: pl.DataFrame
    aligned: np.ndarray


def _half(key: str, space: Space) -> pl.Series:
    """Which of a pain point's units (n,) are in the smaller half; what says the same is in one."""
    import polars as pl

    said = space.mine["key"]
    if said.n_unique() < 2:
        raise UsageError(f"{key} cannot be split: its units all say the same.",
                         hint="Name a pain point with more units.")
    first = said.is_first_distinct()
    side = pl.Series(halves(space.aligned[first.arg_true().to_numpy()]), dtype=pl.Boolean)
    if side.all() or not side.any():  # vectors without a difference have no halves
        side = pl.int_range(len(side), eager=True) == 0
    return said.is_in(said.filter(first).filter(side).implode())


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

