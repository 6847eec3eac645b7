"""What is known of a conversation beside its turns: time, rating, source and the like by name, the rest as meta.*."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from painpoints.read.columnnames import fold_name, lexicon, name_tokens
from painpoints.read.people import hold_people, is_bare, is_person_column
from painpoints.read.ratings import RatingScale, find_scale
from painpoints.read.table import cell_text
from painpoints.read.times import TimeReading, find_reading

_ROLES = ("time", "rating", "source", "product", "language", "author")
_NO_FACTS = 12_000  # characters beyond which a cell is no fact of a conversation


@dataclass(slots=True)
class Facts:
    """How the facts of a file's conversations are read: ``roles`` by role the name of the fact, ``meta`` the column of
    each other one, ``left_out`` those that name people."""

    roles: dict[str, str] = field(default_factory=dict)
    meta: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    time: TimeReading | None = None
    rating: RatingScale | None = None
    _known: set[str] = field(default_factory=set)

    def learn(self, names: Iterable[str], cells: Mapping[str, Sequence[object]] | None = None) -> None:
        """Take up facts that were not seen before; ``cells`` are sampled values by name."""
        for name in names:
            if name in self._known:
                continue
            self._known.add(name)
            if name in self.roles.values():
                continue
            if is_person_column(name) or (cells is not None and hold_people(cells.get(name, ()))):
                self.left_out.append(name)
            else:
                self.meta[name] = _column(name, set(self.meta.values()))


def read_facts(cells: Mapping[str, list[object]], named: Mapping[str, str], scale: str | None,
               language: str) -> Facts:
    """The facts of a file from sampled ``cells`` by name; ``named`` are those the user settled, by role."""
    facts = Facts(roles={role: name for role, name in named.items() if name in cells})
    exact = lexicon().exact
    ranked: list[tuple[int, int, int, str, str]] = []
    for place, name in enumerate(cells):
        inner = name.rsplit(".", 1)[-1]
        for role, rank in exact.get(fold_name(inner), []):
            if role in _ROLES and role not in named and not (role == "author" and is_bare(name)):
                ranked.append((name != inner, rank, place, role, name))
    barred = {role for role, name in named.items() if not name}
    for _, _, _, role, name in sorted(ranked):
        if role in facts.roles or role in barred or name in facts.roles.values():
            continue
        held = [cell for cell in cells[name] if cell_text(cell) is not None]
        if role == "time":
            reading = find_reading(held, name, language)
            if reading is None or reading.share < 0.3:
                continue
        elif role == "rating" and (find_scale(held, name, scale) is None or _counts(name)):
            continue
        facts.roles[role] = name
    if "time" in facts.roles:
        facts.time = find_reading(cells[facts.roles["time"]], facts.roles["time"], language)
    if "rating" in facts.roles:
        facts.rating = find_scale(cells[facts.roles["rating"]], facts.roles["rating"], scale)
    facts.learn(cells, cells)
    return facts


def _counts(name: str) -> bool:
    return bool(lexicon().not_rating & set(name_tokens(name)))


def fact_text(value: object) -> str | None:
    """The fact as text, None where there is none or it is no fact but a document of its own."""
    text = cell_text(value)
    return text if text is None or len(text) <= _NO_FACTS else None


def _column(name: str, taken: set[str]) -> str:
    bare = name.removeprefix("meta.").removeprefix("metadata.") or name
    candidate, count = f"meta.{bare}", 1
    while candidate in taken:
        count += 1
        candidate = f"meta.{bare}_{count}"
    return candidate
