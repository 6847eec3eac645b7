"""Text as a model should read it, with the way back to what the customer wrote."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from .offsets import Offsets, edit
from .symbols import ARABIC, EMOJI, LETTER
from .zwnj import join_persian_affixes

ZWNJ = "\u200c"

Step = tuple[re.Pattern[str], "Callable[[re.Match[str]], str] | str"]


@dataclass(frozen=True, slots=True)
class Normalised:
    """A normalised text and, for each of its characters, the index in the raw text it came from.

    ``offsets`` has ``len(text) + 1`` entries, never falls, and ends with the length of the raw text.
    """

    text: str
    offsets: Offsets


def normalise(raw: str, lang: str | None = None) -> Normalised:
    """The text normalised for ``lang`` (fa, ar, ru, en, ...), idempotent, with its offset map.

    Without a language only what holds everywhere is done: Arabic and Persian letters are not exchanged
    and no zero-width non-joiner is written.
    """
    text: str = raw
    offsets: Offsets = range(len(raw) + 1)
    for _ in range(4):  # one step can open the way for an earlier one; two rounds settle all real texts
        before = text
        text, offsets = _round(text, offsets, lang)
        if text == before:
            break
    return Normalised(text, offsets)


def _round(text: str, offsets: Offsets, lang: str | None) -> tuple[str, Offsets]:
    if not unicodedata.is_normalized("NFC", text):
        text, offsets = _compose_characters(text, offsets)
    if not text.isascii() or _CONTROL.search(text):
        text, offsets = edit(text, offsets, _PRESENTATION, _plain_form)
        if _UNSEEN.search(text):
            text, offsets = edit(text, offsets, _INVISIBLE, _keep_joined_emoji)
        exchanged, letters = _LETTERS.get(lang or "", _OTHERS)
        if exchanged.search(text):
            text = text.translate(letters)
    if " ".join(text.split()) != text:
        text, offsets = edit(text, offsets, _WHITESPACE, _one_space)
    if ZWNJ in text:
        text, offsets = edit(text, offsets, _LOOSE_ZWNJ, "")
    if _REPEATED.search(text) or "……" in text:
        text, offsets = edit(text, offsets, _ELONGATION, _shorten)
    if lang == "fa":
        text, offsets = join_persian_affixes(text, offsets)
    return text, offsets


def _compose_characters(text: str, offsets: Offsets) -> tuple[str, Offsets]:
    """NFC, cluster by cluster, so that each composed character points at its base."""
    pieces: list[str] = []
    moved: list[int] = []
    start = 0
    for end in range(1, len(text) + 1):
        cluster = text[start:end]
        if end < len(text):
            joined = unicodedata.normalize("NFC", text[start : end + 1])
            apart = unicodedata.normalize("NFC", cluster) + text[end]
            if unicodedata.combining(text[end]) or joined != apart:
                continue
        composed = unicodedata.normalize("NFC", cluster)
        pieces.append(composed)
        moved += [offsets[min(start + i, end - 1)] for i in range(len(composed))]
        start = end
    moved.append(offsets[-1])
    return "".join(pieces), moved


_PRESENTATION = re.compile(
    "[\ufb00-\ufb06\ufb50-\ufbb1\ufbd3-\ufdff\ufe70-\ufefc\uff01-\uff5e\uff65-\uff9f\U0001d400-\U0001d7ff]"
)


def _plain_form(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", match[0])


# Kept first (an emoji keeps its joiners and selectors), then what nobody sees: marks over Arabic letters,
# tatweel, soft hyphen, bidi controls, byte order mark, other zero-width and control characters.
_UNSEEN = re.compile(
    "[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u08d3-\u08ff"
    "\u0640\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200d-\u200f\u202a-\u202e"
    "\u2060-\u206f\u20e3\ufe00-\ufe0f\ufeff\ufff9-\ufffd\U000e0000-\U000e007f"
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]+"
)
_INVISIBLE = re.compile(f"(?P<emoji>{EMOJI})|{_UNSEEN.pattern}")


_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f]")


def _keep_joined_emoji(match: re.Match[str]) -> str:
    return match[0] if match["emoji"] else ""


_DIGITS = {ord(c): str(i % 10) for i, c in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")}
_DIGITS |= {ord("٪"): "%", ord("٫"): ".", ord("٬"): ",", ord("’"): "'", ord("`"): "'"}
Exchange = tuple[re.Pattern[str], dict[int, str]]
"""What finds a letter to be exchanged, and for each such letter the one written instead."""


def _exchange(letters: dict[int, str]) -> Exchange:
    return re.compile(f"[{''.join(map(chr, letters))}]"), letters


_OTHERS = _exchange(_DIGITS)
_LETTERS = {
    "fa": _exchange(_DIGITS | {ord(a): b for a, b in zip("يىكڪہھە", "ییککههه", strict=True)}),
    "ar": _exchange(_DIGITS | {ord(a): b for a, b in zip("یېکڪہھە", "ييككههه", strict=True)}),
}

_WHITESPACE = re.compile(r"^\s+|\s+$|\s{2,}|[^\S\n ]|\n")


def _one_space(match: re.Match[str]) -> str:
    if match.start() == 0 or match.end() == len(match.string):
        return ""
    return "\n" if any(c in _NEWLINES for c in match[0]) else " "


_NEWLINES = frozenset("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")
_LOOSE_ZWNJ = re.compile(f"(?<![{ARABIC}]){ZWNJ}+|{ZWNJ}+(?![{ARABIC}])|(?<={ZWNJ}){ZWNJ}+")

_ELONGATION = re.compile(
    rf"(?P<arabic>[{ARABIC}])(?P=arabic){{2,}}"
    rf"|(?P<lower>(?![{ARABIC}]){LETTER})(?P=lower){{2,}}"
    r"|(?P<mark>[!?؟،,؛;*=_~-])(?P=mark){3,}|\.{4,}|…{2,}"
)
_REPEATED = re.compile(r"(\S)\1\1")
_LAUGHTER = frozenset("هخ")


def _shorten(match: re.Match[str]) -> str:
    run = match[0]
    if match["arabic"]:
        return run[:2] if run[0] in _LAUGHTER else run[:1]
    if match["lower"]:
        # "www", Roman numerals and battery sizes are not enthusiasm
        return run if run in ("www", "WWW") or (run[0].isupper() and len(run) < 4) else run[:2]
    return run[:3] if run[0] != "…" else "…"
