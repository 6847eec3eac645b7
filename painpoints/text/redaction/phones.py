"""Telephone numbers, read with the numbering plans of libphonenumber."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from .candidates import CUED, FORMED, GUESSED, SURE, Candidate
from .cues import Cues
from .numbers import Number
from .scripts import Scripts

#: a day, with the hour or another day behind it
_DATE = re.compile(
    r"(?:(?:1[34]\d\d|19\d\d|20\d\d) (?:0?[1-9]|1[0-2]) (?:0?[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|[12]\d|3[01]) (?:0?[1-9]|[12]\d|3[01]) (?:1[34]\d\d|19\d\d|20\d\d))(?: |$)"
)
_NOT_A_PHONE = frozenset(("order", "other", "card", "iban", "national_id", "civil_id", "tax_id", "passport", "postal",
                          "account"))
_NORTH_AMERICAN = frozenset(("3-3-4", "1-3-3-4"))


@dataclass(frozen=True, slots=True)
class _Form:
    digits: re.Pattern[str]
    regions: tuple[str, ...]
    believed: str


@lru_cache(maxsize=1)
def _forms() -> tuple[list[_Form], tuple[str, ...]]:
    table = tomllib.loads(files(__package__).joinpath("phones.toml").read_text("utf-8"))
    forms = [_Form(re.compile(f["digits"]), tuple(f["regions"]), f["believed"]) for f in table["form"]]
    return forms, tuple(table["prefixes"]["codes"])


def phones(number: Number, cues: Cues, scripts: Scripts) -> Iterator[Candidate]:
    """What ``number`` is as a telephone number, if it can be one."""
    size = len(number.digits)
    if size < 6 or size > 17 or (not number.plus and _is_date(number)) or cues.counted(number.end):
        return
    kind = cues.kind_at(number.start, number.end)
    if kind in _NOT_A_PHONE and not cues.adjoins(number.start, kind):
        kind = "far"  # «please look into it 0912…»: only what nothing else looks like is believed
    cued = kind == "phone"
    if not number.plus and _is_a_figure(number):
        return
    if kind == "number" and not number.whole and number.digits.startswith("0") and number.alone:
        kind = "phone"
    found = _international(number, kind) or _at_home(number, kind, scripts)
    if found is None and cued and 7 <= size <= 12 and _written_as_phone(number):
        # A word says so, no plan knows it: mistyped, made up, or of a city that leaves out its code.
        found = number.digits, GUESSED
    if found is None:
        return
    value, certainty = found
    if not number.alone and not number.plus:
        if not cued:
            return
        cued, certainty = False, GUESSED
    yield Candidate("phone", number.start, number.end, value, max(certainty, CUED if cued else certainty))


def _is_date(number: Number) -> bool:
    return _DATE.match(number.parted) is not None


def _is_a_figure(number: Number) -> bool:
    """Whether the dots or strokes are those of a version, a clause or days, not of a telephone."""
    if number.whole or not {".", "/"} & set(number.between):
        return False
    return max(number.groups) <= 2 or ("." in number.between and 1 in number.groups[1:])


def _written_as_phone(number: Number) -> bool:
    thousands = len(number.groups) > 1 and number.groups[0] <= 3 and all(g == 3 for g in number.groups[1:])
    return not thousands or number.digits.startswith("0") or "-" in number.between


def _international(number: Number, kind: str) -> tuple[str, int] | None:
    digits = number.digits
    if number.plus or (digits.startswith("00") and len(digits) >= 11):
        written = digits.removeprefix("00")
        # «+98 (0) 912 …», «+98 0912…»: the 0 of home is kept by habit
        for one in (written, re.sub(r"^(98|20|44|96\d|97\d|90)0(?=\d{8,10}$)", r"\1", written)):
            valid, possible, value, _ = _parse("+" + one, None)
            if valid:
                return value, SURE
        if number.plus and possible and len(written) >= 9:
            return value, CUED
        return None
    if 10 <= len(digits) <= 14 and kind not in _NOT_A_PHONE:
        for code in _forms()[1]:
            if digits.startswith(code) and (code != "1" or number.shape in _NORTH_AMERICAN):
                valid, _, value, mobile = _parse("+" + digits, None)
                if valid and len(digits) > 10 and (mobile or kind == "phone" or len(number.groups) > 2):
                    return value, FORMED
    return None


def _at_home(number: Number, kind: str, scripts: Scripts) -> tuple[str, int] | None:
    digits = number.digits
    cued = kind == "phone"
    if kind in _NOT_A_PHONE:
        return None
    for form in _forms()[0]:
        if not form.digits.fullmatch(digits):
            continue
        believed = cued or _believed(form, number, scripts)
        broken = "\n" in number.between and not cued
        if not believed or ((kind == "far" or broken) and form.believed != "always"):
            continue
        for region in form.regions:
            valid, possible, value, _ = _parse(digits, region)
            if valid:
                return value, FORMED
            if possible and (cued or (region == "US" and (number.shape in _NORTH_AMERICAN))):
                return value, GUESSED if not cued else FORMED
    return None


def _believed(form: _Form, number: Number, scripts: Scripts) -> bool:
    if form.believed == "always":
        return True
    if form.believed == "grouped":
        if "US" in form.regions:
            return number.shape in _NORTH_AMERICAN and (not scripts.cyrillic)
        return len(number.groups) >= 3 and scripts.cyrillic
    if form.believed == "cue" and number.digits.startswith("0"):
        coded = len(number.groups) == 3 and number.groups[0] in (2, 3) and number.groups[1] >= 3
        return coded or ")" in number.between
    return form.believed != "cue" and bool(getattr(scripts, form.believed))


def _parse(written: str, region: str | None) -> tuple[bool, bool, str, bool]:
    """Whether a number is valid, whether it is possible, its E.164 form, and whether it is of a mobile."""
    phonenumbers = _library()
    try:
        parsed = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return False, False, written, False
    value = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    kind = phonenumbers.number_type(parsed)
    mobile = kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    return phonenumbers.is_valid_number(parsed), phonenumbers.is_possible_number(parsed), value, mobile


@lru_cache(maxsize=1)
def _library() -> Any:
    import phonenumbers  # its plans cost memory: only where a number is met

    return phonenumbers
