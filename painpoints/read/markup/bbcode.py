"""Forum tags (BBCode) as edits."""

from __future__ import annotations

import functools
import re

from painpoints.read.markup.lexicon import lexicon
from painpoints.read.markup.tape import Edit, Tape


@functools.cache
def _tag() -> re.Pattern[str]:
    words = lexicon()
    names = words.bbcode_inline | words.bbcode_block | words.bbcode_dropped
    known = "|".join(re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name)))
    value = r"(?P<value>=[^\[\]\n]*|\s+\w+=[^\[\]\n]*)?"
    return re.compile(rf"\[(?P<close>/?)(?P<name>{known}){value}\](?!\()", re.IGNORECASE)


def strip_bbcode(tape: Tape) -> Tape:
    """The text without forum tags; quotes, pictures and films go with what they hold, nested ones too."""
    if "[" not in tape.text:
        return tape
    matches = _real_tags(list(_tag().finditer(tape.text)))
    return tape.edited(_edits(matches)) if matches else tape


def _real_tags(matches: list[re.Match[str]]) -> list[re.Match[str]]:
    """The matches without bare words in brackets such as "[user]" or "[link]" that nothing closes."""
    closed = {match["name"].lower() for match in matches if match["close"]}
    unclosed_words = lexicon().bbcode_words - closed
    return [match for match in matches if match["value"] or match["name"].lower() not in unclosed_words]


def _edits(matches: list[re.Match[str]]) -> list[Edit]:
    words = lexicon()
    partners = _partners(matches)
    edits: list[Edit] = []
    skip_to = 0
    for index, match in enumerate(matches):
        if match.start() < skip_to:
            continue
        name = match["name"].lower()
        partner = partners.get(index)
        if name in words.bbcode_dropped and partner is not None:
            skip_to = matches[partner].end()
            edits.append((match.start(), skip_to, "\n" if name == "quote" else ""))
        elif name in words.bbcode_block or name == "quote":
            edits.append((match.start(), match.end(), "\n"))
        else:
            edits.append((match.start(), match.end(), ""))
    return edits


def _partners(matches: list[re.Match[str]]) -> dict[int, int]:
    """For each opening dropped tag the index of the tag that closes it."""
    dropped = lexicon().bbcode_dropped
    open_tags: dict[str, list[int]] = {}
    partners: dict[int, int] = {}
    for index, match in enumerate(matches):
        name = match["name"].lower()
        if name not in dropped:
            continue
        if not match["close"]:
            open_tags.setdefault(name, []).append(index)
        elif open_tags.get(name):
            partners[open_tags[name].pop()] = index
    return partners
