"""Keys under which different spellings of one text meet."""

from __future__ import annotations

import re
import unicodedata

from .symbols import ARABIC, EMOJI, LETTER, may_hold_emoji

_SIGNS = "\u200c\u200d\u0640\u00ad"
_DROPPED = re.compile(rf"{EMOJI}|[{_SIGNS}]")
_DROPPED_SIGNS = re.compile(f"[{_SIGNS}]+")
_MARKS = re.compile(
    "(?<!и)\u0306|[\u0300-\u0305\u0307-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u08d3-\u08ff]+"
)
_MARK = re.compile("[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u08d3-\u08ff]")
_WORD = re.compile(LETTER + "+")
_SPACE = re.compile(rf" (?:(?<=[{ARABIC}] )|(?=[{ARABIC}]))")
_ELONGATION = re.compile(r"(\w)\1{2,}")
_LETTERS = str.maketrans("يىېكڪٱةەہھ", "یییککاهههه")
_EXCHANGED = re.compile("[يىېكڪٱةەہھ]")


def fold_key(text: str, lang: str | None = None) -> str:
    """The text without everything that spelling habits change: a key for duplicates and search.

    ZWNJ present, missing or spaced, Arabic or Persian letters, hamza, ё, case, digits, punctuation and
    emoji make no difference. Words in the Arabic script are run together, because a space inside them
    cannot be told from one between them.
    """
    folded = text.lower() if text.isascii() else _folded(text)
    folded = " ".join(_WORD.findall(folded))
    return _ELONGATION.sub(r"\1", folded if folded.isascii() else _SPACE.sub("", folded))


def _folded(text: str) -> str:
    kept = (_DROPPED if may_hold_emoji(text) else _DROPPED_SIGNS).sub("", text).casefold()
    apart = unicodedata.normalize("NFKD", kept)
    if apart != kept:
        # once more: a letter of mathematical script (𝕊) becomes a capital by being decomposed
        apart = apart.casefold().replace("и\u0306", "й")
    # decomposed, hamza and madda (أ إ آ ؤ ئ), the dots of ё and й, and accents are all marks
    if _MARK.search(apart):
        apart = _MARKS.sub("", apart.replace("й", "и\u0306"))
    folded = unicodedata.normalize("NFC", apart)
    return folded.translate(_LETTERS) if _EXCHANGED.search(folded) else folded
