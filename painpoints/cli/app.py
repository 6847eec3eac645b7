"""The application: its commands, and what becomes of errors."""

from __future__ import annotations

import atexit
import gc
import io
import os
import re
import sys
import traceback
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from painpoints._memory import keep_little
from painpoints._version import __version__
from painpoints.cli.alerts import alerts
from painpoints.cli.compare import compare
from painpoints.cli.correct import correct
from painpoints.cli.digest import digest
from painpoints.cli.doctor import doctor
from painpoints.cli.edits import gather, merge, pin, reject, release, rename, reopen, retire, split
from painpoints.cli.evaluate import evaluate
from painpoints.cli.export import export
from painpoints.cli.forget import forget
from painpoints.cli.mine import mine
from painpoints.cli.preview import preview
from painpoints.cli.queue import assign, done, mute, note, undo, untriage, wait
from painpoints.cli.redact import redact
from painpoints.cli.reindex import reindex
from painpoints.cli.schedule import schedule
from painpoints.cli.score import score
from painpoints.cli.serve import serve
from painpoints.cli.terminal import Stopped, tell, tell_error
from painpoints.cli.triage import triage
from painpoints.cli.tune import tune
from painpoints.cli.users import audit, user
from painpoints.cli.workspaces import add, init, show
from painpoints.errors import PainpointsError

INTERRUPTED = 130
_NO_MEMORY = re.compile("can't allocate memory|not enough memory|out of memory", re.IGNORECASE)

atexit.register(gc.freeze)  # else a second is spent on looking for garbage in what the end of the process frees

app = typer.Typer(name="painpoints", no_args_is_help=True, pretty_exceptions_enable=False,
                  pretty_exceptions_show_locals=False)
_WEEKLY = "Week after week, in a workspace"
_SHARED = "The page, and who shares it"
_PANELS = {
    "Once": (preview, mine, score, redact),
    _WEEKLY: (init, add, show, digest, alerts, export, reindex),
    "The queue of comments": (triage, assign, wait, done, mute, untriage, note, correct, undo),
    _SHARED: (serve, audit),
    "Who asks to be forgotten": (forget,),
    "What you decide about pain points": (rename, merge, split, gather, release, retire, reopen, pin,
                                          reject),
    "How good it is": (evaluate, compare, tune, doctor),
}
for panel, commands in _PANELS.items():
    for command in commands:
        app.command(command.__name__, rich_help_panel=panel)(command)
app.add_typer(schedule, name="schedule", rich_help_panel=_WEEKLY)
app.add_typer(user, name="user", rich_help_panel=_SHARED)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"painpoints {__version__}")
        raise typer.Exit


@app.callback()
def painpoints(version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True,
                                                     help="Print the version.")] = False) -> None:
    """From customer feedback in Persian, Arabic, Russian and English to a journey map and recurring pain points."""
    del version


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command that ``arguments`` (default: the process's) name; the exit code.

    0 done, 1 failed, 2 wrong use or unreadable input, 3 a quality gate was missed or alerts are open, 130 interrupted.
    """
    keep_little()
    debugging = bool(os.environ.get("PAINPOINTS_DEBUG"))
    if not debugging:
        warnings.simplefilter("ignore")
    try:
        _speak_utf8()
        code = typer.main.get_command(app).main(list(sys.argv[1:] if arguments is None else arguments),
                                                prog_name="painpoints", standalone_mode=False)
        sys.stdout.flush()
        if code == INTERRUPTED:  # typer makes an exit code of a KeyboardInterrupt
            tell("Interrupted.")
        return code if isinstance(code, int) else 0
    except PainpointsError as error:
        tell_error(error)
        return error.exit_code
    except Stopped as stop:
        tell(str(stop))
        return INTERRUPTED
    except BrokenPipeError:
        return _quiet_end()
    except (KeyboardInterrupt, typer.Abort):
        tell("Interrupted.")
        return INTERRUPTED
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except MemoryError:
        return _out_of_memory()
    except Exception as error:
        if isinstance(error, RuntimeError) and _NO_MEMORY.search(str(error)):  # torch raises no MemoryError
            return _out_of_memory()
        return _unforeseen(error, debugging)


def _out_of_memory() -> int:
    tell("error: there is not enough memory.")
    tell("hint: Take less at a time with --memory 2GB. What was judged is kept: painpoints mine --resume RUN")
    return 2


def _unforeseen(error: Exception, debugging: bool) -> int:
    if hasattr(error, "format_message") and hasattr(error, "exit_code"):  # typer's own, whose home moves by version
        return _misused(error)
    if debugging:
        traceback.print_exception(error)
    # The message may quote a customer's text, so only the type and the place are told.
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if f"{os.sep}painpoints{os.sep}" in frame.filename] or list(frames)
    place = f"{Path(own[-1].filename).name}:{own[-1].lineno}" if own else "an unknown place"
    tell(f"error: unexpected {type(error).__name__} at {place}.")
    tell("hint: This is a fault of painpoints; PAINPOINTS_DEBUG=1 shows where it comes from.")
    return 1


def _misused(error: Exception) -> int:
    if type(error).__name__ == "NoArgsIsHelpError":
        print(error.format_message(), file=sys.stderr)  # type: ignore[attr-defined]
        return 2
    tell(f"error: {' '.join(error.format_message().split())}")  # type: ignore[attr-defined]
    context = getattr(error, "ctx", None)
    tell(f"hint: See {context.command_path if context is not None else 'painpoints'} --help.")
    return int(error.exit_code)  # type: ignore[attr-defined]


def _quiet_end() -> int:
    """Ends without a word when the reader of stdout has gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _speak_utf8() -> None:
    """Makes stdout and stderr take every script, whatever the locale says."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower().replace("-", "") != "utf8":
            stream.reconfigure(encoding="utf8", errors="replace")
