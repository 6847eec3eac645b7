"""Raw cell text in, plain text with an offset map out: HTML, BBCode, Markdown and quoted replies removed.

Promise: every kept character knows its place in the raw text, and text without mark-up is left alone.
"""

from __future__ import annotations

import re

from painpoints.read.markup.bbcode import strip_bbcode
from painpoints.read.markup.html import strip_html
from painpoints.read.markup.markdown import strip_markdown
from painpoints.read.markup.replies import is_signed, strip_replies
from painpoints.read.markup.tape import Stripped, Tape

__all__ = ["Stripped", "strip_markup"]

# Anything that could be mark-up has one of these characters, or a line that starts or ends in a telling way.
_MARKS = re.compile(r"[<\[&*_`~]")
_BEGINS = re.compile(r"^[ \t]{0,3}(?:[>#+=-]|\d{1,3}[.)][ \t])", re.MULTILINE)
_ENDS = re.compile(r"[:_-][ \t]*$", re.MULTILINE)


def strip_markup(raw: str) -> Stripped:
    """The text of `raw` without mark-up and quoted replies, with the place of each kept character in `raw`.

    HTML (tags, entities, comments, script and style), BBCode, Markdown and e-mail or forum quotes of
    somebody else's words go; line-breaking tags become a newline. Plain text comes back unchanged:
    ``<3``, ``a < b``, ``[سلام]``, ``5*3*2``, ``snake_case`` and ``#hashtags`` are not mark-up.
    """
    if _is_plain(raw):
        return Stripped.identity(raw)
    tape = Tape.identity(raw)
    for strip in (strip_html, strip_bbcode, strip_replies, strip_markdown):
        tape = strip(tape)
    return tape.stripped()


def _is_plain(raw: str) -> bool:
    if _MARKS.search(raw):
        return False
    if "\n" not in raw:
        return _BEGINS.match(raw) is None and raw.rstrip(" \t")[-1:] not in (":", "_", "-")
    return _BEGINS.search(raw) is None and _ENDS.search(raw) is None and not (":" in raw or is_signed(raw))
