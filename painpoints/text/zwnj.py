"""Persian affixes tied to their words with a zero-width non-joiner, however they were typed."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files

from .offsets import Offsets, edit
from .symbols import ARABIC

ZWNJ = "\u200c"


def join_persian_affixes(text: str, offsets: Offsets) -> tuple[str, Offsets]:
    """The text with می, نمی, ها, تر, ام and their like in canonical form, and its offsets.

    Spaced («می خواهم») and run together («میخواهم», «کتابها») both become the form with ZWNJ, where a rule
    in ``data/persian_affixes.toml`` knows it to be safe.
    """
    rules = _rules()
    if "می" in text:
        text, offsets = edit(text, offsets, rules.spaced_prefix, ZWNJ)
        text, offsets = edit(text, offsets, rules.joined_prefix, rules.split_prefix)
    if "ه" in text or "تر" in text:
        text, offsets = edit(text, offsets, rules.spaced_suffix, ZWNJ)
        text, offsets = edit(text, offsets, rules.joined_suffix, rules.split_suffix)
    return text, offsets


def tie_spaced_affixes(text: str, offsets: Offsets) -> tuple[str, Offsets]:
    """The text with only the spaced affixes tied («می خواهم», «کتاب ها»), and its offsets."""
    if "می" in text:
        text, offsets = edit(text, offsets, _rules().spaced_prefix, ZWNJ)
    if "ه" in text or "تر" in text:
        text, offsets = edit(text, offsets, _rules().spaced_suffix, ZWNJ)
    return text, offsets


def part_affixes(word: str) -> list[str]:
    """The parts of a word that was written without ZWNJ: «میخواهم» is می and خواهم, «کتابها» is کتاب and ها."""
    rules = _rules()
    if "می" in word:
        word = rules.joined_prefix.sub(rules.split_prefix, word)
    if "ها" in word:
        word = rules.joined_suffix.sub(rules.split_suffix, word)
    return word.split(ZWNJ)


class _Rules:
    def __init__(self, data: dict[str, str]) -> None:
        words = {name: sorted(set(value.split()), key=lambda w: (-len(w), w)) for name, value in data.items()}
        either = {name: "|".join(value) for name, value in words.items()}
        self.prefix_exceptions = frozenset(words["prefix_exceptions"])
        self.plural_exceptions = frozenset(words["plural_exceptions"])
        word_start = f"(?<![{ARABIC}{ZWNJ}])"
        word_end = f"(?![{ARABIC}{ZWNJ}])"
        self.spaced_prefix = re.compile(
            f"(?:(?<=[^{ARABIC}{ZWNJ}]می)|(?<=[^{ARABIC}{ZWNJ}]نمی)|(?<=^می)|(?<=^نمی))[ {ZWNJ}]* (?=[{ARABIC}]{{2,}})"
        )
        self.joined_prefix = re.compile(
            f"{word_start}(?P<prefix>ن?می)(?=(?:(?:{either['present_stems']})(?:{either['present_endings']})"
            f"|(?:{either['past_stems']})(?:{either['past_endings']})?){word_end})(?P<rest>[{ARABIC}]+)"
        )
        self.spaced_suffix = re.compile(
            f"(?:(?<=[{ARABIC}]{{2}}) (?=(?:{either['spaced_endings']}){word_end})"
            f"|(?<=[{ARABIC}]ه) (?=(?:{either['spaced_endings_after_he']}){word_end}))"
        )
        self.joined_suffix = re.compile(
            f"{word_start}(?P<stem>[{ARABIC}{ZWNJ}]*[{ARABIC}]{{2}}?)(?P<ending>{either['joined_endings']}){word_end}"
        )

    def split_prefix(self, match: re.Match[str]) -> str:
        return match[0] if match[0] in self.prefix_exceptions else match["prefix"] + ZWNJ + match["rest"]

    def split_suffix(self, match: re.Match[str]) -> str:
        stem, ending = match["stem"], match["ending"]
        if stem.endswith(ZWNJ) or stem + "ها" in self.plural_exceptions:
            return match[0]
        return stem + ZWNJ + ending


@lru_cache(maxsize=1)
def _rules() -> _Rules:
    source = files(__package__).joinpath("data/persian_affixes.toml")
    return _Rules(tomllib.loads(source.read_text("utf-8")))
