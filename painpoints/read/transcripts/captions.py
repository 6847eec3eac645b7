"""Captions of a recorded call (WebVTT and SubRip) as one conversation."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath

from painpoints.read.transcripts.chatlines import read_line
from painpoints.read.transcripts.conversation import CUSTOMER, Conversation, Said, Transcripts
from painpoints.read.transcripts.labelled import Lines
from painpoints.read.transcripts.nested import alternate
from painpoints.read.transcripts.wording import is_numbered, side_of_label

_CLOCK = r"(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}"
_TIMES = re.compile(rf"\s*({_CLOCK})\s*-->\s*({_CLOCK})(?:\s.*)?")
_VOICE = re.compile(r"<v(?:\.[^\s>]+)*\s+([^>]+)>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>|<\d[\d:.]*>|\{\\[^{}]{0,80}\}")
_DASH = re.compile(r"\s*(?:[-–—‐]|>>+)\s*")
_BLOCKS = ("NOTE", "STYLE", "REGION")


@dataclass(slots=True)
class _Piece:
    """What one voice says in one cue; ``dashed`` when a dash tells that the speaker changes."""

    label: str | None
    text: str
    dashed: bool = False


def are_captions(lines: Iterable[str]) -> bool:
    """Whether lines are captions: the mark of WebVTT, or lines of times with an arrow between them."""
    first = True
    times = seen = 0
    for line in lines:
        if not line.strip():
            continue
        if first and line.lstrip("\ufeff").startswith("WEBVTT"):
            return True
        first = False
        seen += 1
        times += _TIMES.fullmatch(line.rstrip("\r\n")) is not None
        if seen >= 200:
            break
    return times >= 1 and times >= 0.15 * seen


def caption_transcripts(name: str, lines: Lines, *, form: str) -> Transcripts:
    """The conversation of a file of captions. Its times count from the beginning of the recording, not by a clock, and
    so are not taken."""
    stem = PurePath(name).stem if name != "-" else "stdin"

    def conversations() -> Iterator[Conversation]:
        yield _conversation(stem, lines())

    notes = ["speakers: where captions name nobody, all is taken for the customer's.",
             "times: captions count from the beginning of the recording, so turns have none."]
    return Transcripts(form, conversations, header=False, notes=notes)


def _conversation(name: str, lines: Iterable[str]) -> Conversation:
    found = Conversation(1, name, [])
    label: str | None = None
    last: list[str] = []
    turn = 0
    names: list[str] = []
    dashed = False
    for cue in _cues(lines):
        fresh = _unrepeated(last, cue)
        last = cue
        if not fresh:
            found.dropped["repeat"] += 1
            continue
        for piece in _pieces(fresh):
            if piece.label is not None and piece.label not in names:
                names.append(piece.label)
            dashed = dashed or piece.dashed
            if piece.dashed and piece.label is None:
                turn += 1
                label = names[names[0] == label] if len(names) == 2 else None
            elif piece.label is not None and piece.label != label:
                label = piece.label
                turn += 1
            if not piece.text:
                continue
            if found.turns and found.turns[-1].time == turn:
                found.turns[-1].text += _glue(found.turns[-1].text) + piece.text
            else:
                found.turns.append(Said(label, piece.text, turn))
    for said in found.turns:
        said.time = None
    if not names and dashed:
        alternate(found)
    elif not names:
        for said in found.turns:
            said.side = CUSTOMER
    return found


def _glue(text: str) -> str:
    return "" if text.endswith(("-", "\u200c")) else " "


def _cues(lines: Iterable[str]) -> Iterator[list[str]]:
    """The lines of each cue, without its number, times and setting."""
    cue: list[str] | None = None
    for raw in lines:
        line = raw.rstrip("\r\n").strip("\ufeff")
        if _TIMES.fullmatch(line):
            if cue and cue[-1].strip().isdigit():
                cue.pop()  # the number of this cue, where no empty line stands before it
            if cue:
                yield cue
            cue = []
        elif not line.strip() or (line.startswith(_BLOCKS) and cue is None):
            if cue:
                yield cue
            cue = None
        elif cue is not None:
            cue.append(line.strip())
    if cue:
        yield cue


def _unrepeated(last: list[str], cue: list[str]) -> list[str]:
    """The cue without the lines that already stood at the end of the one before it, as captions that roll have them."""
    for count in range(min(len(last), len(cue)), 0, -1):
        if [_unnamed(line) for line in last[-count:]] == [_unnamed(line) for line in cue[:count]]:
            return cue[count:]
    return cue


def _unnamed(line: str) -> str:
    """The words of a line without the label before them."""
    text = _plain(line)
    opened = read_line(text)
    return opened.text if opened is not None and opened.label is not None and _names(opened.label) else text


def _plain(line: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", line)).split())


def _pieces(cue: list[str]) -> Iterator[_Piece]:
    """Who says what within a cue: by voice tags, labels or dashes."""
    dashes = sum(1 for line in cue if _DASH.match(line))
    for line in cue:
        voices = list(_VOICE.finditer(line))
        if voices:
            if before := _plain(line[:voices[0].start()]):
                yield _Piece(None, before)
            for number, voice in enumerate(voices):
                end = voices[number + 1].start() if number + 1 < len(voices) else len(line)
                yield _Piece(html.unescape(voice[1]).strip(), _plain(line[voice.end():end]))
            continue
        text = _plain(line)
        dash = _DASH.match(text)
        is_dashed = dash is not None and (len(cue) == 1 or dashes > 0)
        if is_dashed and dash is not None:
            text = text[dash.end():]
        opened = read_line(text)
        if opened is not None and opened.label is not None and opened.stamp is None and _names(opened.label):
            yield _Piece(opened.label.strip("()[] "), opened.text, is_dashed)
        elif text:
            yield _Piece(None, text, is_dashed)


def _names(label: str) -> bool:
    """Whether a label in captions is a speaker's: in capitals, a word for a role, or of one or two words."""
    words = label.split()
    return side_of_label(label) is not None or is_numbered(label) or label.isupper() or (
        len(words) <= 3 and all(word[0].isupper() or not (word[0].isupper() or word[0].islower()) for word in words))
