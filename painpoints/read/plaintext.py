"""Texts of a plain text file: one a line, or paragraphs where the lines are wrapped by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_FINAL = ".!?…؟۔:؛\"»”)"


def is_wrapped(lines: Iterable[str]) -> bool:
    """Whether blank lines part the texts and the lines in between were broken to fit a width.

    Wrapped lines are about as long as the longest, and mostly do not end where a sentence ends.
    """
    blocks = [block for block in _blocks(lines) if block]
    inner = [line.rstrip() for block in blocks for line in block[:-1]]
    if len(blocks) < 2 or len(inner) < len(blocks) * 0.5 or not inner:
        return False
    width = max(len(line) for block in blocks for line in block)
    if not 30 <= width <= 200:
        return False
    full = sum(1 for line in inner if len(line) >= 0.6 * width)
    final = sum(1 for line in inner if line.endswith(tuple(_FINAL)))
    return full >= 0.75 * len(inner) and final <= 0.5 * len(inner)


def paragraphs(lines: Iterable[str]) -> Iterator[str]:
    """The blocks between blank lines, their line breaks kept."""
    for block in _blocks(lines):
        yield "".join(block).rstrip("\r\n")


def _blocks(lines: Iterable[str]) -> Iterator[list[str]]:
    block: list[str] = []
    for line in lines:
        if line.strip():
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block
