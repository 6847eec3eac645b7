"""Lines of a written-out conversation: a time and a label before what is said, in the usual orders and scripts."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from painpoints.read.calendars import half_pattern
from painpoints.read.columnnames import fold_name, lexicon
from painpoints.read.transcripts.wording import is_numbered, side_of_label, wording

_D = "[0-9۰-۹٠-٩]"
_M = "[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u061c]*"
_DATE = rf"{_D}{{1,4}}{_M}\s?[./\-٫]{_M}\s?{_D}{{1,2}}{_M}\s?[./\-٫]{_M}\s?{_D}{{1,4}}"
_MONTHS = (rf"{_D}{{1,2}}\s+[^\W\d_]{{3,12}}\.?,?\s+{_D}{{4}}(?:\s*г\.?)?"
           rf"|[^\W\d_]{{3,12}}\.?\s+{_D}{{1,2}},?\s+{_D}{{4}}")
_ZONE = r"(?:\s*(?:UTC|GMT|Z|MSK|МСК)?(?:[+-]\d{2}:?\d{2})?)?"
_LABEL = r"[^\n:：\[\]<>()|]{1,60}?"
_NAME = r"[^\n:：\[\]<>|]{1,60}?"
_NOT_NAMES = re.compile(r"[!?؟…،؛;]|https?$|www\.|\.\s|\.{2,}|\d{6,}")
_SEPARATOR = re.compile(r"\s*(?:[-=_*#~•─—–+]\s?){3,}\s*")
_EDGE = " \t\u200b\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff*_~•-–—"
_ID = re.compile(r"[#№\s]*(?P<id>[\w./-]*\d[\w./-]*)(?:\s*[:.–—-]\s*\S.{0,100})?[\]\s*=#:.–—-]*")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that opens a turn: ``label`` None where only a time stands before the text."""

    stamp: str | None
    label: str | None
    text: str


@functools.cache
def _forms() -> tuple[re.Pattern[str], ...]:
    half = rf"(?:\s*{_M}(?:{half_pattern()}|[AaPp]\.?\s?[Mm]\b\.?|ق\.?\s?ظ\.?|ب\.?\s?ظ\.?)(?![^\W\d_]))?"
    clock = rf"{_D}{{1,2}}{_M}[:٫.]{_M}{_D}{{2}}(?:[:.]{_D}{{2}}(?:[.,]\d{{1,6}})?)?{half}{_ZONE}"
    hms = rf"{_D}{{1,2}}:{_D}{{2}}(?::{_D}{{2}}(?:[.,]\d{{1,6}})?)?{half}{_ZONE}"
    day_first = rf"(?:{_DATE}|{_MONTHS}){_M}[,،T]?{_M}\s*(?:at\s|в\s|ساعت\s|الساعة\s)?{clock}"
    stamp = rf"(?:{day_first}|{hms}{_M}[,،]?\s+{_DATE}|{hms})"
    before = (rf"{_M}(?:\[{_M}(?P<a>{stamp}){_M}\]|\({_M}(?P<b>{stamp}){_M}\)|(?P<c>{stamp})){_M}"
              rf"\s*[-–—|:،,]?{_M}\s*")
    flags = re.IGNORECASE
    return (
        # "[time] <name> text", "[time] name: text", "[time] name" alone
        re.compile(rf"{before}(?:<(?P<label2>[^<>\n]{{1,60}})>|[\[(](?P<label3>[^\[\]()\n]{{1,60}})[\])]\s*[:：]?"
                   rf"|(?P<label>[^\n:：<>]{{1,60}}?)\s*[:：](?!//))\s*(?P<text>.*)", flags),
        # "name (time): text", "name [time]", "name - time"
        re.compile(rf"{_M}(?P<label>{_LABEL})\s*(?:[\[(]{_M}(?P<a>{stamp}){_M}[\])]\s*[:：]?|[-–—|,،]?\s+(?P<c>{stamp})\s*"
                   rf"(?:[:：]\s|$))(?P<text>.*)", flags),
        re.compile(rf"{before}(?P<text>.*)", flags),
        # "name: text", "[name] text", "**name:** text"
        re.compile(rf"{_M}(?:\[(?P<label2>{_LABEL})\]\s*[:：]?|<(?P<label3>{_LABEL})>\s*[:：]?"
                   rf"|\*\*(?P<label4>{_LABEL})(?::\*\*|\*\*\s*:)|(?P<label>{_NAME})\s*[:：](?!//))"
                   r"\s*(?P<text>.*)", flags),
    )


@functools.lru_cache(maxsize=4096)
def read_line(line: str) -> Line | None:
    """The turn that a line opens, None for one that goes on or stands alone. A line with a time and no label gives a
    Line without one."""
    text = line.rstrip("\r\n")
    for form in _forms():
        match = form.match(text)
        if match is None:
            continue
        groups = match.groupdict()
        found = next((groups[name] for name in ("label", "label2", "label3", "label4") if groups.get(name)), None)
        label = found.strip(_EDGE) if found else None
        stamp = next((groups[name] for name in ("a", "b", "c") if groups.get(name)), None)
        if label is not None and not is_label(label, stamped=stamp is not None):
            continue
        if label is None and stamp is None:
            continue
        if stamp is None and label is not None and label[-1].isdigit() and match["text"][:1].isdigit():
            continue  # a time of day within a sentence
        return Line(stamp, label, match["text"].strip())
    return None


def is_label(label: str, *, stamped: bool) -> bool:
    """Whether the words before a colon can name a speaker."""
    if not label or (not stamped and _NOT_NAMES.search(label)):
        return False
    if stamped:
        return len(label.split()) <= 8 and (len(label.split()) == 1 or not label[0].islower()
                                            or side_of_label(label) is not None)
    if len(label) > 40 or len(label.split()) > 4 or not any(map(str.isalnum, label)):
        return False
    if label.isdigit() and not is_numbered(label):
        return False
    return side_of_label(label) is not None or not any(
        role != "author" for role, _ in lexicon().exact.get(fold_name(label), []))


def is_separator(line: str) -> bool:
    """Whether a line is nothing but a rule between conversations."""
    return _SEPARATOR.fullmatch(line.rstrip("\r\n")) is not None


def heading(line: str) -> str | None:
    """The number or name in a line that heads a conversation ("Conversation 12", «مکالمه ۵»), None for other lines."""
    text = line.strip().strip("#*=-–—[]_ \t\u200e\u200f")
    if not text or len(text) > 140:
        return None
    words = re.split(r"[\s:#№.\-–—]+", text, maxsplit=2)
    if fold_name(words[0]) not in wording().headings:
        return None
    rest = text[len(words[0]):].lstrip(" \t:#№.-–—")
    if len(words) > 1 and fold_name(words[1]) in _NUMBERS:
        rest = rest[len(words[1]):].lstrip(" \t:#№.-–—")
    match = _ID.fullmatch(rest)
    return match["id"] if match is not None else None


_NUMBERS = frozenset(map(fold_name, ("id", "no", "number", "nr", "شماره", "شناسه", "رقم", "номер", "ид")))
