"""Names of columns as they are compared, and what the known ones mean."""

from __future__ import annotations

import functools
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from painpoints.read.options import ROLES

_SAME_LETTER = str.maketrans({
    "ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "ۀ": "ه", "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ؤ": "و", "ئ": "ی",
    "ё": "е", "ـ": "",
})
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_TOKEN = re.compile(r"[^\W_]+|#|№")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Known names: (role, rank) by folded name, and words that speak against a role."""

    exact: Mapping[str, Sequence[tuple[str, int]]]
    not_text: frozenset[str]
    not_rating: frozenset[str]
    anonymous: frozenset[str]


def fold_name(name: str) -> str:
    """The name without case, marks, separators and spelling variants, for comparing."""
    decomposed = unicodedata.normalize("NFKC", name).casefold().translate(_SAME_LETTER)
    return "".join(character for character in decomposed
                   if character.isalnum() or character in "#№")


def folded_names(names: Iterable[str]) -> frozenset[str]:
    """All ``names`` folded; one that is nothing but signs stays as it is."""
    return frozenset(fold_name(name) or name for name in names)


def name_tokens(name: str) -> list[str]:
    """The words of a name, folded: "userName" and "user_name" have two."""
    return [fold_name(token) or token for token in _TOKEN.findall(_CAMEL.sub(" ", name))]


@functools.cache
def lexicon() -> Lexicon:
    """What ``columns.toml`` says."""
    data = tomllib.loads(Path(__file__).with_name("columns.toml").read_text(encoding="utf-8"))
    exact: dict[str, list[tuple[str, int]]] = {}
    for role in ROLES:
        for rank, synonym in enumerate(data["roles"][role]):
            exact.setdefault(fold_name(synonym), []).append((role, rank))
    return Lexicon(exact, folded_names(data["not_text"]["words"]), folded_names(data["not_rating"]["words"]),
                   folded_names(data["anonymous"]["names"]))


def known_names(names: Sequence[str]) -> int:
    """How many of the names are known column names."""
    exact = lexicon().exact
    return sum(1 for name in names if name and len(name) <= 60 and fold_name(name) in exact)


def named_text(names: Sequence[str]) -> int | None:
    """The place of the column with the best-known name for a text, before any cell is looked at."""
    exact = lexicon().exact
    ranked = [(rank, place) for place, name in enumerate(names)
              for role, rank in exact.get(fold_name(name), []) if role == "text"]
    return min(ranked)[1] if ranked else None


def is_anonymous(author: str) -> bool:
    """Whether the name stands for anybody ("A Google user", «کاربر مهمان»)."""
    folded = fold_name(author)
    return not folded or folded in lexicon().anonymous
