"""Words that make a comment urgent: dangers, threats of law, fraud, leaving, publicity, people in need, waiting.

Cues are TOML in ``cues/``, one file a language: a table a kind with ``cues``, ``latin`` (the same in Latin letters) and
``never`` (phrases within which a cue means nothing), and ``negation`` (``before`` and ``after`` a cue, ``fillers``
that may stand between, ``spared`` phrases that only look like one). `painpoints.text.wordpatterns` says how
entries are written.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from painpoints.text import any_of, fold_many, fold_words, needles, word_entries, written

CUE_KINDS = ("safety", "legal", "fraud", "exposure", "churn", "vulnerable", "waiting")
LISTED = ("fa", "ar", "ru", "en")
LATIN = "latin"
PACKS = ("fa", "ar", "ru", LATIN)
_HAS = {"arabic": re.compile("[\u0620-\u06ff]"), "ru": re.compile("[\u0400-\u04ff]"), LATIN: re.compile("[a-z]")}
_ARABIC = ("fa", "ar")
_PERSIAN = re.compile("[پچژگ]")
_TELLING = 7
"""Entries that can be told by plain pieces of so many letters rule out nearly all texts, the others too few of them to
be looked for by one long pattern."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue of ``kind`` at ``start:end`` of a text."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Pack:
    """The compiled cues of one language, or of all in Latin letters.

    ``sieves``: each has plain pieces, and the pattern of the entries of which every match holds one of the pieces.
    """

    sieves: tuple[tuple[tuple[str, ...], str], ...]
    kinds: tuple[tuple[str, re.Pattern[str]], ...]
    never: dict[str, re.Pattern[str]]
    before: re.Pattern[str]
    after: re.Pattern[str]
    spared: re.Pattern[str]

    def find(self, folded: str) -> Iterable[tuple[str, int, int]]:
        """Kind, start and end of each cue in the folded text, negated ones left out."""
        for kind, pattern in self.kinds:
            for cue in pattern.finditer(folded):
                if not (self._negated(folded, cue) or self._void(folded, kind, cue)):
                    yield kind, cue.start(), cue.end()

    def _negated(self, folded: str, cue: re.Match[str]) -> bool:
        before = folded[:cue.start()]
        return self.after.match(folded, cue.end()) is not None or (
            self.before.search(before) is not None and self.spared.search(before) is None)

    def _void(self, folded: str, kind: str, cue: re.Match[str]) -> bool:
        return any(phrase.start() < cue.end() and cue.start() < phrase.end()
                   for phrase in self.never[kind].finditer(folded))


def find_cues(text: str, lang: str | None) -> list[Cue]:
    """The cues in ``text``, in order of kind and place; offsets are those of ``text``."""
    return locate(text, lang, fold_words(text))


def find_all(texts: Sequence[str], langs: Sequence[str | None]) -> dict[int, list[Cue]]:
    """The cues of each of many texts, by its place; texts without any are left out."""
    import polars as pl

    frame = pl.DataFrame({"folded": fold_many(texts), "lang": langs},
                         schema={"folded": pl.Utf8, "lang": pl.Utf8}).with_row_index("place")
    # The patterns are long: each looks at those texts alone that it can be in, as in `_packs`.
    has = {name: pl.col("folded").str.contains(letters.pattern) for name, letters in _HAS.items()}
    frame = frame.with_columns(has["ru"].alias("ru"), has[LATIN].alias(LATIN), arabic=pl.when(has["arabic"]).then(
        pl.when(pl.col("lang").is_in(_ARABIC)).then("lang")
        .when(pl.col("folded").str.contains(_PERSIAN.pattern)).then(pl.lit("fa")).otherwise(pl.lit("ar"))))
    chosen = {name: pl.col("arabic") == name if name in _ARABIC else pl.col(name) for name in PACKS}
    found: dict[int, list[str]] = {}
    for name, told in chosen.items():
        mine = frame.filter(told)
        for pieces, pattern in pack(name).sieves:
            near = mine.filter(pl.col("folded").str.contains_any(list(pieces)))
            for place in near.filter(pl.col("folded").str.contains(pattern))["place"]:
                found.setdefault(place, []).append(name)
    hits = {place: _located(texts[place], frame["folded"][place], dict.fromkeys(found[place]))
            for place in sorted(found)}
    return {place: cues for place, cues in hits.items() if cues}


def locate(text: str, lang: str | None, folded: str) -> list[Cue]:
    """The cues of ``text``, whose folded form is ``folded``."""
    return _located(text, folded, _packs(folded, lang))


def _located(text: str, folded: str, packs: Iterable[str]) -> list[Cue]:
    """Those cues of ``text`` that ``packs`` know."""
    found: dict[tuple[str, int, int], Cue] = {}
    for name in packs:
        for kind, start, end in pack(name).find(folded):
            first = folded.count(" ", 0, start) - 1
            span = written(text, first, first + folded.count(" ", start, end))
            found.setdefault((kind, *span), Cue(kind, *span))
    return sorted(found.values(), key=lambda cue: (CUE_KINDS.index(cue.kind), cue.start, cue.end))


def _packs(folded: str, lang: str | None) -> list[str]:
    """Which cues can stand in a text: by its letters, and by its language where two share them."""
    packs = []
    if _HAS["arabic"].search(folded):
        packs.append(lang if lang in _ARABIC else "fa" if _PERSIAN.search(folded) else "ar")
    return packs + [name for name in ("ru", LATIN) if _HAS[name].search(folded)]


@cache
def pack(name: str) -> Pack:
    """The cues of ``name``: fa, ar, ru in their own letters, or "latin" (English, and the others so spelt)."""
    langs = LISTED if name == LATIN else (name,)
    sources = [_read(lang) for lang in langs]
    keys = [LATIN if name == LATIN and lang != "en" else "cues" for lang in langs]
    cues = {kind: [entry for source, key in zip(sources, keys, strict=True)
                   for entry in word_entries(source[kind][key])]
            for kind in CUE_KINDS}
    never = {kind: [entry for source in sources for entry in word_entries(source[kind].get("never", ""))]
             for kind in CUE_KINDS}
    words = {part: [entry for source in sources for entry in word_entries(source["negation"].get(part, ""))]
             for part in ("before", "after", "fillers", "spared")}
    fillers = rf"(?: (?:{any_of(words['fillers'])}))*"
    and_ = "[وف]?" if name == "ar" else ""
    return Pack(
        sieves=_sieves([entry for entries in cues.values() for entry in entries], and_),
        kinds=tuple((kind, re.compile(rf"(?<= ){and_}(?:{any_of(entries)})(?= )")) for kind, entries in cues.items()),
        never={kind: re.compile(rf"(?<= )(?:{any_of(entries)})(?= )") for kind, entries in never.items()},
        before=re.compile(rf" {and_}(?:{any_of(words['before'])}){fillers} $"),
        after=re.compile(rf"{fillers} (?:{any_of(words['after'])})(?= )"),
        spared=re.compile(rf" (?:{any_of(words['spared'])}){fillers} $"))


def _sieves(entries: Sequence[str], and_: str) -> tuple[tuple[tuple[str, ...], str], ...]:
    """The sieves of ``entries`` that may begin with ``and_``: those that long pieces tell, and the rest."""
    pieces = {entry: needles([entry], "" if and_ else " ") for entry in entries}
    parts = [[entry for entry in entries if (min(map(len, pieces[entry])) >= _TELLING) is telling]
             for telling in (True, False)]
    return tuple((tuple(sorted({piece for entry in part for piece in pieces[entry]})), f" {and_}(?:{any_of(part)}) ")
                 for part in parts if part)


@cache
def _read(lang: str) -> dict[str, Any]:
    return tomllib.loads(files("painpoints.triage").joinpath(f"cues/{lang}.toml").read_text("utf8"))
