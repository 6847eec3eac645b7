"""Number plates of vehicles."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .candidates import CUED, FORMED, SURE, Candidate
from .cues import Cues

_S = r"[ \u200c._|/-]{0,3}"
_IRAN = r"(?:ایران|iran|ir)"
_LETTER = r"(?:الف|[بپتثجدزژسشصطعفقکگلمنوهی]|ا|معلولین|تشریفات)"
_IRANIAN = re.compile(
    rf"(?<!\d)(?P<a>\d\d){_S}(?P<letter>{_LETTER}|[ds]){_S}(?P<b>\d{{3}})(?:{_S}(?P<iran>{_IRAN}){_S}|{_S})(?P<c>\d\d)(?!\d)"
    rf"|{_IRAN}{_S}(?P<c2>\d\d){_S}(?P<a2>\d\d){_S}(?P<letter2>{_LETTER}){_S}(?P<b2>\d{{3}})(?!\d)"
    rf"|(?<!\d)(?P<b3>\d{{3}}){_S}(?P<letter3>{_LETTER}){_S}(?P<a3>\d\d){_S}{_IRAN}{_S}(?P<c3>\d\d)(?!\d)"
)
_RUSSIAN = re.compile(
    r"(?<![^\W_])(?P<a>[авекмнорстух]|[abekmhopctyx])[ -]?(?P<n>\d{3})[ -]?(?P<b>[авекмнорстух]{2}|[abekmhopctyx]{2})"
    r"[ -]?(?P<region>(?:[12789]\d{2}|\d{2})(?!\d))?(?:[ ]?(?:rus|рус)\b)?(?![^\W_])"
)
_RUSSIAN_LETTERS = str.maketrans("abekmhopctyx", "авекмнорстух")
#: three letters apart, as on the plates of Saudi Arabia and Egypt, and up to four digits, either way round
_ARAB = re.compile(
    r"(?<![^\W_])(?P<l>(?:[\u0621-\u064a\u06a9\u06cc][ \u200c-]){1,2}[\u0621-\u064a\u06a9\u06cc])[ \u200c-]{1,3}(?P<n>\d{1,4})(?!\d)"
    r"|(?<!\d)(?P<n2>\d{1,4})[ \u200c-]{1,3}(?P<l2>(?:[\u0621-\u064a\u06a9\u06cc][ \u200c-]){1,2}[\u0621-\u064a\u06a9\u06cc])(?![^\W_])"
)
_EMIRATE = re.compile(
    r"(?<![^\W_])(?:dubai|abu dhabi|sharjah|ajman|rak|fujairah|umm al quwain|دبی|ابوظبی|ابو ظبی|الشارقه|عجمان|راس الخیمه|الفجیره)"
    r"[ ,-]{1,3}(?P<code>[a-z]{1,2}|\d{1,2})[ -]{1,3}(?P<n>\d{2,5})(?![\d.,:]\d|\d)"
)
_LATIN = re.compile(
    r"(?<![^\W_])(?:[a-z]{2}\d{2}[ -]?[a-z]{3}|[a-z]{3}[ -]?\d{3,4}|\d[a-z]{3}[ -]?\d{3}|[a-z]\d{1,3}[ -]?[a-z]{3}"
    r"|\d{3,4}[ -]?[a-z]{2,3}|[a-z]{1,2}[ -]\d{3,5}|\d{1,2}[ -][a-z]{1,2}[ -]\d{3,5}|\d{1,2}[ -]\d{4,5}|[a-z]{2}\d[ -]?\d{4}"
    r"|[a-z]{2,3}[ -]\d{1,2}[ -]?[a-z0-9]{2,3}|\d{3}[ -][a-z]{2}\d)(?![^\W_])"
)
_ALIKE = re.compile(r"[ \u200c._|/-]")


def plates(drawn: str, cues: Cues) -> Iterator[Candidate]:
    """Plates known by their form, and those that only a word beside them tells from other codes."""
    yield from _iranian(drawn, cues)
    yield from _russian(drawn, cues)
    for match in _ARAB.finditer(drawn):
        letters, digits = match["l"] or match["l2"], match["n"] or match["n2"]
        cued = _announced(cues, match)
        three = letters.count(" ") + letters.count("-") == 2
        if cued or (three and len(digits) > 2 and not cues.counted(match.end())):
            value = digits + _ALIKE.sub("", letters)
            yield Candidate("plate", match.start(), match.end(), value, CUED if cued else FORMED)
    for match in _EMIRATE.finditer(drawn):
        if match["code"].isalpha() or _announced(cues, match):
            yield Candidate("plate", match.start(), match.end(), _ALIKE.sub("", match[0]), CUED)
    for match in _LATIN.finditer(drawn):
        if any(c.isdigit() for c in match[0]) and _announced(cues, match):
            yield Candidate("plate", match.start(), match.end(), _ALIKE.sub("", match[0]), CUED)


def _announced(cues: Cues, match: re.Match[str]) -> bool:
    return cues.kind_at(*match.span()) == "plate"


def _iranian(drawn: str, cues: Cues) -> Iterator[Candidate]:
    for match in _IRANIAN.finditer(drawn):
        a, letter, b, c = (match[g] or match[f"{g}2"] or match[f"{g}3"] for g in ("a", "letter", "b", "c"))
        named = match["iran"] or match["c2"] or match["c3"]
        if letter == "و" and not named and not _announced(cues, match):
            continue  # «and» between two figures
        yield Candidate("plate", match.start(), match.end(), f"{a}{letter}{b}{c}", SURE if named else FORMED)


def _russian(drawn: str, cues: Cues) -> Iterator[Candidate]:
    for match in _RUSSIAN.finditer(drawn):
        cued = _announced(cues, match)
        closed = "-" not in match[0] and " " not in match[0].replace(f" {match['region']}", "")
        latin = match["a"].isascii()
        if cued or (match["region"] and (closed or not latin)) or (closed and not latin):
            value = "".join((match["a"], match["n"], match["b"], match["region"] or "")).translate(_RUSSIAN_LETTERS)
            yield Candidate("plate", match.start(), match.end(), value, CUED if cued else FORMED)
