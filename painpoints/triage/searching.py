"""Comments found by their words, for a queue that shows some of them."""

from __future__ import annotations

from painpoints.pipeline import Found, Hit, matching, search
from painpoints.text import mark, parse_question

__all__ = ["Found", "Hit", "highlight", "matching", "search"]


def highlight(text: str, words: str) -> list[tuple[int, int]]:
    """The slices (start, end) of ``text`` that answer ``words``, for a text that is at hand already.

    Raises UsageError when ``words`` ask for nothing.
    """
    return mark(text, parse_question(words))
