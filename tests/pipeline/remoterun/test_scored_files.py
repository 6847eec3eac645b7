"""Scored units at an address: the file that a path would have got, whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from painpoints.cli import main

if TYPE_CHECKING:
    from conftest import Bucket


@pytest.mark.parametrize("name", ["scored.parquet", "امتیاز.csv", "scored.jsonl"])
def test_a_scored_file_at_an_address_is_that_of_a_path(name: str, feedback: Path, memory: Any) -> None:
    for output in (name, f"memory://bucket/{name}"):
        assert main(["score", str(feedback), "-o", output, "--fast", "--limit", "12"]) == 0
    assert memory.cat_file(f"/bucket/{name}") == Path(name).read_bytes()
    assert len(memory.find("/bucket")) == 1


def test_a_store_that_refuses_is_said_before_anything_is_judged(feedback: Path, bucket: Bucket, tmp_path: Path,
                                                                monkeypatch: pytest.MonkeyPatch,
                                                                capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("painpoints.pipeline.score_into", None)
    bucket.refused = lambda name: True
    assert main(["score", str(feedback), "-o", "s3://feedback/out/scored.csv"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: s3://feedback/out/") and "PermissionError" in said and "very-secret" not in said


def test_what_could_not_be_uploaded_is_kept_and_named(feedback: Path, bucket: Bucket, tmp_path: Path,
                                                      monkeypatch: pytest.MonkeyPatch,
                                                      capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    bucket.refused = lambda name: name.endswith("scored.csv")
    command = ["score", str(feedback), "-o", "s3://feedback/out/scored.csv", "--fast", "--limit", "4"]
    assert main(command) == 2
    (kept,) = tmp_path.rglob("scored.csv")
    assert str(kept) in capsys.readouterr().err and kept.read_bytes().count(b"\n") > 4
    assert not bucket.objects
    bucket.refused = lambda name: False
    assert main(command) == 0
    assert bucket.objects == {"out/scored.csv": kept.read_bytes()}
