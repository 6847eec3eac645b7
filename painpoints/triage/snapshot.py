"""A workspace as one moment has it, in memory: lists, counts and single comments, without asking the disk again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from painpoints.errors import UsageError, WorkspaceError
from painpoints.store import WorkspaceData
from painpoints.track import find_among
from painpoints.triage.coded import Places
from painpoints.triage.filters import Filter, Wanted, facets, filtered
from painpoints.triage.listing import Listing
from painpoints.triage.picture import Picture
from painpoints.triage.queue import Entry
from painpoints.triage.ranked import SORTS, Ranking
from painpoints.triage.reasons import reason_text
from painpoints.triage.standing import Standing

if TYPE_CHECKING:
    from painpoints.report import Edition

PAGE = 50
MOST_AT_ONCE = 5000
"""So many comments may be changed at once."""
_STANDING = ("status", "assignee", "note", "version", "changed", "changed_by")
_OPINION = ("unit_id", "start", "end", "turn", "speaker", "lang", "weight", "sentiment", "p_neg", "p_neu", "p_pos",
            "touchpoint", "touchpoint_p", "stage", "stage_p", "problem_p", "is_problem", "emotion", "certain",
            "painpoint_id", "painpoint_strength", "placed_by", "corrected", "judged")


@dataclass(frozen=True, eq=False)
class Snapshot:
    """One moment of a workspace; it never changes, and may be read by many threads.

    ``version`` names what is seen; ``found`` gives the places of the comments that answer words; ``since`` the comments
    that changed after an earlier version, None where that cannot be told.
    """

    picture: Picture
    standing: Standing
    version: str
    found: Callable[[str], Places]
    since: Callable[[str, str], frozenset[str] | None]

    @property
    def data(self) -> WorkspaceData:
        """Everything in the workspace."""
        return self.picture.data

    @property
    def trends(self) -> pl.DataFrame:
        """How every pain point moved: ``painpoints.track.TRENDS``."""
        return self.picture.trends

    @property
    def ranking(self) -> Ranking:
        """Every comment of its own with its urgency."""
        return self.picture.ranking

    @property
    def points(self) -> Sequence[Mapping[str, Any]]:
        """The pain points on the lists, most units first: the rows of `painpoints.triage.pains`."""
        return self.picture.points

    def edition(self, lang: str | None = None) -> Edition:
        """How things are named in ``lang``, or in the workspace's language. Raises UsageError."""
        return self.picture.edition(lang)

    def entry(self, doc_id: str) -> Entry:
        """How a comment stands."""
        return self.standing.entries.get(doc_id) or Entry(doc_id)

    def changes(self, since: str) -> set[str] | None:
        """The comments that look otherwise than in version ``since``; None: everything may."""
        changed = self.since(since, self.version)
        return None if changed is None else set(changed)

    def listing(self, wanted: Wanted | None = None, who: str = "", lang: str | None = None, offset: int = 0,
                limit: int | None = PAGE, sort: str = "urgency") -> Listing:
        """The comments that are ``wanted`` by ``who``, from the ``offset``-th on at most ``limit`` of them.

        ``sort`` is one of SORTS. Raises UsageError and WorkspaceError for a filter that names nothing.
        """
        edition = self.edition(lang)
        places = self._chosen(wanted, who, sort)
        shown = places[max(offset, 0):None if limit is None else max(offset, 0) + max(limit, 0)]
        return Listing(self._rows(shown, edition, max(offset, 0) + 1), len(places), self._counts(), edition)

    def single(self, doc_id: str, lang: str | None = None) -> Listing:
        """One comment as a list of its own. Raises KeyError for one that is not on the queue."""
        edition = self.edition(lang)
        rows = self._rows(pl.Series([self.ranking.places[doc_id]]).to_numpy(), edition, 1)
        return Listing(rows, 1, self._counts(), edition)

    def facets(self, wanted: Wanted | None = None, who: str = "") -> dict[str, dict[str, int]]:
        """How many comments each filter would leave under all others: `painpoints.triage.filters.facets`.

        Raises UsageError and WorkspaceError for a filter that names nothing.
        """
        return facets(self._filter(Wanted() if wanted is None else wanted, who), who, self.ranking, self.standing)

    def every(self, wanted: Wanted, who: str, most: int = MOST_AT_ONCE) -> list[str]:
        """All comments that are ``wanted``, most urgent first, as ID@VERSION, so that one change of a `Queue` takes all
        of them or none where somebody has changed one since.

        Raises UsageError where there are more than ``most``, and as `listing` does.
        """
        places = self._chosen(wanted, who, "urgency")
        if len(places) > most:
            raise UsageError(f"{len(places):,} comments are more than can be changed at once.",
                             hint=f"Narrow the filter to {most:,}.")
        return [f"{key}@{self.entry(key).version}" for key in self.ranking.frame["doc_id"].gather(places)]

    def frame(self, wanted: Wanted | None = None, who: str = "", sort: str = "urgency") -> pl.DataFrame:
        """All comments that are ``wanted`` by ``who`` as rows of an `overview`, in order. Raises as `listing` does."""
        return self.ranking.frame[self._chosen(wanted, who, sort)]

    def comment(self, doc_id: str, lang: str | None = None) -> dict[str, Any]:
        """One comment whole: a row of a listing (without a ``rank``), and its opinions in ``units``, in their order.

        Comments that are copies of others or hold no opinion have no score and no reasons. Raises WorkspaceError where
        there is none of this id.
        """
        if doc_id not in self.picture.lookup.rows:
            raise WorkspaceError(f"{doc_id}: no such comment.", hint="The list shows those there are.")
        edition = self.edition(lang)
        if doc_id in self.ranking.places:
            row = {name: value for name, value in self.single(doc_id, lang).rows[0].items() if name != "rank"}
        else:
            row = self._unranked(doc_id)
        units = self.data.units[self.picture.lookup.units_of(doc_id)]
        opinions = units.select(name for name in _OPINION if name in units.columns).rows(named=True)
        return {**row, "edition": edition, "units": [
            {**one, "painpoint_title": self.picture.titles.get(one["painpoint_id"]),
             "text": row["text"][one["start"]:one["end"]]} for one in opinions]}

    def _unranked(self, doc_id: str) -> dict[str, Any]:
        document = self.data.documents.row(self.picture.lookup.rows[doc_id], named=True)
        nothing = dict.fromkeys(self.ranking.frame.columns)
        known = {name: document[name] for name in nothing if name in document}
        return {"short": doc_id[:self.picture.lookup.letters], **nothing, **known, "reasons": [], "text":
                document["text"], "painpoint_title": None, "trend": None, **self._stands(doc_id)}

    def _filter(self, wanted: Wanted, who: str) -> Filter:
        point = None
        if wanted.painpoint is not None:
            row = find_among(self.data.points, wanted.painpoint)
            point = str(row["merged_into"] or row["painpoint_id"])
        hits = None if wanted.search is None else self.ranking.flags(self.found(wanted.search))
        return filtered(wanted, who, self.ranking, self.standing, self.edition(), point, hits)

    def _chosen(self, wanted: Wanted | None, who: str, sort: str) -> Places:
        """The places of what is wanted, in order."""
        if sort not in SORTS:
            raise UsageError(f"sort cannot be {sort!r}.", hint=f"Use one of: {', '.join(SORTS)}.")
        order = self.ranking.order(sort)
        chosen: Places = order[self._filter(Wanted() if wanted is None else wanted, who).kept()[order]]
        return chosen

    def _counts(self) -> dict[str, int]:
        return self.standing.by_status(self.standing.status >= 0)

    def _stands(self, doc_id: str) -> dict[str, Any]:
        entry = self.entry(doc_id)
        return {name: getattr(entry, name) for name in _STANDING}

    def _rows(self, places: Places, edition: Edition, first: int) -> list[dict[str, Any]]:
        lookup, titles, moved = self.picture.lookup, self.picture.titles, self.picture.moved
        found = self.ranking.frame[places].rows(named=True)
        texts = self.data.documents["text"].gather([lookup.rows[row["doc_id"]] for row in found])
        return [{"rank": rank, "short": row["doc_id"][:lookup.letters], **row, **self._stands(row["doc_id"]),
                 "reasons": worded(row["reasons"], edition.lang), "painpoint_title": titles.get(row["painpoint_id"]),
                 "trend": moved.get(row["painpoint_id"]), "text": text}
                for rank, (row, text) in enumerate(zip(found, texts, strict=True), first)]


def worded(reasons: Iterable[Mapping[str, Any]], lang: str) -> list[dict[str, Any]]:
    """Reasons of `urgency` with their ``words`` in a language."""
    return [{**reason, "words": reason_text(reason["code"], reason["detail"], lang)} for reason in reasons]
