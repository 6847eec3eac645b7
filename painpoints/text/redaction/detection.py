"""All detectors over one text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .candidates import SURE, Candidate
from .network import emails

_WORTH = re.compile(r"[\d@]|://")


def worth_reading(text: str) -> bool:
    """Whether a text can hold anything at all: one cheap look that spares most texts the detectors."""
    return _WORTH.search(text) is not None


class Detection:
    """The detectors that the chosen kinds need."""

    def __init__(self, kinds: frozenset[str], *, keep: list[re.Pattern[str]], brands: frozenset[str]) -> None:
        self.kinds = kinds
        self.keep = keep
        self.brands = brands

    def candidates(self, drawn: str) -> Iterator[Candidate]:
        """What every detector puts forward for a text drawn on the canvas."""
        for pattern in self.keep:
            for match in pattern.finditer(drawn):
                if match.end() > match.start():
                    yield Candidate("", match.start(), match.end(), "", SURE + 1)
        yield from emails(drawn)
