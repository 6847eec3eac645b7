"""How all comments of a ranking stand, as columns beside it: brought up to date change by change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from painpoints.triage.coded import Flags, Places
from painpoints.triage.queue import STATUSES, Entry
from painpoints.triage.spelling import name_key

_CODES = {name: code for code, name in enumerate(STATUSES)}


@dataclass(frozen=True, eq=False)
class Standing:
    """``entries`` of the comments that somebody touched, and for every place of the ranking the ``status`` (a number of
    STATUSES) and the holder (a number of ``holders``, -1 for nobody)."""

    entries: Mapping[str, Entry]
    status: npt.NDArray[np.uint8]
    holder: Places
    holders: tuple[str, ...]

    @classmethod
    def of(cls, entries: Iterable[Entry], places: Mapping[str, int]) -> Standing:
        """How things stand where ``places`` are those of the ranking."""
        nothing = cls({}, np.zeros(len(places), np.uint8), np.full(len(places), -1, np.int64), ())
        return nothing.renewed(entries, places)

    def renewed(self, changed: Iterable[Entry], places: Mapping[str, int]) -> Standing:
        """The same after ``changed``."""
        entries, status, holder = dict(self.entries), self.status.copy(), self.holder.copy()
        keys = {name_key(name): code for code, name in enumerate(self.holders)}
        holders, spelt = list(self.holders), dict[str, int]()
        for entry in changed:
            entries[entry.doc_id] = entry
            if (place := places.get(entry.doc_id)) is None:
                continue
            status[place], holder[place] = _CODES[entry.status], -1
            if entry.assignee is not None:
                if entry.assignee not in spelt:
                    spelt[entry.assignee] = keys.setdefault(name_key(entry.assignee), len(holders))
                    if spelt[entry.assignee] == len(holders):
                        holders.append(entry.assignee)
                holder[place] = spelt[entry.assignee]
        return Standing(entries, status, holder, tuple(holders))

    def is_in(self, names: Iterable[str]) -> Flags:
        """Where the status is one of ``names``."""
        return np.isin(self.status, [_CODES[name] for name in names])

    def held_by(self, name: str) -> Flags:
        """Where a person is the holder, however the name is spelt."""
        wanted = name_key(name)
        code = next((code for code, known in enumerate(self.holders) if name_key(known) == wanted), None)
        return np.zeros(len(self.holder), np.bool_) if code is None else np.asarray(self.holder == code)

    def by_status(self, kept: Flags) -> dict[str, int]:
        """How many of those ``kept`` have each status, all named."""
        tally = np.bincount(self.status[kept], minlength=len(STATUSES))
        return {name: int(tally[code]) for name, code in _CODES.items()}

    def by_holder(self, kept: Flags) -> tuple[dict[str, int], int]:
        """How many of those ``kept`` are with each person, most first; and with nobody."""
        tally = np.bincount(self.holder[kept] + 1, minlength=len(self.holders) + 1)
        order = np.argsort(-tally[1:], kind="stable").tolist()
        return {self.holders[code]: int(tally[code + 1]) for code in order if tally[code + 1]}, int(tally[0])
