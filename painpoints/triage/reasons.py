"""Reasons for a comment's rank, worded for a person who reads Persian, Arabic, Russian or English."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from functools import cache
from importlib.resources import files

from babel.dates import format_timedelta
from babel.numbers import format_decimal

LISTED = ("fa", "ar", "ru", "en")
_SYSTEMS = {"fa": "arabext", "ar": "arab"}
_DIGITS = {"fa": str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"), "ar": str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")}
_COUNTS = ("reach", "regular", "again")
_ISOLATED = "\u2068{}\u2069"


def reason_text(code: str, detail: str, lang: str) -> str:
    """The reason ``code`` in words of ``lang`` (fa, ar, ru or en; others read English).

    ``detail`` is what `urgency` gave with it: the customer's own words of a cue, a feeling, a status, a number. Raises
    KeyError for a code that no reason has.
    """
    known = lang if lang in LISTED else "en"
    wording = _wording(known)
    entry = wording["reasons"][code]
    if code == "fresh":
        return entry.format(_age(int(detail or 0), known))
    if code in _COUNTS:
        return entry.format(_number(int(detail or 0), known))
    if code in ("emotion", "trend"):
        return wording[code].get(detail, entry)
    return f"{entry}: {_ISOLATED.format(' '.join(detail.split()))}" if detail else entry


def _number(value: int, lang: str) -> str:
    text: str = format_decimal(value, locale=lang, numbering_system=_SYSTEMS.get(lang, "latn"))
    return text.translate(_DIGITS.get(lang, {}))


def _age(hours: int, lang: str) -> str:
    text: str = format_timedelta(timedelta(hours=max(1, hours)), locale=lang, add_direction=False, threshold=1.2)
    return text.translate(_DIGITS.get(lang, {}))


@cache
def _wording(lang: str) -> dict[str, dict[str, str]]:
    return tomllib.loads(files("painpoints.triage").joinpath(f"wording/{lang}.toml").read_text("utf8"))
