"""What a workspace holds and how urgent it is, in memory: made as a whole once, and then comment by comment."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from painpoints.pipeline import Facts, Held, assembled, facts, limit_authors, opined
from painpoints.store import WorkspaceData
from painpoints.track import latest_status
from painpoints.triage.coded import Places
from painpoints.triage.lookup import Lookup
from painpoints.triage.pains import pains
from painpoints.triage.patching import patched
from painpoints.triage.ranked import SORTS, Ranking, overview
from painpoints.triage.ranking import said_cues

if TYPE_CHECKING:
    from painpoints.config import Settings
    from painpoints.pipeline import Workspace
    from painpoints.report import Edition

_PLACED = ("painpoint_id", "painpoint_strength", "placed_by")


@dataclass(frozen=True, eq=False)
class Picture:
    """A workspace as it was ``at`` a moment, whatever its queue says: ``facts`` and ``cues`` are what people's opinions
    change nothing of, ``state`` what they said, ``data`` both."""

    facts: Facts
    cues: pl.DataFrame
    lookup: Lookup
    state: Held
    settings: Settings
    edition: Callable[[str | None], Edition]
    data: WorkspaceData
    trends: pl.DataFrame
    ranking: Ranking
    at: datetime

    @cached_property
    def points(self) -> Sequence[Mapping[str, Any]]:
        """The pain points on the lists: `painpoints.triage.pains`."""
        return pains(self.data, self.trends)

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """The title of every pain point."""
        return {point["painpoint_id"]: point["title"] for point in self.data.points}

    @cached_property
    def moved(self) -> Mapping[str, str]:
        """The status of every pain point in the last week."""
        return latest_status(self.trends) if len(self.trends) else {}

    def prepare(self) -> None:
        """Works out what the next page would have to wait for."""
        for sort in SORTS:
            self.ranking.order(sort)
        _ = self.points, self.titles, self.moved


def pictured(workspace: Workspace, state: Held, at: datetime) -> Picture:
    """The picture of ``workspace`` in the ``state`` that a view of it had. Raises EmptyInputError for an empty one."""
    settings = workspace.settings
    brought = facts(workspace.folder, state.additions, state.generation, settings)
    data = assembled(workspace.folder, opined(brought, state.placements, state.corrections, settings), state, settings)
    trends, cues = workspace.trends(data), said_cues(brought.units)
    ranking, lookup = Ranking.of(overview(data, trends, now=at, cues=cues)), Lookup.of(data.documents, data.units)
    return Picture(brought, cues, lookup, state, settings, cache(workspace.edition), data, trends, ranking, at)


def resettled(picture: Picture, trends: pl.DataFrame, at: datetime) -> Picture:
    """The picture with other trends, at another moment."""
    ranking = Ranking.of(overview(picture.data, trends, now=at, cues=picture.cues))
    return replace(picture, trends=trends, ranking=ranking, at=at)


@dataclass(frozen=True, eq=False)
class Concern:
    """What is to be judged anew: ``documents`` (rows), and ``units`` (rows): theirs, and all copies of those."""

    documents: Places
    units: Places


def concern(picture: Picture, unit_ids: Collection[str]) -> Concern:
    """The comments that what is said of some units, or where they are placed, tells on: theirs and their copies'."""
    units, owner = picture.facts.units, picture.lookup.owner
    if not unit_ids:
        return Concern(np.zeros(0, np.int64), np.zeros(0, np.int64))
    named = units["unit_id"].is_in(pl.Series(list(unit_ids), dtype=pl.Utf8).implode())
    rows = np.unique(owner[(named | _copies(units, named)).to_numpy()])
    inside = pl.Series(np.isin(owner, rows))
    return Concern(rows, np.flatnonzero((inside | _copies(units, inside)).to_numpy()))


def renewed(picture: Picture, state: Held, near: Concern, corrections: Sequence[Mapping[str, Any]]
            ) -> tuple[Picture, set[str]]:
    """The picture in a new ``state`` in which something else was said of some units, or they are placed elsewhere.

    ``corrections`` are all those of the units concerned. The comments concerned are judged anew, and with those of the
    same authors ranked anew; the trends stay as they are. Also gives the comments judged anew.
    """
    data = replace(picture.data, points=state.rows["painpoints"], lineage=state.rows["lineage"],
                   proposals=state.rows["proposals"], bonds=state.rows["bonds"], alerts=state.rows["alerts"])
    picture = replace(picture, state=state, data=data)
    rows = near.documents
    if not len(rows):
        return picture, set()
    part = opined(Facts(picture.facts.documents[rows], picture.facts.units[near.units]), state.placements, corrections,
                  picture.settings)
    own = np.isin(picture.lookup.owner[near.units], rows)
    documents = patched(data.documents, rows, part.documents)[0]
    units = patched(data.units, near.units[own], part.units.filter(pl.Series(own)))[0].with_columns(
        picture.facts.units["weight"])
    units = limit_authors(units, documents, picture.settings.author_limit)
    data = replace(data, documents=documents, units=units)
    return _ranked_anew(replace(picture, data=data), rows), set(data.documents["doc_id"][rows])


def moved_units(before: pl.DataFrame, after: pl.DataFrame) -> list[str]:
    """The units that two frames of placements do not place alike."""
    both = before.join(after, on="unit_id", how="full", suffix="_after", coalesce=True)
    other = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_after")) for name in _PLACED)
    found: list[str] = both.filter(other)["unit_id"].to_list()
    return found


def differing(before: Picture, after: Picture) -> set[str]:
    """The comments of which ``after`` shows something else, where both rank the same ones at the same moment."""
    points = {key for key in {*before.titles, *after.titles}
              if before.titles.get(key) != after.titles.get(key) or before.moved.get(key) != after.moved.get(key)}
    told = after.ranking.coded["painpoint_ids"].holding(points)
    return set(after.ranking.frame["doc_id"].filter(pl.Series(told | after.ranking.differs(before.ranking))))


def _copies(units: pl.DataFrame, named: pl.Series) -> pl.Series:
    # Short texts are nobody's copies and weigh 1, however many are alike.
    keys = units["key"].filter(named & (units["weight"] != 1)).unique()
    return (units["weight"] != 1) & units["key"].is_in(keys.implode())


def _ranked_anew(picture: Picture, rows: Places) -> Picture:
    """The picture with the documents in ``rows`` and those of their authors ranked by what the data say now."""
    documents = picture.data.documents
    authors = documents["author_key"][rows].drop_nulls().unique()
    same = documents["author_key"].is_in(authors.implode()).fill_null(False).to_numpy().copy()
    same[rows] = True
    wider = np.flatnonzero(same)
    units = picture.data.units[np.flatnonzero(np.isin(picture.lookup.owner, wider))]
    part = replace(picture.data, documents=documents[wider], units=units)
    ranked = overview(part, picture.trends, now=picture.at, cues=picture.cues)
    return replace(picture, ranking=picture.ranking.renewed(ranked))
