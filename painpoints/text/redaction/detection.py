"""All detectors over one text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .addresses import addresses
from .candidates import SURE, Candidate
from .coordinates import coordinates
from .cues import Cues
from .glance import Glance
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
_FEWEST_OF_PLATES, _FEWEST, _FEWEST_OF_NUMBERS = 2, 4, 5


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

    def candidates(self, drawn: str, kinds: frozenset[str]) -> list[Candidate]:
        """What every detector puts forward for a text drawn on the canvas."""
        found = [
            Candidate("", match.start(), match.end(), "", SURE + 1)
            for pattern in self._keep for match in pattern.finditer(drawn) if match.end() > match.start()
        ]
        glance = Glance(drawn)
        cues = Cues(glance)
        found.extend(emails(glance))
        if "/" in drawn or "www." in drawn:
            found.extend(links(drawn, self._brands))
        if glance.digits or any(sign in drawn for sign in "@_."):
            found.extend(handles(drawn, cues, self._brands))
        if glance.digits:
            found.extend(_numbered(glance, cues))
            # what numbers an order is in the way of what looks like something else, or wanted for itself
            if "order" in kinds or any(one.kind in kinds for one in found):
                found.extend(orders(drawn, cues))
        return found


def _numbered(glance: Glance, cues: Cues) -> Iterator[Candidate]:
    """What has digits in it."""
    drawn, digits = glance.drawn, sum(glance.digits)
    yield from addresses(glance, cues)
    if digits >= _FEWEST_OF_PLATES:
        yield from plates(glance, cues)
    if digits < _FEWEST:
        return
    yield from machines(drawn, cues)
    yield from coordinates(drawn)
    if digits < _FEWEST_OF_NUMBERS:
        return
    yield from passports(drawn, cues)
    yield from ibans(drawn)
    scripts = Scripts.of(drawn)
    for number in numbers(drawn, cues):
        yield from phones(number, cues, scripts)
        yield from cards(number, cues)
        yield from identities(number, cues, scripts)
        yield from bare_shebas(number, cues)
        yield from numbered_orders(number, cues)


def silent(drawn: str) -> bool:
    """Whether nothing can be left in a text drawn on the canvas."""
    return _SIGNS.search(drawn) is None and _DOTTED.search(drawn) is None and not spelled_out(drawn)
