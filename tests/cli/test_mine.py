"""painpoints mine from the command line: what it prints, where it writes, and going on after a stop."""

from __future__ import annotations

import datetime as dt
import json
import random
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from painpoints.cli.mine import default_run

if TYPE_CHECKING:
    from conftest import Run


def test_the_summary_counts_ranks_and_names_the_report(run: Run, feedback: Path, tmp_path: Path) -> None:
    ended = run("mine", feedback, "-o", "run")
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert re.match(r"72 texts, [\d,]+ opinion units, [\d,]+ problems?, \d+ pain points? in \d+ s", lines[0])
    assert lines[-1] == "Report: run/report.html"
    assert lines[-2].startswith("Weakest link: ")
    assert (tmp_path / "run" / "report.html").stat().st_size > 20_000
    table = pl.read_parquet(tmp_path / "run" / "painpoints.parquet")
    assert ended.out.count("impact ") == min(5, len(table))


def test_titles_from_right_to_left_stand_alone_and_isolated(run: Run, feedback: Path) -> None:
    ended = run("mine", feedback, "-o", "run", "--lang", "fa", "--json")
    titles = [point["title"] for point in json.loads(ended.out)["top"]]
    again = run("mine", "--resume", "run")
    isolated = [line.strip() for line in again.out.splitlines() if "\u2068" in line]
    persian = [title for title in titles if re.search("[\u0600-\u06ff]", title)]
    assert persian and isolated == [f"\u2068{title}\u2069" for title in persian]


def test_json_is_one_object_with_everything_of_the_summary(run: Run, feedback: Path, tmp_path: Path) -> None:
    ended = run("mine", feedback, "-o", "run", "--json", "--limit", "30")
    shown = json.loads(ended.out)
    assert shown["documents"] == 30
    assert shown["report"] == "run/report.html" and shown["run"] == "run"
    assert {"units", "problems", "painpoints", "top", "weakest_link", "rejected", "notes", "seconds"} <= set(shown)
    assert json.loads((tmp_path / "run" / "manifest.json").read_text("utf8"))["settings"]["limit"] == 30


def test_a_run_without_a_place_goes_under_runs(run: Run, feedback: Path, tmp_path: Path) -> None:
    assert run("mine", feedback, "--limit", "4").code == 0
    (made,) = (tmp_path / "runs").iterdir()
    assert re.fullmatch(r"feedback-\d{8}-\d{6}", made.name)


def test_the_place_of_a_run_is_named_after_its_input_and_the_local_time() -> None:
    now = dt.datetime(2026, 11, 22, 9, 5, 7)
    assert default_run("data/reviews.csv.gz", now) == Path("runs/reviews-20261122-090507")
    assert default_run("-", now) == Path("runs/stdin-20261122-090507")
    assert default_run("نظرها.csv", now) == Path("runs/نظرها-20261122-090507")
    default_run("-", now).mkdir(parents=True)
    assert default_run("-", now) == Path("runs/stdin-20261122-090507-2")


def test_a_taken_folder_is_refused_with_the_way_on(run: Run, feedback: Path, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "diary.txt").write_text("mine", "utf8")
    ended = run("mine", feedback, "-o", "run")
    assert ended.code == 2 and "not an empty folder" in ended.err and "-o" in ended.err
    assert (tmp_path / "run" / "diary.txt").read_text("utf8") == "mine"


def test_notes_go_to_stderr_and_quiet_silences_them(run: Run) -> None:
    Path("few.csv").write_text("text\nThe courier was late\n", "utf8")
    assert "note: " in run("mine", "few.csv", "-o", "loud").err
    quiet = run("mine", "few.csv", "-o", "quiet", "--quiet")
    assert quiet.err == "" and quiet.out != ""
    assert json.loads(Path("quiet/manifest.json").read_text("utf8"))["notes"]


def test_rows_left_out_are_counted_and_customers_stay_off_stderr(run: Run) -> None:
    secret = "my flat is in Lime Street"
    Path("in.csv").write_text(f"id,text\n1,The courier was rude and {secret}\n2,\n3,{secret * 6000}\n", "utf8")
    ended = run("mine", "in.csv", "-o", "run")
    assert ended.code == 0
    assert "left out: empty_text 1, text_too_long 1 (see run/rejected.jsonl)" in ended.out
    assert "Lime Street" not in ended.err


def test_the_settings_file_is_read_and_the_command_line_wins(run: Run, feedback: Path) -> None:
    Path("painpoints.toml").write_text('lang = "ru"\nlimit = 4\nframework = "four-stage"\n', "utf8")
    assert run("mine", feedback, "-o", "run", "--lang", "ar").code == 0
    made = json.loads(Path("run/manifest.json").read_text("utf8"))
    assert (made["settings"]["lang"], made["settings"]["limit"], made["framework"]) == ("ar", 4, "four-stage")
    assert '<html lang="ar"' in Path("run/report.html").read_text("utf8")


def test_stdin_is_an_input(run: Run, feedback: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with feedback.open("rb") as stream, stream_as_stdin(stream, monkeypatch):
        ended = run("mine", "-", "-o", "run", "--limit", "5")
    assert ended.code == 0 and ended.out.startswith("5 texts")


class stream_as_stdin:
    def __init__(self, stream: object, monkeypatch: pytest.MonkeyPatch) -> None:
        self._swap = lambda: monkeypatch.setattr("sys.stdin", type("Stdin", (), {"buffer": stream})())

    def __enter__(self) -> None:
        self._swap()

    def __exit__(self, *details: object) -> None:
        del details


def wait_for(path: Path, process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + 120
    while not path.exists() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.005)


@pytest.mark.long
def test_killed_and_interrupted_a_run_ends_as_if_nothing_had_been(
        run: Run, spawn: Callable[..., subprocess.Popen[str]], feedback: Path, tmp_path: Path) -> None:
    Path("painpoints.toml").write_text("shard_rows = 6\n", "utf8")
    shutil.copy(feedback, "feedback.csv")
    assert run("mine", "feedback.csv", "-o", "straight").code == 0

    work = tmp_path / "cut" / "work"
    process = spawn("mine", "feedback.csv", "-o", "cut")
    wait_for(work / "units-000001.parquet", process)
    time.sleep(random.random() / 3)
    process.kill()
    process.communicate()
    assert not (tmp_path / "cut" / "manifest.json").exists(), "the kill came too late to test anything"

    before = len(list(work.glob("units-*.parquet")))
    process = spawn("mine", "--resume", "cut")
    wait_for(work / f"units-{min(before + 2, 11):06}.parquet", process)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.splitlines()[-1] == "Interrupted. Go on with: painpoints mine --resume cut"
    assert out == "" and "Traceback" not in err

    kept = run("mine", "--resume", "cut", "--quiet")
    assert kept.code == 0
    for name in ("documents", "units", "painpoints"):
        assert_frame_equal(pl.read_parquet(f"cut/{name}.parquet"), pl.read_parquet(f"straight/{name}.parquet"))
    notes = json.loads(Path("cut/manifest.json").read_text("utf8"))["notes"]
    assert any(note.startswith("Resumed: ") for note in notes)
    assert sorted(path.name for path in Path("cut").iterdir()) == sorted(p.name for p in Path("straight").iterdir())


def test_a_kill_at_any_moment_before_judging_leaves_a_run_that_goes_on(
        run: Run, spawn: Callable[..., subprocess.Popen[str]], feedback: Path, tmp_path: Path) -> None:
    shutil.copy(feedback, "feedback.csv")
    Path("painpoints.toml").write_text("shard_rows = 6\n", "utf8")
    process = spawn("mine", "feedback.csv", "-o", "cut")
    wait_for(tmp_path / "cut" / "run.json", process)
    time.sleep(random.random() / 2)
    process.kill()
    process.communicate()
    ended = run("mine", "--resume", "cut")
    assert ended.code == 0 and ended.out.startswith("72 texts")
