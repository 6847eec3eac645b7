"""Character classes that several steps share: emoji, letters, invisible characters."""

from __future__ import annotations

import re

# Pictographs, dingbats, arrows and the flag letters; digits and # * join only through a keycap.
PICTOGRAPH = (
    "\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u25aa-\u25fe\u2600-\u27bf\u2934\u2935\u2b05-\u2b55"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
_JOINED = f"[{PICTOGRAPH}][\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff]*[\U000e0020-\U000e007f]*"
#: one emoji with its modifiers and everything joined to it by ZWJ
EMOJI = rf"(?:{_JOINED}(?:\u200d{_JOINED})*|[0-9#*]\ufe0f?\u20e3)"
EMOJI_RUN = re.compile(rf"{EMOJI}(?:\s*{EMOJI})*")
HAS_EMOJI = re.compile(EMOJI)
_MAY_BE_EMOJI = re.compile(f"[{PICTOGRAPH}\u20e3]")
#: letters of the Arabic script (not marks, digits or punctuation)
ARABIC = (
    "\u0620-\u063f\u0641-\u064a\u066e-\u066f\u0671-\u06d3\u06d5\u06e5-\u06e6\u06ee-\u06ef\u06fa-\u06ff\u0750-\u077f"
)
LETTER = r"[^\W\d_]"
HAS_LETTER = re.compile(LETTER)
WORD = re.compile(rf"{LETTER}(?:{LETTER}|[\u200c\u0300-\u036f\u064b-\u065f\u0670'’\-]|\d)*")


def may_hold_emoji(text: str) -> bool:
    """Whether a text may hold an emoji: true for all that do and for few others, sooner than a look for one."""
    return not text.isascii() and _MAY_BE_EMOJI.search(text) is not None
