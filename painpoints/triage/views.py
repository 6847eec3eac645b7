"""Saved views: questions to the queue that people give a name, for themselves or for everybody."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from painpoints.errors import UsageError, WorkspaceError
from painpoints.store import Reader, State, Writer, now
from painpoints.triage.filters import ALL, Wanted
from painpoints.triage.people import same_person
from painpoints.triage.queue import STATUSES
from painpoints.triage.ranked import SORTS
from painpoints.triage.spelling import has_controls, name_key

MOST_VIEWS = 50
"""So many a person may keep."""
_LONGEST_NAME, _LONGEST_VALUE = 60, 400


@dataclass(frozen=True)
class View:
    """The view ``number`` of ``owner``: what is ``wanted``, in which order (``sort``); ``shared`` with everybody.

    ``readable`` is false where what is kept is no question that this version knows; then it asks for nothing.
    """

    number: int
    owner: str
    name: str
    shared: bool
    wanted: Wanted
    sort: str
    readable: bool = True


class Views:
    """The views of the workspace whose ``state`` it is, as far as ``who`` may see them: own ones and shared ones.

    Another's view that is not shared is nowhere to be seen: whatever is asked of it is answered as if there were none.
    """

    def __init__(self, state: State, who: str) -> None:
        self._state, self.who = state, who

    def all(self) -> list[View]:
        """Own views, then those that others share, by name."""
        with self._state.reading() as state:
            found = [view for view in map(_read, state.rows("views")) if self._sees(view)]
        return sorted(found, key=lambda view: (not self._owns(view), view.name.casefold(), view.number))

    def get(self, number: int) -> View:
        """One of them. Raises WorkspaceError."""
        with self._state.reading() as state:
            return self._found(state, number)

    def save(self, name: str, wanted: Wanted, sort: str = "urgency", *, shared: bool = False) -> View:
        """Keeps a question under a name that none of this person's views has.

        Raises UsageError for a name that is none or is taken, for a question that is none, and for one view too many.
        """
        query = as_query(wanted, sort)
        from_query(query)
        with self._state.writing() as state:
            state.queue_up("views")
            mine = [view for view in map(_read, state.rows("views")) if self._owns(view)]
            if len(mine) >= MOST_VIEWS:
                raise UsageError(f"{MOST_VIEWS} views are kept already.", hint="Remove one that is no longer needed.")
            row = {"number": state.next_number("views"), "made": now(), "owner": self.who, "name": _free(name, mine),
                   "shared": int(shared), "query": json.dumps(query, ensure_ascii=False)}
            state.insert("views", [row])
            return _read(row)

    def change(self, number: int, *, name: str | None = None, wanted: Wanted | None = None, sort: str | None = None,
               shared: bool | None = None) -> View:
        """Gives one of this person's own views another name, question or order, or shares it; what is None stays.

        Raises WorkspaceError for another's, and what `save` does.
        """
        with self._state.writing() as state:
            state.queue_up("views")
            view = self._own(state, number)
            query = as_query(view.wanted if wanted is None else wanted, view.sort if sort is None else sort)
            from_query(query)
            others = [other for other in map(_read, state.rows("views"))
                      if self._owns(other) and other.number != number]
            row = {"number": number, "owner": view.owner, "name": view.name if name is None else _free(name, others),
                   "shared": int(view.shared if shared is None else shared),
                   "query": json.dumps(query, ensure_ascii=False)}
            state.change("views", "number", [row])
            return _read(row)

    def rename(self, number: int, name: str) -> View:
        """Gives one of this person's own views another name. Raises what `change` does."""
        return self.change(number, name=name)

    def remove(self, number: int) -> None:
        """Forgets one of this person's own views. Raises WorkspaceError for another's."""
        with self._state.writing() as state:
            state.queue_up("views")
            state.remove("views", "number", [self._own(state, number).number])

    def _owns(self, view: View) -> bool:
        return same_person(view.owner, self.who)

    def _sees(self, view: View) -> bool:
        return view.shared or self._owns(view)

    def _found(self, state: Reader, number: int) -> View:
        known = 0 < number < 2**31  # what a column of whole numbers can hold on a server
        view = next(map(_read, state.rows_with("views", "number", [number] if known else [])), None)
        if view is None or not self._sees(view):
            raise WorkspaceError(f"{number}: no such view.", hint="The list of views has their numbers.")
        return view

    def _own(self, state: Writer, number: int) -> View:
        view = self._found(state, number)
        if not self._owns(view):
            raise WorkspaceError(f"{number}: is a view of somebody else's.", hint="Save it under a name of your own.")
        return view


def as_query(wanted: Wanted, sort: str) -> dict[str, Any]:
    """A question as JSON: only what it asks for."""
    nothing = asdict(Wanted())
    asked = {name: list(value) if name == "status" else value for name, value in asdict(wanted).items()
             if value != nothing[name]}
    return {**asked, "sort": sort}


def from_query(query: Any) -> tuple[Wanted, str]:
    """The question that JSON asks, and its order. Raises UsageError for what is none; values are not repeated."""
    if not isinstance(query, Mapping):
        raise UsageError("A view asks by nothing.", hint="Save it anew.")
    given = dict(query)
    sort = given.pop("sort", "urgency")
    if not isinstance(sort, str) or sort not in SORTS:
        raise UsageError("sort is none that there is.", hint=f"Use one of: {', '.join(SORTS)}.")
    known = {field.name for field in fields(Wanted)}
    for name, value in given.items():
        if name not in known:
            raise UsageError("A view asks by something that nothing is filtered by.",
                             hint=f"Use some of: {', '.join(sorted(known))}.")
        if not _fits(name, value):
            raise UsageError(f"{name} cannot be that.", hint="Choose it from the list.")
    return Wanted(**{**given, **({"status": tuple(given["status"])} if "status" in given else {})}), sort


def _fits(name: str, value: object) -> bool:
    if name == "uncertain":
        return isinstance(value, bool)
    if name == "status":
        return isinstance(value, list | tuple) and len(value) <= len(STATUSES) + 1 and all(
            isinstance(one, str) and one in (*STATUSES, ALL) for one in value)
    return value is None or (isinstance(value, str) and 0 < len(value) <= _LONGEST_VALUE and "\0" not in value)


def _read(row: Mapping[str, Any]) -> View:
    """A view as it is kept, whoever may have written it."""
    wanted, sort, readable = Wanted(), "urgency", True
    try:
        wanted, sort = from_query(json.loads(row["query"]))
    except (ValueError, UsageError):
        readable = False
    return View(int(row["number"]), row["owner"], row["name"], bool(row["shared"]), wanted, sort, readable)


def _free(name: str, taken: Sequence[View]) -> str:
    """``name`` on one line. Raises UsageError where it is none or one of those ``taken``."""
    plain = unicodedata.normalize("NFC", " ".join(name.split()))
    if not any(character.isalnum() for character in plain) or has_controls(plain):
        raise UsageError("That cannot be the name of a view.", hint="Give it a word or two.")
    if len(plain) > _LONGEST_NAME:
        raise UsageError(f"A name of {len(plain)} letters is too long.", hint=f"Give one of at most {_LONGEST_NAME}.")
    if any(name_key(view.name) == name_key(plain) for view in taken):
        raise UsageError("A view has that name already.", hint="Give another name, or change that view.")
    return plain
