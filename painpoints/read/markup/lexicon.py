"""The tag names and reply phrases of markup.toml."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class MarkupLexicon:
    """What counts as mark-up: tag names by what they do to the text, and phrases that open a quoted reply."""

    html_inline: frozenset[str]
    html_block: frozenset[str]
    html_cell: frozenset[str]
    html_dropped: frozenset[str]
    html_bare_attributes: frozenset[str]
    bbcode_inline: frozenset[str]
    bbcode_block: frozenset[str]
    bbcode_dropped: frozenset[str]
    bbcode_words: frozenset[str]
    reply_headers: tuple[str, ...]
    reply_separators: tuple[str, ...]
    reply_fields: tuple[str, ...]
    signatures: tuple[str, ...]


@functools.cache
def lexicon() -> MarkupLexicon:
    """The lexicon that ships with the room."""
    data = tomllib.loads(Path(__file__).with_name("markup.toml").read_text(encoding="utf-8"))
    html, bbcode, replies = data["html"], data["bbcode"], data["replies"]
    return MarkupLexicon(
        html_inline=frozenset(html["inline"]),
        html_block=frozenset(html["block"]),
        html_cell=frozenset(html["cell"]),
        html_dropped=frozenset(html["dropped"]),
        html_bare_attributes=frozenset(html["bare_attributes"]),
        bbcode_inline=frozenset(bbcode["inline"]),
        bbcode_block=frozenset(bbcode["block"]),
        bbcode_dropped=frozenset(bbcode["dropped"]),
        bbcode_words=frozenset(bbcode["words"]),
        reply_headers=tuple(replies["headers"]),
        reply_separators=tuple(replies["separators"]),
        reply_fields=tuple(replies["fields"]),
        signatures=tuple(replies["signatures"]),
    )
