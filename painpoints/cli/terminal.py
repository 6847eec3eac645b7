"""Lines for terminals: notes and errors on stderr, texts of either direction, JSON."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from painpoints.errors import PainpointsError

_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"
_LEFT_TO_RIGHT_ISOLATE, _RIGHT_TO_LEFT_ISOLATE = "\u2066", "\u2067"
_BOLD, _PLAIN = "\x1b[1m", "\x1b[22m"
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Stopped(Exception):
    """The user stopped a command; the message says how to go on."""


@contextmanager
def stoppable(said: str) -> Iterator[None]:
    """Makes Ctrl-C in its body a `Stopped` that says ``said``; a second one, which may follow at once, does nothing."""
    try:
        yield
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        raise Stopped(said) from None


def isolated(text: str) -> str:
    """``text`` on one line, without control characters, in its own direction whatever stands around it."""
    line = _CONTROLS.sub("", " ".join(text.split()))
    return f"{_FIRST_STRONG_ISOLATE}{line}{_POP_ISOLATE}" if _runs_both_ways(line) else line


def marked_lines(before: str, middle: str, after: str, width: int, *, bold: bool) -> list[str]:
    """``before``, ``middle`` and ``after`` as lines of at most ``width`` cells; ``middle`` is bold or »marked«, unless
    it is all there is.

    All lines run in the direction of the whole text, which holds no line ends.
    """
    alone = not before and not after
    if not bold and not alone:
        middle = f"»{middle}«"
    whole = _CONTROLS.sub("", before), _CONTROLS.sub("", middle), _CONTROLS.sub("", after)
    text, first, last = "".join(whole), len(whole[0]), len(whole[0]) + len(whole[1])
    lines = []
    for start, end in _broken(text, width):
        line = text[start:end]
        if bold and not alone and start < last and end > first:
            begin, stop = max(first, start), min(last, end)
            line = f"{text[start:begin]}{_BOLD}{text[begin:stop]}{_PLAIN}{text[stop:end]}"
        lines.append(line)
    if not _runs_both_ways(text):
        return lines
    opening = _direction(text)
    return [f"{opening}{line}{_POP_ISOLATE}" for line in lines]


def shows_bold() -> bool:
    """Whether stdout is a terminal that shows bold letters."""
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb" and not os.environ.get("NO_COLOR")


def _broken(text: str, width: int) -> list[tuple[int, int]]:
    """Where lines of ``text`` begin and end: between words, within one only where it is longer than a line."""
    from rich.cells import cell_len

    lines: list[tuple[int, int]] = []
    start = end = 0
    for word in re.finditer(r"\S+", text):
        if cell_len(text[start:word.end()]) > width:
            if end > start:
                lines.append((start, end))
            start = word.start()
            while cell_len(text[start:word.end()]) > width:
                cut = next(at for at in range(word.end(), start, -1)
                           if at == start + 1 or cell_len(text[start:at]) <= width)
                lines.append((start, cut))
                start = cut
        end = word.end()
    return [*lines, (start, end)] if end > start else lines


def _runs_both_ways(line: str) -> bool:
    return any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in line)


def _direction(text: str) -> str:
    """The isolate of the direction in which ``text`` runs: that of its first letter."""
    first = next((way for way in map(unicodedata.bidirectional, text) if way in ("L", "R", "AL")), "L")
    return _LEFT_TO_RIGHT_ISOLATE if first == "L" else _RIGHT_TO_LEFT_ISOLATE


def shortened(text: str, most: int) -> str:
    """``text`` cut at ``most`` characters, with a mark that it was."""
    return text if len(text) <= most else text[:most - 1].rstrip() + "…"


def typed(word: Path | str) -> str:
    """A path or another word as it is typed in a shell."""
    return shlex.quote(str(word))


def tell(line: str) -> None:
    """Prints one line on stderr."""
    print(line, file=sys.stderr, flush=True)


def tell_error(error: PainpointsError) -> None:
    """Prints an error and its remedy on stderr, one line each."""
    tell(f"error: {' '.join(error.message.split())}")
    if error.hint:
        tell(f"hint: {' '.join(error.hint.split())}")


def show(lines: list[str]) -> None:
    """Prints lines on stdout."""
    print("\n".join(lines))


def show_json(content: Any) -> None:
    """Prints one JSON value on stdout."""
    print(json.dumps(content, ensure_ascii=False, indent=1, default=str))


def count(number: int, one: str, many: str | None = None) -> str:
    """``number`` and the noun it takes: "1 unit", "2,000 units"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
