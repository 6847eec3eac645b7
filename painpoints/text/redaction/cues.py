"""The words that tell what a number is, and which of them speaks for a place in a text."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any

from .canvas import canvas

_LETTER = re.compile(r"[^\W\d_]")
_GAP = r"[ \u200c]{0,2}"
_ARABIC = re.compile("[\u0621-\u06ff]")
_REACH, _REACH_BACK = 36, 18
#: these say something else than what the number is
_ASIDE = ("money", "vehicle")
#: these speak for a number behind them only, or side by side
_NARROW, _NARROW_REACH = ("order", "other", "account", "iban"), 3
_VEHICLE_REACH = 28
_LONG_WORD = 3
_BESIDE = re.compile(r"[\s\u200c:#№.=(\"'*-]{0,5}(?:n[o°]?\.?)?[\s:#]{0,2}")
#: what a word does not speak across: the end of a sentence or of a line that is not the word's own
_PARTED = re.compile(r"[!?;\ue000]|\.\s+\S*?[^\W\d]{2}|\n\s*\S+\s")
_NUMBER_NEXT = re.compile(r"[\s\u200c:#№.=(-]{0,5}\+?\(?\d{2}")


@dataclass(frozen=True, slots=True)
class Cue:
    """A word beside numbers and the kind of number it announces."""

    kind: str
    start: int
    end: int


class Cues:
    """The cue words of one text, asked by place."""

    def __init__(self, drawn: str) -> None:
        self._drawn = drawn

    @cached_property
    def _cues(self) -> list[Cue]:
        return _read(self._drawn)

    @cached_property
    def _ends(self) -> list[int]:
        return [cue.end for cue in self._cues]

    def before(self, place: int) -> list[Cue]:
        """The words that may speak for what begins at ``place``, nearest first."""
        found = []
        for index in range(bisect_right(self._ends, place) - 1, -1, -1):
            cue = self._cues[index]
            if cue.kind in _ASIDE:
                continue
            if place - cue.end > _REACH:
                break
            between = self._drawn[cue.end : place]
            if _PARTED.search(between):
                break
            if cue.kind.endswith("_beside"):
                if not _BESIDE.fullmatch(between):
                    continue
                cue = Cue(cue.kind.removesuffix("_beside"), cue.start, cue.end)
            found.append(cue)
        return found

    def after(self, place: int) -> Cue | None:
        """The word that speaks for what ends at ``place`` from behind, unless a number of its own follows it."""
        for cue in self._cues:
            if cue.start < place or cue.kind in (*_ASIDE, "number"):
                continue
            if cue.kind.endswith("_beside"):
                if cue.kind != "phone_beside" or cue.end - cue.start < _LONG_WORD:
                    continue
                cue = Cue("phone", cue.start, cue.end)  # «… is my number»
            between = self._drawn[place : cue.start]
            if cue.start - place > _REACH_BACK or _PARTED.search(between) or "\n" in between:
                return None
            if cue.kind in _NARROW and cue.start - place > _NARROW_REACH:
                return None
            return None if _NUMBER_NEXT.match(self._drawn, cue.end) else cue
        return None

    def speak_of(self, *kinds: str) -> bool:
        """Whether a word of one of ``kinds`` stands anywhere in the text."""
        return any(cue.kind.removesuffix("_beside") in kinds for cue in self._cues)

    def kind_at(self, start: int, end: int) -> str:
        """What the words beside a number say it is; empty when none speaks."""
        near = self.before(start)
        if near:
            named = near[0]
            if named.kind == "account" and len(near) > 1 and not _BESIDE.fullmatch(self._drawn[named.end : start]):
                named = near[1]
            if named.kind == "number" and len(near) > 1 and named.start - near[1].end <= 4 \
                    and not _LETTER.search(self._drawn[near[1].end : named.start]):
                named = near[1]  # «serial number», «номер паспорта №»: the narrower of two words side by side
            return named.kind
        behind = self.after(end)
        return behind.kind if behind is not None else ""

    def adjoins(self, start: int, kind: str) -> bool:
        """Whether a word of ``kind`` stands before ``start`` with nothing but a sign between."""
        for cue in self.before(start):
            if cue.kind in (kind, "number") and _BESIDE.fullmatch(self._drawn[cue.end : start]):
                if cue.kind == kind:
                    return True
                start = cue.start
        return False

    def vehicle(self, start: int, end: int) -> bool:
        """Whether a vehicle is spoken of near a place."""
        return any(c.kind == "vehicle" and -_VEHICLE_REACH < c.start - end < _VEHICLE_REACH + end - start
                   and (c.end <= start or c.start >= end) and start - c.end < _VEHICLE_REACH for c in self._cues)

    def counted(self, end: int) -> bool:
        """Whether what ends at ``end`` is so many of something: money, pieces, percent."""
        tail = self._drawn[end : end + 12]
        if re.match(r"[ \u200c]?[%$€£₽¥﷼٪]", tail):
            return True
        return any(c.kind == "money" and c.start >= end and not self._drawn[end : c.start].strip(" \u200c")
                   for c in self._cues)


def _read(drawn: str) -> list[Cue]:
    pattern, kinds = _compiled()
    found: list[Cue] = []
    for match in pattern.finditer(drawn):
        start, end = match.span("cue")
        word = match["cue"].replace(" ", "").replace("\u200c", "")
        while word and word not in kinds:
            word = word[:-1]
        found.extend(Cue(kind, start, end) for kind in kinds.get(word, ()))
    return found


@lru_cache(maxsize=1)
def _compiled() -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
    table = tomllib.loads(files(__package__).joinpath("cues.toml").read_text("utf-8"))
    kinds: dict[str, tuple[str, ...]] = {}
    trie: dict[str, Any] = {}
    for kind, languages in table.items():
        for entries in languages.values():
            for entry in entries.split(","):
                word = canvas(entry.strip())
                stem, word = word.endswith("*"), word.rstrip("*")
                if word.startswith("ال") and len(word) > 4:
                    word = word.removeprefix("ال")  # the pattern takes it off
                key = word.replace(" ", "").replace("\u200c", "")
                # the list that stands first names the kind; a word of two lists speaks for the narrower one
                if key not in kinds:
                    kinds[key] = (kind,)
                elif kind not in kinds[key] and (kind.endswith("_beside") or kinds[key][0].endswith("_beside")):
                    kinds[key] = (*kinds[key], kind)
                node = trie
                for sign in word:
                    node = node.setdefault(sign, {})
                node["stem" if stem else "word"] = {}
    body = _branches(trie)
    return re.compile(rf"(?<![^\W\d_])(?:[وفبلک]{{0,2}}(?:ال|ل)?)?(?P<cue>{body})"), kinds


def _branches(node: dict[str, Any], arabic: bool = False) -> str:
    parts = []
    for sign, below in sorted(node.items(), key=lambda item: len(item[0])):
        if sign == "stem":
            parts.append(r"[^\W\d_]{0,12}")
        elif sign == "word":
            parts.append(r"[^\W\d_]{0,3}(?:\u200c[^\W\d_]{1,4})?(?![^\W\d_])" if arabic else r"(?![^\W\d_])")
        else:
            written = _GAP if sign == " " else re.escape(sign)
            parts.append(written + _branches(below, _ARABIC.match(sign) is not None or (arabic and sign == " ")))
    return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"
