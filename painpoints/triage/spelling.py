"""Names as they are compared: of people, places and sources, however they are spelt."""

from __future__ import annotations

import unicodedata

from painpoints.text import fold_key


def name_key(name: str) -> str:
    """The key under which spellings of one name meet: ي or ی, ZWNJ or not, capitals or not, digits of any script.

    Unlike texts, names are told apart by their digits and signs: agent 1 is not agent 2.
    """
    return f"{fold_key(name)}\0{''.join(map(_sign, name))}"


def has_controls(name: str) -> bool:
    """Whether a name holds characters that move others about or show nothing at all."""
    return any(unicodedata.category(character) in ("Cc", "Cs") or character in "\u200e\u200f\u061c" or
               "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069" for character in name)


def _sign(character: str) -> str:
    if character.isdecimal():
        return str(int(character))
    ignored = character.isalpha() or character.isspace() or unicodedata.category(character) in ("Cf", "Mn", "Lm", "Pd")
    return "" if ignored or character == "_" else character
