"""When a workspace's digest is made: the same commands as a cron line, a systemd timer, a GitHub Actions workflow."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from painpoints.errors import UsageError

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: the variable that holds the addresses to send to
VARIABLE = "PAINPOINTS_SEND"
_UNSAFE = ("\n", "\r", "\0", "${{")


@dataclass(frozen=True)
class Timetable:
    """A time of the week (``day`` 0 is Monday) in ``zone``, and what is run then: an addition of ``inputs``, if there
    are any, and the digest, sent if it is ``sent``, to the variable's addresses or those in ``send_to``."""

    workspace: Path
    day: int
    hour: int
    minute: int
    zone: str
    lang: str | None = None
    inputs: tuple[str, ...] = ()
    sent: bool = False
    send_to: Path | None = None

    def __post_init__(self) -> None:
        for value in (str(self.workspace), *self.inputs, str(self.send_to or "")):
            if any(mark in value for mark in _UNSAFE):
                raise UsageError(f"{value!r} cannot stand in a timetable.", hint="Give it a name on one line.")

    def commands(self) -> list[list[str]]:
        """The commands, as lists of arguments with absolute paths."""
        place = str(self.workspace)
        made = [[*_program(), "add", place, *self.inputs, "--quiet"]] if self.inputs else []
        digest = [*_program(), "digest", place]
        if self.lang is not None:
            digest += ["--lang", self.lang]
        if self.send_to is not None:
            digest += ["--send-to", str(self.send_to)]
        elif self.sent:
            digest += ["--send", f"env:{VARIABLE}"]
        return [*made, [*digest, "--yes"] if self.sent or self.send_to is not None else digest]

    def secrets_file(self) -> Path:
        """The file that sets the variable, beside the workspace."""
        return self.workspace.with_name(f"{self.workspace.name}.env")

    def needs_secrets(self) -> bool:
        """Whether the commands read the variable."""
        return self.sent and self.send_to is None

    def cron(self) -> str:
        """Two lines of a crontab: the zone, and the time and the commands."""
        line = " && ".join(shlex.join(command) for command in self.commands())
        if self.needs_secrets():
            line = f"set -a && . {shlex.quote(str(self.secrets_file()))} && {line}"
        # cron takes a bare % for the end of the line.
        line = line.replace("%", "\\%")
        return f"CRON_TZ={self.zone}\n{self.minute} {self.hour} * * {(self.day + 1) % 7} {line}\n"

    def service(self) -> str:
        """The unit file of the service."""
        starts = "".join(f"ExecStart={' '.join(_unit(part) for part in command)}\n" for command in self.commands())
        secrets = f"EnvironmentFile={_unit_path(self.secrets_file())}\n" if self.needs_secrets() else ""
        name = self.workspace.name.replace("%", "%%")
        return (f"[Unit]\nDescription=Digest of {name}\nAfter=network-online.target\nWants=network-online.target\n\n"
                f"[Service]\nType=oneshot\n{secrets}{starts}")

    def timer(self) -> str:
        """The unit file of the timer; a time at which the machine was off is made up for."""
        at = f"{DAYS[self.day][:3].title()} *-*-* {self.hour:02}:{self.minute:02}:00 {self.zone}"
        name = self.workspace.name.replace("%", "%%")
        return (f"[Unit]\nDescription=When the digest of {name} is made\n\n"
                f"[Timer]\nOnCalendar={at}\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n")

    def workflow(self, now: datetime | None = None) -> str:
        """A GitHub Actions workflow on a runner of one's own, which is where the workspace is."""
        local = (now or datetime.now(UTC)).astimezone(ZoneInfo(self.zone))
        ahead = (self.day - local.weekday()) % 7
        then = (local + timedelta(days=ahead)).replace(hour=self.hour, minute=self.minute, second=0, microsecond=0)
        there = then.astimezone(UTC)
        steps = "".join(f"          {shlex.join(command)}\n" for command in self.commands())
        secrets = (f"        env:\n          {VARIABLE}: ${{{{ secrets.{VARIABLE} }}}}\n" if self.needs_secrets()
                   else "")
        return (f"name: Digest\n"
                f"on:\n  schedule:\n"
                f"    # {DAYS[self.day].title()} {self.hour:02}:{self.minute:02} in {self.zone}, told in UTC\n"
                f"    - cron: '{there.minute} {there.hour} * * {(there.weekday() + 1) % 7}'\n"
                f"  workflow_dispatch:\n"
                f"permissions: {{}}\n"
                f"concurrency: digest\n"
                f"jobs:\n  digest:\n    runs-on: self-hosted\n    steps:\n"
                f"      - name: Make the digest\n        shell: bash\n{secrets}"
                f"        run: |\n          set -e\n{steps}")


def shifts(zone: str, year: int) -> bool:
    """Whether the clocks of ``zone`` are set forward and back in ``year``."""
    there = ZoneInfo(zone)
    return len({datetime(year, month, 1, tzinfo=there).utcoffset() for month in range(1, 13)}) > 1


def _program() -> list[str]:
    """The command of the running interpreter, by its full path."""
    beside = Path(sys.executable).parent / ("painpoints.exe" if sys.platform == "win32" else "painpoints")
    if beside.is_file():
        return [str(beside)]
    return [sys.executable, "-c", "import sys; from painpoints.cli import main; sys.exit(main())"]


def _unit(part: str) -> str:
    """``part`` as one argument in a unit file."""
    escaped = part.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'


def _unit_path(path: Path) -> str:
    return str(path).replace("%", "%%")
