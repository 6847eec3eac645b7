"""What somebody wrote themselves in a mail: without what they quote, their signature and notices below it."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from painpoints.read.columnnames import fold_name, folded_names
from painpoints.read.transcripts.wording import folded

_RULE = re.compile(r"[-_=*\s]*[-_=*]{2,}\s*(?P<words>[^-_=*][^=*]{0,80}?)?\s*[-_=*]*\s*")
_QUOTED = re.compile(r"\s{0,3}(?:>|&gt;)")
_SIGNATURE = re.compile(r"--\s?")
_HEADER = re.compile(r"\s*\**\s*(?P<label>[^:：\n]{1,30}?)\s*\**\s*[:：]\s*\**(?P<rest>.*)")
_WRAPPED = 4  # lines over which the line above a quotation may be broken
_LATE, _SHORT = 8, 60
_BLOCKS = frozenset(("p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "table", "ul", "ol", "hr", "pre"))
_UNSEEN = frozenset(("style", "script", "head", "title"))
_VOID = frozenset(("br", "hr", "img", "meta", "link", "input", "area", "base", "col", "source", "wbr"))
_QUOTES = re.compile(r"gmail_quote|yahoo_quoted|moz-cite-prefix|protonmail_quote|mail-quote", re.IGNORECASE)
_APPENDED = re.compile(r"appendonsend|divRplyFwdMsg", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MailWords:
    """What ``mails.toml`` says, folded."""

    quotes: tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...]
    rules: tuple[str, ...]
    headers: frozenset[str]
    closings: tuple[str, ...]
    devices: tuple[str, ...]
    notices: tuple[str, ...]
    prefixes: re.Pattern[str]
    mailboxes: Mapping[str, frozenset[str]]
    anybody: frozenset[str]


@functools.cache
def mail_words() -> MailWords:
    """The words, read once."""
    data = tomllib.loads(Path(__file__).with_name("mails.toml").read_text(encoding="utf-8"))

    def fold(words: Sequence[str]) -> tuple[str, ...]:
        return tuple(folded(word) for word in words)

    quotes = tuple((fold(form["begins"]), fold(form.get("holds", [""])), fold(form["ends"])) for form in data["quotes"])
    prefixes = "|".join(re.escape(word) for word in sorted(fold(data["prefixes"]["words"]), key=len, reverse=True))
    return MailWords(
        quotes, fold(data["rules"]["words"]), folded_names(data["headers"]["words"]), fold(data["closings"]["words"]),
        fold(data["closings"]["devices"]), fold(data["closings"]["notices"]),
        re.compile(rf"(?:\s*(?:{prefixes})\s*(?:\[\d+\])?\s*[:：])+\s*"),
        {role: folded_names(words) for role, words in data["mailboxes"].items()}, frozenset(data["anybody"]["domains"]))


def own_words(text: str) -> str:
    """The text of a mail without quoted history, signature and notices; answers between quoted lines stay."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept: list[str] = []
    for place, line in enumerate(lines):
        if _QUOTED.match(line):
            continue
        if _is_rule(line) or _heads_block(lines, place) or _SIGNATURE.fullmatch(line.strip(" \t") or "x"):
            break
        if (width := _attribution(lines, place)) is not None:
            following = [later for later in lines[place + width:] if later.strip()]
            quoted = sum(1 for later in following if _QUOTED.match(later))
            if quoted and any(not _QUOTED.match(later) for later in following):
                lines[place:place + width] = [">"] * width  # only the quoted lines below it go
                continue
            break
        kept.append(line)
    return "\n".join(_unsigned(kept)).strip()


def _is_rule(line: str) -> bool:
    match = _RULE.fullmatch(line) if line.strip()[:2] in ("--", "__", "==", "**") else None
    words = folded(match["words"] or "") if match is not None else folded(line.strip(" :"))
    return any(words == rule for rule in mail_words().rules)


def _heads_block(lines: Sequence[str], place: int) -> bool:
    """Whether a block of headers begins here, as some programs put one above what they quote."""
    found = 0
    for line in lines[place:place + 5]:
        match = _HEADER.fullmatch(line)
        if match is None or fold_name(match["label"]) not in mail_words().headers:
            break
        found += 1
    return found >= 3 or (found == 2 and "@" in lines[place] + lines[place + 1])


def _attribution(lines: Sequence[str], place: int) -> int | None:
    """How many lines from here on say who wrote what is quoted below, None where these do not."""
    if not lines[place].strip():
        return None
    joined = ""
    for width in range(1, _WRAPPED + 1):
        if place + width > len(lines) or not lines[place + width - 1].strip():
            return None
        joined = f"{joined} {lines[place + width - 1].strip()}".strip()
        if len(joined) > 300:
            return None
        text = folded(joined).rstrip(" \u200c")
        for begins, holds, ends in mail_words().quotes:
            if text.startswith(begins) and text.endswith(ends) and any(
                    word in text for word in holds) and (
                        any(map(str.isdigit, text)) or "@" in text) and len(text) > 12:
                return width
    return None


def _unsigned(lines: list[str]) -> list[str]:
    """The lines without closing words near the end and what follows them."""
    words = mail_words()
    while lines and not lines[-1].strip():
        lines.pop()
    for place, line in enumerate(lines):
        text = folded(line).lstrip("*_ ")
        if text.startswith(words.notices):
            lines = lines[:place]
            break
    filled = [place for place, line in enumerate(lines) if line.strip()]
    for place in filled[-_LATE:]:
        text = folded(lines[place]).lstrip("*_ ")
        after = [lines[later] for later in filled if later > place]
        is_closing = text.startswith(words.closings) and len(text) <= _SHORT and all(len(x) <= 80 for x in after)
        is_device = text.startswith(words.devices) and len(text) <= _SHORT
        if is_device or (is_closing and not _goes_on(text, words.closings)):
            return lines[:place]
    return lines


def _goes_on(text: str, closings: tuple[str, ...]) -> bool:
    """Whether a line that begins with closing words goes on with a sentence ("Regards the order, I ...")."""
    closing = max((word for word in closings if text.startswith(word)), key=len, default="")
    rest = text[len(closing):]
    return (bool(rest) and rest[0] not in ",،.!:;-–— ") or len(rest.split()) > 4


class _Body(HTMLParser):
    """The lines of an HTML mail, without what it quotes and what is not seen."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._hidden = 0
        self._ended = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = " ".join(value or "" for name, value in attrs if name in ("class", "id"))
        if _APPENDED.search(given):
            self._ended = True
        if tag in _BLOCKS:
            self.pieces.append("\n")
        if tag in _VOID:
            return
        hides = tag in _UNSEEN or tag == "blockquote" or _QUOTES.search(given) is not None
        self._open.append((tag, hides))
        self._hidden += hides

    def handle_endtag(self, tag: str) -> None:
        if not any(name == tag for name, _ in self._open):
            return
        while self._open:
            name, hides = self._open.pop()
            self._hidden -= hides
            if name == tag:
                break
        if tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden and not self._ended:
            self.pieces.append(re.sub(r"\s+", " ", data))


def html_words(markup: str) -> str:
    """The text of an HTML mail without quoted blocks."""
    body = _Body()
    body.feed(markup)
    body.close()
    lines = [" ".join(line.split()) for line in "".join(body.pieces).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
