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
from .glance import Gate, Glance

_GAP = r"[ \u200c]{0,2}"
_PLAIN_EMAIL = re.compile(
    r"(?:[a-z0-9][a-z0-9.+%_'-]*|\w[\w.+%'-]*\w)\u200c?@\u200c?[^\W_][\w-]*(?:\.[\w-]+)*"
    r"\.(?:[a-z]{2,15}|рф|рус|бел|укр|срб|мкд|москва|онлайн|сайт|орг|ком|дети)(?![\u0400-\u04ff])"
)
#: as speech is written down
_UNDOTTED = re.compile(
    r"(?<![\w@.])(?P<local>[a-z][a-z0-9._-]{2,})(?P<digits>[ ]\d{1,5})?[ ]?"
    r"(?P<provider>gmail|yahoo|hotmail|outlook|icloud)[ ]?com(?![\w.])"
)
#: somebody named on VK
_LINKED = re.compile(r"\[(?P<id>id\d{2,12})\|[^\]\n\ue000]{1,80}\]")
_MAILED = re.compile(r"@(?<=[\w\u200c]@)\u200c?[^\W_]")
_UNWRITTEN = re.compile(r"[ \u200c]")
_HANDLE = re.compile(
    r"@(?<![\w.@/+-]@)\u200c?"
    r"([a-z_][a-z0-9_.]{1,30}[a-z0-9_]|[a-z][a-z0-9]|\d[a-z0-9_]*[a-z_][a-z0-9_]{3,})(?![\w@])"
)
_NAMED = re.compile(r"(?<![\w.@/-])(?=[a-z]*[_.\d-])[a-z_][a-z0-9_.-]{2,30}[a-z0-9_](?![\w@-]|\.\w)")
_SPACED = re.compile(
    r"@(?:[ \u200c]|(?<=\w@)(?:[\w.-]*[ \u200c]\.|[\w.-]+\.[ \u200c])|(?<=[ \u200c]@)[\w.-]+\.[ \u200c]?\w)"
)
#: with the four digits of a game, and as Reddit writes it
_TAGGED = re.compile(r"(?<![\w/.])(?:[\w.]{2,32}#\d{4}|(?P<site>/?u/)[a-z0-9_-]{3,20})(?![\w/])")
_IPV4 = re.compile(r"(?<!\w)(?<!\d\.)\d{1,3}(?:\u200c?\.\u200c?\d{1,3}){3}(?::\d{2,5}|/\d{1,2})?(?![\w-]|\.\d)")
_IPV6 = re.compile(r"(?<![\w:.])(?=[0-9a-f:]*:[0-9a-f:]*:)(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?:%\w+)?(?![\w:])")


_RUN_TOGETHER = ("mailcom", "mail com", "yahoocom", "lookcom", "cloudcom")
_OPENING = "([{<"
_FEWEST_DIGITS_OF_IP = 6
_HIGHEST_DAY = 31
_HOME = [ip_network(net) for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16")]


@lru_cache(maxsize=1)
def link_words() -> dict[str, Any]:
    """What ``links.toml`` says, read once."""
    table: dict[str, Any] = tomllib.loads(files(__package__).joinpath("links.toml").read_text("utf-8"))
    return table


@lru_cache(maxsize=64)
def words(value: str) -> frozenset[str]:
    """The words of a list in the data, as they stand on the canvas."""
    return frozenset(canvas(value).split())


@dataclass(frozen=True, slots=True)
class _Spoken:
    """The patterns of addresses with at and dot written as words."""

    address: re.Pattern[str]
    dot: re.Pattern[str]
    bracketed: re.Pattern[str]  # at or dot in brackets
    dots: Gate
    ats: Gate
    mails: Gate
    doubtful: frozenset[str]  # words for a dot that mean more than that
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
    signs = any_of(mail["signs"])
    local = (
        r"[^\W_][\w+%-]*"
        rf"(?:(?:\.|[ \u200c]+(?:{dot}|{signs})[ \u200c]+|[\[(](?:{dot})[\])])[\w+%-]+)*"
    )
    address = re.compile(
        rf"(?<![^\W_])(?P<local>{local})(?P<at>{at_sign})"
        rf"(?P<host>[^\W_][\w-]*(?:{dot_sign}[^\W_][\w-]*)*?)(?P<dot>{dot_sign})"
        rf"(?P<end>co{dot_sign}[a-z]{{2}}|{endings}|(?<=[^ ]\.)[a-z]{{2,12}})(?![^\W_])"
    )
    bracketed = rf"[\[({{<][ ]?(?:@|\.|{at})[ ]?[\])}}>]|\*at\*|_at_"
    return _Spoken(
        address,
        re.compile(
            rf"[ \u200c]+(?:{dot})[ \u200c]+|{_GAP}[\[({{<]{_GAP}(?:{dot}|\.){_GAP}[\])}}>]{_GAP}|_dot_"
        ),
        re.compile(bracketed),
        Gate.of(map(canvas, mail["dot"].split(","))), Gate.of(map(canvas, mail["at"].split(","))),
        Gate.of(map(canvas, mail["providers"].split())),
        frozenset(canvas(word.strip()) for word in mail["doubtful_dots"].split(",")),
        words(mail["providers"]), words(mail["endings"]),
    )


@lru_cache(maxsize=1)
def _spoken_signs() -> tuple[tuple[str, ...], tuple[str, ...]]:
    # as they are written and as they stand on the canvas
    mail = link_words()["mail"]
    dots, ats = ([entry.strip() for entry in mail[name].split(",")] for name in ("dot", "at"))
    return (
        (*{form for dot in dots if len(dot) > 2 for form in (dot, canvas(dot))}, *_RUN_TOGETHER),
        tuple({sign + form for at in ats for form in (at, canvas(at)) for sign in _OPENING}),
    )


def spelled_out(lowered: str) -> bool:
    """Whether a text may hold an e-mail address whose dot is written as a word, or its @ in brackets."""
    dots, ats = _spoken_signs()
    for dot in dots:
        if dot in lowered:
            return True
    return any(sign in lowered for sign in _OPENING) and any(at in lowered for at in ats)


def emails(glance: Glance) -> Iterator[Candidate]:
    """E-mail addresses, also with spaces people put in and with at and dot written as words."""
    drawn = glance.drawn
    at_hand = "@" in drawn
    if at_hand and _MAILED.search(drawn):
        for match in _PLAIN_EMAIL.finditer(drawn):
            yield Candidate("email", match.start(), match.end(), _UNWRITTEN.sub("", match[0]), SURE)
    if "com" in drawn and ("mail" in drawn or "yahoo" in drawn or "outlook" in drawn or "icloud" in drawn):
        yield from _undotted(drawn)
    spoken = _spoken()
    if _may_be_spoken(glance, spoken, at_hand):
        for match in spoken.address.finditer(drawn):
            value = _spoken_address(match, spoken)
            if value:
                yield Candidate("email", match.start(), match.end(), value, CUED)


def _undotted(drawn: str) -> Iterator[Candidate]:
    for match in _UNDOTTED.finditer(drawn):
        if match["local"] not in words(link_words()["mail"]["no_local"]):
            value = f"{match['local']}{(match['digits'] or '').strip()}@{match['provider']}.com"
            yield Candidate("email", match.start(), match.end(), value, CUED)


def _may_be_spoken(glance: Glance, spoken: _Spoken, at_hand: bool) -> bool:
    drawn = glance.drawn
    if any(sign in drawn for sign in "[({<*_") and spoken.bracketed.search(drawn):
        return True
    if at_hand and _SPACED.search(drawn):
        return True
    if not (at_hand or spoken.ats.passes(glance)):
        return False
    return spoken.dots.passes(glance) or ("." in drawn and spoken.mails.passes(glance))


def _spoken_address(match: re.Match[str], spoken: _Spoken) -> str | None:
    """The address that is written out in words, None where the words say something else."""
    written = match["at"].strip(" \u200c")
    host = spoken.dot.sub(".", match["host"])
    known = _UNWRITTEN.sub("", host.split(".")[0]) in spoken.providers
    bare = written[:1].isalpha() and written != "_at_"
    dotted = match["dot"].strip(" \u200c.[](){}<>")
    if bare and not known and (not dotted or dotted in spoken.doubtful):
        return None  # «bought at amazon.com», «at what point in»
    if bare and match.string[match.start() - 1 : match.start()] == "@":
        return None  # somebody is spoken to
    if written == "@" and " " in match[0] and not known:
        if len(match["at"]) <= 1 and match["dot"] == ".":
            return None
        if match["at"].startswith(" ") and not match["at"].endswith(" ") and match["dot"] == ".":
            return None  # «with the help of @site.com»
    named = match["end"] in spoken.endings or match["end"].startswith("co")
    if not named and not written.startswith(tuple(_OPENING)):
        return None
    return _UNWRITTEN.sub("", f"{spoken.dot.sub('.', match['local'])}@{host}.{match['end']}")


@lru_cache(maxsize=1)
def _nobody() -> tuple[frozenset[str], re.Pattern[str]]:
    """User names that are nobody's, and the pattern of those that only companies have."""
    table = link_words()["handles"]
    public, places, service, alone = ("|".join(sorted(map(re.escape, words(table[name])), key=len, reverse=True))
                               for name in ("brands", "places", "service", "service_alone"))
    pattern = (
        rf"(?:ask|the|my|hey|go)?_?(?:{public})(?:_?(?:{places}|{service}))*\d{{0,3}}|(?:{places})_(?:{public})"
        rf"|[a-z0-9]+_?(?:{alone})"
    )
    return words(table["nobody"]), re.compile(pattern)


def _public(name: str, brands: frozenset[str]) -> bool:
    """Whether a user name is a company's or nobody's."""
    nobody, companies = _nobody()
    return name in brands or name in nobody or companies.fullmatch(name) is not None


def handles(drawn: str, cues: Cues, brands: frozenset[str]) -> Iterator[Candidate]:
    """User names: behind @, or behind a word that announces one; those of companies stay."""
    if "[id" in drawn:
        for match in _LINKED.finditer(drawn):
            yield Candidate("handle", match.start(), match.end(), match["id"], SURE)
    if "@" in drawn:
        for match in _HANDLE.finditer(drawn):
            name = match[1].rstrip(".")
            if not _public(name, brands):
                yield Candidate("handle", match.start(), match.end(), name, FORMED)
    if "#" in drawn or "u/" in drawn:
        for match in _TAGGED.finditer(drawn):
            if match["site"] or cues.kind_at(*match.span()) == "handle":
                yield Candidate("handle", match.start(), match.end(), match[0], CUED)
    if not cues.may_speak_of("handle"):
        return
    for match in _NAMED.finditer(drawn):
        name = match[0]
        if not ("_" in name or "." in name or any(c.isdigit() for c in name)) or _public(name, brands):
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
            if pattern is _IPV4 and kind != "ip" and max(map(int, written.split("."))) <= _HIGHEST_DAY:
                continue  # days and hours
            if isinstance(address, IPv4Address) and any(address in net for net in _HOME):
                continue  # the same in every home
            if written in public or (kind == "other") or (pattern is _IPV6 and len(written.replace(":", "")) < 3):
                continue
            yield Candidate("ip", match.start(), match.end(), str(address), SURE if kind == "ip" else FORMED)
