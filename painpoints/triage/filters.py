"""Which comments are asked for, and how many there are of each kind under all other filters."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from painpoints.triage.choices import choice
from painpoints.triage.coded import Flags
from painpoints.triage.queue import MINE, OPEN, STATUSES
from painpoints.triage.ranked import Ranking
from painpoints.triage.standing import Standing

if TYPE_CHECKING:
    from painpoints.report import Edition

NOBODY = "nobody"
ALL = "all"
FACETS = ("lang", "stage", "touchpoint", "source", "painpoint", "status", "assignee", "uncertain")
_COLUMNS = {"lang": "lang", "source": "source", "touchpoint": "touchpoints", "stage": "stages",
            "painpoint": "painpoint_ids"}


@dataclass(frozen=True)
class Wanted:
    """Which comments are asked for; what is empty asks for nothing.

    ``touchpoint``, ``stage`` and ``painpoint`` ask for comments of which some opinion is about that. ``status`` names
    statuses, by default those that are still to be dealt with; "mine" is what this person has in hand, unless an
    ``assignee`` ("nobody" too) is named. ``painpoint`` is an id or its first letters, ``search`` words and phrases.
    """

    lang: str | None = None
    stage: str | None = None
    touchpoint: str | None = None
    source: str | None = None
    painpoint: str | None = None
    status: Collection[str] = ()
    assignee: str | None = None
    uncertain: bool = False
    search: str | None = None


@dataclass(frozen=True, eq=False)
class Filter:
    """Which comments of a ranking each filter lets through: columns by the name of the filter, those that let all
    through left out; ``implied`` tells that an assignee was not named but is meant by "mine"."""

    passed: Mapping[str, Flags]
    size: int
    implied: bool

    def kept(self, *but: str) -> Flags:
        """What passes all filters, or all but some."""
        found = np.ones(self.size, np.bool_)
        for name, flags in self.passed.items():
            if name not in but:
                found &= flags
        return found


def filtered(wanted: Wanted, who: str, ranking: Ranking, standing: Standing, edition: Edition, point: str | None = None,
             hits: Flags | None = None) -> Filter:
    """What ``wanted`` lets through for ``who``. ``point`` is the id of the pain point that is wanted, ``hits`` says
    which comments the search found. Raises UsageError for a filter that names nothing."""
    passed: dict[str, Flags] = {}
    held = {name: ranking.coded[_COLUMNS[name]].values for name in ("source", "touchpoint", "stage")}
    # What the taxonomy does not know is what the data hold all the same: no stage at all, say.
    named: dict[str, Mapping[str, Iterable[str]]] = {
        "lang": _languages(ranking, edition), "source": {code: (code,) for code in held["source"]},
        "touchpoint": {**{code: (code, edition.touchpoint(code)) for code in held["touchpoint"]},
                       **{t.code: (t.code, *t.names.values()) for t in edition.taxonomy.touchpoints}},
        "stage": {**{code: (code, edition.stage(code)) for code in held["stage"]},
                  **{s.code: (s.code, *s.names.values()) for s in edition.framework.stages}}}
    for name, known in named.items():
        if (given := getattr(wanted, name)) is not None:
            passed[name] = ranking.coded[_COLUMNS[name]].holding([choice(f"--{name}", given, known)])
    if point is not None:
        passed["painpoint"] = ranking.coded["painpoint_ids"].holding([point])
    asked = {choice("--status", name, {s: (s,) for s in (*STATUSES, ALL)}) for name in wanted.status}
    passed["status"] = standing.is_in(STATUSES if ALL in asked else asked or OPEN)
    implied = wanted.assignee is None and MINE in asked and ALL not in asked
    if wanted.assignee is not None:
        passed["assignee"] = standing.holder < 0 if wanted.assignee == NOBODY else standing.held_by(wanted.assignee)
    elif implied:
        passed["assignee"] = ~standing.is_in([MINE]) | standing.held_by(who)
    if wanted.uncertain:
        passed["uncertain"] = ranking.uncertain
    if hits is not None:
        passed["search"] = hits
    return Filter(passed, len(ranking.frame), implied)


def facets(chosen: Filter, who: str, ranking: Ranking, standing: Standing) -> dict[str, dict[str, int]]:
    """For each of FACETS how many comments there would be, were it set to each value that there is, most first.

    Values are codes, "nobody" too; those of ``uncertain`` are "uncertain" and "certain".
    """
    found = {name: ranking.coded[column].counts(chosen.kept(name)) for name, column in _COLUMNS.items()}
    # "mine" is narrowed to this person's where nobody else is named, the other statuses are not.
    loose = chosen.kept("status", "assignee") if chosen.implied else chosen.kept("status")
    found["status"] = standing.by_status(loose)
    if chosen.implied or "assignee" not in chosen.passed:
        found["status"][MINE] = int((loose & standing.is_in([MINE]) & standing.held_by(who)).sum())
    people, free = standing.by_holder(chosen.kept("assignee"))
    found["assignee"] = {**({NOBODY: free} if free else {}), **people}
    either = chosen.kept("uncertain")
    unsure = int((either & ranking.uncertain).sum())
    found["uncertain"] = {"uncertain": unsure, "certain": int(either.sum()) - unsure}
    return {name: found[name] for name in FACETS}


def _languages(ranking: Ranking, edition: Edition) -> dict[str, tuple[str, ...]]:
    codes = {*ranking.coded["lang"].values, "fa", "ar", "ru", "en"}
    return {code: (code, edition.language(code)) for code in codes}
