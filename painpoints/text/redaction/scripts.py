"""Which scripts a text is written in: numbers of a country are believed where its script is."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ARABIC = re.compile("[\u0621-\u064a\u06a9\u06cc\u067e\u0686\u0698\u06af]")
_CYRILLIC = re.compile("[а-я]")
_LATIN = re.compile("[a-z]{2}")


@dataclass(frozen=True, slots=True)
class Scripts:
    """What a text is written in; a text without any letter is held to be in all of them."""

    arabic: bool
    cyrillic: bool
    latin: bool

    @classmethod
    def of(cls, drawn: str) -> Scripts:
        """The scripts of a text drawn on the canvas."""
        arabic, cyrillic = _ARABIC.search(drawn) is not None, _CYRILLIC.search(drawn) is not None
        latin = not arabic and not cyrillic and _LATIN.search(drawn) is not None
        if not (arabic or cyrillic or latin):
            return cls(True, True, True)
        return cls(arabic, cyrillic, latin)
