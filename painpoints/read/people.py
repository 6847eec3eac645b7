"""Which columns hold people: by their names in four languages, and by addresses and numbers that stand in them."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from painpoints.read.columnnames import fold_name, folded_names, lexicon, name_tokens
from painpoints.read.table import cell_text

CUSTOMER, BRAND = "customer", "brand"
_ADDRESS = re.compile(r"\s*(?:mailto:)?[^\s@,;]+@[^\s@,;]+\.\w{2,}\s*")
_HANDLE = re.compile(r"\s*@[\w.]{2,40}\s*")
# Numbers that begin as telephone numbers do; others may count or name anything.
_PHONE = re.compile(r"\s*(?:\+\d|00\d|09\d|05\d|8[\s(-]*9\d)[\d\s().-]{7,14}\s*")
_WORDS = 3


@dataclass(frozen=True, slots=True)
class _People:
    columns: frozenset[str]
    person: frozenset[str]
    identity: frozenset[str]
    telling: frozenset[str]
    bare: frozenset[str]
    sides: Mapping[str, str]


@functools.cache
def _people() -> _People:
    data = tomllib.loads(Path(__file__).with_name("people.toml").read_text(encoding="utf-8"))
    words = {name: folded_names(data[name]["words"]) for name in ("person", "identity", "telling", "bare")}
    sides = {fold_name(word): side for side in (CUSTOMER, BRAND) for word in data["sides"][side]}
    return _People(folded_names(data["columns"]["names"]), **words, sides=sides)


def is_person_column(name: str) -> bool:
    """Whether a column by its name holds people's names, or ways to reach them: such columns never travel on."""
    people, folded = _people(), fold_name(name)
    if folded in people.columns or _is_author(folded):
        return True
    tokens = name_tokens(name)
    inner = fold_name(name.rsplit(".", 1)[1]) if "." in name else ""
    known = set(tokens)
    if known & people.person and known & people.identity and len(tokens) > 1:
        return True
    if inner and inner not in people.bare and (_is_author(inner) or inner in people.columns):
        return True
    return bool(tokens) and (tokens[-1] if name.isascii() else tokens[0]) in people.telling


def is_bare(name: str) -> bool:
    """Whether a nested column such as "product.name" says too little to be somebody's."""
    outer, _, inner = name.rpartition(".")
    people = _people()
    return fold_name(inner) in people.bare and not set(name_tokens(outer)) & people.person


def hold_people(cells: Sequence[object]) -> bool:
    """Whether most of the cells are mail addresses, handles or telephone numbers."""
    values = [text for cell in cells if (text := cell_text(cell)) is not None]
    if not values:
        return False
    plain = [value.translate(_DIGITS) for value in values]
    return any(sum(1 for value in plain if form.fullmatch(value)) >= 0.6 * len(plain)
               for form in (_ADDRESS, _HANDLE, _PHONE))


def side_of(cell: str) -> str | None:
    """``customer`` or ``brand`` for a word that names one side of a conversation, None for any other."""
    return _people().sides.get(fold_name(cell)) if len(cell.split()) <= _WORDS else None


def are_sides(cells: Sequence[object]) -> bool:
    """Whether all the cells name sides of a conversation, and so nobody."""
    values = {text for cell in cells if (text := cell_text(cell)) is not None}
    return bool(values) and all(side_of(value) is not None for value in values)


def _is_author(folded: str) -> bool:
    return any(role == "author" for role, _ in lexicon().exact.get(folded, []))


_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "0123456789" * 2)
