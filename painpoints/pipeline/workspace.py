"""A workspace for people who work in Python: a folder whose pain points keep their identity."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from painpoints._version import __version__
from painpoints.config import Settings, load_settings
from painpoints.errors import BusyError, EmptyInputError, WorkspaceError
from painpoints.pipeline.progress import Progress, silent
from painpoints.pipeline.spaces import from_anywhere, stored_means, stored_settings
from painpoints.store import (
    Generation,
    Reader,
    WorkspaceData,
    WorkspaceFolder,
    Writer,
    create_workspace,
    open_workspace,
)

if TYPE_CHECKING:
    import polars as pl

    from painpoints.pipeline.adding import Added
    from painpoints.pipeline.alerts import Look
    from painpoints.pipeline.digesting import Digests
    from painpoints.pipeline.editing import Halves, Units
    from painpoints.pipeline.forgetting import Forgotten, WhoToForget
    from painpoints.pipeline.reindexing import Reindexed
    from painpoints.pipeline.searching import Found
    from painpoints.report import Delivery, Digest, Edition, Known, Message
    from painpoints.track import Undone

T = TypeVar("T", bound="str | tuple[str, str | None] | list[str]")
Around = Callable[[Writer], AbstractContextManager[None]]


def _nothing(_: Writer) -> AbstractContextManager[None]:
    return nullcontext()


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
        """The workspace at ``path``; what a killed process was forgetting is forgotten first.

        Raises WorkspaceError when there is none.
        """
        from painpoints.pipeline.forgetting import resume_forgetting, unfinished

        folder = open_workspace(Path(path))
        if unfinished(folder):
            with suppress(BusyError, WorkspaceError):  # somebody is at it, or nobody knows any more who it was
                resume_forgetting(folder)
        return cls(folder)

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

    def add(self, source: Any, /, *, progress: Progress = silent, warn: Any = None, **settings: Any) -> Added:
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
            numbers, generation, corrected = state.additions(), state.generation(), state.values("corrections", "field")
        # Only people's corrections can take a unit out of where it was placed.
        size = Counter(self._problems(numbers, generation, placements)[2]["painpoint_id"] if corrected else
                       (row["painpoint_id"] for row in placements))
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

    def forget(self, who: WhoToForget, *, confirm: bool, by: str | None = None) -> Forgotten:
        """What the workspace holds of some people; with ``confirm`` it is erased everywhere, and proved to be. ``by``
        is who has it done. Raises UsageError, WorkspaceError, BusyError when another process writes."""
        from painpoints.pipeline.forgetting import forget
        from painpoints.track import SOMEBODY

        return forget(self._folder, who, by or SOMEBODY, confirm=confirm)

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

        return unit_places(self._folder, self.data() if data is None else data)

    def edition(self, lang: str | None = None) -> Edition:
        """How touchpoints, stages, numbers and days are named, in ``lang`` or in the workspace's language."""
        from painpoints.pipeline.digesting import edition_of

        return edition_of(self.settings, lang)

    def digest(self, week: str | None = None, data: WorkspaceData | None = None, **question: Any) -> Digest:
        """What is to be said of a week ("2026-W47"), by default of the last one that is over and has feedback.

        Keyword arguments: ``since`` and ``until`` (days, in place of a week) and ``lang``. Read from ``data`` if given.
        """
        return self.digests(week, data, **question).digests[0]

    def digests(self, week: str | None = None, data: WorkspaceData | None = None, *, known: Known | None = None,
                **question: Any) -> Digests:
        """As `digest`; with ``by``, a column, one for each of its values that has ten documents in the period.

        ``known`` is `painpoints.report.everything` of ``data``, for who asks for several.
        """
        from painpoints.pipeline.digesting import DigestQuestion, make_digests

        asked = DigestQuestion(week, **question)
        return make_digests(self.data() if data is None else data, self.settings, asked, known)

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

    def deliver(self, message: Message, urls: Sequence[str], digest: str, *, confirm: bool, again: bool = False,
                who: str | None = None, last: str | None = None) -> list[Delivery]:
        """Sends ``message`` to Apprise URLs, each once for one name of a ``digest``; see ``painpoints.report``."""
        from painpoints.pipeline.leaving import deliver_noted

        return deliver_noted(self._folder, message, urls, digest, confirm=confirm, again=again, who=who, last=last)

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

    def rename(self, name: str, title: str, who: str | None = None) -> str:
        """Gives a pain point a title for good; its id. ``who`` edits, here and below, can take it back again."""
        from painpoints.track import rename

        return self._edit("rename", who, lambda state: rename(state, name, title))

    def merge(self, name: str, into: str, who: str | None = None) -> tuple[str, str]:
        """Makes one pain point part of another; both ids."""
        from painpoints.track import merge

        return self._edit("merge", who, lambda state: merge(state, name, into))

    def retire(self, name: str, who: str | None = None) -> str:
        """Takes a pain point off the lists; its id."""
        from painpoints.track import retire

        return self._edit("retire", who, lambda state: retire(state, name))

    def reopen(self, name: str, who: str | None = None) -> str:
        """Puts a retired pain point back on the lists; its id."""
        from painpoints.track import reopen

        return self._edit("reopen", who, lambda state: reopen(state, name))

    def reject(self, name: str, other: str | None = None, who: str | None = None) -> tuple[str, str | None]:
        """Turns down the split proposed for a pain point, or its merge with ``other``; the ids."""
        from painpoints.track import reject

        return self._edit("reject", who, lambda state: reject(state, name, other))

    def pin(self, name: str, unit_ids: Collection[str] = (), who: str | None = None, around: Around = _nothing) -> str:
        """Keeps a pain point as it is, or units in it with their copies; its id. Ids may be first letters. What is
        ``around`` enters its transaction first, leaves it last, and may refuse it."""
        from painpoints.pipeline.editing import units_called
        from painpoints.track import pin

        return self._edit("pin", who, lambda state: pin(
            state, name, self._units(state).with_copies(state, units_called(state, unit_ids))), around)

    def split(self, name: str, unit_ids: Collection[str] = (), who: str | None = None) -> str:
        """Makes units of a pain point, by default the smaller of its two halves, a new one; the new one's id."""
        from painpoints.pipeline.editing import units_called
        from painpoints.track import journaled, split

        with self._folder.alone():
            # What the texts have to say is read before the state is held.
            with self._folder.state.reading() as state:
                key, chosen, new = self._units(state).part_of(state, name, units_called(state, unit_ids))
            with self._folder.state.writing() as writer:
                return journaled(writer, who, "split", lambda noting: split(noting, key, chosen, new), key)

    def halves_of(self, name: str) -> Halves:
        """The units of a pain point as `split` would part them by itself, with their texts."""
        with self._folder.state.reading() as state:
            return self._units(state).halves_of(state, name)

    def gather(self, unit_ids: Collection[str], title: str | None = None, who: str | None = None) -> str:
        """Makes units of any pain points or of none, with their copies, a new one; its id. Ids may be first letters.

        Raises WorkspaceError for units that are no problems here, UsageError where they are just those of one.
        """
        from painpoints.pipeline.editing import units_called
        from painpoints.track import gather, journaled

        with self._folder.alone():
            with self._folder.state.reading() as state:
                units = self._units(state)
                chosen = units.with_copies(state, units_called(state, unit_ids))
                new = units.new_point(state, chosen, title)
            with self._folder.state.writing() as writer:
                return journaled(writer, who, "gather", lambda noting: gather(noting, chosen, new))

    def release(self, unit_ids: Collection[str], who: str | None = None, around: Around = _nothing) -> list[str]:
        """Takes units, with copies of them, out of their pain points for good; the ids of those. As `pin` otherwise."""
        from painpoints.pipeline.editing import units_called
        from painpoints.track import release

        return self._edit("release", who, lambda state: release(
            state, self._units(state).with_copies(state, units_called(state, unit_ids))), around)

    def undo_edit(self, who: str | None = None, around: Around = _nothing) -> Undone:
        """Takes back the last edit of this person that stands; again, the one before it. ``around`` as for `pin`.

        Raises UsageError when there is none, ConflictError when somebody has changed since what it changed.
        """
        from painpoints.track import undo_edit

        with self._folder.alone(), self._folder.state.writing() as state, around(state):
            return undo_edit(state, who)

    def edits(self, since: int = 0) -> list[dict[str, Any]]:
        """Who edited which pain points when, and which edit an undoing took back; what follows number ``since``."""
        with self._folder.state.reading() as state:
            return state.rows_after("edits", since, without=("undo",))

    def _units(self, state: Reader) -> Units:
        from painpoints.pipeline.editing import Units

        return Units(self._folder.facts, state.additions(), state.generation(), stored_settings(state))

    def _problems(self, numbers: Sequence[int], generation: Generation,
                  placements: Sequence[Mapping[str, Any]] | None = None
                  ) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        from painpoints.pipeline.adding import problem_units

        if not numbers:
            raise EmptyInputError(f"{self.path}: nothing was added yet.",
                                  hint=f"Add something: painpoints add {shlex.quote(str(self.path))} FILE")
        return problem_units(self._folder, numbers, generation, self.settings.cluster, placements)

    def _edit(self, kind: str, who: str | None, change: Callable[[Writer], T], around: Around = _nothing) -> T:
        from painpoints.track import journaled

        with self._folder.alone(), self._folder.state.writing() as state, around(state):
            return journaled(state, who, kind, change)
