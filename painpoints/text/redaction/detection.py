"""All detectors over one text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .addresses import addresses
from .candidates import SURE, Candidate
from .coordinates import coordinates
from .cues import Cues
from .identities import identities, passports
from .links import links
from .network import emails, handles, machines, spelled_out
from .numbers import numbers
from .orders import numbered_orders, orders
from .payment import bare_shebas, cards, ibans
from .phones import phones
from .plates import plates
from .scripts import Scripts

#: a digit of any script, and the signs of addresses and user names
_SIGNS = re.compile(r"[\d@_①-⑨⁰-⁹₀-₉]")
_DIGIT = re.compile(r"\d")
_FEWEST_OF_PLATES, _FEWEST = 2, 4


#: a user name without @ and digits
_DOTTED = re.compile(r"[A-Za-z]\.[A-Za-z]")


def worth_reading(text: str) -> bool:
    """Whether a text can hold anything at all: one cheap look that spares most texts the detectors."""
    if _SIGNS.search(text) is not None or spelled_out(text.lower()):
        return True
    return "." in text and ("/" in text or _DOTTED.search(text) is not None)


class Detection:
    """The detectors over a text."""

    def __init__(self, *, keep: list[re.Pattern[str]], brands: frozenset[str]) -> None:
        self._keep = keep
        self._brands = brands

    def candidates(self, drawn: str) -> Iterator[Candidate]:
        """What every detector puts forward for a text drawn on the canvas."""
        for pattern in self._keep:
            for match in pattern.finditer(drawn):
                if match.end() > match.start():
                    yield Candidate("", match.start(), match.end(), "", SURE + 1)
        yield from emails(drawn)
        if "/" in drawn or "www." in drawn:
            yield from links(drawn, self._brands)
        digits = len(_DIGIT.findall(drawn))
        if not digits and not any(sign in drawn for sign in "@_."):
            return
        cues = Cues(drawn)
        yield from handles(drawn, cues, self._brands)
        if not digits:
            return
        yield from addresses(drawn, cues)
        if digits < _FEWEST_OF_PLATES:
            return
        yield from plates(drawn, cues)
        if digits < _FEWEST:
            return
        scripts = Scripts.of(drawn)
        yield from machines(drawn, cues)
        yield from coordinates(drawn)
        yield from passports(drawn, cues)
        yield from orders(drawn, cues)
        yield from ibans(drawn)
        for number in numbers(drawn, cues):
            yield from phones(number, cues, scripts)
            yield from cards(number, cues)
            yield from identities(number, cues, scripts)
            yield from bare_shebas(number, cues)
            yield from numbered_orders(number, cues)
