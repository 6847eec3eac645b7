"""The kinds of personal data, and how the token of each reads."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from typing import Literal

Style = Literal["words", "symbols"]

_TABLE = tomllib.loads(files(__package__).joinpath("kinds.toml").read_text("utf-8"))
#: every kind there is
KINDS: frozenset[str] = frozenset(_TABLE)
#: the kinds replaced when nothing is said: numbers of orders do not tell who somebody is
DEFAULT_KINDS: frozenset[str] = frozenset(kind for kind, entry in _TABLE.items() if entry.get("default", True))


def token(kind: str, number: int, style: Style) -> str:
    """The token that stands for the ``number``-th value of ``kind`` in a document."""
    entry = _TABLE[kind]
    return f"[{entry['word']} {number}]" if style == "words" else f"«{entry['symbol']}{number}»"


_WORDS = "|".join(f"(?P<{kind}>{entry['word']})" for kind, entry in _TABLE.items())
_SYMBOLS = "|".join(f"(?P<{kind}_>{entry['symbol']})" for kind, entry in _TABLE.items())
#: a token of either style; the group that matched names the kind
TOKEN = re.compile(rf"\[(?:{_WORDS}) (?P<number>[0-9]{{1,6}})\]|«(?:{_SYMBOLS})(?P<number_>[0-9]{{1,6}})»")


def token_kind(match: re.Match[str]) -> tuple[str, int]:
    """The kind and the number that a match of :data:`TOKEN` stands for."""
    kind = next(k for k in _TABLE if match[k] is not None or match[f"{k}_"] is not None)
    return kind, int(match["number"] or match["number_"])
