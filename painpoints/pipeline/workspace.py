"""A workspace for people who work in Python: a folder whose pain points keep their identity."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from painpoints._version import __version__
from painpoints.config import Settings, load_settings
from painpoints.errors import EmptyInputError, UsageError
from painpoints.pipeline.progress import Progress, silent
from painpoints.pipeline.spaces import from_anywhere, stored_means, stored_settings
from painpoints.store import Generation, WorkspaceData, WorkspaceFolder, Writer, create_workspace, open_workspace

if TYPE_CHECKING:
    import polars as pl

    from painpoints.pipeline.adding import Added
    from painpoints.pipeline.alerts import Look
    from painpoints.pipeline.digesting import Digests
    from painpoints.pipeline.reindexing import Reindexed
    from painpoints.pipeline.searching import Found
    from painpoints.report import Delivery, Digest, Edition, Message

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

        chosen = from_anywhere(load_settings() if settings is None else settings)
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
    def folder(self) -> WorkspaceFolder:
        """Its facts and its state, for rooms that keep something of their own there."""
        return self._folder

    @property
    def database(self) -> str | None:
        """The server and database that the state is on, None where it lies in the folder."""
        address = self._folder.state.address
        return None if address.schema is None else address.shown

    @property
    def settings(self) -> Settings:
        """What the workspace was made with."""
        with self._folder.state.reading() as state:
            return stored_settings(state)

    def add(self, source: Any, *, progress: Progress = silent, warn: Any = None, **settings: Any) -> Added:
        """Adds what is new in ``source``: a path, several paths, or a pandas, polars or Arrow table.

        Keyword arguments are settings that say how this input is read. Raises BusyError when another process writes.
        """
        from painpoints.pipeline.adding import add_documents

        given = [source] if isinstance(source, str | Path) else source
        return add_documents(self._folder, given, replace(self.settings, **settings), progress, warn)

    def reindex(self, model: str | None = None, *, progress: Progress = silent, warn: Any = None) -> Reindexed:
        """Makes all vectors anew with ``model`` (an id, a folder, tuned heads; "default": the built-in; None: its own
        as installed today) and maps pain points from the old space into the new. Raises BusyError, ModelError."""
        from painpoints.pipeline.reindexing import reindex

        return reindex(self._folder, model, progress, warn)

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
            key, numbers, generation = str(find(state, name)["painpoint_id"]), state.additions(), state.generation()
            placements = state.rows("placements")
        units = self._problems(numbers, generation, placements)[2]
        chosen = units.filter(units["painpoint_id"] == key)
        return chosen.select("unit_id", "doc_id", "lang", "strength", "placed_by", "addition", "text").sort(
            ["strength", "unit_id"], descending=[True, False])

    def table(self) -> pl.DataFrame:
        """The painpoints frame over all additions (impact, trend, quotes), ids and titles as the state has them."""
        import polars as pl

        from painpoints.cluster import PAINPOINTS, align
        from painpoints.pipeline.adding import describe_places
        from painpoints.track import with_trends

        with self._folder.state.reading() as state:
            numbers, generation, points = state.additions(), state.generation(), state.rows("painpoints")
            means, placements = stored_means(stored_settings(state)), state.rows("placements")
        if not numbers:
            return pl.DataFrame(schema=PAINPOINTS)
        documents, _, units = self._problems(numbers, generation, placements)
        vectors = self._folder.facts.vectors(numbers, units["unit_id"], generation)
        aligned = align(vectors, units["lang"].to_list(), means)
        frame = describe_places(units, aligned, documents, self.settings, None)
        shown = pl.DataFrame([(p["painpoint_id"], p["title"]) for p in points if p["status"] == "open"],
                             schema={"painpoint_id": pl.Utf8, "kept": pl.Utf8}, orient="row")
        frame = frame.join(shown, on="painpoint_id", how="inner", maintain_order="left")
        frame = frame.with_columns(title="kept", rank=pl.int_range(1, pl.len() + 1)).drop("kept")
        data, settings = self.data(), self.settings
        return with_trends(frame, data.units, data.documents, week_start=settings.first_weekday(), zone=settings.zone)

    def data(self) -> WorkspaceData:
        """Everything in it, as of this moment. Raises EmptyInputError when nothing was added yet."""
        from painpoints.pipeline.history import workspace_data

        return workspace_data(self._folder, self.settings)

    def search(self, words: str, limit: int | None = 50) -> Found:
        """The texts that hold ``words`` ("phrases", beginnings* and -exclusions too), best first. Raises UsageError."""
        from painpoints.pipeline.searching import search

        return search(self._folder, words, limit)

    def trends(self, data: WorkspaceData | None = None) -> pl.DataFrame:
        """How every pain point moved, week by week (columns: ``painpoints.track.TRENDS``); in ``data`` if given."""
        from painpoints.pipeline.history import trends

        settings = self.settings
        return trends(self.data() if data is None else data, week_start=settings.first_weekday(), zone=settings.zone)

    def places(self, data: WorkspaceData | None = None) -> pl.DataFrame:
        """Where opinions lie on the map (``unit_id``, ``x``, ``y``), in ``data`` if given; kept between calls."""
        from painpoints.pipeline.placing import unit_places

        return unit_places(self._folder, self.data() if data is None else data, self.settings)

    def edition(self, lang: str | None = None) -> Edition:
        """How touchpoints, stages, numbers and days are named, in ``lang`` or in the workspace's language."""
        from painpoints.pipeline.digesting import edition_of

        return edition_of(self.settings, lang)

    def digest(self, week: str | None = None, **question: Any) -> Digest:
        """What is to be said of a week ("2026-W47"), by default of the last one that is over and has feedback.

        Keyword arguments: ``since`` and ``until`` (days, in place of a week) and ``lang``.
        """
        return self.digests(week, **question).digests[0]

    def digests(self, week: str | None = None, **question: Any) -> Digests:
        """As `digest`; with ``by``, a column, one for each of its values that has ten documents in the period."""
        from painpoints.pipeline.digesting import DigestQuestion, make_digests

        return make_digests(self.data(), self.settings, DigestQuestion(week, **question))

    def alerts(self, since: date | None = None, *, everything: bool = False, peek: bool = False,
               cooldown: int | None = None) -> Look:
        """Births, bursts, rises and returns since the last look; a ``peek`` leaves them unseen."""
        from painpoints.pipeline.alerts import look

        return look(self._folder, self.settings, since=since, everything=everything, peek=peek, cooldown=cooldown)

    def acknowledge(self, *names: str) -> list[int]:
        """Marks alerts (numbers, ids of pain points, "all") as known; their numbers."""
        from painpoints.pipeline.alerts import acknowledge

        return acknowledge(self._folder, names)

    def snooze(self, *names: str, until: date) -> list[int]:
        """Puts alerts off to the day ``until``; their numbers."""
        from painpoints.pipeline.alerts import snooze

        return snooze(self._folder, names, until, self.settings.today())

    def deliver(self, message: Message, urls: Sequence[str], digest: str, *, confirm: bool, again: bool = False
                ) -> list[Delivery]:
        """Sends ``message`` to Apprise URLs, each once for one name of a ``digest``; see ``painpoints.report``."""
        from painpoints.report import deliver

        return deliver(self._folder.state, message, urls, digest, confirm=confirm, again=again)

    def lineage(self, name: str | None = None) -> list[dict[str, Any]]:
        """What happened to pain points, or to one of them, in order."""
        from painpoints.track import find

        with self._folder.state.reading() as state:
            key = None if name is None else find(state, name)["painpoint_id"]
            return [row for row in state.rows("lineage") if key is None or key in (row["painpoint_id"], row["other"])]

    def proposals(self) -> list[dict[str, Any]]:
        """Merges and splits that wait for a person, with the titles of both sides."""
        with self._folder.state.reading() as state:
            titles = {row["painpoint_id"]: row["title"] for row in state.rows("painpoints")}
            return [{**row, "title": titles[row["painpoint_id"]], "other_title": titles.get(row["other"])}
                    for row in state.rows("proposals")]

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

    def reject(self, name: str, other: str | None = None) -> tuple[str, str | None]:
        """Turns down the split proposed for a pain point, or its merge with ``other``; the ids."""
        from painpoints.track import reject

        return self._edit(lambda state: reject(state, name, other))

    def pin(self, name: str, unit_ids: Collection[str] = ()) -> str:
        """Keeps a pain point as it is, or units in it with their copies; its id."""
        from painpoints.track import pin

        return self._edit(lambda state: pin(state, name, self._with_copies(state, unit_ids)))

    def split(self, name: str, unit_ids: Collection[str] = ()) -> str:
        """Makes units of a pain point, by default the smaller of its two halves, a new one; the new one's id."""
        from painpoints.track import find, split

        with self._folder.alone():
            with self._folder.state.reading() as state:
                key, numbers, generation = str(find(state, name)["painpoint_id"]), state.additions(), state.generation()
                taken = {row["painpoint_id"] for row in state.rows("painpoints")}
            chosen, new = self._parted(key, numbers, generation, set(unit_ids), taken)
            with self._folder.state.writing() as state:
                return split(state, key, chosen, new)

    def _parted(self, key: str, numbers: Sequence[int], generation: Generation, wanted: set[str],
                taken: Collection[str]) -> tuple[list[str], Mapping[str, Any]]:
        """The units that go, copies of them too, and the pain point they make."""
        import polars as pl

        from painpoints.cluster import align
        from painpoints.pipeline.adding import describe_places
        from painpoints.track import halves, new_id

        documents, _, units = self._problems(numbers, generation)
        vectors = self._folder.facts.vectors(numbers, units["unit_id"], generation)
        aligned = align(vectors, units["lang"].to_list(), stored_means(self.settings))
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
        return going, {"painpoint_id": born, "title": row["title"], "titles": row["titles"], "units": len(going)}

    def _with_copies(self, state: Writer, unit_ids: Collection[str]) -> set[str]:
        if not unit_ids:
            return set()
        units = self._problems(state.additions(), state.generation())[2].select("unit_id", "key")
        keys = units.filter(units["unit_id"].is_in(sorted(unit_ids)))["key"]
        return {*unit_ids, *units.filter(units["key"].is_in(keys.implode()))["unit_id"]}

    def _problems(self, numbers: Sequence[int], generation: Generation,
                  placements: Sequence[Mapping[str, Any]] | None = None
                  ) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        from painpoints.pipeline.adding import problem_units

        if not numbers:
            raise EmptyInputError(f"{self.path}: nothing was added yet.",
                                  hint=f"Add something: painpoints add {shlex.quote(str(self.path))} FILE")
        return problem_units(self._folder, numbers, generation, self.settings.cluster, placements)

    def _edit(self, change: Callable[[Writer], T]) -> T:
        with self._folder.alone(), self._folder.state.writing() as state:
            return change(state)
