"""Links that tell who somebody is: user names, ids and tokens in them, and places on maps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlsplit

from .candidates import SURE, Candidate
from .network import link_words, words

_LINK = re.compile(
    r"(?:(?:https?|ftp|tg|whatsapp)://|www\.)[!-~]+"
    r"|(?<![\w.@/-])(?:[a-z0-9-]{1,40}\.){1,4}[a-z]{2,8}(?::\d{2,5})?[/?][!-~]*"
)
_TAIL = re.compile(r"[.,!?;:'\")\]}>*]+$")
_PAIR = re.compile(r"-?\d{1,2}\.\d{3,}(?:,|%2c|!4d|&lon=|/|&mlon=|\+)\+?-?\d{1,3}\.\d{3,}")
_DIGITS = re.compile(r"\d{5,}")
_DATED = re.compile(r"(?:19|20|1[34])\d{2}[-_/]?\d{2}[-_/]?\d{2}")
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w+")


@lru_cache(maxsize=1)
def _lists() -> dict[str, frozenset[str]]:
    table = link_words()
    return {
        "profiles": words(table["profiles"]["hosts"]), "not_names": words(table["profiles"]["not_names"]),
        "lead": words(table["profiles"]["lead_to_names"]), "maps": words(table["maps"]["hosts"]),
        "plain": words(table["paths"]["plain"]), "paths": words(table["paths"]["personal"]),
        "query": words(table["query"]["personal"]),
        "harmless": words(table["query"]["harmless"]),
    }


def links(drawn: str, brands: frozenset[str]) -> Iterator[Candidate]:
    """Links that are to be replaced; those to plain pages are put forward as places to leave alone."""
    for match in _LINK.finditer(drawn):
        written = _TAIL.sub("", match[0])
        if written.count("(") > written.count(")"):
            written = written.rstrip("(")
        kind = _kind(written, brands)
        yield Candidate(kind, match.start(), match.start() + len(written), written, SURE)


def _kind(written: str, brands: frozenset[str]) -> str:
    try:
        parts = urlsplit(written if "://" in written else f"https://{written}")
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return "url"  # nobody can read it: nor can it be shown to be harmless
    lists = _lists()
    place = host + parts.path
    if any(place == m or place.startswith((m + "/", m + ".")) or host.endswith("." + m) for m in lists["maps"]):
        return "coordinates" if parts.path.strip("/") or parts.query else ""
    if _PAIR.search(written):
        return "coordinates"
    if parts.username is not None or _MAIL.search(unquote(written)) or parts.scheme in ("tg", "whatsapp"):
        return "url"
    segments = [unquote(s) for s in parts.path.split("/") if s]
    if host in lists["profiles"] or host.removeprefix("m.") in lists["profiles"]:
        return "url" if _somebody(segments, parts.query, brands) else ""
    if re.fullmatch(r"\d{1,3}(?:\.\d{1,3}){3}", host):
        return "url"
    if host == "web.archive.org":
        inner = parts.path.partition("/http")[2]
        return _kind("http" + inner, brands) if inner else ""
    if (host.split(".")[0] in lists["plain"] or lists["plain"].intersection(segments[:3])) and not parts.query:
        return "url" if any(_UUID.search(s) or s.startswith("@") for s in segments) else ""
    if _personal_path(segments) or _personal_query(parts.query) or _personal_query(parts.fragment):
        return "url"
    return ""


def _somebody(segments: list[str], query: str, brands: frozenset[str]) -> bool:
    lists = _lists()
    while segments and segments[0] in lists["lead"]:
        segments = segments[1:]
        if not segments:
            return bool(query)
    if not segments or segments[0] in lists["not_names"]:
        return _personal_query(query)
    return segments[0].lstrip("@+~") not in brands


def _personal_path(segments: list[str]) -> bool:
    lists = _lists()
    for index, segment in enumerate(segments):
        if segment.startswith("@") or (segment.startswith("~") and len(segment) > 1):
            return True
        follows = index and segments[index - 1] in lists["paths"]
        if follows and (any(c.isdigit() for c in segment) or len(segment) > 12):
            return True
        if follows and segments[index - 1] in ("user", "users", "u", "profile", "profiles", "member", "members"):
            return True
        if _DIGITS.search(_DATED.sub("", segment)) or _token(segment):
            return True
    return False


def _token(value: str) -> bool:
    """Whether a part of a link is a key that was made by a machine."""
    if _UUID.search(value):
        return True
    letters, digits = sum(c.isalpha() for c in value), sum(c.isdigit() for c in value)
    longest = max((len(p) for p in re.split(r"[-_.]", value)), default=0)
    turns = len(re.findall(r"(?<=[a-z])\d|(?<=\d)[a-z]", value))
    if turns >= 3 and len(value) >= 7 and "-" not in value:
        return True
    return longest >= 10 and digits >= 3 and letters >= 2 and letters + digits >= 0.8 * len(value)


def _personal_query(query: str) -> bool:
    lists = _lists()
    for name, value in parse_qsl(query, keep_blank_values=False):
        if name in lists["harmless"]:
            continue
        if name in lists["query"] or _DIGITS.search(_DATED.sub("", value)) or _token(value):
            return True
    return False
