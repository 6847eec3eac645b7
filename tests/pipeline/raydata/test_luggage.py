"""The user's own files reach workers on nodes that do not have them."""

from __future__ import annotations

from pathlib import Path

import pytest

from painpoints.config import Settings
from painpoints.errors import UsageError
from painpoints.pipeline.raydata import luggage


def test_files_travel_and_are_found_where_they_are_unpacked(tmp_path: Path) -> None:
    for name in ("my.toml", "own.safetensors"):
        (tmp_path / name).write_text(f"content of {name}")
    packed = luggage.packed(Settings(taxonomy=str(tmp_path / "my.toml"), model=str(tmp_path / "own.safetensors")))
    (tmp_path / "my.toml").unlink()
    there = packed.unpacked()
    assert there.taxonomy is not None and Path(there.taxonomy).read_text() == "content of my.toml"
    assert there.model is not None and Path(there.model).name == "own.safetensors"


def test_folders_are_named_from_the_root_and_names_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pipeline").mkdir()
    there = luggage.packed(Settings(spacy="pipeline", model="some/hub-model")).unpacked()
    assert (there.spacy, there.model) == (str((tmp_path / "pipeline").resolve()), "some/hub-model")


def test_workers_keep_no_vectors_on_their_machines() -> None:
    assert luggage.packed(Settings()).unpacked().cache is False


def test_a_file_too_large_to_travel_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(luggage, "_MOST", 3)
    (tmp_path / "own.safetensors").write_bytes(b"four")
    with pytest.raises(UsageError, match="too large"):
        luggage.packed(Settings(model=str(tmp_path / "own.safetensors")))
