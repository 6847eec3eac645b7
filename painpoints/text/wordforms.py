"""Texts as words that spelling does not part, and the way from such a word back to what was written.

Unlike ``painpoints.text.fold_key``, which runs words of the Arabic script together, words stay apart here, because a
cue begins and ends with one: ZWNJ counts as a space, apostrophes as nothing, marks of a clause as words of their own.
"""

from __future__ import annotations

import re
import unicodedata

_LETTERS = str.maketrans("يىېئكڪٱةەہھؤ", "یییی" + "ککاههههو")
_ENDS, _PAUSES = ".!?؟…\n|؛;:\r\u2028\u2029", ",،—–()[]«»“”\""
_NOTHING = "'’‘ʼ`´\u0640\u00ad\u200d\u200b\u200e\u200f\u2060\ufeff\ufe0f"
_LETTER = r"[^\W\d]"
_ELONGATION = re.compile(rf"({_LETTER})\1{{2,}}")


class _Forms(dict[int, str]):
    """Every character as it counts; filled as characters are met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        self[code] = form = _form(character)
        return form


def _form(character: str) -> str:
    if character in _NOTHING or unicodedata.category(character) == "Mn":
        return ""
    if character in _ENDS:
        return " . "
    if character in _PAUSES:
        return " , "
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if character in "йЙ":
        return "й"
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    kept = "".join(c for c in plain if c.isalnum() and unicodedata.category(c) != "Mn")
    return kept.translate(_LETTERS) or " "


_FORMS = _Forms()


def form_of(code: int) -> str:
    """What the character of a code counts as: letters, a mark between spaces, a space, or nothing."""
    return _FORMS[code]


def is_letter(character: str) -> bool:
    """Whether three of a character in a row count as one."""
    return re.match(_LETTER, character) is not None


def fold_words(text: str) -> str:
    """``text`` as folded words with one space before and after each; "." and "," stand for the marks between."""
    words = " ".join(unicodedata.normalize("NFC", text).translate(_FORMS).split())
    return " " + _ELONGATION.sub(r"\1", words) + " "


def written(text: str, first: int, last: int) -> tuple[int, int]:
    """Where words ``first`` to ``last`` (counted from 0, the last one included) of `fold_words` stand in ``text``."""
    spans: list[list[int]] = []
    inside = False
    for place, character in enumerate(text):
        for form in _FORMS[ord(character)]:
            if form == " ":
                inside = False
            elif inside:
                spans[-1][1] = place + 1
            else:
                spans.append([place, place + 1])
                inside = True
    return (spans[first][0], spans[last][1]) if last < len(spans) else (0, len(text))
