"""Where somebody lives or is: postal addresses as far as their words and numbers tell, and coordinates."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from .candidates import CUED, FORMED, SURE, Candidate
from .canvas import canvas
from .cues import Cues

_G = r"[ \u200c]"
_DECIMALS = re.compile(
    r"(?<![\w.])(?P<a>[+-]?\d{1,3}\.\d{3,})°?[ ]?(?P<ns>[ns])?[ \u200c]{0,2}[,;/ ][ \u200c]{0,2}"
    r"(?:(?:lng|lon|long|longitude|طول|خط|долгота|و|и|and)[ :=\u200c]{0,3})?"
    r"(?P<b>[+-]?\d{1,3}\.\d{3,})°?[ ]?(?P<ew>[ew])?(?![\w%])(?!\.\d)"
)
_LABELLED = re.compile(
    r"(?:lat(?:itude)?|عرض|широта)[ :=]{0,3}(?P<a>[+-]?\d{1,2}\.\d{3,})[ ,;\u200c]{0,3}"
    r"(?:and|و|и)?[ ]?(?:lng|lon|long|longitude|طول|долгота)[ :=]{0,3}(?P<b>[+-]?\d{1,3}\.\d{3,})"
)
_GEO = re.compile(r"geo:(?P<a>-?\d{1,2}\.\d+),(?P<b>-?\d{1,3}\.\d+)[!-~]*")
_DEGREES = (r"\d{1,3}[ ]?[°º˚][ ]?\d{1,2}[ ]?['′’][ ]?(?:\d{1,2}(?:[.,]\d+)?[ ]?(?:\"|″|''|′′))?[ ]?"
            r"(?:[nsew](?![a-z])|شمالی?|جنوبی?|شرقی?|غربی?|с\.? ?ш\.?|ю\.? ?ш\.?|в\.? ?д\.?|з\.? ?д\.?)?")
_DMS = re.compile(rf"(?<![\w.])(?:[nsew] ?)?{_DEGREES}[ ,;\u200cو]{{0,4}}(?:[nsew] ?)?{_DEGREES}")


def coordinates(drawn: str) -> Iterator[Candidate]:
    """Pairs of degrees: decimal with three places or more, in minutes and seconds, or behind ``geo:``."""
    for pattern in (_DECIMALS, _LABELLED, _GEO):
        for match in pattern.finditer(drawn):
            a, b = float(match["a"]), float(match["b"])
            if (abs(a) <= 90 and abs(b) <= 180) or (abs(b) <= 90 and abs(a) <= 180 and pattern is _DECIMALS):
                yield Candidate("coordinates", match.start(), match.end(), f"{a:.6f},{b:.6f}", SURE)
    if any(sign in drawn for sign in "°º˚"):
        for match in _DMS.finditer(drawn):
            yield Candidate("coordinates", match.start(), match.end(), re.sub(r"\s", "", match[0]), SURE)


@dataclass(frozen=True, slots=True)
class _Words:
    """The patterns of the addresses of one language: ``part`` matches a street, or a house with its number."""

    part: re.Pattern[str]
    gap: re.Pattern[str]  # what may stand between two parts of one address
    cue: re.Pattern[str]


def _any_of(value: str) -> str:
    entries = sorted({canvas(e.strip()) for e in value.split(",")}, key=lambda e: (-len(e), e))
    return "|".join(
        re.escape(e.rstrip("*")).replace("\\ ", r"[ \u200c]?") + (r"[^\W\d_]*" if e.endswith("*") else "") for e in entries
    )


_NUMBER = r"\d{1,5}(?:[ ]?[-/][ ]?\d{1,4})?(?:[ ]?[a-zа-яا-د](?![^\W_]))?"
_NAME = r"[^\W\d_][\w'\u200c-]*"


@lru_cache(maxsize=1)
def _languages() -> tuple[_Words, ...]:
    table = tomllib.loads(files(__package__).joinpath("places.toml").read_text("utf-8"))
    found = []
    for lang in ("fa", "ar", "ru"):
        words = table[lang]
        street, unit, more = _any_of(words["street"]), _any_of(words["unit"]), _any_of(words["more"])
        joined = r"(?:ال|و|ب|ل|وال|بال)?" if lang == "ar" else ""
        name = rf"(?:{_G}?[:.]?{_G}{{0,2}}(?:\d{{1,3}}(?:-?(?:[яйх]|ая|ый|ой|го))?{_G})?{_NAME}(?:{_G}{_NAME}){{0,3}}?)"
        ordinal = rf"(?:{_G}(?:{more}))" if lang != "ru" else r"(?!)"
        part = (
            rf"(?<![^\W_])(?:"
            rf"(?P<unit>{joined}(?:{unit})(?:{_G}?(?:شماره|رقم|номер|№|no\.?))?{_G}?[:.#№=]?{_G}{{0,2}}(?:{_NUMBER}{ordinal}?|{ordinal}))"
            rf"|(?P<behind>\d{{1,3}}(?:-?(?:й|ый|ой|ом|м))?{_G}(?:этаж|подъезд|корпус|квартира|طبقه|واحد)(?![^\W_]))"
            rf"|(?P<street>{joined}(?:{street})(?![^\W_]){name}(?=[ \u200c]*(?:$|[,;\n.()/-]|\d|(?<![^\W_])(?:{joined}(?:{street}|{unit}|{more}))(?![^\W_]))))"
            rf")"
        )
        gap = re.compile(rf"(?:[\s\u200c,.;:/|()-]|(?<![^\W_])(?:و|{more})(?![^\W_])){{0,8}}(?:{_NAME}[ ,\u200c-]{{1,3}}){{0,3}}(?:{_NUMBER}[ ,-]{{0,3}})?")
        cue = re.compile(rf"(?<![^\W_])(?:{_any_of(words['cue'])})[^\W\d_]{{0,3}}{_G}{{0,2}}(?:[:=-]|{_G}|هست|است|اینه)+")
        found.append(_Words(re.compile(part), gap, cue))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Part:
    start: int
    end: int
    street: bool


_LONGEST_GAP = 40


def addresses(drawn: str, cues: Cues) -> Iterator[Candidate]:
    """Streets with the numbers of houses and flats, and postal codes that a word announces."""
    for words in _languages():
        yield from _grouped(drawn, words)
    yield from _english(drawn)
    yield from _postal(drawn, cues)


def _grouped(drawn: str, words: _Words) -> Iterator[Candidate]:
    parts = [_Part(m.start(), m.end(), m["street"] is not None) for m in words.part.finditer(drawn)]
    index = 0
    while index < len(parts):
        group = [parts[index]]
        while index + 1 < len(parts) and _one_address(drawn, group[-1], parts[index + 1], words):
            index += 1
            group.append(parts[index])
        index += 1
        units = sum(not p.street for p in group)
        if not units:
            continue
        start, end = group[0].start, group[-1].end
        announced = _announced(drawn, start, words)
        numbered = re.search(r"\d", drawn[start:end]) is not None
        if numbered and (len(group) >= 2 or announced is not None):
            start = start if announced is None else announced
            yield Candidate("address", start, end, " ".join(drawn[start:end].replace("\u200c", " ").split()), CUED)


def _one_address(drawn: str, one: _Part, other: _Part, words: _Words) -> bool:
    between = drawn[one.end : other.start]
    return len(between) <= _LONGEST_GAP and "\n\n" not in between and words.gap.fullmatch(between) is not None


def _announced(drawn: str, start: int, words: _Words) -> int | None:
    """Where the address begins that a word before ``start`` announces (the town stands before the street)."""
    last = None
    for match in words.cue.finditer(drawn, max(0, start - 50), start):
        last = match
    if last is None or re.search(r"[.!?؟\n]\s", drawn[last.end() : start]):
        return None
    return last.end() + len(drawn[last.end() : start]) - len(drawn[last.end() : start].lstrip(" \u200c:"))


@lru_cache(maxsize=1)
def _english_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    table = tomllib.loads(files(__package__).joinpath("places.toml").read_text("utf-8"))["en"]
    ways, unit = _any_of(table["ways"]), _any_of(table["unit"])
    states = "|".join(table["states"].split())
    one_unit = rf"(?:{unit})[ ]?(?:no\.?|number|#)?[ ]?\d{{1,5}}[a-z]?(?![^\W_])"
    tail = (
        rf"(?:[ ]?[,\n]?[ ]?(?:{one_unit}|#[ ]?\d{{1,5}}[a-z]?))*"
        rf"(?:[ ]?,[ ]?[a-z][a-z .'-]{{2,24}}?(?=,|[ ](?:{states})[ ]\d{{5}}|[ ]?[a-z]{{1,2}}\d))?"
        rf"(?:[ ]?,?[ ](?:{states})[ ]\d{{5}}(?:-\d{{4}})?|[ ]?,?[ ][a-z]{{1,2}}\d[a-z\d]?[ ]?\d[a-z]{{2}}(?![^\W_]))?"
    )
    way = rf"(?:{ways})(?![^\W_])"
    name = r"(?:[a-z\d][a-z\d'.-]*[ ]){1,4}?"
    street = re.compile(
        rf"(?<![^\W_])(?:{one_unit}[ ]?,?[ ]?)*(?P<house>\d{{1,5}}(?:[-/]\d{{1,4}})?[a-z]?)[ ]?,?[ ](?P<name>{name}){way}(?:[ ](?:nw|ne|sw|se|north|south|east|west|n|s|e|w)(?![^\W_]))?{tail}"
    )
    units = re.compile(
        rf"(?<![^\W_]){one_unit}(?:[ ]?,?[ ]?{one_unit}){{0,4}}[ ]?,[ ]?(?:[a-z][a-z .'-]{{2,30}},?[ ]?)?(?:(?:{ways})(?![^\W_])(?:[ ]\d{{1,4}}[a-z]?)?|{one_unit})(?:[ ]?,[ ]?{one_unit})*"
    )
    return street, units


_MEASURES = re.compile(
    r"(?<![^\W_])(?:to|the|on|in|at|my|your|this|that|for|and|is|was|of|a|an|minutes?|mins?|hours?|days?|weeks?|months?|years?|times|"
    r"stars?|am|pm|people|usd|dollars?|percent|km|miles|meters?|feet|steps|orders?|items|it|no|by|from|blocks?)(?![^\W_])"
)


def _english(drawn: str) -> Iterator[Candidate]:
    street, units = _english_patterns()
    for match in street.finditer(drawn):
        if not _MEASURES.search(match["name"]):
            yield Candidate("address", match.start(), match.end(), " ".join(match[0].split()), FORMED)
    for match in units.finditer(drawn):
        yield Candidate("address", match.start(), match.end(), " ".join(match[0].split()), FORMED)


_POSTAL = re.compile(
    r"(?<![\w-])(?:\d{5}[ \u200c-]?\d{5}|\d{5}(?:-\d{4})?|\d{6}|\d{3,4}|[a-z]{1,2}\d[a-z\d]?[ ]?\d[a-z]{2}|[a-z]\d[a-z][ ]?\d[a-z]\d)(?![\w-])"
)
_BRITISH = re.compile(r"(?<![\w-])[a-z]{1,2}\d[a-z\d]?[ ]\d[abd-hjlnp-uw-z]{2}(?![\w-])")


def _postal(drawn: str, cues: Cues) -> Iterator[Candidate]:
    for match in _POSTAL.finditer(drawn):
        near = cues.before(match.start())
        if near and near[0].kind == "postal" and match.start() - near[0].end <= 14:
            yield Candidate("address", match.start(), match.end(), re.sub(r"[ \u200c-]", "", match[0]), CUED)
