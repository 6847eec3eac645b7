"""Which rows the brand itself wrote: told by columns, by its name, or guessed by how somebody answers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from painpoints.read.columnnames import fold_name
from painpoints.read.people import BRAND, CUSTOMER, side_of
from painpoints.read.social.opinions import read_post, says_service
from painpoints.read.social.telling import said_side, telling
from painpoints.read.table import cell_text

_NOBODY = frozenset(("", "-1", "0", "none", "null", "nan"))
_REPLIES, _SHARE, _SERVICE, _OFTEN = 4, 0.2, 0.35, 0.45
_ANSWERS_ONLY = 0.8
_FLAT = 0.6
_ID = re.compile(r"-?\d+")


@dataclass(frozen=True, slots=True)
class Sides:
    """Tells who wrote a row. ``names`` are the brand's, folded; ``guessed`` those of them that nobody told, as they
    are written; ``told`` what the columns say of conversations."""

    told: Mapping[str, Sequence[str]]
    places: Mapping[str, int]
    author: int | None
    names: frozenset[str] = frozenset()
    guessed: tuple[str, ...] = ()
    own_pages: bool = False
    notes: tuple[str, ...] = ()
    seen: dict[str, str | None] = field(default_factory=dict)

    def cell(self, values: Sequence[object], name: str) -> str | None:
        """What stands in a column of a row."""
        place = self.places.get(name)
        return cell_text(values[place]) if place is not None and place < len(values) else None

    def cells(self, values: Sequence[object], kind: str) -> list[str]:
        """What stands in the columns that tell one thing."""
        return [cell for name in self.told[kind] if (cell := self.cell(values, name)) is not None]

    def of(self, values: Sequence[object]) -> str | None:
        """CUSTOMER or BRAND where it is known, else None."""
        author = cell_text(values[self.author]) if self.author is not None and self.author < len(values) else None
        if author is not None and self.names and _folded(author) in self.names:
            return BRAND
        if self.own_pages and self.wrote_on_own_page(values, author):
            return BRAND
        return said_side(self.told, lambda name: self.cell(values, name))

    def wrote_on_own_page(self, values: Sequence[object], author: str | None) -> bool:
        """Whether the author of a row is the page, channel or app it stands in."""
        pages = {_folded(page) for page in self.cells(values, "page") if not page.isdecimal()} - {""}
        who = {_folded(author or "")} | {_folded(cell) for cell in self.cells(values, "author_id")}
        return bool(pages & who)


def find_sides(columns: Sequence[str], sample: Sequence[Sequence[object]], author: int | None, text: int | None,
               brands: Sequence[str], ids: int | None = None) -> Sides:
    """Who wrote what in a table, from a sample of its rows. A brand that is named ends the guessing; so does "" ."""
    told = telling(columns)
    places = {name: place for place, name in enumerate(columns)}
    told = {**told, "side": [name for name in told["side"] if _tells(sample, places[name])]}
    for kind in ("from_customer", "from_brand"):
        told[kind] = [name for name in told[kind] if places[name] != text]
    names = frozenset(folded for name in brands if (folded := _folded(name)))
    plain = Sides(told, places, author, names)
    rows = len(sample)
    on_own = sum(plain.wrote_on_own_page(row, cell_text(row[author]) if author is not None else None)
                 for row in sample) if told["page"] else 0
    own_pages = 0 < on_own <= _FLAT * rows
    if author is None or text is None or brands or told["side"] or told["from_brand"] or told["from_customer"]:
        return Sides(told, places, author, names, (), own_pages or bool(on_own))
    plain = Sides(told, places, author, names, (), own_pages)
    found = _answering(sample, author, text, plain, ids)
    notes: tuple[str, ...] = ()
    if found:
        notes = (f"brand: {len(found)} author(s) who answer others in the language of service are taken for the brand "
                 "(guessed). Name it with --brand NAME, or say --brand '' where nobody is.",)
    return Sides(told, places, author, names | {_folded(name) for name in found}, tuple(found), own_pages, notes)


def _answering(sample: Sequence[Sequence[object]], author: int, text: int, sides: Sides, ids: int | None) -> list[str]:
    """The authors who answer many people, or a large share of what is answered, in the language of service."""
    rows: dict[str, list[tuple[str | None, bool]]] = defaultdict(list)
    by_id = {} if ids is None else {name: who for row in sample if (name := cell_text(row[ids])) is not None
                                    and (who := cell_text(row[author])) is not None}
    targets: set[str] = set()
    for row in sample:
        who, said = cell_text(row[author]), cell_text(row[text])
        if who is None or said is None:
            continue
        target = _answered(row, said, sides, by_id)
        rows[who].append((target, says_service(said)))
        if target is not None:
            targets.add(target)
    found = []
    for who, held in rows.items():
        answers = [(target, service) for target, service in held if target is not None and target != who]
        if len(answers) < _REPLIES or len(answers) < _ANSWERS_ONLY * len(held):
            continue
        many, service = len({target for target, _ in answers}), sum(service for _, service in answers) / len(answers)
        if many >= _REPLIES and (service >= _SERVICE if many >= _SHARE * len(targets) else service >= _OFTEN):
            found.append(who)
    return sorted(found)


def _answered(row: Sequence[object], said: str, sides: Sides, by_id: Mapping[str, str]) -> str | None:
    """Whom a row answers: the author of its parent, whom it is addressed to, else the parent or thread itself."""
    handles = read_post(said).handles
    if sides.told["parent"]:
        cells = [cell for cell in sides.cells(row, "parent") if cell.strip().casefold() not in _NOBODY]
        return (by_id.get(cells[0]) or (handles[0] if handles else cells[0])) if cells else None
    if handles:
        return handles[0]
    cells = sides.cells(row, "thread")
    return cells[0] if cells else None


def _tells(sample: Sequence[Sequence[object]], place: int) -> bool:
    """Whether the cells of a column are words for sides, of both."""
    sides = {side_of(cell) for row in sample if (cell := cell_text(row[place])) is not None}
    return sides == {CUSTOMER, BRAND}


def _folded(name: str) -> str:
    """A name or id as it is compared. Ids of communities are below zero, and not those of people."""
    name = name.strip()
    return name if _ID.fullmatch(name) else fold_name(name.lstrip("@"))
