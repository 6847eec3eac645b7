"""What stands for personal data in a text, as models and counts of words take it.

Words in brackets move judgements less than the numbers they stand for; signs and emoji move them more, so that a model
reads words in either style.
"""

from __future__ import annotations

import re

from .normalisation import Normalised
from .offsets import edit
from .redaction.kinds import TOKEN, token, token_kind


def without_placeholders(text: str, fill: str = " ") -> str:
    """The text with as many ``fill`` signs in place of each as it has."""
    return TOKEN.sub(lambda match: fill * len(match[0]), text) if "[" in text or "«" in text else text


def in_words(normalised: Normalised) -> Normalised:
    """The text with each as words."""
    if "«" not in normalised.text:
        return normalised
    return Normalised(*edit(normalised.text, normalised.offsets, TOKEN, _words))


def _words(match: re.Match[str]) -> str:
    return token(*token_kind(match), "words")
