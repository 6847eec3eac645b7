"""The text as the detectors read it: as long as the original, one sign for one sign."""

from __future__ import annotations

import unicodedata

#: stands where a token stands already; no pattern reads across it
BARRIER = "\ue000"
#: stands for whatever nobody sees: joiners, marks over letters, direction marks, tatweel
UNSEEN = "\u200c"


_BLOCKS = (
    (0x80, 0x2FFF), (0xA000, 0xABFF), (0xF900, 0xFFFF), (0x10400, 0x11FFF), (0x1D400, 0x1D7FF), (0x1F100, 0x1F1FF),
)
_ALIKE = {
    "یىيېئ": "ی", "كک": "ک", "أإآٱ": "ا", "ةۀہھە": "ه", "ؤ": "و", "ёЁ": "е", "İ": "i", "٫": ".", "٬،": ",", "؛": ";",
    "؟": "?",
    "ـ": UNSEEN, "«»“”„": '"', "’‘": "'",
}


def _table() -> dict[int, str]:
    table: dict[int, str] = {}
    for first, last in _BLOCKS:
        for point in range(first, last + 1):
            sign = chr(point)
            category = unicodedata.category(sign)
            digit = unicodedata.digit(sign, None)
            if digit is not None:
                table[point] = str(digit)
            elif category in ("Cf", "Mn", "Me"):
                table[point] = UNSEEN
            elif category == "Zs":
                table[point] = " "
            elif category == "Pd" or sign in "−‐‑":
                table[point] = "-"
            else:
                plain = unicodedata.normalize("NFKC", sign)
                if plain != sign and len(plain) == 1 and plain.isascii():
                    table[point] = plain
    return table | {ord(sign): written for signs, written in _ALIKE.items() for sign in signs}


_TABLE = _table()


def canvas(text: str) -> str:
    """The text in lower case with ASCII digits, plain spaces and dashes, letters of the Arabic script folded.

    Every sign stays where it is: ``len(canvas(text)) == len(text)``.
    """
    return (text if text.isascii() else text.translate(_TABLE)).lower()
