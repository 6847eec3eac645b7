"""What a chat export writes where there is no text: left-out pictures, deleted messages, marks of editing."""

from __future__ import annotations

import re

from painpoints.read.transcripts.wording import folded, wording

_FILE = re.compile(r"[\u200e\u200f]?(?:\S[^\n]{0,120}\.\w{2,5}\s*\([^()\n]*\)|<[^<>\n]{1,120}:\s*[^<>\n]+\.\w{2,5}>)")
_ANGLED = re.compile(r"\s*<([^<>\n]{1,60})>\s*$")
_LONGEST = 70


def cleaned(text: str) -> str | None:
    """The text without what stands for files in it; None, and a reason from `absence`, when nothing is left."""
    kept = [line for line in text.split("\n") if not _is_media(line)]
    joined = "\n".join(kept).strip()
    angled = _ANGLED.search(joined)
    if angled is not None and wording().edited.search(folded(angled[1])):
        joined = joined[:angled.start()].rstrip()
    if not joined.strip("\u200e\u200f\u200b ") or absence(joined) is not None:
        return None
    return joined


def absence(text: str) -> str | None:
    """Why a message holds no text (a name of `DROPPED`), None where it does."""
    if len(text) <= _LONGEST and wording().deleted.match(folded(text).strip("<>.،。 ")):
        return "deleted"
    return "media_only" if all(_is_media(line) for line in text.split("\n") if line.strip()) else None


def _is_media(line: str) -> bool:
    if len(line) > 200 or not line.strip():
        return False
    bare = folded(line).strip("<>[]() .")
    match = wording().media.search(bare)
    if match is None:
        return False
    return _FILE.fullmatch(line.strip()) is not None or len(match[0]) >= 0.6 * len(bare)
