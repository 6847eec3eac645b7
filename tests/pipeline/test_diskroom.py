"""A disk that may be too small is named before hours are spent."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from painpoints.pipeline.diskroom import room_note


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "big.csv"
    with path.open("wb") as handle:
        handle.truncate(100 * 2**20)
    return path


def free(monkeypatch: pytest.MonkeyPatch, megabytes: int) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=megabytes * 2**20))


def test_a_small_disk_is_told_with_both_figures(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free(monkeypatch, 700)
    said = room_note([source], tmp_path)
    assert said is not None and "700 MB free" in said and "2,050 MB" in said and "--resume" in said


def test_a_large_disk_and_what_has_no_size_are_passed_over(source: Path, tmp_path: Path,
                                                           monkeypatch: pytest.MonkeyPatch) -> None:
    free(monkeypatch, 5000)
    assert room_note([source], tmp_path) is None
    assert room_note(["-"], tmp_path) is None
    assert room_note(None, tmp_path) is None


def test_packed_input_counts_as_what_it_unpacks_to(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
                                                   ) -> None:
    free(monkeypatch, 5000)
    assert room_note([source.rename(source.with_suffix(".csv.gz"))], tmp_path) is not None
