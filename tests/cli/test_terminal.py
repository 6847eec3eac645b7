"""Lines for terminals, and progress that only shows where somebody looks."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painpoints.cli.progress import Bars
from painpoints.cli.terminal import count, isolated, shortened


@pytest.mark.parametrize(("text", "shown"), [
    ("پیک دیر رسید", "\u2068پیک دیر رسید\u2069"), ("المندوب\nتأخر", "\u2068المندوب تأخر\u2069"),
    ("Курьер опоздал", "Курьер опоздал"), ("late \x1b[31mcourier", "late [31mcourier"),
    ("\u202elate", "late"), ("می‌خوام", "\u2068می‌خوام\u2069")])
def test_only_right_to_left_text_is_isolated_and_nothing_steers_the_terminal(text: str, shown: str) -> None:
    assert isolated(text) == shown


@given(st.text(max_size=60))
def test_any_text_stays_one_line_with_balanced_isolates(text: str) -> None:
    line = isolated(text)
    assert len(line.splitlines()) <= 1
    assert line.count("\u2068") == line.count("\u2069") <= 1
    assert "\x1b" not in line


def test_counts_take_the_right_noun() -> None:
    assert [count(1, "unit"), count(2000, "unit"), count(0, "row was", "rows were")] == [
        "1 unit", "2,000 units", "0 rows were"]
    assert shortened("abcdef", 4) == "abc…"


def test_no_bars_off_a_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    with Bars() as bars:
        bars.progress("read", 1, 2)
        bars.note("take care")
    assert capfd.readouterr().err == "note: take care\n"


ON_A_TERMINAL = """
import sys
from painpoints.cli.progress import Bars
with Bars(quiet="--quiet" in sys.argv) as bars:
    bars.progress("read", 3, None)
    for done in (0, 50, 100):
        bars.progress("judge", done, 100)
    bars.note("[bold]careful[/bold]")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("no_color", [False, True])
def test_one_bar_a_stage_on_a_terminal_with_colours_only_when_wanted(no_color: bool) -> None:
    shown = on_terminal({"NO_COLOR": "1"} if no_color else {})
    assert "Reading" in shown and "Judging" in shown and "100/100" in shown
    assert "note: [bold]careful[/bold]" in shown
    assert ("\x1b[38;5" in shown or "\x1b[32m" in shown or "\x1b[35m" in shown) is not no_color


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_quiet_shows_nothing_on_a_terminal() -> None:
    assert on_terminal({}, "--quiet") == ""


def on_terminal(environment: dict[str, str], *arguments: str) -> str:
    import pty

    ours, theirs = pty.openpty()
    plain = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    process = subprocess.Popen([sys.executable, "-c", ON_A_TERMINAL, *arguments], stderr=theirs, stdout=theirs,
                               env={**plain, "TERM": "xterm-256color", "COLUMNS": "100", **environment})
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:  # the other side is closed
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    assert process.wait(30) == 0
    return shown.decode("utf8")
