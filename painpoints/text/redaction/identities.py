"""Numbers by which states know people: identity codes, taxpayers, passports."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from stdnum import luhn
from stdnum.ru import inn
from stdnum.us import ssn

from .candidates import CUED, FORMED, GUESSED, SURE, Candidate
from .cues import Cues
from .numbers import Number
from .scripts import Scripts

_IDENTITY = ("national_id", "civil_id")
_SIZE_OF_KPP = 9
_STOPS = frozenset(("order", "other", "phone", "card", "account", "postal", "iban"))
#: governorates of Egypt, and 88 for those born abroad
_GOVERNORATES = frozenset(("01", "02", "03", "04", *(str(n) for n in range(11, 20)), *(str(n) for n in range(21, 30)),
                           "31", "32", "33", "34", "35", "88"))


def iranian(digits: str) -> bool:
    """Whether ten digits keep the checksum of the Iranian national code."""
    if len(digits) != 10 or len(set(digits)) == 1:
        return False
    rest = sum(int(d) * (10 - i) for i, d in enumerate(digits[:9])) % 11
    return int(digits[9]) == (rest if rest < 2 else 11 - rest)


def saudi(digits: str) -> bool:
    """Whether ten digits keep the checksum of a Saudi identity card (1) or a residence permit (2)."""
    return len(digits) == 10 and digits[0] in "12" and luhn.is_valid(digits)


def egyptian(digits: str) -> bool:
    """Whether fourteen digits hold a day of birth and a governorate, as the Egyptian national id does."""
    if len(digits) != 14 or digits[0] not in "23" or digits[7:9] not in _GOVERNORATES:
        return False
    try:
        date(1700 + 100 * int(digits[0]) + int(digits[1:3]), int(digits[3:5]), int(digits[5:7]))
    except ValueError:
        return False
    return True


def snils(digits: str) -> bool:
    """Whether eleven digits keep the checksum of the Russian SNILS."""
    if len(digits) != 11 or len(set(digits[:9])) == 1:
        return False
    total = sum(int(d) * (9 - i) for i, d in enumerate(digits[:9])) % 101
    return int(digits[9:]) == total % 100


def identities(number: Number, cues: Cues, scripts: Scripts) -> Iterator[Candidate]:
    """What ``number`` is as the number of a person in some register."""
    if number.plus or len(number.digits) < 8 or len(number.digits) > 15 or cues.counted(number.end):
        return
    kind = cues.kind_at(number.start, number.end)
    found = _by_form(number, kind, scripts) or _by_word(number, kind)
    if found == ("tax_id", CUED) and len(number.digits) == _SIZE_OF_KPP and not cues.adjoins(number.start, "tax_id"):
        return  # the code of the tax office that stands behind an INN
    if found is not None and (number.alone or kind in (*_IDENTITY, "tax_id")):
        yield Candidate(found[0], number.start, number.end, number.digits, found[1])


def _by_form(number: Number, kind: str, scripts: Scripts) -> tuple[str, int] | None:
    digits, size = number.digits, len(number.digits)
    certain = CUED if kind in _IDENTITY else FORMED
    if size == 15 and digits.startswith("784") and _is_emirati(number, kind):
        return "national_id", SURE
    if kind in _STOPS:
        return None
    if size == 14 and egyptian(digits):
        return "national_id", max(certain, FORMED)
    if size == 11 and snils(digits) and (number.shape in ("3-3-3-2", "9-2") or kind in _IDENTITY):
        return "national_id", max(certain, FORMED)
    if size == 9 and number.shape == "3-2-4" and (set(number.between) == {"-"} or kind in _IDENTITY):
        return ("national_id", certain) if ssn.is_valid(digits) else None
    if size in (10, 12) and inn.is_valid(digits) and set(digits) != {"0"}:
        if kind == "tax_id":
            return "tax_id", CUED
        if number.whole and scripts.cyrillic and kind not in _IDENTITY:
            return "tax_id", FORMED if size == 12 else GUESSED
    if size == 10:
        cued = kind in _IDENTITY
        usual = number.shape in ("10", "3-6-1") or set(number.groups) == {1}
        if iranian(digits) and (cued or (scripts.arabic and usual)):
            return "national_id", certain if cued or not digits.startswith("9") else GUESSED
        if saudi(digits) and (cued or (scripts.arabic and number.whole)):
            return "national_id", certain
    return None


def _is_emirati(number: Number, kind: str) -> bool:
    return luhn.is_valid(number.digits) or (number.shape == "3-4-7-1" and set(number.between) == {"-"}) \
        or kind in _IDENTITY


def _by_word(number: Number, kind: str) -> tuple[str, int] | None:
    digits, size = number.digits, len(number.digits)
    if kind == "national_id" and size in (8, 9) and iranian(digits.zfill(10)):
        return "national_id", CUED  # a table has eaten the zeros at the front
    born = size == 12 and digits[:2] in ("19", "20")  # Iraq: the year of birth stands first
    if (kind == "civil_id" and 9 <= size <= 12) or (kind == "national_id" and born):
        return "national_id", CUED
    if kind == "tax_id" and 9 <= size <= 15:
        return "tax_id", CUED  # of companies and of countries whose checksums are not published
    return None


_PASSPORT = re.compile(
    r"(?P<series>\d{2}[ \u200c]?\d{2})[ ,\u200c]{0,3}(?:№|номер|n|no|num)?[ .:№]{0,3}(?P<number>\d{3} ?\d{3})(?!\d)"
    r"|(?<!\d)(?P<plain>\d{4} ?№ ?\d{6})(?!\d)"
    r"|(?<![^\W_])(?P<code>[a-z]{1,2}[ \u200c-]?\d{6,8}|\d{8,9}|\d{2}[ ]?\d{7}|\d{3} \d{3} \d{3}|\d{2} \d{3} \d{4}"
    r"|[a-z]\d{2}[ ]?\d{5,6})(?![^\W_])"
)
_INSURANCE = re.compile(r"(?<![^\W_])[a-z]{2}[ ]?\d{2}[ ]?\d{2}[ ]?\d{2}[ ]?[a-d](?![^\W_])")
_PLAIN = re.compile(r"[^a-z0-9]")


def passports(drawn: str, cues: Cues) -> Iterator[Candidate]:
    """Passports, which have no checksum: only with a word before them."""
    if "№" not in drawn and not cues.speak_of("passport", "national_id"):
        return
    for match in _PASSPORT.finditer(drawn):
        near = cues.before(match.start())
        if match["plain"] or "№" in match[0]:
            yield Candidate("passport", match.start(), match.end(), _PLAIN.sub("", match[0]), FORMED)
            continue
        told = match["series"] is not None and any(cue.kind == "passport" for cue in near)
        if told or cues.kind_at(match.start(), match.end()) == "passport":
            yield Candidate("passport", match.start(), match.end(), _PLAIN.sub("", match[0]), CUED)
    for match in _INSURANCE.finditer(drawn):
        if cues.kind_at(match.start(), match.end()) == "national_id":
            yield Candidate("national_id", match.start(), match.end(), _PLAIN.sub("", match[0]), CUED)
