"""painpoints schedule show: how to have the digest made every week, in three ways."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from painpoints.cli import options as given
from painpoints.cli.choices import check_choices
from painpoints.cli.terminal import show as show_lines
from painpoints.cli.terminal import show_json
from painpoints.cli.timetable import DAYS, VARIABLE, Timetable, shifts
from painpoints.cli.workspaces import Place
from painpoints.errors import UsageError

schedule = typer.Typer(no_args_is_help=True, help="Have the digest made every week.")


@schedule.callback()
def _schedule() -> None:
    """Have the digest made every week."""


@schedule.command("show")
def show(
    workspace: Place,
    at: Annotated[str, typer.Option("--at", metavar="HH:MM",
                                    help="Time of the day in the workspace's zone.")] = "08:00",
    day: Annotated[str | None, typer.Option("--day", metavar="DAY", show_default=False,
                                            help="Day of the week; by default the one on which weeks begin.")] = None,
    lang: given.Lang = None,
    input: Annotated[list[str] | None, typer.Option("--input", metavar="PATH", show_default=False,
                                                    help="File or folder to add before; what is known in it is left "
                                                         "alone. Give it as often as needed.")] = None,
    send: Annotated[bool, typer.Option("--send", help=f"Send it to the addresses in the variable {VARIABLE}.")] = False,
    send_to: Annotated[Path | None, typer.Option("--send-to", metavar="FILE", show_default=False,
                                                 help="Send it to the addresses in this file.")] = None,
    json: given.Json = False,
) -> None:
    """Print a cron line, a systemd timer and a GitHub Actions workflow that make the digest of the week that ended.

    Addresses to send to are secrets: they come from a variable or a file, never from the line.
    """
    from painpoints.pipeline import Workspace

    if send and send_to is not None:
        raise UsageError("--send and --send-to both say where to send to.", hint="Give one of them.")
    check_choices({} if lang is None else {"lang": lang})
    with Workspace.open(workspace) as opened:
        settings = opened.settings
    hour, minute = _time(at)
    table = Timetable(workspace.resolve(), settings.first_weekday(lang) if day is None else _day(day), hour, minute,
                      settings.zone, lang, tuple(_absolute(path) for path in input or ()), send,
                      None if send_to is None else send_to.resolve())
    if json:
        show_json({"cron": table.cron(), "service": table.service(), "timer": table.timer(),
                   "workflow": table.workflow(),
                   "secrets_file": str(table.secrets_file()) if table.needs_secrets() else None})
    else:
        show_lines(_lines(table))


def _lines(table: Timetable) -> list[str]:
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", table.workspace.name).strip("-.") or "workspace"
    unit = f"painpoints-{name}"
    lines = ["# cron: crontab -e, as the user whose workspace it is. A cron that does not know CRON_TZ (Debian's)",
             "# takes the time for the machine's.", table.cron()]
    if table.needs_secrets():
        lines += [f"# {table.secrets_file()}, which nobody else may read (chmod 600), for cron and systemd:",
                  f"# {VARIABLE}='mailto://...'", ""]
    lines += [f"# systemd: ~/.config/systemd/user/{unit}.service", table.service(),
              f"# systemd: ~/.config/systemd/user/{unit}.timer, then systemctl --user enable --now {unit}.timer",
              "# (loginctl enable-linger keeps it going while you are not logged in)", table.timer(),
              "# GitHub Actions: .github/workflows/digest.yml, on a runner of your own, since the workspace is there"]
    if table.needs_secrets():
        lines.append(f"# (the addresses are the repository's secret {VARIABLE})")
    if shifts(table.zone, datetime.now(UTC).year):
        lines.append(f"# (told in UTC: an hour off when the clocks of {table.zone} are changed)")
    return [*lines, table.workflow().rstrip("\n")]


def _time(at: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,2}):(\d{2})", at.strip())
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise UsageError(f"--at {at}: no time of the day.", hint="Write it as 08:00.")
    return int(found[1]), int(found[2])


def _day(name: str) -> int:
    wanted = name.strip().lower()
    found = [number for number, day in enumerate(DAYS) if len(wanted) >= 3 and day.startswith(wanted)]
    if not found:
        raise UsageError(f"--day {name}: no day of the week.", hint=f"Use one of: {', '.join(DAYS)}.")
    return found[0]


def _absolute(path: str) -> str:
    return str(Path(path).absolute())
