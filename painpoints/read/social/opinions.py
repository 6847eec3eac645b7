"""Which characters of a post are its writer's opinion: not whom it addresses, what it passes on, or tags at its end."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_HANDLE = r"(?:@[\w.\-]{1,40}|\[handle \d{1,6}\]|«👤\d{1,6}»|\[id\d+\|[^\]\n]{1,80}\]|\[club\d+\|[^\]\n]{1,80}\])"
_GAP = r"[\s,،:：\-–—\u200b-\u200f\u202a-\u202e\u2066-\u2069]"
_ADDRESSED = re.compile(rf"\s*{_GAP}*\.?(?:{_HANDLE}{_GAP}*)+")
_NAME = re.compile(r"@([\w.\-]{1,40})|\[(?:id|club)\d+\|([^\]\n]{1,80})\]")
_TAG = r"[#＃](?=[\w\u200c]*[^\W\d_])[\w\u200c]++"
_TAGS = re.compile(rf"(?P<before>^|[\s.!?؟…،,;:)\]»\"]|(?<=\W))(?P<run>(?:{_TAG}[\s,،|/·•]*+)++)$")
_ENDS = re.compile(r"[.!?؟…\n)»\"]\s*$|[\U0001f300-\U0001faff\u2600-\u27bf]\ufe0f?\s*$")
_WORD = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Post:
    """``spans`` of a text that say its writer's opinion, in order; ``handles`` it is addressed to, as written without
    the sign; ``repost``: all of it, ``quote``: a part of it is somebody else's."""

    spans: tuple[tuple[int, int], ...]
    handles: tuple[str, ...] = ()
    repost: bool = False
    quote: bool = False


def read_post(text: str, quoted: str | None = None) -> Post:
    """What of ``text`` is its writer's. ``quoted`` is what it quotes, where a column tells: those words count as
    somebody else's. A post of tags alone says them; a bare repost keeps the words that it repeats."""
    start, end = 0, len(text)
    repost = _repost().match(text)
    if repost is not None:
        start = repost.end()
    handles: list[str] = []
    addressed = _ADDRESSED.match(text, start)
    if addressed is not None and _WORD.search(text, addressed.end()):
        handles = [one or two for one, two in _NAME.findall(addressed[0])]
        start = addressed.end()
    quote = None if repost is not None else _quote().search(text, start)
    cut = False
    if quote is not None and _WORD.search(text, start, quote.start()):
        end, cut = quote.start(), True
    elif quoted and repost is None:
        place = text.find(quoted.strip(), start)
        if place >= 0 and _WORD.search(text, start, place):
            end, cut = place, True
        elif place >= 0 and _WORD.search(text, place + len(quoted.strip())):
            start, cut = place + len(quoted.strip()), True
    end = _without_tags(text, start, end)
    return Post(((start, end),), tuple(handles), repost is not None, cut)


def says_service(text: str) -> bool:
    """Whether a text speaks as those do who answer for a brand."""
    return _service().search(text) is not None


def _without_tags(text: str, start: int, end: int) -> int:
    """Where the text ends before a run of tags that is no part of its last sentence."""
    run = _TAGS.search(text[:end], start) if "#" in text or "＃" in text else None
    if run is None or not _WORD.search(text, start, run.start("run")):
        return end
    many = len(re.findall(_TAG, run["run"]))
    return run.start("run") if many > 1 or _ENDS.search(text, start, run.start("run")) else end


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("painpoints.read.social").joinpath("wording.toml").read_text("utf8"))


@cache
def _repost() -> re.Pattern[str]:
    return re.compile(r"\s*(?:" + "|".join(_table()["repost"]["patterns"]) + ")", re.IGNORECASE)


@cache
def _quote() -> re.Pattern[str]:
    return re.compile("|".join(_table()["quote"]["patterns"]), re.IGNORECASE)


@cache
def _service() -> re.Pattern[str]:
    service = _table()["service"]
    words = sorted({word for of in service.values() if isinstance(of, list) for word in of}, key=len, reverse=True)
    return re.compile(r"(?i:(?<!\w)(?:" + "|".join(map(re.escape, words)) + "))|" + service["signed"])
