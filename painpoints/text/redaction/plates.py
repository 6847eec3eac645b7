"""Number plates of vehicles."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .candidates import CUED, FORMED, SURE, Candidate
from .cues import Cues

_S = r"[ \u200c._|/-]{0,3}"
_IRAN = r"(?:ایران|iran|ir)"
_LETTER = r"(?:الف|[بپتثجدزژسشصطعفقکگلمنوهی]|ا|معلولین|تشریفات)"
_NAMED_LETTER = rf"(?:{_LETTER}|[a-z]{{1,4}})"
_IRANIAN = (
    re.compile(rf"(?<!\d)(?P<a>\d\d){_S}(?P<letter>{_LETTER}){_S}(?P<b>\d{{3}})(?P<named>{_S}{_IRAN})?{_S}(?P<c>\d\d)(?!\d)"),
    re.compile(rf"(?<!\d)(?P<b>\d{{3}}){_S}(?P<letter>{_LETTER}){_S}(?P<a>\d\d)(?P<named>{_S}{_IRAN}){_S}(?P<c>\d\d)(?!\d)"),
    re.compile(rf"(?P<named>{_IRAN}){_S}(?P<c>\d\d){_S}(?P<a>\d\d){_S}(?P<letter>{_NAMED_LETTER}){_S}(?P<b>\d{{3}})(?!\d)"),
    re.compile(rf"(?P<named>{_IRAN}){_S}(?P<c>\d\d){_S}(?P<b>\d{{3}}){_S}(?P<letter>{_NAMED_LETTER}){_S}(?P<a>\d\d)(?!\d)"),
    re.compile(rf"(?P<named>{_IRAN}){_S}(?P<a>\d\d){_S}(?P<letter>{_NAMED_LETTER}){_S}(?P<b>\d{{3}}){_S}(?P<c>\d\d)(?!\d)"),
)
#: the letter written in Latin, or a motorcycle: only with a word beside it
_IRANIAN_TOLD = re.compile(rf"(?<!\d)(?:\d\d{_S}[a-z]{{1,4}}{_S}\d{{3}}{_S}(?:{_IRAN}{_S})?\d\d|\d{{3}}"
    rf"[ ]?[-/][ ]?\d{{5}})(?!\d)")
_RUSSIAN = re.compile(
    r"(?<![^\W_])(?P<a>[авекмнорстух]|[abekmhopctyx])[ -]?(?P<n>\d{3})[ -]?(?P<b>[авекмнорстух]{2}|[abekmhopctyx]{2})"
    r"[ -]?(?P<region>(?:[12789]\d{2}|\d{2})(?!\d))?(?:[ ]?(?:rus|рус)\b)?(?![^\W_])"
)
#: motorcycles, trailers, taxis
_RUSSIAN_TOLD = re.compile(
    r"(?<![^\W_])(?!на|но|то|от|не|во|со|ко|ну|та|те|ту|ах|ох|ем|ее|мне|ум|ус)(?:\d{4}[ ]?[авекмнорстух"
    r"]{2}|[авекмнорстух]{2}[ ]?\d{3,4})[ ]?(?:[12789]\d{2}|\d{2})(?![^\W_])"
)
_RUSSIAN_LETTERS = str.maketrans("abekmhopctyx", "авекмнорстух")
_AR = r"[\u0621-\u064a\u06a9\u06cc]"
#: letters apart, as on the plates of Saudi Arabia and Egypt, and up to four digits, either way round
_ARAB = re.compile(
    rf"(?<![^\W_])(?P<l>(?:{_AR}[ \u200c-]{{1,2}}){{0,2}}{_AR})[ \u200c-]{{1,3}}(?P<n>\d{{1,6}})(?!\d)"
    rf"|(?<!\d)(?P<n2>\d{{1,4}})[ \u200c-]{{1,3}}(?P<l2>(?:{_AR}[ \u200c-]{{1,2}}){{1,2}}{_AR})(?![^\W_])"
)
_TOWN = re.compile(
    r"(?<![^\W_])(?:dubai|abu dhabi|sharjah|ajman|rak|fujairah|umm al quwain|دبی|ابوظبی|ابو ظبی|الشارقه"
    r"|عجمان|راس الخیمه"
    r"|الفجیره|بغداد|البصره|اربیل|نینوی|کرکوک|السلیمانیه|دهوک|الانبار|النجف|کربلاء)"
    r"[ \u200c,/-]{1,3}(?P<code>[a-z]|\d{1,2}|" + _AR + r")[ \u200c/-]{1,3}(?P<n>\d{2,6})(?![\d%]|[.,:]\d)"
)
_NUMBERED = re.compile(r"(?<!\d)\d{1,2}[ ]?-[ ]?\d{4,5}(?!\d)")
_LATIN = re.compile(
    r"(?<![^\W_])(?<!\d\.)(?:[a-z]{2}\d{2}[ -]?[a-z]{3}|[a-z]{3}[ -]?\d{3,4}|\d[a-z]{3}[ -]?\d{3}|[a-z"
    r"]\d{1,3}[ -]?[a-z]{3}"
    r"|\d{3,4}[ -]?[a-z]{2,3}|[a-z]{1,2}[ -]\d{3,5}(?:[ -][a-z]{1,2})?|\d{1,2}[ -][a-z]{1,2}[ -]\d{3,5}"
    r"|\d{1,2}[ -]\d{4,5}"
    r"|[a-z]{2}\d[ -]?\d{4}|[a-z]{2,3}[ -]\d{1,2}[ -]?[a-z0-9]{2,3}|\d{3}[ -][a-z]{2}\d)(?![^\W_])"
)
_BRITISH = re.compile(r"(?<![^\W_])[a-hj-pr-y]{2}(?:0[2-9]|[1267]\d|5[1-9])[ ]?[a-hj-pr-z]{3}(?![^\W_])")
_ALIKE = re.compile(r"[ \u200c._|/-]")


def plates(drawn: str, cues: Cues) -> Iterator[Candidate]:
    """Plates known by their form, and those that only a word beside them tells from other codes."""
    yield from _iranian(drawn, cues)
    yield from _russian(drawn, cues)
    yield from _arab(drawn, cues)
    told = cues.speak_of("plate")
    if not told and not cues.speak_of("vehicle"):
        return
    for match in _LATIN.finditer(drawn) if told else ():
        if any(c.isdigit() for c in match[0]) and _announced(cues, match):
            yield _plate(match)
    for pattern in (_BRITISH, _IRANIAN_TOLD, _RUSSIAN_TOLD, _NUMBERED):
        for match in pattern.finditer(drawn):
            if _announced(cues, match) or cues.vehicle(*match.span()):
                yield _plate(match)


def _plate(match: re.Match[str], value: str | None = None, certainty: int = CUED) -> Candidate:
    return Candidate("plate", match.start(), match.end(), value or _ALIKE.sub("", match[0]), certainty)


def _announced(cues: Cues, match: re.Match[str]) -> bool:
    return cues.kind_at(*match.span()) == "plate"


def _iranian(drawn: str, cues: Cues) -> Iterator[Candidate]:
    for pattern in _IRANIAN:
        for match in pattern.finditer(drawn):
            named = match["named"] is not None
            if match["letter"] == "و" and not named and not _announced(cues, match):
                continue  # «and» between two figures
            value = match["a"] + match["letter"] + match["b"] + match["c"]
            yield _plate(match, value, SURE if named or _announced(cues, match) else FORMED)


def _russian(drawn: str, cues: Cues) -> Iterator[Candidate]:
    for match in _RUSSIAN.finditer(drawn):
        cued = _announced(cues, match) or cues.vehicle(*match.span())
        closed = "-" not in match[0] and " " not in match[0].replace(f" {match['region']}", "")
        latin = match["a"].isascii()
        if cued or (match["region"] and (closed or not latin)) or (closed and not latin):
            value = "".join((match["a"], match["n"], match["b"], match["region"] or "")).translate(_RUSSIAN_LETTERS)
            yield _plate(match, value, CUED if cued else FORMED)


def _arab(drawn: str, cues: Cues) -> Iterator[Candidate]:
    for match in _ARAB.finditer(drawn):
        letters, digits = match["l"] or match["l2"], match["n"] or match["n2"]
        count = len(_ALIKE.sub("", letters))
        cued = _announced(cues, match) or (count > 1 and cues.vehicle(*match.span()))
        if (cued and len(digits) > 1) or (count == 3 and 2 < len(digits) < 5 and not cues.counted(match.end())):
            yield _plate(match, digits + _ALIKE.sub("", letters), CUED if cued else FORMED)
    for match in _TOWN.finditer(drawn):
        if not match["code"].isdigit() or _announced(cues, match) or cues.vehicle(*match.span()):
            yield _plate(match)
