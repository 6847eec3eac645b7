"""Where somebody is: degrees of latitude and longitude."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .candidates import SURE, Candidate

_DECIMALS = re.compile(
    r"(?<![\d.])(?<![^\W\dnsс])(?P<a>[+-]?\d{1,3}\.\d{3,})°?[ ]?(?:[ns]|[сю]\.? ?ш\.?)?[ \u200c]{0,2}[,"
    r";/ \n][ \u200c\n]{0,2}"
    r"(?:(?:lng|lon|long|longitude|(?:و|و )?(?:خط )?(?:ال)?طول|долгота|و|и|and|e|w|n|s)[ :=\u200c]{0,3})?"
    r"(?P<b>[+-]?\d{1,3}\.\d{3,})°?(?:[ ]?[ew]|[ ]?[вз]\.? ?д\.?)?(?![\w%])(?!\.\d)"
)
_COMMAS = re.compile(r"(?<![\w.,])(?P<a>[+-]?\d{1,2},\d{4,})[ ]?[;/ ][ ]?(?P<b>[+-]?\d{1,3},\d{4,})(?!\w|,\d)")
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
    for match in _COMMAS.finditer(drawn):
        a, b = (float(match[name].replace(",", ".")) for name in ("a", "b"))
        if abs(a) <= 90 and abs(b) <= 180:
            yield Candidate("coordinates", match.start(), match.end(), f"{a:.6f},{b:.6f}", SURE)
    for pattern in (_DECIMALS, _LABELLED, _GEO):
        for match in pattern.finditer(drawn):
            a, b = float(match["a"]), float(match["b"])
            if (abs(a) <= 90 and abs(b) <= 180) or (abs(b) <= 90 and abs(a) <= 180 and pattern is _DECIMALS):
                yield Candidate("coordinates", match.start(), match.end(), f"{a:.6f},{b:.6f}", SURE)
    if any(sign in drawn for sign in "°º˚"):
        for match in _DMS.finditer(drawn):
            yield Candidate("coordinates", match.start(), match.end(), re.sub(r"\s", "", match[0]), SURE)
