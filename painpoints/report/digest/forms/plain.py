"""A digest as plain text: readable in a terminal and as the text part of a mail."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from painpoints.report.digest.forms.blocks import (
    Block,
    Card,
    Cards,
    Cell,
    Items,
    Mark,
    Page,
    Quotes,
    Spoken,
    Table,
    Words,
)
from painpoints.report.digest.forms.isolation import (
    CLOSE,
    OPEN,
    OPEN_LTR,
    OPEN_RTL,
    RLM,
    isolated,
    needs_isolation,
    runs_right_to_left,
)
from painpoints.report.digest.forms.page import digest_page
from painpoints.report.digest.forms.sparkline import sparkline
from painpoints.report.digest.model import Digest
from painpoints.report.edition import Edition

WIDTH = 76
"""Columns; commands alone may be longer, because a broken command cannot be copied."""


def render_text(digest: Digest, edition: Edition) -> str:
    """The digest as lines of at most ``WIDTH`` columns. Right-to-left lines begin with a mark that says so."""
    worded = digest_page(digest, edition)
    lines = [line.rstrip() for line in _lines(worded)]
    mark = RLM if worded.rtl else ""
    return "\n".join(mark + line if line else "" for line in lines).strip("\n") + "\n"


def width(text: str) -> int:
    """The columns that ``text`` takes: marks and direction characters none, East Asian wide ones two."""
    return sum(0 if unicodedata.category(c) in ("Mn", "Me", "Cf") else
               2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def wrapped(text: str, *, indent: str = "", first: str | None = None) -> list[str]:
    """``text`` in lines of at most ``WIDTH`` columns; an isolate that spans lines is closed and reopened on each."""
    lines: list[str] = []
    line = indent if first is None else first
    empty = True
    for word in _words(text, WIDTH - width(indent)):
        if not empty and width(line) + 1 + width(word) > WIDTH:
            lines.append(line)
            line, empty = indent, True
        line = line + word if empty else f"{line} {word}"
        empty = False
    return _balanced([*lines, line], indent)


def _words(text: str, most: int) -> Iterator[str]:
    for word in text.split(" "):
        while width(word) > most:
            cut = next(n for n in range(1, len(word) + 1) if width(word[:n]) >= most)
            yield word[:cut]
            word = word[cut:]
        if word:
            yield word


def _balanced(lines: list[str], indent: str) -> list[str]:
    """The lines, each closing the isolates it opens; one that goes on keeps its direction, after the indent."""
    going: list[str] = []
    found = []
    rest = "\n".join(lines)
    position = 0
    for line in lines:
        text = f"{indent}{''.join(going)}{line.removeprefix(indent)}" if going else line
        for n, character in enumerate(line):
            if character in (OPEN, OPEN_LTR, OPEN_RTL):
                rtl = character == OPEN_RTL or (character == OPEN and runs_right_to_left("", rest[position + n + 1:]))
                going.append(OPEN_RTL if rtl else OPEN_LTR)
            elif character == CLOSE and going:
                going.pop()
        found.append(text + CLOSE * len(going))
        position += len(line) + 1
    return found


def _lines(worded: Page) -> Iterator[str]:
    yield from wrapped(worded.overline)
    yield from wrapped(worded.title)
    if worded.segment:
        yield from wrapped(worded.segment)
    yield "=" * min(WIDTH, max(width(worded.overline), width(worded.title)))
    if worded.compared:
        yield from wrapped(worded.compared)
    for sentence in worded.lead:
        yield ""
        yield from wrapped(sentence)
    for section in worded.sections:
        yield from ("", "", *wrapped(section.title), "-" * min(WIDTH, width(section.title)))
        for n, block in enumerate(section.blocks):
            if n:
                yield ""
            yield from _block(block, worded.rtl)


def _block(block: Block, rtl: bool) -> Iterator[str]:
    match block:
        case Words(text=text):
            yield from wrapped(text)
        case Cards(title=title, cards=cards):
            if title:
                yield from (*wrapped(title), "~" * min(WIDTH, width(title)))
            for n, card in enumerate(cards):
                if n or title:
                    yield ""
                yield from _card(card, rtl)
        case Table():
            yield from _table(block)
        case Quotes(label=label, quotes=quotes):
            yield from wrapped(f"{label}:")
            for quote in quotes:
                yield from _quote(quote, rtl)
        case Items(items=items, title=title):
            if title:
                yield from (*wrapped(title), "~" * min(WIDTH, width(title)))
            for item in items:
                yield from wrapped(item.text, indent="  ", first="- ")
                for label, commands in item.commands:
                    yield f"  {label}:"
                    yield from (f"    {_command(command, rtl)}" for command in commands)


def _command(command: str, rtl: bool) -> str:
    """The command, from left to right whatever names stand in it."""
    return f"{OPEN_LTR}{command}{CLOSE}" if rtl or needs_isolation(command) else command


def _card(card: Card, rtl: bool) -> Iterator[str]:
    rank = f"{card.rank}. " if card.rank else ""
    yield from wrapped(f"{rank}{card.title} [{card.status}]", indent="   ", first="")
    for mark in card.marks:
        yield from wrapped(_mark(mark), indent="   ")
    if card.facts:
        yield from wrapped(card.facts, indent="   ")
    if card.spark:
        yield from wrapped(f"{sparkline(card.spark, rtl=rtl)} {card.spark.title}", indent="   ")
    for quote in card.quotes:
        yield from _quote(quote, rtl)
    if card.note:
        yield from wrapped(card.note, indent="   ")


def _mark(mark: Mark) -> str:
    return f"{mark.arrow} {mark.text}" if mark.arrow else mark.text


def _quote(quote: Spoken, rtl: bool) -> Iterator[str]:
    text = isolated(quote.text) if quote.rtl != rtl or needs_isolation(quote.text) else quote.text
    yield from wrapped(text, indent="   | ")
    yield from wrapped(f"({quote.source})", indent="     ")


def _table(table: Table) -> Iterator[str]:
    for group in table.groups:
        if group.title:
            yield from wrapped(f"{group.title}:")
        for row in group.rows:
            facts = [f"{name} {_cell(cell)}" if cell.text else _cell(cell)
                     for name, cell in zip(table.head[1:], row[1:], strict=True)]
            yield from wrapped(f"{_cell(row[0])}: {'; '.join(facts)}", indent="  ", first="- ")


def _cell(cell: Cell) -> str:
    text = _mark(cell.mark) if cell.mark else cell.text
    return f"{text} ({cell.small})" if cell.small else text
