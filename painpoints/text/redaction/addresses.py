"""Where somebody lives: postal addresses, as far as their words and numbers tell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from .candidates import CUED, Candidate
from .canvas import canvas
from .cues import Cues

_G = r"[ \u200c]"
_EDGE, _END = r"(?<![^\W_])", r"(?![^\W_])"
_NUMBER = r"\d{1,5}(?!\d)(?:[ ]?[-/][ ]?\d{1,4})?(?:[ ]?[a-zа-яا-د](?:\d{1,3})?(?![^\W_])|к\d{1,2})?"
_NAME = r"[^\W\d_][\w'’\u200c-]*"
_SCRIPTS = {
    "fa": re.compile("[\u0621-\u06d5]"), "ar": re.compile("[\u0621-\u06d5]"), "ru": re.compile("[а-я]"),
    "translit": re.compile("[a-z]{2}"), "en": re.compile("[a-z]{3}"),
}
_LONGEST_GAP = 40
_MOST_WORDS = 3


@dataclass(frozen=True, slots=True)
class _Tongue:
    """The patterns of the addresses of one language.

    ``part`` matches a street or a house with its number; the group that matched says which: ``full`` is an address
    by itself, ``unit`` has a number, ``street`` a name.
    """

    part: re.Pattern[str]
    gap: re.Pattern[str]
    cue: re.Pattern[str]
    told: re.Pattern[str] | None  # what is an address only behind a cue
    before: frozenset[str]
    town: re.Pattern[str]
    script: re.Pattern[str]  # a text in the script the language is written in
    behind: re.Pattern[str]  # what may follow an address: a town, a postal code


def _any_of(value: str) -> str:
    entries = sorted({canvas(e.strip()) for e in value.split(",")}, key=lambda e: (-len(e), e))
    return "|".join(
        re.escape(e.rstrip("*")).replace("\\ ", r"[ \u200c]?") + (r"[^\W\d_]*" if e.endswith("*") else "")
        for e in entries
    )


@lru_cache(maxsize=1)
def _tongues() -> tuple[_Tongue, ...]:
    table = tomllib.loads(files(__package__).joinpath("places.toml").read_text("utf-8"))
    return (*(_prefixing(lang, table[lang]) for lang in ("fa", "ar", "ru", "translit")), _english(table["en"]))


def _prefixing(lang: str, words: dict[str, str]) -> _Tongue:
    """Languages that write the word before the name or the number: «خیابان …», «شارع …», «ул. …»."""
    street, unit, more = (_any_of(words[name]) for name in ("street", "unit", "more"))
    joined = r"(?:وال|بال|لل|ال|و|ب|ل)?" if lang == "ar" else ""
    tie = rf"(?:\u200c?ی)?(?:{_G}?(?:شماره|رقم|номер|№|no\.?))?" + rf"{_G}?[:.#№=]?{_G}{{0,2}}"
    short = rf"(?<=[-,]{_G})و{_G}?\d{{1,3}}(?!\d)|" if lang == "fa" else ""  # «و ۳»: elsewhere it means "and"
    ordinal = rf"{_G}(?:{more}){_END}"
    house = rf"(?P<house>{_NUMBER}{_G})?" if lang in ("ar", "translit") else ""
    numbered = r"\d{1,3}(?:-?(?:я|й|х|ая|ый|ой|го))?" + _G
    name = rf"(?:{_G}?[:.]?{_G}{{0,2}}(?:{numbered})?{_NAME}(?:{_G}{_NAME}){{0,3}}?)"
    stop = rf"(?={_G}*(?:$|[,;\n.()/|-]|\d|{_EDGE}{joined}(?:{street}|{unit}|{more}){_END}))"
    kinds = [
        rf"(?P<unit>{short}{joined}(?:{unit})(?:{tie}{_NUMBER}(?:{_G}(?:{more}){_END})?|(?:\u200cی)?{ordinal}))",
        rf"(?P<story>\d{{1,3}}(?:-?(?:й|ый|ой|ом|м))?{_G}(?:этаж|подъезд|корпус|квартира|طبقه|واحد){_END})",
        rf"(?P<street>{house}{joined}(?:{street}){_END}(?:\u200cی)?{name}{stop})",
    ]
    if lang == "ru":
        ways, adjective = _any_of(words["ways"]), r"[а-я]{2,}(?:ий|ый|ой|ая|яя|ое|ее|ого|его|ую|юю|ом|ем|ских)"
        way = (
            rf"(?:(?:{ways}){_END}{_G}(?:{numbered})?{_NAME}(?:{_G}{_NAME})??|(?:{adjective}|\d{{1,"
            rf"3}}-?я){_G}(?:{ways}){_END})"
        )
        kinds.insert(0, rf"(?P<full>{way}{_G}?,?{_G}{{1,2}}(?:д\.?{_G}?)?{_NUMBER}{_END})")
        kinds.append(rf"(?P<way>(?:{adjective}|\d{{1,3}}-?я){_G}(?:{ways}|линия){_END})")
    if lang == "translit":
        kinds.insert(0, rf"(?P<full>(?:ul|ulitsa|ulica|prospekt|pr-t)\.?{_G}{_NAME}{_G}?,?{_G}{_NUMBER}{_END})")
    gap = (
        rf"(?:[\s\u200c,.;:/|()-]|{_EDGE}(?:و|{more}){_END}){{0,8}}(?:{_NAME}[ ,\u200c-]{{1,3}}){{0,"
        rf"4}}(?:{_NUMBER}[ ,-]{{0,3}})?"
    )
    told = None
    if lang == "ru":
        told = re.compile(rf"(?:[а-я]\.{_G}?)?{_NAME}(?:{_G}{_NAME})?{_G}?,?{_G}\d{{1,3}}[а-я]?{_G}?[-/"
            rf"]{_G}?\d{{1,4}}(?!\d)")
    towns = rf"{_EDGE}(?:г\.{_G}?)?(?:{_any_of(words['towns'])}){_END}"
    return _Tongue(
        re.compile(rf"{_EDGE}(?:{'|'.join(kinds)})"), re.compile(gap),
        re.compile(rf"{_EDGE}و?(?:{_any_of(words['cue'])})[^\W\d_]{{0,3}}(?:[:=\s\u200c-]|هست|است|اینه)+"), told,
        frozenset(canvas(w.strip()) for w in words["before"].split(",")), re.compile(towns), _SCRIPTS[lang],
        re.compile(rf"{_G}?[,-]{_G}?(?:{towns}|\d{{5,6}}(?!\d))"),
    )


def _english(words: dict[str, str]) -> _Tongue:
    """English, which writes the number before the name and the word behind it: "221B Baker Street, Apt 4"."""
    ways, buildings, unit = (_any_of(words[name]) for name in ("ways", "buildings", "unit"))
    states = "|".join(words["states"].split())
    measures = rf"(?!(?:{'|'.join(words['measures'].split())}){_END})"
    word = rf"{measures}[a-z][a-z'’.-]*"
    compass = r"(?:[ ](?:nw|ne|sw|se|north|south|east|west|n|s|e|w)(?![^\W_]))?"
    house = r"\d{1,5}(?:[-/]\d{1,4})?[a-z]?"
    part = (
        rf"{_EDGE}(?:(?P<full>{house}[ ]?,?[ ](?:(?:{word}|\d{{1,3}}(?:st|nd|rd|th))[ ]){{1,3}}?(?"
        rf":{ways}){_END}(?:[ ](?:{ways}){_END})?"
        rf"(?:[ ]\d{{1,4}}(?![^\W_]))?{compass}"
        rf"|(?:p\.?[ ]?o\.?[ ]?box|psc[ ]\d{{1,4}}[ ]box)[ ]?#?[ ]?\d{{1,6}})"
        rf"|(?P<unit>(?:{unit})[ ]?(?:no\.?|number|#)?[ ]?\d{{1,5}}[a-z]?{_END}|\#[ ]?\d{{1,5}}[a-z]?{_END}"
        rf"|(?:street|road)[ ]\d{{1,3}}[a-z]?{_END})"
        rf"|(?P<street>(?:{word}[ ]){{1,3}}(?:{buildings}|{ways}){_END}(?:[ ]\d{{1,3}}{_END})?))"
    )
    british = r"[a-z]{1,2}\d[a-z\d]?[ ]?\d[a-z]{2}(?![^\W_])"
    town = r"[a-z][a-z'’-]+(?:[ ][a-z'’-]+)?"
    towns = rf"{_EDGE}(?:{_any_of(words['towns'])}){_END}"
    return _Tongue(
        re.compile(part), re.compile(r"[ ]?[,\n|-]?[ ]?"),
        re.compile(rf"{_EDGE}(?:{_any_of(words['cue'])})(?:[ ]?(?:is|at|:|-))*\s+"),
        re.compile(rf"{house}[ ]?,?[ ](?:{word}[ ]?){{1,3}}(?=[,.;\n]|$)"),
        frozenset(), re.compile(towns), _SCRIPTS["en"],
        re.compile(
            rf"[ ]?[,\n][ ]?(?:{town}[ ,\n]{{1,2}})?(?:{british}|(?:{states})[ ]\d{{5}}(?:-\d{{4}})"
            rf"?{_END}|{towns}(?:[ ](?:{states}){_END})?)"
            rf"|[ ]{british}|[ ]?[,\n][ ]?{towns}"
        ),
    )


@dataclass(frozen=True, slots=True)
class _Part:
    start: int
    end: int
    group: str


def addresses(drawn: str, cues: Cues) -> Iterator[Candidate]:
    """Streets with the numbers of houses and flats, and postal codes that a word announces."""
    for tongue in _tongues():
        if not tongue.script.search(drawn):
            continue
        yield from _grouped(drawn, tongue)
        if tongue.told is not None:
            for cue in tongue.cue.finditer(drawn):
                told = tongue.told.match(drawn, cue.end())
                if told:
                    yield _address(drawn, told.start(), _behind(drawn, told.end(), tongue))
    yield from _postal(drawn, cues)


def _address(drawn: str, start: int, end: int) -> Candidate:
    return Candidate("address", start, end, " ".join(re.sub(r"[\W_]+", " ", drawn[start:end]).split()), CUED)


def _grouped(drawn: str, tongue: _Tongue) -> Iterator[Candidate]:
    parts = [_Part(m.start(), m.end(), str(m.lastgroup)) for m in tongue.part.finditer(drawn) if not _dated(drawn, m)]
    index = 0
    while index < len(parts):
        group = [parts[index]]
        while index + 1 < len(parts) and _one_address(drawn, group[-1], parts[index + 1], tongue):
            index += 1
            group.append(parts[index])
        index += 1
        start, end = group[0].start, group[-1].end
        full = any(p.group == "full" for p in group)
        storied = len(group) > 2 and any(p.group == "unit" for p in group)
        numbered = storied or re.search(r"\d", drawn[start:end]) is not None
        streets = sum(p.group in ("street", "way", "house") for p in group)
        several = len(group) > 1 and (bool(streets) or len(group) > 2 or _housed(drawn, group))
        told = group[0].group == "unit" and _announced(drawn, start, tongue)
        if full or (numbered and (several or told)):
            yield _address(drawn, _before(drawn, start, tongue), _behind(drawn, end, tongue))


def _dated(drawn: str, match: re.Match[str]) -> bool:
    """«20.03.2019 г. …»: the word of a year, not of a town."""
    return match[0].startswith("г") and drawn[max(0, match.start() - 2) : match.start()].strip().isdigit()


def _housed(drawn: str, group: list[_Part]) -> bool:
    """Whether two numbered parts are a house and a flat rather than two of anything (a block and a gate)."""
    return len({drawn[p.start : p.start + 2] for p in group}) > 1


def _one_address(drawn: str, one: _Part, other: _Part, tongue: _Tongue) -> bool:
    between = drawn[one.end : other.start]
    return len(between) <= _LONGEST_GAP and "\n\n" not in between and tongue.gap.fullmatch(between) is not None


def _announced(drawn: str, start: int, tongue: _Tongue) -> bool:
    return any(m.end() >= start - 1 for m in tongue.cue.finditer(drawn, max(0, start - 40), start))


_SEGMENT = re.compile(r"(?P<words>[^,;:.!?\n()«»\"|\ue000]*?)[ \u200c]*(?P<mark>[,|]|[ ]-)[ ]*$")


def _before(drawn: str, start: int, tongue: _Tongue) -> int:
    """Where an address begins whose first street is at ``start``: the town and the quarter stand before it."""
    for _ in range(_MOST_WORDS):
        segment = _SEGMENT.search(drawn, max(0, start - 60), start)
        if segment is None:
            break
        words = list(re.finditer(r"\S+", segment["words"]))
        if not words:
            break
        offset = segment.start("words")
        whole = offset == 0 or drawn[offset - 1] in ",;:.!?\n|-"
        towns = [m for m in tongue.town.finditer(segment["words"]) if not segment["words"][m.end():].strip()]
        if towns:
            start = offset + towns[0].start()
            return start if segment["words"][: towns[0].start()].strip() else _before(drawn, start, tongue)
        led = [i for i, word in enumerate(words) if word[0] in tongue.before]
        first = led[-1] + 1 if led else 0
        if first >= len(words) or not tongue.before or words[-1][0].isdigit():
            break
        if led or len(words) > _MOST_WORDS:
            first = max(first, len(words) - (_MOST_WORDS if led else 1))
            return offset + words[first].start()
        start = offset + words[0].start()
        if not whole:
            break
    lead = re.search(r"(?P<words>[^\s\ue000]+(?:[ ][^\s\ue000]+)?)[ \u200c]{1,2}$", drawn[max(0, start - 40) : start])
    if lead:
        for town in tongue.town.finditer(lead["words"]):
            if not lead["words"][town.end():].strip(" \u200c"):
                return max(0, start - 40) + lead.start() + town.start()
    return start


def _behind(drawn: str, end: int, tongue: _Tongue) -> int:
    """Where an address ends: a town or a postal code may follow."""
    for _ in range(2):
        match = tongue.behind.match(drawn, end)
        if match is None:
            break
        end = match.end()
    return end


_POSTAL = re.compile(r"(?<![\w-])(?:\d{5}[ \u200c-]?\d{5}|[a-z]{1,2}\d[a-z\d]?[ ]?\d[a-z]{2}|[a-z]\d[a-"
    r"z][ ]?\d[a-z]\d|[a-z]{4}\d{4})(?![\w-])")


def _postal(drawn: str, cues: Cues) -> Iterator[Candidate]:
    """Postal codes so narrow that they name a house or a row of houses; those of towns tell too little."""
    for match in _POSTAL.finditer(drawn):
        near = cues.before(match.start())
        if near and near[0].kind == "postal" and match.start() - near[0].end <= 14:
            yield _address(drawn, match.start(), match.end())
