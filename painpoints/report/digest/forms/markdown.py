"""A digest as Markdown (CommonMark with tables), safe whatever customers wrote."""

from __future__ import annotations

import re
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
from painpoints.report.digest.forms.isolation import RLM, isolated, needs_isolation
from painpoints.report.digest.forms.page import digest_page
from painpoints.report.digest.forms.sparkline import sparkline
from painpoints.report.digest.model import Digest
from painpoints.report.edition import Edition

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&$])")
_LINKS = re.compile(r"(?i)(:)(?=//)|(?<=www)(\.)")
_AT_START = re.compile(r"^([\u200e\u200f\u2066-\u2069]*)([#+\-=])")
_NUMBERED = re.compile(r"^([\u200e\u200f\u2066-\u2069]*\d+)([.)])")


def render_markdown(digest: Digest, edition: Edition) -> str:
    """The digest as Markdown. Right-to-left editions begin every block with a mark that sets its direction."""
    worded = digest_page(digest, edition)
    return "\n\n".join(_lines(worded)) + "\n"


def escaped(text: str) -> str:
    """``text`` on one line so that Markdown shows it as it is: no emphasis, links, mark-up, lists or tables."""
    text = _LINKS.sub(r"\\\g<0>", _SPECIAL.sub(r"\\\1", re.sub(r"[ \t\r\n]+", " ", text).strip()))
    return _NUMBERED.sub(r"\1\\\2", _AT_START.sub(r"\1\\\2", text))


def _lines(worded: Page) -> Iterator[str]:
    mark = RLM if worded.rtl else ""
    yield f"# {mark}{escaped(worded.title)}"
    yield mark + escaped(worded.overline)
    if worded.segment:
        yield f"{mark}**{escaped(worded.segment)}**"
    if worded.compared:
        yield mark + escaped(worded.compared)
    yield from (mark + escaped(sentence) for sentence in worded.lead)
    for section in worded.sections:
        yield f"## {mark}{escaped(section.title)}"
        for block in section.blocks:
            yield from _block(block, mark)


def _block(block: Block, mark: str) -> Iterator[str]:
    match block:
        case Words(text=text):
            yield mark + escaped(text)
        case Cards(title=title, cards=cards):
            if title:
                yield f"### {mark}{escaped(title)}"
            for card in cards:
                yield from _card(card, mark)
        case Table():
            yield _table(block)
        case Quotes(label=label, quotes=quotes):
            yield mark + escaped(label)
            yield from (_quote(each, mark) for each in quotes)
        case Items(items=items, title=title):
            if title:
                yield f"### {mark}{escaped(title)}"
            yield "\n".join(_item(each.text, each.commands, mark) for each in items)


def _card(card: Card, mark: str) -> Iterator[str]:
    rank = f"{card.rank}\\. " if card.rank else ""
    yield f"#### {mark}{rank}{escaped(card.title)} ({escaped(card.status)})"
    lines = [_mark(each) for each in card.marks] + [escaped(card.facts)]
    if card.spark:
        lines.append(f"{sparkline(card.spark, rtl=bool(mark))} {escaped(card.spark.title)}")
    yield "  \n".join(mark + line for line in lines if line)
    yield from (_quote(each, mark) for each in card.quotes)
    if card.note:
        yield mark + escaped(card.note)


def _mark(mark: Mark) -> str:
    return f"{mark.arrow} {escaped(mark.text)}" if mark.arrow else escaped(mark.text)


def _quote(quote: Spoken, mark: str) -> str:
    text = isolated(quote.text) if not mark and needs_isolation(quote.text) else quote.text
    own = RLM if quote.rtl else ""
    return f"> {own}{escaped(text)}  \n> {mark}— {escaped(quote.source)}"


def _item(text: str, commands: tuple[tuple[str, tuple[str, ...]], ...], mark: str) -> str:
    lines = [f"- {mark}{escaped(text)}"]
    lines += [f"  - {mark}{escaped(label)}: {', '.join(map(_code, each))}" for label, each in commands]
    return "\n".join(lines)


def _code(command: str) -> str:
    fence = "`" * (max((len(run) for run in re.findall("`+", command)), default=0) + 1)
    return f"{fence}{command}{fence}" if len(fence) == 1 else f"{fence} {command} {fence}"


def _table(table: Table) -> str:
    rows = [_row([escaped(name) for name in table.head]), _row(["---"] * len(table.head))]
    for group in table.groups:
        if group.title:
            rows.append(_row([f"**{escaped(group.title)}**", *[""] * (len(table.head) - 1)]))
        rows += [_row([_cell(cell) for cell in row]) for row in group.rows]
    return "\n".join(rows)


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(cell: Cell) -> str:
    text = _mark(cell.mark) if cell.mark else escaped(cell.text)
    return f"{text} ({escaped(cell.small)})" if cell.small else text
