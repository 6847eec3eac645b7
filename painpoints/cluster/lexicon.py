"""What single words are worth in a phrase or title, per language: function words, fillers, negations, trouble.

The lists are TOML in ``stopwords/``; a language without a list has no stop words, so its phrases are rougher.
Words are looked up folded (``painpoints.text.fold_key``): ZWNJ, hamza, ё, case and Arabic or Persian letters make no
difference.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from painpoints.text import fold_key

LISTED = ("fa", "ar", "ru", "en")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The word lists of one language, folded. ``trouble`` holds beginnings of words, the others whole words.

    What a list is for stands above it in the TOML; a language need not have all of them.
    """

    lang: str
    function: frozenset[str] = frozenset()
    filler: frozenset[str] = frozenset()
    negation: frozenset[str] = frozenset()
    trouble: tuple[str, ...] = ()
    opener: frozenset[str] = frozenset()
    particle: frozenset[str] = frozenset()
    first_person: frozenset[str] = frozenset()
    boundary: frozenset[str] = frozenset()
    condition: frozenset[str] = frozenset()
    determiner: frozenset[str] = frozenset()
    clock: frozenset[str] = frozenset()
    auxiliary: frozenset[str] = frozenset()
    inseparable: frozenset[str] = frozenset()
    finite: frozenset[str] = frozenset()
    limit: frozenset[str] = frozenset()
    pointing: frozenset[str] = frozenset()
    saying: frozenset[str] = frozenset()
    doing: frozenset[str] = frozenset()
    rooted: frozenset[str] = frozenset()
    leaning: frozenset[str] = frozenset()

    def negation_closes(self, folded: str) -> bool:
        """Whether a negating word may stand at the end: «نمیشه», «нет», «مايرد» may, «بدون», «не», "does not" not."""
        if folded in self.particle:
            return True
        verb = self.lang == "fa" and folded.startswith("ن")
        return verb or (self.lang == "ar" and len(folded) > 4 and folded.startswith(("ما", "مي", "مب")))


@cache
def load_lexicon(lang: str) -> Lexicon:
    """The word lists of ``lang``; empty ones when there is no file for it."""
    if lang not in LISTED:
        return Lexicon(lang)
    content = tomllib.loads(files("painpoints.cluster").joinpath(f"stopwords/{lang}.toml").read_text("utf8"))
    words = {name: frozenset(fold_key(word, lang) for word in value.split()) - {""} for name, value in content.items()}
    trouble = tuple(sorted(words.pop("trouble")))
    return Lexicon(lang, trouble=trouble, **words)
