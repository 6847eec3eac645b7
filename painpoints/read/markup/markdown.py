"""Markdown emphasis, links, headings, lists, rules and code marks as edits; words always stay."""

from __future__ import annotations

import re

from painpoints.read.markup.tape import Edit, Tape

_URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_TARGET = (r"\(\s*<?(?:https?://|www\.|mailto:|tel:|ftp://|/|\#|\.{1,2}/)[^()\s]*(?:\([^()\s]*\)[^()\s]*)*>?"
           r"(?:\s+[\"'][^\"'\n]*[\"'])?\s*\)")
_IMAGE = re.compile(rf"!\[[^\[\]\n]{{0,300}}\]{_TARGET}", re.IGNORECASE)
_LINK = re.compile(rf"\[([^\[\]\n]{{1,500}})\]({_TARGET})", re.IGNORECASE)
_FENCE = re.compile(r"^[ \t]{0,3}(?:`{3,}|~{3,})[ \t]*[\w+-]*[ \t]*$", re.MULTILINE)
_RULE = re.compile(
    r"^[ \t]{0,3}(?:-{3,}|_{3,}|={3,}|\*{3}|(?:\*[ \t]){2,}\*|(?:-[ \t]){2,}-)[ \t]*$", re.MULTILINE
)
_HEADING = re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+(?=[^\s\d#])", re.MULTILINE)
_BULLET = re.compile(r"^[ \t]*([*+-])[ \t]+(?=\S)", re.MULTILINE)
_NUMBER = re.compile(r"^[ \t]*(\d{1,3})[.)][ \t]+(?=\S)", re.MULTILINE)
_CODE = re.compile(r"(?<![`\w])(`{1,2})(?!`)([^`\n]{1,300})(?<!`)\1(?![`\w])")
# A mark opens after a non-word character and before a non-space, and closes the other way round; so
# "5*3*2", "snake_case", "f***", "@_name_" and lone footnote stars are left alone.
_EMPHASIS = [
    re.compile(rf"(?<![\w\\@#/&={char}])({re.escape(mark)})(?![\s{char}])([^\n]{{1,400}}?)"
               rf"(?<![\s\\{char}]){re.escape(mark)}(?![\w{char}])")
    for mark, char in (("***", "*"), ("**", "*"), ("__", "_"), ("~~", "~"), ("*", "*"), ("_", "_"))
]
_LETTER = re.compile(r"[^\W_]")


def strip_markdown(tape: Tape) -> Tape:
    """The text without Markdown marks."""
    text = tape.text
    if "](" in text:
        tape = tape.edited(_link_edits(text))
    if "`" in text or "~~~" in text:
        tape = tape.edited(_in_order([(m.start(), m.end(), "") for m in _FENCE.finditer(tape.text)]))
        tape = tape.edited(_pairs(_CODE, tape.text))
    tape = tape.edited(_line_edits(tape.text))
    if any(mark in tape.text for mark in "*_~"):
        for pattern in _EMPHASIS:
            tape = tape.edited(_pairs(pattern, tape.text))
    return tape


def _in_order(edits: list[Edit]) -> list[Edit]:
    return sorted(edit for edit in edits if edit[1] > edit[0])


def _link_edits(text: str) -> list[Edit]:
    edits: list[Edit] = [(m.start(), m.end(), "") for m in _IMAGE.finditer(text)]
    images = {start + 1 for start, _, _ in edits}
    for match in _LINK.finditer(text):
        if match.start() in images:
            continue
        edits.append((match.start(), match.start(1), ""))
        edits.append((match.end(1), match.end(), ""))
    return _in_order(edits)


def _line_edits(text: str) -> list[Edit]:
    edits: list[Edit] = []
    if "\n" in text:
        edits += [(m.start(), m.end(), "") for m in _RULE.finditer(text)]
    rules = {start for start, _, _ in edits}
    edits += [(m.start(), m.end(), "") for m in _HEADING.finditer(text)]
    bullets = [m for m in _BULLET.finditer(text) if m.start() not in rules]
    if not {"+", "-"} <= {m[1] for m in bullets}:  # "+ camera / - battery" is an opinion, not a list
        edits += [(m.start(), m.end(), "") for m in bullets]
    numbers = list(_NUMBER.finditer(text))
    counted = [int(m[1]) for m in numbers]
    if len(counted) > 1 and counted == list(range(counted[0], counted[0] + len(counted))):
        edits += [(m.start(), m.end(), "") for m in numbers]
    return _in_order(edits)


def _pairs(pattern: re.Pattern[str], text: str) -> list[Edit]:
    """The edits that take away both marks of each pair around something with a letter or digit in it."""
    urls = [match.span() for match in _URL.finditer(text)]
    edits: list[Edit] = []
    for match in pattern.finditer(text):
        if _LETTER.search(match[2]) and not any(start < match.start() < end for start, end in urls):
            edits.append((match.start(1), match.end(1), ""))
            edits.append((match.end(2), match.end(), ""))
    return edits
