"""What customers ask for, in their own words: requests out of a unit's text.

Cues are TOML in ``request_cues/``, one file a language, dialects and Latin letters included. A request is the clause
around its cue, cut out of the original text: it begins after the last mark or contrast before the cue and runs to the
end of the sentence. What stands in quotation marks is what others said, and advice to other customers ("don't buy",
«نخرید», «не покупайте», «لا تشترون») is no request.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from painpoints.text import normalise

LISTED = ("fa", "ar", "ru", "en")
LONGEST = 140
"""The most characters of a request; longer ones end at an earlier mark or word."""
FEWEST_WORDS = 2
SURE, LIKELY = 0, 1

_ALIKE = {c: f"[{group}]" for group in ("اأإآ", "يىئ", "ةه", "ؤو") for c in group}
_QUOTED = re.compile(r"«[^»\n]*»|“[^”\n]*”|„[^“”\n]*[“”]|\"[^\"\n]*\"|(?<!\w)'[^'\n]*'(?!\w)")
_SENTENCE = re.compile(r"[.!?؟…\n|]+(?=\s|$|[^\w\s])|\n|[\U0001f300-\U0001faff\u2600-\u27bf]+")
_COMMA = re.compile(r"[,،;؛:–—]+|\s-\s")
_GAP = r"[^.,،!?؟…\n|]{0,70}?"
_BEGINNING = r"(?:(?<![\s\S])|(?<=[,.!?;:…\n]\s)|(?<=\n))"
_OTHERS = "\u2060"
_EDGES = " \t\ufe0f\u200d\u200c,،;؛:.-–—"


@dataclass(frozen=True, slots=True)
class Request:
    """A request at ``start:end`` of a unit's text; ``tier`` is SURE, or LIKELY when it may be a reproach."""

    start: int
    end: int
    tier: int


@dataclass(frozen=True, slots=True)
class Cues:
    """The compiled cues of one language."""

    either: re.Pattern[str]
    sure: re.Pattern[str]
    likely: re.Pattern[str]
    never: re.Pattern[str]
    contrast: re.Pattern[str]


def find_request(text: str, lang: str) -> Request | None:
    """The first request in ``text``, sure ones first; None where there is none or the language has no cues.

    Spelling makes no difference: ZWNJ, Arabic and Persian letters, hamza, ё, case.
    """
    cues = load_cues(lang)
    if cues is None:
        return None
    read = normalise(text, lang)
    said = _QUOTED.sub(lambda quoted: _OTHERS * len(quoted[0]), read.text)
    for tier, pattern in ((SURE, cues.sure), (LIKELY, cues.likely)):
        for cue in pattern.finditer(said):
            sentence = _around(said, cue.start(), cue.end())
            if cues.never.search(said, *sentence):
                continue
            start, end = _clause(said, *sentence, cue.start(), cue.end(), cues)
            if len(said[start:end].split()) >= FEWEST_WORDS:
                until = len(text[:read.offsets[end]].rstrip())
                return Request(read.offsets[start], until, tier)
    return None


@cache
def load_cues(lang: str) -> Cues | None:
    """The cues of ``lang``, or None when there is no file for it."""
    if lang not in LISTED:
        return None
    content = tomllib.loads(files("painpoints.cluster").joinpath(f"request_cues/{lang}.toml").read_text("utf8"))
    lists = {name: [" ".join(entry.split()) for entry in value.split(",") if entry.strip()]
             for name, value in content.items()}
    return Cues(either=_pattern([*lists["sure"], *lists["likely"]], lang),
                **{name: _pattern(lists[name], lang) for name in ("sure", "likely", "never", "contrast")})


def _pattern(entries: list[str], lang: str) -> re.Pattern[str]:
    longest_first = sorted(set(entries), key=lambda entry: (-len(entry), entry))
    clitic = "[وف]?" if lang == "ar" else ""
    either = "|".join(_flexible(entry, lang) for entry in longest_first)
    return re.compile(rf"(?<![\w\u200c'’]){clitic}(?:{either})(?![\w\u200c])", re.IGNORECASE)


def _flexible(entry: str, lang: str) -> str:
    """A pattern for ``entry`` however it is typed.

    A space may have a comma before it; "..." is a few words; "^" holds the entry to the beginning of a clause.
    """
    spelt = [_BEGINNING] if entry.startswith("^") else []
    for c in normalise(entry.removeprefix("^"), lang).text.replace(" ... ", "\0"):
        if c == "\0":
            spelt.append(rf"\b{_GAP}[\s\u200c]")
        elif c in " \u200c":
            spelt.append(",?[\\s\u200c]" if c == " " else "[\\s\u200c]?")
        elif c in "еёЕЁ":
            spelt.append("[её]")
        elif c in "'’":
            spelt.append("['’]?")
        elif lang == "fa" and c in "یک":
            spelt.append("[یيى]" if c == "ی" else "[کك]")
        else:
            spelt.append(_ALIKE.get(c, re.escape(c)) if lang == "ar" else re.escape(c))
    return "".join(spelt)


def _around(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence that holds ``start:end``."""
    before = [mark.end() for mark in _SENTENCE.finditer(text, 0, start)]
    after = _SENTENCE.search(text, end)
    return before[-1] if before else 0, after.start() if after else len(text)


def _clause(text: str, first: int, last: int, start: int, end: int, cues: Cues) -> tuple[int, int]:
    """The part of the sentence ``first:last`` that is asked for, around the cue at ``start:end``."""
    begins = [first, *(mark.end() for mark in _COMMA.finditer(text, first, start)),
              *(word.end() for word in cues.contrast.finditer(text, first, start)),
              *([start] if text[start] == "و" else [])]  # "and", written together with an Arabic cue
    part = (start, end)
    for begin in sorted(set(begins), reverse=True):
        part = _trimmed(text, begin, _bounded(text, begin, end, last))
        if len(text[slice(*part)].split()) >= FEWEST_WORDS:
            break
    return part


def _bounded(text: str, begin: int, end: int, last: int) -> int:
    if last - begin <= LONGEST:
        return last
    limit = max(end, begin + LONGEST)
    marks = [mark.start() for mark in _COMMA.finditer(text, end, min(limit, last))]
    words = text.rfind(" ", end, limit)
    return marks[-1] if marks else words if words > end else min(limit, last)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in _EDGES:
        start += 1
    while end > start and text[end - 1] in _EDGES:
        end -= 1
    return start, end

