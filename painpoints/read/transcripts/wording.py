"""What ``words.toml`` says, ready for looking up: labels of speakers, phrases of service, names of fields."""

from __future__ import annotations

import functools
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from painpoints.read.columnnames import fold_name, folded_names
from painpoints.read.times import DIGITS
from painpoints.read.transcripts.conversation import AGENT, BOT, CUSTOMER, SYSTEM

_SAME = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ؤ": "و",
                       "ئ": "ی", "ё": "е", "ـ": "", "’": "'", "`": "'", "\xa0": " ", "\u202f": " "})
_HIDDEN = re.compile("[\u200b\u200d-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u061c\u064b-\u0652\u0670]")
_TOKEN = re.compile(r"[^\W_]+(?:[-\u200c'][^\W_]+)*")
_NUMBERED = re.compile(r"[\W_]*(?P<word>[^\W\d_]*(?:\u200c[^\W\d_]+)*)[\W_]*\d{1,3}[\W_]*|[A-Za-z]|\d{1,3}")


@dataclass(frozen=True, slots=True)
class Wording:
    """``roles``: speaker by folded label; phrases as patterns over `folded` text; ``fields``: folded names by use."""

    roles: Mapping[str, str]
    numbered: frozenset[str]
    service: re.Pattern[str]
    asks: re.Pattern[str]
    customer: re.Pattern[str]
    bot: re.Pattern[str]
    system: re.Pattern[str]
    media: re.Pattern[str]
    deleted: re.Pattern[str]
    edited: re.Pattern[str]
    headings: frozenset[str]
    fields: Mapping[str, frozenset[str]]


@functools.cache
def wording() -> Wording:
    """The words, read once."""
    data = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
    roles = {fold_name(word): side for side in (SYSTEM, BOT, AGENT, CUSTOMER) for word in data["roles"][side]}
    return Wording(
        roles=roles, numbered=folded_names(data["numbered"]["words"]),
        service=_phrases(data["agent"]["service"]), asks=_phrases(data["agent"]["asks"]),
        customer=_phrases(data["customer"]["words"]), bot=_phrases(data["bot"]["words"]),
        system=_phrases(data["system"]["words"]), media=_phrases(data["media"]["words"]),
        deleted=_phrases(data["media"]["deleted"]), edited=_phrases(data["media"]["edited"]),
        headings=folded_names(data["headings"]["words"]),
        fields={use: folded_names(data["fields"][use])
                for use in ("turns", "loose", "speaker", "text", "time", "conversation", "social", "not_labels")},
    )


@functools.lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """The text as phrases are looked for in it: small letters, one form of each letter, Latin digits, no marks."""
    plain = _HIDDEN.sub("", unicodedata.normalize("NFC", text)).casefold().translate(_SAME).translate(DIGITS)
    return " ".join(plain.split())


def _phrases(phrases: Iterable[str]) -> re.Pattern[str]:
    written = []
    for phrase in phrases:
        pieces = ([re.escape(piece) for piece in word.split("\u200c")] for word in folded(phrase).split(" "))
        written.append(" ".join("[\u200c ]?".join(word) for word in pieces))
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(sorted(written, key=len, reverse=True))})")


@functools.lru_cache(maxsize=8192)
def side_of_label(label: str) -> str | None:
    """Which speaker a label names by a word for one ("Agent", "Sara (Support)", «پشتیبان - علی»), None for a name.

    The longest words win: "Customer Support" is no customer.
    """
    words = wording().roles
    if (whole := words.get(fold_name(label))) is not None:
        return whole
    if "@" in label:
        return None
    tokens = _TOKEN.findall(label)
    for width in (3, 2, 1):
        for start in range(len(tokens) - width + 1):
            found = words.get(fold_name("".join(tokens[start:start + width])))
            if found is not None and (width > 1 or _is_telling(tokens, start, label)):
                return found
    return None


def _is_telling(tokens: list[str], start: int, label: str) -> bool:
    """One role word among others counts at the beginning or the end of a label, or in brackets."""
    return len(tokens) <= 4 and (start in (0, len(tokens) - 1) or f"({tokens[start]}" in label)


def is_numbered(label: str) -> bool:
    """Whether a label only counts the speakers ("Speaker 2", "A", «گوینده ۱»), and names nobody."""
    match = _NUMBERED.fullmatch(label.strip())
    return match is not None and (not match["word"] or fold_name(match["word"]) in wording().numbered)


def is_system_line(text: str) -> bool:
    """Whether a short line tells of coming, going, passing on or closing."""
    return len(text) <= 300 and wording().system.search(folded(text)) is not None
