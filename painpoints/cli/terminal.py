"""Lines for terminals: notes and errors on stderr, texts of either direction, JSON."""

from __future__ import annotations

import json
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
    if any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in line):
        return f"{_FIRST_STRONG_ISOLATE}{line}{_POP_ISOLATE}"
    return line


def shortened(text: str, most: int) -> str:
    """``text`` cut at ``most`` characters, with a mark that it was."""
    return text if len(text) <= most else text[:most - 1].rstrip() + "…"


def typed(path: Path) -> str:
    """``path`` as it is typed in a shell."""
    return shlex.quote(str(path))


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
