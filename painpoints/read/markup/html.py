"""HTML tags, comments and entities as edits."""

from __future__ import annotations

import functools
import html
import re

from painpoints.read.markup.lexicon import lexicon
from painpoints.read.markup.tape import Edit, Tape

# No attribute value may hold "<": it keeps the scan linear on hostile text, and real pages escape it.
_ATTRIBUTE = r"""\s+(?:[a-z_:@][\w:.@-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'|[^\s"'<>]+)|{bare})"""
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ALT = re.compile(r"""\salt\s*=\s*(?:"([^"<]*)"|'([^'<]*)')""", re.IGNORECASE)


@functools.cache
def _token() -> re.Pattern[str]:
    words = lexicon()
    names = words.html_inline | words.html_block | words.html_cell | words.html_dropped
    bare = "(?:" + "|".join(sorted(words.html_bare_attributes)) + r")(?=[\s/>])"
    attributes = "(?:" + _ATTRIBUTE.format(bare=bare) + ")*"
    known = "|".join(sorted(names, key=lambda name: (-len(name), name)))
    return re.compile(
        r"(?P<other><!--|<!\[CDATA\[|\]\]>|<\?xml|<!DOCTYPE)"
        rf"|<(?P<close>/?)(?P<name>{known}|[a-z][a-z0-9]*:[a-z][a-z0-9]*)(?P<attributes>{attributes})\s*/?>"
        rf"|<(?P<cut>{known})\s+[a-z-]+\s*=[^<>]*\Z",
        re.IGNORECASE,
    )


def strip_html(tape: Tape) -> Tape:
    """The text without HTML; entities become their characters, also where mark-up was escaped once more."""
    for _ in range(2):
        if "<" in tape.text:
            tape = tape.edited(_tag_edits(tape.text))
        if "&" not in tape.text:
            break
        unescaped = tape.edited(_entity_edits(tape.text))
        if unescaped is tape:
            break
        tape = unescaped
    return tape


def _entity_edits(text: str) -> list[Edit]:
    edits: list[Edit] = []
    for match in _ENTITY.finditer(text):
        character = html.unescape(match.group())
        if character != match.group():
            edits.append((match.start(), match.end(), character.replace("\xa0", " ")))
    return edits


def _tag_edits(text: str) -> list[Edit]:
    words = lexicon()
    edits: list[Edit] = []
    elements = _elements(text)
    last_comment_end = text.rfind("-->")
    at = 0
    while (match := _token().search(text, at)) is not None:
        start, at = match.span()
        if (opener := match["other"]) is not None:
            if opener == "]]>" or opener.upper() == "<![CDATA[":
                end = at
            else:
                ending = "-->" if opener == "<!--" else ">"
                end = text.find(ending, at) if ending == ">" or at <= last_comment_end else -1
                if end < 0:
                    continue
                end += len(ending)
            edit = (start, end, "")
            at = end
        elif match["cut"] is not None:
            edit = (start, at, "")
        else:
            name = match["name"].lower()
            if name in words.html_dropped and not match["close"]:
                at = elements.get(start, at)
                edit = (start, at, "\n")
            elif name in words.html_block or name in words.html_dropped:
                edit = (start, at, "\n")
            elif name in words.html_cell:
                edit = (start, at, " ")
            else:
                edit = (start, at, _emoji_alt(match["attributes"]) if name == "img" else "")
        edits.append(edit)
    return edits


def _elements(text: str) -> dict[int, int]:
    """Where each dropped element ends, by where it starts; one that is never closed is not listed."""
    names = "|".join(sorted(lexicon().html_dropped))
    open_at: dict[str, list[int]] = {}
    ends: dict[int, int] = {}
    for match in re.finditer(rf"<(/?)({names})\b[^<>]*>", text, re.IGNORECASE):
        stack = open_at.setdefault(match[2].lower(), [])
        if not match[1]:
            stack.append(match.start())
        elif stack:
            ends[stack.pop()] = match.end()
    return ends


def _emoji_alt(attributes: str) -> str:
    """The alternative text when it is an emoji (forums and social sites draw emoji as images)."""
    match = _ALT.search(attributes)
    if match is None:
        return ""
    alt = match[1] or match[2] or ""
    is_emoji = 0 < len(alt) <= 8 and all(ord(character) >= 0x200D for character in alt) and not alt.isalpha()
    return alt if is_emoji else ""
