"""painpoints schedule show: what it prints is read by cron, systemd and GitHub Actions as it was meant."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from painpoints.cli.timetable import Timetable, shifts
from painpoints.errors import UsageError

if TYPE_CHECKING:
    from conftest import Run, WebHook

yaml = pytest.importorskip("yaml")
ODD = "فروشگاه 50% \"off\" $HOME it's"


def shown(run: Run, *arguments: object) -> dict[str, Any]:
    return json.loads(run("schedule", "show", *arguments, "--json").out)  # type: ignore[no-any-return]


def cron_of(text: str) -> tuple[str, list[int | None], str]:
    """The zone, the five fields and the command (with \\% read), strictly."""
    zone, line = text.removesuffix("\n").split("\n")
    assert re.fullmatch(r"CRON_TZ=[A-Za-z_]+(/[A-Za-z_+-]+)*", zone)
    *fields, command = line.split(" ", 5)
    found: list[int | None] = []
    for field, most in zip(fields, (59, 23, 31, 12, 6), strict=True):
        assert field == "*" or (field.isdecimal() and int(field) <= most)
        found.append(None if field == "*" else int(field))
    assert not re.search(r"(?<!\\)%", command)
    return zone.partition("=")[2], found, command.replace("\\%", "%")


@pytest.mark.parametrize(("lang", "zone", "arguments", "day", "cron_day"), [
    ("fa", "Asia/Tehran", [], "Sat", 6), ("ar", "Asia/Riyadh", [], "Sat", 6), ("ru", "Europe/Moscow", [], "Mon", 1),
    ("en", "UTC", [], "Mon", 1), ("en", "UTC", ["--day", "Sunday"], "Sun", 0),
    ("en", "UTC", ["--lang", "fa"], "Sat", 6),
])
def test_the_day_is_that_on_which_weeks_begin(run: Run, lang: str, zone: str, arguments: list[str], day: str,
                                              cron_day: int) -> None:
    run("init", "shop", "--lang", lang, "--zone", zone)
    found = shown(run, "shop", "--at", "7:05", *arguments)
    assert cron_of(found["cron"])[:2] == (zone, [5, 7, None, None, cron_day])
    assert f"OnCalendar={day} *-*-* 07:05:00 {zone}\n" in found["timer"]
    assert found["secrets_file"] is None and "secrets" not in found["workflow"]


def test_all_three_run_the_same_commands_with_full_paths_however_odd(run: Run, tmp_path: Path) -> None:
    run("init", ODD)
    Path("in box").mkdir()
    found = shown(run, ODD, "--input", "in box", "--send", "--lang", "ru")
    place = str(tmp_path / ODD)
    line = cron_of(found["cron"])[2]
    words = shlex.split(line)
    assert words[:5] == ["set", "-a", "&&", ".", f"{place}.env"]
    rest = words[6:]
    add, digest = rest[:rest.index("&&")], rest[rest.index("&&") + 1:]
    program = add[:add.index("add")]
    assert Path(program[0]).is_absolute() and Path(program[0]).is_file()
    assert add == [*program, "add", place, str(tmp_path / "in box"), "--quiet"]
    assert digest == [*program, "digest", place, "--lang", "ru", "--send", "env:PAINPOINTS_SEND", "--yes"]

    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(found["service"])
    assert unit["Service"]["Type"] == "oneshot"
    starts = re.findall(r"^ExecStart=(.*)$", found["service"], re.M)
    read = [[part.replace("\\\"", '"').replace("\\\\", "\\").replace("%%", "%").replace("$$", "$")
             for part in re.findall(r'"((?:[^"\\]|\\.)*)"', start)] for start in starts]
    assert read == [add, digest]

    flow = yaml.safe_load(found["workflow"])
    (step,) = flow["jobs"]["digest"]["steps"]
    assert [shlex.split(line) for line in step["run"].splitlines()] == [["set", "-e"], add, digest]
    assert step["env"] == {"PAINPOINTS_SEND": "${{ secrets.PAINPOINTS_SEND }}"}
    assert flow["jobs"]["digest"]["runs-on"] == "self-hosted" and flow["permissions"] == {}


def test_the_command_of_the_cron_line_runs(run: Run, tmp_path: Path) -> None:
    run("init", ODD)
    Path(f"{ODD}.env").write_text("PAINPOINTS_SEND='json://a b$'\n", "utf8")
    line = cron_of(shown(run, ODD, "--send")["cron"])[2]
    spy = tmp_path / "spy"
    spy.write_text("#!/bin/sh\nprintf '%s\\n' \"$PAINPOINTS_SEND\" \"$@\"\n", "utf8")
    spy.chmod(0o755)
    words = shlex.split(line)
    program = shlex.join(words[6:words.index("digest")])
    assert program in line
    done = subprocess.run(["/bin/sh", "-c", line.replace(program, str(spy))], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["json://a b$", "digest", str(tmp_path / ODD), "--send", "env:PAINPOINTS_SEND",
                                        "--yes"]


@pytest.mark.long
def test_the_line_adds_and_sends_and_a_second_run_in_the_week_sends_nothing_more(
        run: Run, feedback: Path, hook: WebHook) -> None:
    run("init", "our shop", "--lang", "fa")
    Path("inbox").mkdir()
    Path("inbox/week.csv").write_text("".join(feedback.read_text("utf8").splitlines(keepends=True)[:13]), "utf8")
    Path("our shop.env").write_text(f"PAINPOINTS_SEND='{hook.url}'\n", "utf8")
    line = cron_of(shown(run, "our shop", "--input", "inbox", "--send")["cron"])[2]
    done = [subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True) for _ in range(2)]
    assert [ended.returncode for ended in done] == [0, 0], done[0].stderr + done[1].stderr
    assert "12 texts read, 12 new" in done[0].stdout and "nothing is new" in done[1].stdout
    assert "sent, " in done[0].stdout and "has it already" in done[1].stdout
    (got,) = hook.got
    assert "our shop" in got["title"] and "هفتهٔ" in got["title"] and got["message"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_takes_the_units_and_the_time(run: Run, tmp_path: Path) -> None:
    run("init", "فروشگاه 50% off", "--lang", "fa", "--zone", "Asia/Tehran")
    found = shown(run, "فروشگاه 50% off", "--send")
    environment = {**os.environ, "SYSTEMD_LOG_LEVEL": "warning"}
    for name in ("service", "timer"):
        (tmp_path / f"digest.{name}").write_text(found[name], "utf8")
    Path(found["secrets_file"]).touch()
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", "--recursive-errors=no",
                           str(tmp_path / "digest.service"), str(tmp_path / "digest.timer")],
                          capture_output=True, text=True, env=environment)
    assert done.returncode == 0 and "digest." not in done.stderr, done.stderr
    at = found["timer"].split("OnCalendar=")[1].splitlines()[0]
    assert subprocess.run(["systemd-analyze", "calendar", at], capture_output=True).returncode == 0


@pytest.mark.parametrize(("zone", "hour", "minute", "told"), [
    ("UTC", 8, 0, "0 8 * * 6"), ("Asia/Tehran", 8, 0, "30 4 * * 6"), ("Asia/Tehran", 2, 15, "45 22 * * 5"),
    ("America/New_York", 22, 0, "0 3 * * 0"),
])
def test_github_is_told_the_time_in_utc_on_the_day_it_is_there(zone: str, hour: int, minute: int, told: str) -> None:
    table = Timetable(Path("/data/shop"), 5, hour, minute, zone)
    flow = yaml.safe_load(table.workflow(datetime(2026, 11, 22, 12, tzinfo=UTC)))
    assert flow[True]["schedule"] == [{"cron": told}]


def test_an_address_never_stands_in_a_line(run: Run) -> None:
    run("init", "shop")
    Path("places.txt").write_text("json://user:pa55word@host\n", "utf8")
    ended = run("schedule", "show", "shop", "--send-to", "places.txt")
    assert ended.code == 0 and "pa55word" not in ended.out and str(Path("places.txt").resolve()) in ended.out
    for block in ("CRON_TZ=UTC", "[Service]", "[Timer]", "runs-on: self-hosted"):
        assert block in ended.out


def test_clocks_that_change_are_told(run: Run) -> None:
    assert shifts("Europe/Berlin", 2026) and not shifts("Asia/Tehran", 2026)
    run("init", "shop", "--zone", "Europe/Berlin")
    assert "when the clocks of Europe/Berlin are changed" in run("schedule", "show", "shop").out


@pytest.mark.parametrize(("arguments", "told"), [
    (["--at", "25:00"], "25:00"), (["--at", "noon"], "08:00"), (["--day", "sat-ish"], "monday"),
    (["--send", "--send-to", "x"], "Give one"), (["--lang", "xx"], "xx"),
])
def test_what_is_wrong_is_told(run: Run, arguments: list[str], told: str) -> None:
    run("init", "shop")
    ended = run("schedule", "show", "shop", *arguments)
    assert ended.code == 2 and told in ended.err and ended.out == ""


def test_names_that_would_break_out_of_a_line_are_refused() -> None:
    for name in ("/data/a\nb", "/data/${{ secrets.X }}"):
        with pytest.raises(UsageError, match="timetable"):
            Timetable(Path(name), 0, 8, 0, "UTC")
