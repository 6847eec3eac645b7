"""Keys under which different spellings of one text meet."""

from __future__ import annotations

import re
import unicodedata

from .symbols import ARABIC, EMOJI

_DROPPED = re.compile(rf"{EMOJI}|[\u200c\u200d\u0640\u00ad]")
_MARKS = re.compile(
    "(?<!и)\u0306|[\u0300-\u0305\u0307-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u08d3-\u08ff]+"
)
_NOT_LETTERS = re.compile(r"[\W\d_]+")
_SPACE = re.compile(rf"(?<=[{ARABIC}]) | (?=[{ARABIC}])")
_ELONGATION = re.compile(r"(\w)\1{2,}")
_LETTERS = str.maketrans("يىېكڪٱةەہھ", "یییککاهههه")


def fold_key(text: str, lang: str | None = None) -> str:
    """The text without everything that spelling habits change: a key for duplicates and search.

    ZWNJ present, missing or spaced, Arabic or Persian letters, hamza, ё, case, digits, punctuation and
    emoji make no difference. Words in the Arabic script are run together, because a space inside them
    cannot be told from one between them.
    """
    # twice: a letter of mathematical script (𝕊) becomes a capital by being decomposed
    folded = unicodedata.normalize("NFKD", _DROPPED.sub("", text).casefold()).casefold()
    # decomposed, hamza and madda (أ إ آ ؤ ئ), the dots of ё and й, and accents are all marks
    folded = unicodedata.normalize("NFC", _MARKS.sub("", folded)).translate(_LETTERS)
    folded = _NOT_LETTERS.sub(" ", folded).strip()
    return _ELONGATION.sub(r"\1", _SPACE.sub("", folded))
