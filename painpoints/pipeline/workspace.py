"""A workspace for people who work in Python: a folder whose pain points keep their identity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from painpoints._version import __version__
from painpoints.config import Settings, load_settings
from painpoints.errors import EmptyInputError, UsageError
from painpoints.pipeline.progress import Progress, silent
from painpoints.store import WorkspaceData, WorkspaceFolder, Writer, create_workspace, open_workspace

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    from painpoints.pipeline.adding import Added

T = TypeVar("T")


class Workspace:
    """The workspace in a folder. `create` makes one, `open` opens one; it may be used in a ``with`` statement."""

    def __init__(self, folder: WorkspaceFolder) -> None:
        self._folder = folder
        self.path = folder.path

    @classmethod
    def create(cls, path: str | Path, settings: Settings | None = None, *, database: str | None = None) -> Workspace:
        """A new workspace that works by ``settings``, its state on the PostgreSQL server ``database`` if one is named.

        Raises WorkspaceError when the place is taken, and what connecting raises.
        """
        from painpoints.pipeline.models import check_settings

        chosen = _from_anywhere(load_settings() if settings is None else settings)
        check_settings(chosen)
        return cls(create_workspace(Path(path), chosen.as_dict(), __version__, database))

    @classmethod
    def open(cls, path: str | Path) -> Workspace:
        """The workspace at ``path``. Raises WorkspaceError when there is none."""
        return cls(open_workspace(Path(path)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *details: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the state."""
        self._folder.state.close()

    @property
    def database(self) -> str | None:
        """The server and database that the state is on, None where it lies in the folder."""
        address = self._folder.state.address
        return None if address.schema is None else address.shown

    @property
    def settings(self) -> Settings:
        """What the workspace was made with."""
        with self._folder.state.reading() as state:
            stored = state.meta("settings")
        known = {field.name for field in fields(Settings)}
        return Settings(**{name: value for name, value in stored.items() if name in known})

    def add(self, source: Any, *, progress: Progress = silent, warn: Any = None, **settings: Any) -> Added:
        """Adds what is new in ``source``: a path, several paths, or a pandas, polars or Arrow table.

        Keyword arguments are settings that say how this input is read. Raises BusyError when another process writes.
        """
        from painpoints.pipeline.adding import add_documents

        given = [source] if isinstance(source, str | Path) else source
        return add_documents(self._folder, given, replace(self.settings, **settings), progress, warn)

    def painpoints(self) -> list[dict[str, Any]]:
        """Every pain point: its row of the state and the number of its units, most units first."""
        with self._folder.state.reading() as state:
            points, placements = state.rows("painpoints"), state.rows("placements")
        size = Counter(row["painpoint_id"] for row in placements)
        found = [{**point, "pinned": bool(point["pinned"]), "units": size[point["painpoint_id"]]} for point in points]
        return sorted(found, key=lambda point: (-point["units"], point["painpoint_id"]))

    def units_of(self, name: str) -> pl.DataFrame:
        """The units of a pain point with their texts, firmest first."""
        from painpoints.track import find

        with self._folder.state.reading() as state:
            key, numbers = str(find(state, name)["painpoint_id"]), state.additions()
            placements = state.rows("placements")
        units = self._problems(numbers, placements)[2]
        chosen = units.filter(units["painpoint_id"] == key)
        return chosen.select("unit_id", "doc_id", "lang", "strength", "placed_by", "addition", "text").sort(
            ["strength", "unit_id"], descending=[True, False])

    def table(self) -> pl.DataFrame:
        """The painpoints frame over all additions (impact, trend, quotes), ids and titles as the state has them."""
        import polars as pl

        from painpoints.cluster import PAINPOINTS, align
        from painpoints.pipeline.adding import describe_places

        with self._folder.state.reading() as state:
            numbers, points, placements = state.additions(), state.rows("painpoints"), state.rows("placements")
        if not numbers:
            return pl.DataFrame(schema=PAINPOINTS)
        documents, _, units = self._problems(numbers, placements)
        vectors = self._folder.facts.vectors(numbers, units["unit_id"])
        aligned = align(vectors, units["lang"].to_list(), _language_means(self.settings))
        frame = describe_places(units, aligned, documents, self.settings, None)
        shown = pl.DataFrame([(p["painpoint_id"], p["title"]) for p in points if p["status"] == "open"],
                             schema={"painpoint_id": pl.Utf8, "kept": pl.Utf8}, orient="row")
        frame = frame.join(shown, on="painpoint_id", how="inner", maintain_order="left")
        return frame.with_columns(title="kept", rank=pl.int_range(1, pl.len() + 1)).drop("kept")

    def data(self) -> WorkspaceData:
        """Everything in it, as of this moment. Raises EmptyInputError when nothing was added yet."""
        from painpoints.pipeline.history import workspace_data

        return workspace_data(self._folder, self.settings)

    def trends(self) -> pl.DataFrame:
        """How every pain point moved, week by week (columns: ``painpoints.track.TRENDS``)."""
        from painpoints.pipeline.history import trends

        settings = self.settings
        return trends(self.data(), week_start=settings.first_weekday(), zone=settings.zone)

    def lineage(self, name: str | None = None) -> list[dict[str, Any]]:
        """What happened to pain points, or to one of them, in order."""
        from painpoints.track import find

        with self._folder.state.reading() as state:
            key = None if name is None else find(state, name)["painpoint_id"]
            return [row for row in state.rows("lineage") if key is None or key in (row["painpoint_id"], row["other"])]

    def proposals(self) -> list[dict[str, Any]]:
        """Merges and splits that wait for a person."""
        with self._folder.state.reading() as state:
            return state.rows("proposals")

    def additions(self) -> list[dict[str, Any]]:
        """What was added when."""
        with self._folder.state.reading() as state:
            return state.rows("additions")

    def rename(self, name: str, title: str) -> str:
        """Gives a pain point a title for good; its id."""
        from painpoints.track import rename

        return self._edit(lambda state: rename(state, name, title))

    def merge(self, name: str, into: str) -> tuple[str, str]:
        """Makes one pain point part of another; both ids."""
        from painpoints.track import merge

        return self._edit(lambda state: merge(state, name, into))

    def retire(self, name: str) -> str:
        """Takes a pain point off the lists; its id."""
        from painpoints.track import retire

        return self._edit(lambda state: retire(state, name))

    def reopen(self, name: str) -> str:
        """Puts a retired pain point back on the lists; its id."""
        from painpoints.track import reopen

        return self._edit(lambda state: reopen(state, name))

    def pin(self, name: str, unit_ids: Collection[str] = ()) -> str:
        """Keeps a pain point as it is, or units in it; its id."""
        from painpoints.track import pin

        return self._edit(lambda state: pin(state, name, unit_ids))

    def split(self, name: str, unit_ids: Collection[str] = ()) -> str:
        """Makes units of a pain point, by default the smaller of its two halves, a new one; the new one's id."""
        from painpoints.track import find, split

        with self._folder.alone():
            with self._folder.state.reading() as state:
                key, numbers = str(find(state, name)["painpoint_id"]), state.additions()
                taken = {row["painpoint_id"] for row in state.rows("painpoints")}
            chosen, new = self._parted(key, numbers, set(unit_ids), taken)
            with self._folder.state.writing() as state:
                return split(state, key, chosen, new)

    def _parted(self, key: str, numbers: Sequence[int], wanted: set[str], taken: Collection[str]
                ) -> tuple[list[str], Mapping[str, Any]]:
        """The units that go, copies of them too, and the pain point they make."""
        import polars as pl

        from painpoints.cluster import align
        from painpoints.pipeline.adding import describe_places
        from painpoints.track import halves, new_id

        documents, _, units = self._problems(numbers)
        vectors = self._folder.facts.vectors(numbers, units["unit_id"])
        aligned = align(vectors, units["lang"].to_list(), _language_means(self.settings))
        mine = units.with_row_index("row").filter(pl.col("painpoint_id") == key)
        if not wanted:
            if mine["key"].n_unique() < 2:
                raise UsageError(f"{key} cannot be split: its units all say the same.",
                                 hint="Name a pain point with more units.")
            wanted = set(mine.filter(pl.Series(halves(aligned[mine["row"].to_numpy()])))["unit_id"])
        strange = wanted - set(mine["unit_id"])
        keys = mine.filter(pl.col("unit_id").is_in(sorted(wanted)))["key"]
        going = [*mine.filter(pl.col("key").is_in(keys.to_list()))["unit_id"], *sorted(strange)]
        born = new_id(going, taken)
        moved = units.with_columns(painpoint_id=pl.when(pl.col("unit_id").is_in(going)).then(pl.lit(born))
                                   .otherwise("painpoint_id"))
        frame = describe_places(moved, aligned, documents, self.settings, None).filter(pl.col("painpoint_id") == born)
        row = frame.row(0, named=True) if len(frame) else {"title": "", "titles": []}
        return going, {"painpoint_id": born, "title": row["title"], "titles": row["titles"]}

    def _problems(self, numbers: Sequence[int], placements: Sequence[Mapping[str, Any]] | None = None
                  ) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        from painpoints.pipeline.adding import problem_units

        if not numbers:
            raise EmptyInputError(f"{self.path}: nothing was added yet.",
                                  hint=f"Add something: painpoints add {self.path} FILE")
        return problem_units(self._folder, numbers, self.settings.cluster, placements)

    def _edit(self, change: Callable[[Writer], T]) -> T:
        with self._folder.alone(), self._folder.state.writing() as state:
            return change(state)


def _language_means(settings: Settings) -> Mapping[str, np.ndarray] | None:
    """The stored means of the built-in clustering space, None for that of the user's own encoder."""
    from painpoints.classify import is_tuned_file
    from painpoints.cluster import load_projection
    from painpoints.encode import EMBEDDED_NAME

    if settings.model not in (None, EMBEDDED_NAME) and not is_tuned_file(settings.model):
        return None
    projection = load_projection()
    return None if projection is None else projection.language_means


def _from_anywhere(settings: Settings) -> Settings:
    """``settings`` whose files are found from any directory."""
    def there(name: str | None) -> str | None:
        return str(Path(name).resolve()) if name is not None and Path(name).exists() else name

    return replace(settings, taxonomy=there(settings.taxonomy), model=there(settings.model),
                   spacy=there(settings.spacy))
