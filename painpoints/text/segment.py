"""Opinion units of a text: where each begins and ends."""

from __future__ import annotations

import re
from typing import NamedTuple

from .symbols import EMOJI, LETTER, PICTOGRAPH


class Span(NamedTuple):
    """A half-open range of characters."""

    start: int
    end: int


_END = re.compile(rf"(?:[.!?؟…؛;]+[)\]»\"']*(?=\s|$|{LETTER})|\n+|{EMOJI}(?:\s*{EMOJI})*)")
_BUT = re.compile(r"(?<=[\s،,])(?:اما|ولی|ولي|لكن|لکن|но|зато|однако|but|however)(?=\s)", re.I)
_EDGE = re.compile(rf"[\s.!?؟…؛;،,:\-–—•*{PICTOGRAPH}]*")


def segment(text: str, lang: str | None = None, *, boundaries=(), as_list: bool = False) -> list[Span]:
    """The opinion units of ``text`` in order, without the punctuation between them."""
    cuts = {0, len(text), *boundaries}
    for m in _END.finditer(text):
        if m[0].startswith(".") and re.match(r"\d?[a-z]", text[m.end():m.end() + 1] or ""):
            continue
        cuts.add(m.end())
    for m in _BUT.finditer(text):
        cuts.add(m.start())
    bounds = sorted(cuts)
    spans = []
    for a, b in zip(bounds, bounds[1:], strict=False):
        piece = text[a:b]
        left = len(piece) - len(piece.lstrip(" \n\t.,،-•"))
        right = len(piece.rstrip(" \n\t.,،؛;"))
        if right > left:
            spans.append(Span(a + left, a + right))
    return spans
