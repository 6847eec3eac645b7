"""Somebody else's words in a message: ``> `` lines, mail heads, "... wrote:" blocks, device signatures."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from painpoints.read.markup.lexicon import lexicon
from painpoints.read.markup.tape import Edit, Tape

# ">" opens a quoted line only before a space, a letter, a quotation mark, another ">" or the line's end:
# ">:(", ">_<", ">=5" and "->" are not quotes.
_QUOTED = re.compile(r"[ \t]{0,3}>(?:[ \t>\"'«“]|$|[^\W\d_])")
_MARKER = re.compile(r"[ \t]{0,3}(?:>[ \t]?)+")
_MORE_THAN = re.compile(r"[ \t]{0,3}>[ \t]*[\d$€£₽۰-۹٠-٩]")
_EVIDENCE = re.compile(r"[\d@]")
_WORDS = re.compile(r"[^\W_]|[\u2600-\u27bf\U0001f300-\U0001faff]")
_SIGNATURE_LINES = 6


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int  # after the newline
    text: str


@functools.cache
def _whole(kind: str) -> re.Pattern[str]:
    words = lexicon()
    sources = {
        "headers": words.reply_headers,
        "separators": words.reply_separators,
        "signatures": words.signatures,
    }
    if kind == "fields":
        names = "|".join(re.escape(name) for name in sorted(words.reply_fields, key=len, reverse=True))
        return re.compile(rf"\s*\*?(?:{names})\s*:\*?\s*\S.*", re.IGNORECASE)
    return re.compile(r"\s*(?:" + "|".join(sources[kind]) + r")\s*", re.IGNORECASE)


def strip_replies(tape: Tape) -> Tape:
    """The text without quoted replies; a text that is nothing but ``> `` lines keeps its words."""
    lines = _lines(tape.text)
    if not any(_QUOTED.match(line.text) or line.text.rstrip()[-1:] in (":", "-", "_") or ":" in line.text[:24]
               or line.text == "-- " for line in lines) and not is_signed(tape.text):
        return tape
    dropped = [False] * len(lines)
    quoted = _quoted_lines(lines)
    before = False  # has the writer said anything yet?
    for index, line in enumerate(lines):
        if not dropped[index]:
            _drop_from(index, lines, quoted, dropped, before)
        before = before or (not dropped[index] and not quoted[index] and bool(_WORDS.search(line.text)))
    own = any(_WORDS.search(line.text) for line, gone, quote in zip(lines, dropped, quoted, strict=True)
              if not gone and not quote)
    if own:
        dropped = [gone or quote for gone, quote in zip(dropped, quoted, strict=True)]
    edits: list[Edit] = []
    for line, gone, quote in zip(lines, dropped, quoted, strict=True):
        if gone:
            edits.append((line.start, line.end, "\n" if line.text else ""))
        elif quote and (marker := _MARKER.match(line.text)):
            edits.append((line.start, line.start + marker.end(), ""))
    return tape.edited(edit for edit in edits if edit[1] > edit[0])


def _lines(text: str) -> list[_Line]:
    lines: list[_Line] = []
    at = 0
    for piece in text.splitlines(keepends=True):
        lines.append(_Line(at, at + len(piece), piece.rstrip("\r\n")))
        at += len(piece)
    return lines


def is_signed(text: str) -> bool:
    """Whether one of the last three lines was put there by a device ("Sent from my ...")."""
    return any(_whole("signatures").fullmatch(line) for line in text.rstrip().rsplit("\n", 3)[-3:])


def _quoted_lines(lines: list[_Line]) -> list[bool]:
    quoted = [bool(_QUOTED.match(line.text)) for line in lines]
    for index, line in enumerate(lines):
        if quoted[index] and _MORE_THAN.match(line.text):
            neighbours = quoted[max(0, index - 1):index] + quoted[index + 1:index + 2]
            quoted[index] = any(neighbours)
    return quoted


def _drop_from(index: int, lines: list[_Line], quoted: list[bool], dropped: list[bool], before: bool) -> None:
    """Mark in `dropped` what the announcement at this line, if it is one, takes away."""
    line = lines[index]
    if not line.text.strip():
        return
    if before and _opens_the_rest(index, lines):
        dropped[index:] = [True] * (len(lines) - index)
        return
    if before and index >= len(lines) - 3 and _whole("signatures").fullmatch(line.text):
        dropped[index] = True
        return
    width = _header_width(index, lines, quoted)
    if not width:
        return
    after = index + width
    while after < len(lines) and not lines[after].text.strip():
        after += 1
    followed = after < len(lines) and quoted[after]
    evidence = any(_EVIDENCE.search(other.text) for other in lines[index:index + width])
    if followed:
        dropped[index:index + width] = [True] * width
        while after < len(lines) and quoted[after]:
            dropped[after] = True
            after += 1
    elif evidence and before:
        dropped[index:] = [True] * (len(lines) - index)


def _opens_the_rest(index: int, lines: list[_Line]) -> bool:
    """An older message, its mail head or a signature mark begins here and runs to the end."""
    line = lines[index]
    head = lines[index:index + 3]
    return (
        bool(_whole("separators").fullmatch(line.text))
        or (len(head) == 3 and all(_whole("fields").fullmatch(other.text) for other in head))
        or (line.text == "-- " and len(lines) - index - 1 <= _SIGNATURE_LINES)
    )


def _header_width(index: int, lines: list[_Line], quoted: list[bool]) -> int:
    """1 or 2 lines that announce a reply ("On ... wrote:", wrapped or not), or 0."""
    if quoted[index]:
        return 0
    one = lines[index].text
    if len(one) <= 300 and one.rstrip().endswith(":") and _whole("headers").fullmatch(one):
        return 1
    if index + 1 < len(lines) and not quoted[index + 1] and one.strip() and _EVIDENCE.search(one):
        two = f"{one} {lines[index + 1].text}"
        if len(two) <= 300 and two.rstrip().endswith(":") and _whole("headers").fullmatch(two):
            return 2
    return 0
