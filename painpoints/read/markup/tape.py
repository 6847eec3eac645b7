"""A text that remembers, through any number of edits, where each of its characters came from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: (start, end, replacement) over the current text; non-overlapping, in order.
Edit = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Stripped:
    """Plain text and its way back to the raw text.

    ``offsets`` has ``len(text) + 1`` entries: ``offsets[i]`` is the index in the raw text of the character
    ``text[i]`` (of the first character of an entity such as ``&amp;``), and the last entry is the raw length.
    ``ends`` has ``len(text)`` entries: the raw index just after the source of ``text[i]``.
    """

    text: str
    offsets: Sequence[int]
    ends: Sequence[int]

    @classmethod
    def identity(cls, raw: str) -> Stripped:
        """The raw text as it is."""
        length = len(raw)
        return cls(raw, range(length + 1), range(1, length + 1))

    def source(self, start: int, end: int) -> tuple[int, int]:
        """The raw (start, end) that ``text[start:end]`` came from, without mark-up around it."""
        if start >= end:
            return self.offsets[start], self.offsets[start]
        return self.offsets[start], self.ends[end - 1]


@dataclass(frozen=True, slots=True)
class Tape:
    """The text between two passes; ``starts[i]:ends[i]`` is the raw source of ``text[i]``."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    raw_length: int

    @classmethod
    def identity(cls, raw: str) -> Tape:
        """The raw text before any pass."""
        length = len(raw)
        return cls(raw, range(length), range(1, length + 1), length)

    def edited(self, edits: Iterable[Edit]) -> Tape:
        """This text with the edits made; a replacement's characters all point to what they replace.

        A replacement newline that would follow a newline is left out, so that nested blocks do not pile up.
        """
        pieces: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        at = 0
        last = ""
        for start, end, replacement in edits:
            if start > at:
                piece = self.text[at:start]
                pieces.append(piece)
                starts += self.starts[at:start]
                ends += self.ends[at:start]
                last = piece.rstrip(" \t")[-1:] or last
            if replacement == "\n" and last in ("\n", ""):
                replacement = ""
            if replacement:
                pieces.append(replacement)
                starts += [self.starts[start]] * len(replacement)
                ends += [self.ends[end - 1]] * len(replacement)
                last = replacement.rstrip(" \t")[-1:] or last
            at = end
        if at == 0:
            return self
        pieces.append(self.text[at:])
        starts += self.starts[at:]
        ends += self.ends[at:]
        return Tape("".join(pieces), starts, ends, self.raw_length)

    def stripped(self) -> Stripped:
        """The finished text."""
        return Stripped(self.text, [*self.starts, self.raw_length], self.ends)
