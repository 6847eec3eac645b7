"""What the words of a turn show: it works, still not, thanks, a promise, an apology ...

Cues are TOML in ``cues/``, one file a language: a table a speaker and kind with ``cues`` and ``latin`` (the same in
Latin letters), and ``negation`` (``before``, ``after`` and ``fillers`` around a cue; after ``unreal`` words in its
clause a thing has not happened). How entries are written says `painpoints.text.wordpatterns`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from painpoints.text import any_of, fold_words, word_entries

if TYPE_CHECKING:
    import polars as pl

LISTED = ("fa", "ar", "ru", "en")
LATIN = "latin"
QUESTION = "questionmark"
FACTUAL = frozenset({"customer.solved", "customer.glad", "agent.done"})
"""Kinds that say nothing when negated, wished for or asked about."""
_ASKED = re.compile(r"[?؟]+")
_PACKS = {"fa": "[\u0620-\u06ff]", "ar": "[\u0620-\u06ff]", "ru": "[\u0400-\u04ff]", LATIN: "[a-z]"}
_PERSIAN = re.compile("[پچژگکی]")
_REACH = 7
"""So many words before a cue can make it unreal."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A cue at ``start:end`` of the folded text."""

    start: int
    end: int


@dataclass
class Pack:
    """The compiled cues of one language, or of all in Latin letters."""

    quick: dict[str, str] = field(default_factory=dict)
    exact: dict[str, re.Pattern[str]] = field(default_factory=dict)
    before: re.Pattern[str] = re.compile("(?!)")
    after: re.Pattern[str] = re.compile("(?!)")
    unreal: re.Pattern[str] = re.compile("(?!)")

    def hits(self, folded: str, kind: str) -> list[Hit]:
        """The cues of ``kind`` in ``folded``, in order; of factual kinds those that are said to be so."""
        found = [Hit(*match.span()) for match in self.exact[kind].finditer(folded)]
        return [hit for hit in found if self._is_so(folded, hit)] if kind in FACTUAL else found

    def _is_so(self, folded: str, hit: Hit) -> bool:
        clause = folded[max(folded.rfind(" . ", 0, hit.start), folded.rfind(" , ", 0, hit.start)) + 1:hit.start]
        if self.before.search(clause) or self.after.match(folded, hit.end):
            return False
        stop = folded.find(" . ", hit.end - 1)
        if folded[hit.end:stop if stop >= 0 else len(folded)].rstrip().endswith(QUESTION):
            return False
        return self.unreal.search(" " + " ".join(clause.split()[-_REACH:]) + " ") is None


def fold_turn(text: str) -> str:
    """``text`` as folded words, its question marks as a word of their own."""
    return fold_words(_ASKED.sub(f" {QUESTION}. ", text))


def find_cues(folded: Sequence[str], langs: Sequence[str], roles: Sequence[str]) -> list[dict[str, list[Hit]]]:
    """For each turn the cues found, by kind without its speaker ("solved"); ``roles`` are customer, agent or bot, and
    ``langs`` tell Persian from Arabic (`arabic_script`)."""
    import polars as pl

    found: list[dict[str, list[Hit]]] = [{} for _ in folded]
    frame = pl.DataFrame({"row": range(len(folded)), "folded": folded, "role": roles,
                          "pack": langs},
                         schema={"row": pl.Int64, "folded": pl.Utf8, "role": pl.Utf8, "pack": pl.Utf8})
    for name, letters in _PACKS.items():
        some = frame.filter(pl.col("folded").str.contains(letters))
        if name in ("fa", "ar"):
            some = some.filter(pl.col("pack") == name)
        if len(some):
            _find_in(some, load_pack(name), found)
    return found


def _find_in(frame: pl.DataFrame, pack: Pack, found: list[dict[str, list[Hit]]]) -> None:
    import polars as pl

    for role in frame["role"].unique().to_list():
        mine = frame.filter(pl.col("role") == role)
        for kind, quick in pack.quick.items():
            if not kind.startswith(f"{role}."):
                continue
            likely = mine.filter(pl.col("folded").str.contains(quick))
            for row, text in zip(likely["row"], likely["folded"], strict=True):
                if hits := pack.hits(text, kind):
                    found[row].setdefault(kind.partition(".")[2], []).extend(hits)


def arabic_script(text: str, lang: str | None) -> str:
    """Which language of the Arabic script ``text`` is to be read in: ``lang``, or what its letters show."""
    return lang if lang in ("fa", "ar") else "fa" if _PERSIAN.search(text) else "ar"


@cache
def load_pack(name: str) -> Pack:
    """The cues of ``name``: fa, ar, ru in their own letters, or "latin" (English, and the others so spelt)."""
    langs = LISTED if name == LATIN else (name,)
    sources = [_read(lang) for lang in langs]
    clitic = "[وف]?" if name == "ar" else ""
    pack = Pack()
    kinds = [f"{role}.{kind}" for role in ("customer", "agent", "bot") for kind in sources[0][role]]
    for full in kinds:
        role, _, kind = full.partition(".")
        entries = [entry for source, lang in zip(sources, langs, strict=True) for entry in word_entries(
            source[role].get(kind, {}).get(LATIN if name == LATIN and lang != "en" else "cues", ""))]
        pack.quick[full] = f" {clitic}(?:{any_of(entries)}) "
        pack.exact[full] = re.compile(rf"(?<= ){clitic}(?:{any_of(entries)})(?= )")
    words = {part: any_of([entry for source in sources for entry in word_entries(source["negation"].get(part, ""))])
             for part in ("before", "after", "fillers", "unreal")}
    pack.before = re.compile(rf"(?:^| ){clitic}(?:{words['before']})(?: (?:{words['fillers']}))* $")
    pack.after = re.compile(rf"(?: (?:{words['fillers']}))* (?:{words['after']})(?= )")
    pack.unreal = re.compile(rf" {clitic}(?:{words['unreal']}) ")
    return pack


@cache
def _read(lang: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(f"cues/{lang}.toml").read_text("utf8"))
