"""The words that tell where one opinion ends and the next begins, read from ``data/segmentation``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

LANGUAGES = ("fa", "ar", "ru", "en")
#: the lists whose entries may begin a unit
CUE_LISTS = ("contrast", "contrast_after_comma", "requests", "openers")
#: letters that look alike in Persian and Arabic typing, and ZWNJ or a space inside a cue
_LOOK_ALIKE = {"ی": "[یيى]", "ي": "[یي]", "ى": "[ىی]", "ک": "[کك]", "ك": "[كک]", "أ": "[أا]", "إ": "[إا]", "ا": "[اأإ]"}


@dataclass(frozen=True, slots=True)
class Cues:
    """The cue words of one language, folded to lower case, with their compiled patterns."""

    cut: re.Pattern[str]  # contrast and openers; the group that matched says which
    paired: re.Pattern[str]
    leads: re.Pattern[str]
    one_thought: re.Pattern[str]
    words: dict[str, frozenset[str]]
    verb: re.Pattern[str]
    abbreviations: frozenset[str]

    def is_verb(self, word: str) -> bool:
        """Whether ``word`` makes a clause complete."""
        if word in self.words["verbs"]:
            return True
        return word not in self.words["not_verbs"] and self.verb.fullmatch(word) is not None


def split_list(value: str) -> list[str]:
    """The entries of a comma-separated list, without the line ends inside."""
    return [entry for entry in (" ".join(part.split()) for part in value.split(",")) if entry]


def phrases(entries: list[str]) -> str:
    """A pattern for any of the entries, longest first; empty lists match nothing."""
    if not entries:
        return r"(?!)"
    return "|".join(flexible(entry.lower()) for entry in sorted(set(entries), key=lambda e: (-len(e), e)))


def flexible(entry: str) -> str:
    """A pattern for ``entry`` however it is typed: look-alike letters, ZWNJ written, spaced or left out."""
    return "".join(
        "[ \u200c]" if c == " " else "[ \u200c]?" if c == "\u200c" else _LOOK_ALIKE.get(c, re.escape(c)) for c in entry
    )


@lru_cache(maxsize=8)
def cues_for(lang: str) -> Cues | None:
    """The cues of a language, or None for one that has no file in ``data/segmentation``."""
    if lang not in LANGUAGES:
        return None
    data = tomllib.loads(_read(f"{lang}.toml"))
    lists = {name: split_list(value) for name, value in data.items() if not name.endswith("_pattern")}
    edge_left, edge_right = r"(?<![\w\u200c'’-])", r"(?![\w\u200c'’-])"
    words = {name: frozenset(e.lower() for e in entries) for name, entries in lists.items()}
    if lang == "fa":
        words = _persian_forms(words)
    return Cues(
        cut=re.compile(
            f"{edge_left}(?:(?P<contrast>{phrases(lists['contrast'])})"
            f"|(?P<comma>{phrases(lists['contrast_after_comma'])})"
            f"|(?P<request>{phrases(lists['requests'])})"
            f"|(?P<opener>{phrases(lists['openers'])})){edge_right}",
            re.IGNORECASE,
        ),
        paired=re.compile(f"{edge_left}(?:{phrases(lists['paired'])}){edge_right}", re.IGNORECASE),
        leads=re.compile(rf"[\W_]*(?:{phrases(lists['leads'])}){edge_right}", re.IGNORECASE),
        one_thought=re.compile(f"\\W*(?:{phrases(lists['one_thought'])}){edge_right}", re.IGNORECASE),
        words=words,
        verb=re.compile(data["verb_pattern"]),
        abbreviations=words["abbreviations"],
    )


def _persian_forms(words: dict[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Nouns with the endings they take as subjects, adjectives with the copula joined to them."""
    nouns = {n + e for n in words["nouns"] for e in ("", *words["noun_endings"])}
    nouns |= {n + "\u200c" + e for n in words["nouns"] for e in words["noun_endings"]}
    copulas = ("ه", "ست", "ن", "م", "\u200cست", "\u200cاند", "\u200cاست", "\u200cه", "ند", "\u200cام", "\u200cن", "یه")
    verbs = set(words["verbs"]) | {a + c for a in words["adjectives"] for c in copulas}
    return {**words, "nouns": frozenset(nouns), "verbs": frozenset(verbs)}


@lru_cache(maxsize=1)
def header_pattern() -> re.Pattern[str]:
    """Matches a header with its colon, or alone on its line; the group ``list`` when items follow it."""
    data = tomllib.loads(_read("shared.toml"))
    kinds = f"(?:(?P<list>{phrases(split_list(data['list_headers']))})|{phrases(split_list(data['headers']))})"
    return re.compile(
        rf"(?<![\w\u200c])[*_#>\-–—=(\[\s]*{kinds}[*_)\]]*(?:\s*[:：]\s*|\s*[-–—]\s+|\s*$)", re.IGNORECASE
    )


def _read(name: str) -> str:
    return files(__package__).joinpath("data", "segmentation", name).read_text("utf-8")
