"""E-mail addresses, links, user names and IP addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .candidates import SURE, Candidate

_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")


def emails(drawn: str) -> Iterator[Candidate]:
    """E-mail addresses."""
    if "@" in drawn:
        for match in _EMAIL.finditer(drawn):
            yield Candidate("email", match.start(), match.end(), match[0], SURE)
