"""All detectors over one text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .addresses import addresses
from .candidates import SURE, Candidate
from .cues import Cues
from .identities import identities, passports
from .links import links
from .network import emails, handles, machines
from .numbers import numbers
from .orders import numbered_orders, orders
from .payment import bare_shebas, cards, ibans
from .phones import phones
from .coordinates import coordinates
from .plates import plates
from .scripts import Scripts

#: a digit of any script, the sign of an address or a link, or a word that stands for one
_WORTH = re.compile(
    r"[\d@①-⑨⁰-⁹₀-₉]|://|\.\w{2,6}/|(?i:\bdot\b|\bat\]|\bat\)|نقطه|نقطة|\bدات\b|\bточка\b|собак|_\w)"
)
_DIGIT = re.compile(r"\d")
_FEWEST_OF_PLATES, _FEWEST = 3, 4


def worth_reading(text: str) -> bool:
    """Whether a text can hold anything at all: one cheap look that spares most texts the detectors."""
    return _WORTH.search(text) is not None


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
        if not digits and "@" not in drawn and "_" not in drawn:
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
