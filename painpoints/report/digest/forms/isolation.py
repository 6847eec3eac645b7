"""Text of either direction that cannot disturb what stands around it.

Foreign text goes between U+2068 and U+2069 (Unicode's first-strong isolates): mail clients and terminals know them, and
the HTML form makes ``<bdi>`` of them. Text from outside is cleaned of all such characters first, so that what is opened
here is closed here.
"""

from __future__ import annotations

import re
import unicodedata

OPEN, CLOSE = "\u2068", "\u2069"
OPEN_LTR, OPEN_RTL = "\u2066", "\u2067"
RLM = "\u200f"
_RTL_LANGUAGES = frozenset({"fa", "ar", "he", "ur", "ckb", "ps", "yi", "sd", "ug", "dv"})
_RTL_CLASSES = frozenset({"R", "AL", "AN"})
_KEPT = "\u200c\u200d"
_SPACES = re.compile(r"\s+")
_MARKS = re.compile(r"([\u0300-\u036f\u0483-\u0489\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{4})"
                    r"[\u0300-\u036f\u0483-\u0489\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+")


class Phrase(str):
    """Wording with its places filled: foreign text in it is already isolated."""

    __slots__ = ()


def clean(text: str, most: int | None = None) -> str:
    """``text`` on one line, without control and direction characters; cut at a word near ``most`` characters.

    The zero-width (non-)joiner stays: Persian words and emoji need them. Piled-up marks are thinned to four.
    """
    kept = "".join(_plain(character) for character in text)
    kept = _MARKS.sub(r"\1", _SPACES.sub(" ", kept)).strip()
    if most is None or len(kept) <= most:
        return kept
    head = kept[:most - 1]
    cut = head.rsplit(" ", 1)[0] if " " in head[most // 2:] else head
    return cut.rstrip(" .,;:،؛-–—" + _KEPT) + "…"


def _plain(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Cc", "Zl", "Zp"):
        return " "
    return "" if category in ("Cf", "Cs", "Co", "Cn") and character not in _KEPT else character


def isolated(text: str) -> str:
    """``text`` between isolates."""
    return f"{OPEN}{text}{CLOSE}"


def needs_isolation(text: str) -> bool:
    """Whether ``text`` could disturb a line that runs from left to right."""
    return any(unicodedata.bidirectional(character) in _RTL_CLASSES for character in text)


def runs_right_to_left(lang: str, text: str = "") -> bool:
    """The direction of ``text`` in ``lang``: that of its first letter, or of the language where it has none."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return lang in _RTL_LANGUAGES


def without_isolates(text: str) -> str:
    """``text`` as it reads aloud, for labels."""
    return text.translate(dict.fromkeys(map(ord, (OPEN, CLOSE, OPEN_LTR, OPEN_RTL))))
