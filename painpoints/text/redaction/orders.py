"""Numbers of orders, parcels and tickets: they do not tell who somebody is, and are not telephones either."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .candidates import CUED, FORMED, GUESSED, Candidate
from .cues import Cues
from .numbers import Number

_CODE = re.compile(r"(?<![^\W_])(?=[a-z_/-]*\d)[a-z0-9]+(?:[-_/][a-z0-9]+)*(?![^\W_])")
_PARCEL = re.compile(r"(?<![^\W_])(?:[a-z]{2}[ ]?\d{3}[ ]?\d{3}[ ]?\d{3}[ ]?[a-z]{2}|1z[0-9a-z]{16})(?![^\W_])")
_FEWEST_DIGITS = 3


def orders(drawn: str, cues: Cues) -> Iterator[Candidate]:
    """Codes with a word before them that says what they number, and codes of parcels known by their form."""
    for match in _CODE.finditer(drawn) if cues.speak_of("order") else ():
        if sum(c.isdigit() for c in match[0]) < _FEWEST_DIGITS:
            continue
        near = cues.before(match.start())
        if near and near[0].kind == "order":
            certain = CUED if cues.adjoins(match.start(), "order") else GUESSED
            yield Candidate("order", match.start(), match.end(), match[0], certain)
    for match in _PARCEL.finditer(drawn):
        yield Candidate("order", match.start(), match.end(), re.sub(r"\s", "", match[0]), FORMED)


def numbered_orders(number: Number, cues: Cues) -> Iterator[Candidate]:
    """Order numbers written in groups, which a phone or a card might be read out of."""
    if number.whole or number.plus or not number.alone:
        return
    near = cues.before(number.start)
    if near and near[0].kind == "order":
        certain = CUED if cues.adjoins(number.start, "order") else GUESSED
        yield Candidate("order", number.start, number.end, number.digits, certain)
