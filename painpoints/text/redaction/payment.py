"""Bank cards and accounts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdnum import iban, luhn

from .candidates import CUED, FORMED, SURE, Candidate
from .cues import Cues
from .numbers import Number

_STOPS = frozenset(("order", "other"))
#: how cards of the issuers that are not of 16 digits begin
_ISSUERS = {13: ("4",), 14: ("30", "36", "38", "39"), 15: ("34", "37"), 17: ("6",), 18: ("6",),
            19: ("4", "6", "5", "22")}
_IBAN = re.compile(r"(?<![a-z0-9])[a-z]{2}[ \u200c-]{0,2}\d{2}(?:[ \u200c.\n-]{0,2}[a-z0-9]){11,30}")
_SHEBA = re.compile(r"(?<![a-z0-9])ir[ \u200c:._-]{0,2}\d(?:[ \u200c.\n_-]{0,2}\d){23}(?!\d)")
_SEPARATORS = re.compile(r"[^a-z0-9]")
_SHORTEST_IBAN = 15


def cards(number: Number, cues: Cues) -> Iterator[Candidate]:
    """Card numbers: the Luhn checksum and the first digits of an issuer."""
    digits, size = number.digits, len(number.digits)
    if size < 13 or size > 19 or number.plus or not luhn.is_valid(digits) or len(set(digits)) == 1:
        return
    issuers = _ISSUERS.get(size)
    kind = cues.kind_at(number.start, number.end)
    cued = kind == "card"
    if not cued and (digits[0] in "01" or (issuers is not None and not digits.startswith(issuers))):
        return
    if kind in _STOPS and cues.adjoins(number.start, kind):
        return
    if not number.alone and not cued:
        return
    fours = set(number.groups[:-1]) == {4}
    if number.whole or fours or cued or number.shape in ("4-6-5", "6-4-4-2", "6-10", "8-8"):
        yield Candidate("card", number.start, number.end, digits, CUED if cued or fours else FORMED)


def ibans(drawn: str) -> Iterator[Candidate]:
    """International account numbers, and the Sheba of Iran whatever its checksum."""
    if "ir" in drawn:
        for match in _SHEBA.finditer(drawn):
            yield Candidate("iban", match.start(), match.end(), _SEPARATORS.sub("", match[0]).upper(), SURE)
    for match in _IBAN.finditer(drawn):
        signs = [i for i in range(match.start(), match.end()) if not _SEPARATORS.match(drawn[i])]
        code = "".join(drawn[i] for i in signs).upper()
        for size in range(len(code), _SHORTEST_IBAN - 1, -1):
            end = signs[size - 1] + 1
            if not drawn[end : end + 1].isalnum() and iban.is_valid(code[:size], check_country=False):
                yield Candidate("iban", match.start(), end, code[:size], SURE)
                break


def bare_shebas(number: Number, cues: Cues) -> Iterator[Candidate]:
    """The 24 digits of a Sheba without its IR, beside a word that says so."""
    if len(number.digits) == 24 and cues.kind_at(number.start, number.end) in ("iban", "account"):
        yield Candidate("iban", number.start, number.end, "IR" + number.digits, CUED)
