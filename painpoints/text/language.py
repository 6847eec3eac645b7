"""Which language a text is in, and whether it is typed in a borrowed script."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .symbols import ARABIC


@dataclass(frozen=True, slots=True)
class Language:
    """A language code (fa, ar, ru, en, another ISO code, und), how sure (0..1), and the borrowed script."""

    code: str
    confidence: float
    variety: str | None = None


UNKNOWN = Language("und", 0.0)


def detect_language(text: str) -> Language:
    arabic = len(re.findall(f"[{ARABIC}]", text))
    cyrillic = len(re.findall("[\u0400-\u04ff]", text))
    latin = len(re.findall("[a-zA-Z]", text))
    if arabic > max(cyrillic, latin // 4):
        return Language("fa" if re.search("[پچژگکی]", text) else "ar", 0.9)
    if cyrillic > latin // 4:
        return Language("ru", 0.9)
    return Language("en", 0.9) if latin else UNKNOWN
