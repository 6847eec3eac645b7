"""Which columns tell of conversations: threads, parents, sides, answers and what was passed on."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from painpoints.read.columnnames import fold_name, folded_names
from painpoints.read.people import BRAND, CUSTOMER, side_of

KINDS = ("thread", "parent", "children", "side", "from_customer", "from_brand", "answer", "page", "author_id",
         "reposted", "quoted", "quoted_text", "forwarded")
META = "meta."


def told_columns(names: Sequence[str]) -> dict[str, list[str]]:
    """Of the ``meta.*`` columns ``names`` those that tell of conversations, by what they tell (`KINDS`)."""
    return telling([name for name in names if name.startswith(META)])


def telling(names: Sequence[str]) -> dict[str, list[str]]:
    """The same of the columns of a file; a second column of one name counts as the first does."""
    return {kind: [name for name in names if fold_name(_first(name)) in _kinds()[kind]] for kind in KINDS}


def is_answer(name: str) -> bool:
    """Whether a column by its name holds what the brand answered in the row of a comment."""
    return fold_name(name) in _kinds()["answer"]


def said_side(columns: Mapping[str, Sequence[str]], cell: Callable[[str], Any]) -> str | None:
    """Who speaks by the ``columns`` of sides, of which ``cell`` gives what stands there: CUSTOMER, BRAND or None."""
    for name in columns["side"]:
        if (value := cell(name)) is not None and (side := side_of(value)) is not None:
            return side
    for kind, sides in (("from_customer", (CUSTOMER, BRAND)), ("from_brand", (BRAND, CUSTOMER))):
        for name in columns[kind]:
            if (value := cell(name)) is not None and (truth := truth_of(value)) is not None:
                return sides[0] if truth else sides[1]
    return None


def truth_of(value: str) -> bool | None:
    """What a cell of yes or no says; None for any other."""
    return _truth().get(fold_name(value))


def _first(name: str) -> str:
    return re.sub(r"_\d$", "", name.removeprefix(META))


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("painpoints.read.social").joinpath("columns.toml").read_text("utf8"))


@cache
def _kinds() -> dict[str, frozenset[str]]:
    return {kind: folded_names(_table()[kind]["names"]) for kind in KINDS}


@cache
def _truth() -> dict[str, bool]:
    words = _table()["words"]
    return {fold_name(word): truth for key, truth in (("yes", True), ("no", False)) for word in words[key]}
