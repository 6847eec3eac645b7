"""E-mail addresses, user names and addresses of machines."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any

from .candidates import CUED, FORMED, SURE, Candidate
from .canvas import canvas
from .cues import Cues

_GAP = r"[ \u200c]{0,2}"
_EMAIL = re.compile(
    rf"[\w.+%'-]*\w{_GAP}@{_GAP}[^\W_][\w-]*(?:{_GAP}\.{_GAP}[^\W_][\w-]*)*{_GAP}\.{_GAP}[^\W\d_]{{2,12}}(?![^\W_])"
)
_PLAIN_EMAIL = re.compile(r"(?:[a-z0-9][a-z0-9.+%_'-]*|\w[\w.+%'-]*\w)\u200c?@\u200c?[^\W_][\w-]*(?:\."
    r"[\w-]+)*\.[a-z\u0400-\u04ff]{2,15}")
_UNWRITTEN = re.compile(r"[ \u200c]")
_HANDLE = re.compile(r"(?<![\w.@/+-])@\u200c?([a-z_][a-z0-9_.]{1,30}[a-z0-9_]|[a-z][a-z0-9])(?![\w@])")
_NAMED = re.compile(r"(?<![\w.@/-])(?=[a-z]*[_.\d-])[a-z_][a-z0-9_.-]{2,30}[a-z0-9_](?![\w@-]|\.\w)")
_SPACED = re.compile(r"@[ \u200c]|\w@[\w.-]*[ \u200c]\.|[ \u200c]@[\w.-]+\.[ \u200c]?\w|\w@[\w.-]+\.[ \u200c]")
#: with the four digits of a game, and as Reddit writes it
_TAGGED = re.compile(r"(?<![\w/.])(?:[\w.]{2,32}#\d{4}|(?P<site>/?u/)[a-z0-9_-]{3,20})(?![\w/])")
_IPV4 = re.compile(r"(?<!\w)(?<!\d\.)\d{1,3}(?:\u200c?\.\u200c?\d{1,3}){3}(?::\d{2,5}|/\d{1,2})?(?![\w-]|\.\d)")
_IPV6 = re.compile(r"(?<![\w:.])(?=[0-9a-f:]*:[0-9a-f:]*:)(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?:%\w+)?(?![\w:])")


_FEWEST_DIGITS_OF_IP = 6
_HOME = [ip_network(net) for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16")]


@lru_cache(maxsize=1)
def link_words() -> dict[str, Any]:
    """What ``links.toml`` says, read once."""
    table: dict[str, Any] = tomllib.loads(files(__package__).joinpath("links.toml").read_text("utf-8"))
    return table


def words(value: str) -> frozenset[str]:
    """The words of a list in the data, as they stand on the canvas."""
    return frozenset(canvas(value).split())


@dataclass(frozen=True, slots=True)
class _Spoken:
    """The patterns of addresses with at and dot written as words."""

    address: re.Pattern[str]
    dot: re.Pattern[str]
    hint: re.Pattern[str]  # nothing to find where this does not match
    providers: frozenset[str]
    endings: frozenset[str]


@lru_cache(maxsize=1)
def _spoken() -> _Spoken:
    mail = link_words()["mail"]

    def any_of(value: str, sep: str | None = ",") -> str:
        entries = {canvas(entry.strip()) for entry in value.split(sep)}
        return "|".join(re.escape(e).replace("\\ ", " ") for e in sorted(entries, key=lambda e: (-len(e), e)))

    at, dot, endings = any_of(mail["at"]), any_of(mail["dot"]), any_of(mail["endings"], None)
    at_sign = (
        rf"(?:{_GAP}[\[({{<]{_GAP}(?:@|{at}){_GAP}[\])}}>]{_GAP}|[ \u200c]+(?:{at})[ \u200c]+"
        rf"|{_GAP}@{_GAP}|[ \u200c]*\*at\*[ \u200c]*|_at_)"
    )
    dot_sign = (
        rf"(?:{_GAP}[\[({{<]{_GAP}(?:\.|{dot}){_GAP}[\])}}>]{_GAP}|[ \u200c]+(?:{dot})[ \u200c]+"
        rf"|{_GAP}\.{_GAP}|_dot_)"
    )
    local = (
        rf"[^\W_][\w+%-]*(?:(?:\.|[ \u200c]+(?:{dot}|underscore|آندرلاین|андерскор|нижнее подчеркив"
        rf"ание|dash|минус)[ \u200c]+|[\[(](?:{dot})[\])])[\w+%-]+)*"
    )
    address = re.compile(rf"(?<![^\W_])(?P<local>{local})(?P<at>{at_sign})(?P<host>[^\W_][\w-]*(?"
        rf":{dot_sign}[^\W_][\w-]*)*?)(?P<dot>{dot_sign})(?P<end>co{dot_sign}[a-z]{{2}}|{endings}|(?<=["
        rf"^ ]\.)[a-z]{{2,12}})(?![^\W_])")
    bracketed = rf"[\[({{<][ ]?(?:@|\.|{at})[ ]?[\])}}>]|\*at\*|_at_"
    return _Spoken(
        address,
        re.compile(
            rf"[ \u200c]+(?:{dot})[ \u200c]+|{_GAP}[\[({{<]{_GAP}(?:{dot}|\.){_GAP}[\])}}>]{_GAP}|_dot_"
        ),
        re.compile(rf"\b(?:{dot}|{any_of(mail['providers'], None)})\b|{bracketed}"),
        words(mail["providers"]), words(mail["endings"]),
    )


@lru_cache(maxsize=1)
def _spoken_signs() -> tuple[str, ...]:
    # as they are written and as they stand on the canvas
    dots, ats = ([entry.strip() for entry in link_words()["mail"][name].split(",")] for name in ("dot", "at"))
    written = [dot for dot in dots if len(dot) > 2] + [sign + at for at in ats for sign in "([{<"]
    return tuple({form for entry in written for form in (entry, canvas(entry))})


def spelled_out(lowered: str) -> bool:
    """Whether a text may hold an e-mail address whose dot is written as a word, or its @ in brackets."""
    return any(sign in lowered for sign in _spoken_signs())


def emails(drawn: str) -> Iterator[Candidate]:
    """E-mail addresses, also with spaces people put in and with at and dot written as words."""
    if "@" in drawn:
        for match in _PLAIN_EMAIL.finditer(drawn):
            yield Candidate("email", match.start(), match.end(), _UNWRITTEN.sub("", match[0]), SURE)
    spoken = _spoken()
    at_hand = "@" in drawn
    if not (spelled_out(drawn) or at_hand or any(sign in drawn for sign in "[({<*_")):
        return
    if not (spoken.hint.search(drawn) or (at_hand and _SPACED.search(drawn))):
        return
    for match in spoken.address.finditer(drawn):
        written = match["at"].strip(" \u200c")
        host = spoken.dot.sub(".", match["host"])
        known = _UNWRITTEN.sub("", host.split(".")[0]) in spoken.providers
        bare = written[:1].isalpha() and written != "_at_"
        if bare and not known and not match["dot"].strip(" \u200c.[](){}<>"):
            continue  # «bought at amazon.com»
        if written == "@" and " " in match[0] and not (known or len(match["at"]) > 1 or match["dot"] != "."):
            continue
        named = match["end"] in spoken.endings or match["end"].startswith("co")
        if not named and not written.startswith(("[", "(", "{", "<")):
            continue
        value = f"{spoken.dot.sub('.', match['local'])}@{host}.{match['end']}"
        yield Candidate("email", match.start(), match.end(), _UNWRITTEN.sub("", value), CUED)


def handles(drawn: str, cues: Cues, brands: frozenset[str]) -> Iterator[Candidate]:
    """User names: behind @, or behind a word that announces one."""
    nobody = words(link_words()["handles"]["nobody"])
    if "@" in drawn:
        for match in _HANDLE.finditer(drawn):
            name = match[1].rstrip(".")
            if name not in brands and name not in nobody:
                yield Candidate("handle", match.start(), match.end(), name, FORMED)
    for match in _TAGGED.finditer(drawn):
        if match["site"] or cues.kind_at(*match.span()) == "handle":
            yield Candidate("handle", match.start(), match.end(), match[0], CUED)
    for match in _NAMED.finditer(drawn):
        name = match[0]
        if name in brands or not ("_" in name or "." in name or any(c.isdigit() for c in name)):
            continue
        near = cues.before(match.start())
        if near and near[0].kind == "handle" and match.start() - near[0].end <= 14:
            yield Candidate("handle", match.start(), match.end(), name, CUED)


def machines(drawn: str, cues: Cues) -> Iterator[Candidate]:
    """IP addresses; four figures after a word such as "version" are none."""
    public = words(link_words()["addresses_of_machines"]["public"])
    patterns = [p for p, sign in ((_IPV4, "."), (_IPV6, ":")) if drawn.count(sign) > 1]
    for pattern in patterns:
        for match in pattern.finditer(drawn):
            # without its port, its mask or its zone
            written = re.split("[/:]" if pattern is _IPV4 else "%", match[0].replace("\u200c", ""))[0]
            try:
                address = ip_address(written)
            except ValueError:
                continue
            kind = cues.kind_at(*match.span())
            if pattern is _IPV4 and kind != "ip" and sum(c.isdigit() for c in written) < _FEWEST_DIGITS_OF_IP:
                continue  # a clause, a version
            if isinstance(address, IPv4Address) and any(address in net for net in _HOME):
                continue  # the same in every home
            if written in public or (kind == "other") or (pattern is _IPV6 and len(written.replace(":", "")) < 3):
                continue
            yield Candidate("ip", match.start(), match.end(), str(address), SURE if kind == "ip" else FORMED)
