"""Patterns of many alternatives, of which only those are tried that a text can hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

Look = Callable[[str], object]
"""A quick look at a text; false where it cannot hold what its pattern matches."""

#: the top-level domains of pages that are told without http:// or www.
DOMAIN = re.compile(r"\.(?:com|org|net|ir|ru|io|co|me|info|shop)", re.IGNORECASE)
_WWW = re.compile(r"www\.", re.IGNORECASE)


def holds(sign: str) -> Look:
    """Whether ``sign`` stands in a text."""
    return lambda text: sign in text


def holds_www(text: str) -> bool:
    """Whether "www." stands in a text, in any case."""
    return "." in text and _WWW.search(text) is not None


def holds_domain(text: str) -> bool:
    """Whether something like the name of a page stands in a text."""
    return "." in text and DOMAIN.search(text) is not None


class Alternation:
    """Alternatives in the order in which they are tried, each with the look that tells whether a text can hold it.

    `pattern` matches in the text what all alternatives together match, and takes far less time where few can.
    """

    def __init__(self, alternatives: Sequence[tuple[str, Look]], flags: re.RegexFlag) -> None:
        self._patterns = [pattern for pattern, _ in alternatives]
        self._looks = [(1 << place, look) for place, (_, look) in enumerate(alternatives)]
        self._flags = flags
        self._compiled: dict[int, re.Pattern[str]] = {}

    def pattern(self, text: str) -> re.Pattern[str] | None:
        """The alternatives that ``text`` can hold, None where there are none."""
        key = 0
        for bit, look in self._looks:
            if look(text):
                key |= bit
        return (self._compiled.get(key) or self._compile(key)) if key else None

    def _compile(self, key: int) -> re.Pattern[str]:
        wanted = [pattern for place, pattern in enumerate(self._patterns) if key >> place & 1]
        self._compiled[key] = pattern = re.compile("|".join(wanted), self._flags)
        return pattern
