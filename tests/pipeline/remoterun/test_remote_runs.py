"""Runs that lie at an address: whole there or not at all, worked on here, and gone from here when they are there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import painpoints
from painpoints.cli import main
from painpoints.errors import RunError, StorageError, UsageError
from painpoints.pipeline import Findings, findings_of, finished_at, resume, start, work, working_folder
from painpoints.store import RemoteFolder, open_run

if TYPE_CHECKING:
    from conftest import Bucket

URL = "memory://bucket/runs/نظرها"


@pytest.fixture
def few(rows: pl.DataFrame) -> pl.DataFrame:
    """Some rows of each language."""
    return rows.gather_every(3)


def begun(source: Path, url: str = URL, **settings: Any) -> Any:
    folder = start([str(source)], url, painpoints.config.Settings(fast=True, shard_rows=10, **settings))
    return folder, [str(source)]


def names_in(system: Any, url: str = URL) -> set[str]:
    return {name.rpartition("/")[2] for name in system.find(url.partition("://")[2])}


def test_a_run_at_an_address_is_the_run_that_a_folder_would_hold(few: pl.DataFrame, memory: Any, cache: Path,
                                                                 tmp_path: Path) -> None:
    said: list[str] = []
    here = painpoints.mine(few, tmp_path / "run", fast=True, shard_rows=10)
    there = painpoints.mine(few, URL, fast=True, shard_rows=10, warn=said.append)
    assert names_in(memory) == {path.name for path in (tmp_path / "run").iterdir()}
    assert there.folder is None and there.place == URL
    assert any(URL in line and str(cache) in line for line in said)
    again = Findings.load(URL)
    for name in ("documents", "units", "painpoints"):
        assert_frame_equal(getattr(again, name), getattr(here, name))
    assert again.manifest["output"]["address"] == URL and again.manifest["output"]["work"].startswith(str(cache))
    assert list((cache / "runs").iterdir()) == [], "customers' texts do not stay behind"


def test_the_manifest_comes_last_and_the_address_is_taken_from_the_beginning(
        feedback: Path, bucket: Bucket, cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bucket.objects["in/feedback.csv"] = b"".join(feedback.read_bytes().splitlines(keepends=True)[:25])
    assert main(["mine", "s3://feedback/in/feedback.csv", "-o", "s3://feedback/runs/may", "--fast", "--json"]) == 0
    assert bucket.put[0] == "runs/may/run.json" and bucket.put[-1] == "runs/may/manifest.json"
    told = json.loads(capsys.readouterr().out)
    assert (told["run"], told["report"]) == ("s3://feedback/runs/may", "s3://feedback/runs/may/report.html")
    assert b"<html" in bucket.objects["runs/may/report.html"] and told["documents"] == 24
    assert len(Findings.load("s3://feedback/runs/may/").units) == told["units"]
    assert not any((cache / "runs").iterdir())
    assert main(["mine", "s3://feedback/in/feedback.csv", "-o", "s3://feedback/runs/may", "--fast"]) == 2
    assert "holds a finished run" in capsys.readouterr().err


def test_what_could_not_be_uploaded_is_kept_and_taken_there_later(
        feedback: Path, bucket: Bucket, cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bucket.refused = lambda name: name.endswith("units.parquet")
    url = "s3://feedback/runs/may"
    assert main(["mine", str(feedback), "-o", url, "--fast", "--limit", "20"]) == 2
    said = capsys.readouterr().err
    assert f"error: {url}/units.parquet: could not be written (PermissionError).\n" in said
    assert f"painpoints mine --resume {url}" in said and "very-secret" not in said
    assert "runs/may/manifest.json" not in bucket.objects, "nobody sees half a run"
    with pytest.raises(RunError, match="did not finish"):
        Findings.load(url)
    bucket.refused = lambda name: False
    assert main(["mine", "--resume", url]) == 0
    assert "runs/may/manifest.json" in bucket.objects and not any((cache / "runs").iterdir())
    assert main(["mine", "--resume", url]) == 0
    assert "finished before" in capsys.readouterr().err


def test_an_interrupted_run_goes_on_by_its_address(feedback: Path, memory: Any, tmp_path: Path,
                                                   monkeypatch: pytest.MonkeyPatch,
                                                   capsys: pytest.CaptureFixture[str]) -> None:
    import painpoints.pipeline.judging as judging

    wanted = painpoints.mine(feedback, tmp_path / "whole", fast=True, shard_rows=10)
    judge, calls = judging.judge_shard, []

    def interrupted(*arguments: Any, **options: Any) -> Any:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return judge(*arguments, **options)

    monkeypatch.setattr(judging, "judge_shard", interrupted)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    Path("painpoints.toml").write_text("shard_rows = 10\nfast = true\n", "utf8")
    assert main(["mine", str(feedback), "-o", URL, "--work", "elsewhere"]) == 130
    assert f"painpoints mine --resume {URL}" in capsys.readouterr().err
    assert names_in(memory) == {"run.json"} and not finished_at(URL)
    assert (place := working_folder(URL)).parent == tmp_path / "elsewhere"
    again, left, settings = resume(URL)
    work(again, left, settings)
    assert open_run(again.path).finished
    found = findings_of(again)
    assert_frame_equal(found.units, wanted.units)
    assert any(note.startswith("Resumed: 2 of") for note in found.manifest["notes"])
    assert finished_at(URL) and not place.exists()


def test_a_place_that_is_taken_is_refused_before_anything_is_done(feedback: Path, memory: Any, cache: Path) -> None:
    begun(feedback)
    with pytest.raises(RunError, match="interrupted run") as caught:
        begun(feedback)
    assert f"--resume {URL}" in str(caught.value)
    memory.pipe_file("/bucket/other/notes.txt", b"mine")
    with pytest.raises(RunError, match="not of a run"):
        begun(feedback, "memory://bucket/other")
    assert len(list((cache / "runs").iterdir())) == 1


def test_a_run_of_another_machine_does_not_go_on_here(feedback: Path, memory: Any) -> None:
    folder, _ = begun(feedback)
    folder.discard()
    with pytest.raises(RunError, match="which is not here"):
        resume(URL)
    with pytest.raises(RunError, match="no run was begun"):
        resume("memory://bucket/nothing")


def test_a_place_that_somebody_else_took_meanwhile_is_left_alone(feedback: Path, memory: Any) -> None:
    folder, source = begun(feedback, limit=12)
    settings = painpoints.config.Settings(**folder.request["settings"])
    work(folder, source, settings)
    memory.pipe_file("/bucket/runs/نظرها/run.json", b'{"output": {"mark": "theirs"}}')
    with pytest.raises(RunError, match="another run was begun there") as caught:
        findings_of(folder)
    assert str(folder.path) in str(caught.value) and folder.finished
    assert names_in(memory) == {"run.json"}


def test_an_input_that_proves_wrong_gives_the_place_free(memory: Any, cache: Path, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("id,stars\n1,5\n", "utf8")
    with pytest.raises(painpoints.errors.InputError):
        painpoints.mine(tmp_path / "in.csv", URL, fast=True)
    assert names_in(memory) == set() and not any((cache / "runs").iterdir())


def test_a_store_that_refuses_is_said_at_once_and_without_its_words(
        feedback: Path, bucket: Bucket, cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bucket.refused = lambda name: True
    assert main(["mine", str(feedback), "-o", "s3://feedback/runs/may", "--fast"]) == 2
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "error: s3://feedback/runs/may/run.json: could not be written (PermissionError)."
    assert len(said) == 2 and "AWS_ACCESS_KEY_ID" in said[1] and "very-secret" not in "".join(said)
    assert not any((cache / "runs").iterdir())


@pytest.mark.parametrize(("url", "said"), [
    ("s3://key:secret@bucket/run", "kept with the run"),
    ("https://store.example/run?sig=secret", "more than a place"),
    ("nosuch://bucket/run", "not known")])
def test_addresses_that_no_run_can_lie_at_are_refused(url: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        painpoints.mine([str(Path(__file__))], url, fast=True)
    assert "secret" not in str(caught.value)


def test_work_is_for_addresses_only(feedback: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mine", str(feedback), "-o", "run", "--work", "w"]) == 2
    assert capsys.readouterr().err.startswith("error: --work says nothing")


def test_a_file_that_came_short_is_not_taken_for_whole(memory: Any, tmp_path: Path,
                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"0123456789")
    kind = type(memory)
    monkeypatch.setattr(kind, "put_file", lambda self, here, there, **_: self.pipe_file(there, b"0123"))
    with pytest.raises(StorageError, match="4 of 10 bytes"):
        RemoteFolder("memory://bucket/short").put("a", tmp_path / "a")
