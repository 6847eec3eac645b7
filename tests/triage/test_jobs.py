"""Additions that run beside the server: told how far they are, one at a time, ended when asked, found again."""

from __future__ import annotations

import json
import stat
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from painpoints.errors import BusyError, WorkspaceError
from painpoints.triage import jobs as module
from painpoints.triage.jobs import CANCELLED, DONE, FAILED, RUNNING, STARTING, STOPPED, Job, Jobs, read_job, write_job

# A worker as ours, but for what it adds.
FAKE = """
import sys, time
from pathlib import Path
from painpoints.errors import BusyError, ColumnError
from painpoints.pipeline import Added
from painpoints.triage.worker import work

def add(workspace, path, settings, reporter):
    what = path.read_text("utf8")
    if "fails" in what:
        raise ColumnError(f"{path}: no column 'x' among a, b.", hint="Name one of them with --text COLUMN.")
    if "busy" in what:
        raise BusyError("another painpoints process is writing to this workspace.", hint="Wait.")
    if "unforeseen" in what:
        raise ValueError("the courier was late, says Sara")
    if "killed" in what:
        import os
        os._exit(9)
    reporter.progress("read", 5, None)
    reporter.progress("read", 40, 40)
    reporter.progress("judge", 0, 40)
    reporter.note("Resumed: 1 of 4 shards had been judged before.")
    for done in range(0, 41, 10):
        reporter.progress("judge", done, 40)
        time.sleep(0.3 if "slow" in what else 0.0)
        if "endless" in what:
            while True:
                time.sleep(0.01)
        if "deaf" in what:
            while True:
                try:
                    time.sleep(9)
                except KeyboardInterrupt:
                    pass
    reporter.progress("cluster", 3, 3)
    return Added(1, 40, 38, 60, 20, 15, 5, ("01ABC",), (), 0, {"empty_text": 2})

sys.exit(work(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), add))
"""


@pytest.fixture
def jobs(tmp_path: Path) -> Jobs:
    (tmp_path / "fake.py").write_text(FAKE, "utf8")
    (tmp_path / "shop" / "uploads").mkdir(parents=True)
    return Jobs(tmp_path / "shop", [sys.executable, str(tmp_path / "fake.py")])


def start(jobs: Jobs, what: str = "", who: str = "سارا") -> Job:
    upload = f"{abs(hash(what)):032x}"[:32]
    path = jobs._workspace / "uploads" / f"{upload}.csv"
    path.write_text(what, "utf8")
    return jobs.start(upload, "نظرات.csv", path, {"text": "متن", "rating": ""}, who)


def until(jobs: Jobs, job: Job, ready: Callable[[Job], bool], seconds: float = 30) -> Job:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if ready(found := jobs.find(job.id)):
            return found
        time.sleep(0.02)
    raise AssertionError(f"still {found.state} in {found.stage}")


def test_a_job_tells_how_far_it_is_and_ends_with_counts(jobs: Jobs) -> None:
    begun = start(jobs, "slow")
    assert begun.state == STARTING and begun.live and begun.remaining is None
    midway = until(jobs, begun, lambda job: job.stage == "judge" and job.done >= 20)
    assert (midway.state, midway.total) == (RUNNING, 40) and midway.rate and midway.remaining is not None
    assert midway.share is not None and 0.1 < midway.share < 0.9
    done = until(jobs, begun, lambda job: not job.live)
    assert done.state == DONE and done.added is not None and done.share == 1.0 and done.remaining is None
    assert (done.added["documents"], done.added["rejected"]) == (38, {"empty_text": 2})
    assert list(done.added["born"]) == ["01ABC"]
    assert done.notes and done.who == "سارا" and dict(done.settings) == {"text": "متن", "rating": ""}
    assert list((jobs._workspace / "uploads").iterdir()) == []


def test_what_fails_says_why_under_the_name_that_was_sent(jobs: Jobs) -> None:
    failed = until(jobs, start(jobs, "fails"), lambda job: not job.live)
    assert failed.state == FAILED and failed.error == "نظرات.csv: no column 'x' among a, b."
    assert failed.hint and len(list((jobs._workspace / "uploads").iterdir())) == 1
    busy = until(jobs, start(jobs, "busy"), lambda job: not job.live)
    assert busy.state == FAILED and "another painpoints process" in str(busy.error)


def test_no_text_ever_stands_in_a_jobs_file(jobs: Jobs) -> None:
    failed = until(jobs, start(jobs, "unforeseen"), lambda job: not job.live)
    assert failed.state == FAILED and "ValueError" in str(failed.error)
    assert "Sara" not in "".join(path.read_text("utf8") for path in (jobs._workspace / "jobs").iterdir())
    assert stat.S_IMODE((jobs._workspace / "jobs").stat().st_mode) == 0o700


def test_one_at_a_time_and_the_next_when_it_has_ended(jobs: Jobs) -> None:
    first = start(jobs, "endless")
    with pytest.raises(BusyError, match=r"سارا is adding نظرات\.csv"):
        start(jobs, "slow", who="ali")
    assert (current := jobs.current()) is not None and current.id == first.id
    until(jobs, first, lambda job: job.stage == "judge")
    jobs.cancel(first.id)
    ended = until(jobs, first, lambda job: not job.live)
    assert ended.state == CANCELLED and jobs.current() is None
    assert len(list((jobs._workspace / "uploads").glob(f"{first.upload}.csv"))) == 1  # for going on
    assert until(jobs, start(jobs), lambda job: not job.live).state == DONE
    assert [job.state for job in jobs.all()] == [DONE, CANCELLED]
    assert jobs.cancel(first.id).state == CANCELLED


def test_one_that_does_not_listen_is_ended(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PATIENCE", 2.0)
    deaf = start(jobs, "deaf")
    until(jobs, deaf, lambda job: job.stage == "judge")
    jobs.cancel(deaf.id)
    assert until(jobs, deaf, lambda job: not job.live).state == CANCELLED


def test_another_process_sees_the_same_and_may_cancel(jobs: Jobs) -> None:
    job = start(jobs, "endless")
    other = Jobs(jobs._workspace)
    seen = until(other, job, lambda found: found.stage == "judge")
    assert seen.state == RUNNING
    with pytest.raises(BusyError):
        other.start("u", "x", Path("x"), {}, "ali")
    other.cancel(job.id)
    assert until(other, job, lambda found: not found.live).state == CANCELLED


def test_a_process_that_dies_without_a_word_has_stopped(jobs: Jobs) -> None:
    died = until(jobs, start(jobs, "killed"), lambda job: not job.live)
    assert died.state == STOPPED and died.ended is not None


def test_what_was_left_by_a_server_that_died_has_stopped_when_nothing_is_heard_of_it(jobs: Jobs) -> None:
    folder = jobs._workspace / "jobs"
    folder.mkdir()
    silent = Job("0" * 16, "u", "x.csv", "sara", state=RUNNING, begun=time.time() - 99, heard=time.time() - 31)
    fresh = replace(silent, id="1" * 16, heard=time.time())
    write_job(folder, silent)
    write_job(folder, fresh)
    assert {job.id: job.state for job in jobs.all()} == {silent.id: STOPPED, fresh.id: RUNNING}
    kept = read_job(folder, silent.id)
    assert kept is not None and kept.state == STOPPED


@pytest.mark.parametrize("number", ["", "..", "../state", "0" * 15, "0" * 16, "*" * 16, "0" * 16 + "/", "g" * 16])
def test_an_id_from_a_request_leads_nowhere_else(jobs: Jobs, number: str) -> None:
    (jobs._workspace / "state.json").write_text("{}")
    for act in (jobs.find, jobs.cancel):
        with pytest.raises(WorkspaceError):
            act(number)


def test_a_file_that_is_no_job_is_passed_over(jobs: Jobs) -> None:
    folder = jobs._workspace / "jobs"
    folder.mkdir()
    (folder / ("2" * 16 + ".json")).write_text("{broken", "utf8")
    (folder / ("3" * 16 + ".json")).write_text(json.dumps({"strange": 1}), "utf8")
    (folder / "notes.json").write_text("{}", "utf8")
    assert jobs.all() == [] and jobs.current() is None


def test_only_the_last_jobs_are_kept(jobs: Jobs) -> None:
    folder = jobs._workspace / "jobs"
    folder.mkdir()
    for number in range(30):
        write_job(folder, Job(f"{number:016x}", "u", "x", "s", state=DONE, begun=float(number)))
    until(jobs, start(jobs), lambda job: not job.live)
    assert len(jobs.all()) == 20 and jobs.all()[-1].begun == 11.0


def test_shares_and_rest_times_are_of_the_whole() -> None:
    job = Job("0" * 16, "u", "x", "s", state=RUNNING, stage="judge", done=50, total=100, rate=10.0)
    assert (job.remaining, job.share) == (5, 0.5)
    assert replace(job, stage=None).share is None and replace(job, total=None).remaining is None
    begins = [replace(job, stage=stage, done=0).share for stage in ("read", "load", "judge", "cluster")]
    assert begins == [0, 0.05, 0.1, 0.9]
