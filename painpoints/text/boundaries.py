"""Boundaries that typing makes: lines, bullets, headers, closing marks, emoji."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .alternation import Alternation, holds, holds_domain, holds_www
from .cues import Cues, header_pattern
from .symbols import ARABIC, EMOJI, HAS_LETTER, LETTER, PICTOGRAPH

Range = tuple[int, int]

_LINE = re.compile(r"[^\n\r\v\f\u0085\u2028\u2029]+")
_BULLET = re.compile(r"\s*(?:[-–—*•·▪●○◦■►▶➤✓✔✗✘+]+|\(?\d{1,2}[.)\-])\s+(?=\S)|\s*[•▪●■►➤✓✔✗✘]\s*")
_INLINE_BULLET = re.compile(r"\s*[•▪●■►➤✓✔✗✘]\s*|\s+[-–—*]+\s+")
_STRONG_BULLET = re.compile(r"\s*[•▪●■►➤✓✔✗✘]\s*")
_STRONG_SIGN = re.compile("[•▪●■►➤✓✔✗✘]")
#: words in the longest item of a list; what is longer is prose with commas
LONGEST_ITEM = 7
_SENTENCE_INSIDE = re.compile(r"[.!?؟]\s+\w")
_LIST_ITEM = re.compile(r"\s*(?:[,،;؛/+\n]|\s[-–—]\s)+\s*")

# Stretches in which no mark closes anything.
_PROTECTED = Alternation(
    (
        (r"https?://\S+", holds("://")),
        (r"(?:www\.|[\w.+-]+@)\S*\w", lambda text: "@" in text or holds_www(text)),
        (r"\b[\w-]+\.(?:com|org|net|ir|ru|io|co|me|info|shop)\b[\w./?=&%-]*", holds_domain),
        (r"(?<!\w)@\w+", holds("@")),
        (r"\d+(?:[.,:/٫٬]\d+)+", re.compile(r"\d[.,:/٫٬]\d").search),
        (r"«[^«»\n]{0,400}»", holds("«")),
        (r"“[^“”\n]{0,400}”", holds("“")),
        (r"(?<!\w)\"[^\"\n]{1,400}\"(?!\w)", holds('"')),
    ),
    re.IGNORECASE,
)
_SMILEY = r"(?:[:;=]['’]?-?[)(DPp]+(?!\w)|(?<=[\w\s])\){2,}|(?<=[\w\s])\({2,})"
_STOPS = ".!?؟…۔。！？;؛"
_MARK = re.compile(
    rf"(?P<stop>[{_STOPS}]+)[)\]»”\"'’]*|(?P<emoji>{EMOJI}(?:\s*{EMOJI})*)|(?P<smiley>{_SMILEY})")
# The signs with which a mark begins, and those of numbers in a frame as well.
_BEGINS_MARK = re.compile(rf"[{_STOPS}:=()" + PICTOGRAPH + "]")
_BEGINS_MARK_OR_KEYCAP = re.compile(rf"[{_STOPS}:=()0-9#*" + PICTOGRAPH + "]")
_ARABIC_LETTER = re.compile(f"[{ARABIC}]")
_LAST_WORD = re.compile(rf"(?:{LETTER}|[.\u200c])+$")


def lines(text: str, start: int, end: int) -> Iterator[Range]:
    """The lines of a text that hold anything."""
    for match in _LINE.finditer(text, start, end):
        if not match[0].isspace():
            yield match.span()


def sections(text: str, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """The stretches of a line between headers («نقاط ضعف:», "Pros:"), and whether each is a list."""
    pattern = header_pattern()
    done, is_list = start, False
    found: Iterable[re.Match[str]] = pattern.finditer(text, start, end)
    if text.find(":", start, end) < 0 and text.find("：", start, end) < 0:  # only the first words can be one
        first = pattern.match(text, start, end)
        found = [] if first is None else [first]
    for match in found:
        if match.start() > start and not match[0].rstrip().endswith((":", "：")):
            continue  # words of a sentence, not a header
        yield done, match.start(), is_list
        done, is_list = match.end(), match["list"] is not None
    yield done, end, is_list


def items(text: str, start: int, end: int) -> Iterator[Range] | None:
    """The items of a list of praise or blame, between commas, slashes and dashes; None when it is prose."""
    protected = _protected(text, start, end)
    marks = [m for m in _LIST_ITEM.finditer(text, start, end) if not any(a <= m.start() < b for a, b in protected)]
    edges = [start, *(edge for mark in marks for edge in mark.span()), end]
    ranges = list(zip(edges[::2], edges[1::2], strict=True))
    longest = max(len(text[a:b].split()) for a, b in ranges)
    if longest > LONGEST_ITEM or _SENTENCE_INSIDE.search(text, start, end):
        return None
    return iter(ranges)


def bullets(text: str, start: int, end: int) -> Iterator[Range]:
    """The bullet points of one line, or the line, without bullets, or numbering."""
    first = _BULLET.match(text, start, end)
    if first:
        start = first.end()
        splitter = _INLINE_BULLET
    elif _STRONG_SIGN.search(text, start, end):
        splitter = _STRONG_BULLET
    else:
        yield start, end
        return
    done = start
    for match in splitter.finditer(text, start, end):
        yield done, match.start()
        done = match.end()
    yield done, end


def sentences(text: str, start: int, end: int, cues: Cues | None) -> Iterator[Range]:
    """The sentences of a line, marks and emoji between them included at their ends."""
    # a quotation that is most of the line is the review itself, not a quotation in it
    protected = [(a, b) for a, b in _protected(text, start, end)
                 if text[a] not in '«“"' or (b - a) * 10 < (end - start) * 6]
    done = start
    for match in _marks(text, start, end):
        at, after = match.span()
        inside = next(((a, b) for a, b in protected if a <= at < b), None) if protected else None
        if inside is not None:
            if after < inside[1] or not _closes_quotation(text, after, end):
                continue
        elif match["emoji"]:
            if not _emoji_divides(text, done, at, after, end):
                continue
        elif match["stop"] and not _stops(text, done, match["stop"], at, after, end, cues):
            continue
        yield done, after
        done = after
    if done < end:
        yield done, end


def _protected(text: str, start: int, end: int) -> list[Range]:
    pattern = _PROTECTED.pattern(text[start:end])
    return [] if pattern is None else [match.span() for match in pattern.finditer(text, start, end)]


def _marks(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """The marks of a line, looked for only where a sign is with which one begins."""
    begins = _BEGINS_MARK_OR_KEYCAP if "\u20e3" in text else _BEGINS_MARK
    place = start
    while sign := begins.search(text, place, end):
        match = _MARK.match(text, sign.start(), end)
        if match is None:
            place = sign.end()
        else:
            yield match
            place = match.end()


def _closes_quotation(text: str, after: int, end: int) -> bool:
    """A full stop inside quotation marks closes the sentence when a capital follows outside."""
    rest = text[after:end].lstrip()
    return bool(rest) and rest[0].isupper()


def _emoji_divides(text: str, done: int, at: int, after: int, end: int) -> bool:
    """Emoji divide what is longer than a word; "I ❤ it" and "Graphics 🔥" stay whole."""
    left, right = text[done:at].split(), text[after:end].split()
    if not right or not any(map(HAS_LETTER.search, right)):
        return False
    return len(left) >= 2 or (
        len(left) == 1 and len(right) == 2 and bool(HAS_LETTER.search(left[0])) and not right[-1][-1].isalpha()
    )


def _stops(text: str, done: int, stop: str, at: int, after: int, end: int, cues: Cues | None) -> bool:
    if after >= end:
        return True
    following = text[after]
    rest = text[after:end].lstrip()
    if set(stop) & set("!?؟;؛。！？۔"):
        return bool(stop[0] not in ";؛" or len(text[done:at].split()) >= 2)
    dots = "…" in stop or len(stop) > 1
    if dots:
        if following.isspace() or following.isalpha():
            return len(text[done:at].split()) >= 3 and len(rest.split()) >= 2
        return False
    word = _LAST_WORD.search(text, max(text.rfind(" ", done, at), done), at)
    last = word[0].lower() if word else ""
    if following.isspace():
        if not rest:
            return True
        known = cues.abbreviations if cues else frozenset()
        if last in known or (_is_initial(text, done, at) and last not in ("i", "я")):
            return rest[0].isupper() and last in ("etc", "т.д", "т.п", "руб", "р", "p.m", "a.m", "г", "гг", "др")
        return not last.isdigit()
    if not following.isalpha() or not last:
        return False
    if _ARABIC_LETTER.match(following):  # «عالی.ولی»
        return (
            len(last.split(".")[-1]) >= 2
            and bool(re.match(rf"{LETTER}{{2}}", rest))
            and last not in (cues.abbreviations if cues else ())
        )
    return following.isupper() and last[-1:].islower() and text[at - 1].islower() and len(last) >= 2


def _is_initial(text: str, done: int, at: int) -> bool:
    """Whether one letter alone stands before ``at``."""
    return at > done and HAS_LETTER.match(text, at - 1) is not None and (
        at - 1 == done or text[at - 2].isspace() or text[at - 2] in '(«"')
