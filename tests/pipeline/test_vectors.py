"""Vectors kept from run to run: found again, without effect on any result, and gone when somebody is forgotten."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import painpoints
from painpoints.config import Settings
from painpoints.pipeline import RunForgetting, WhoToForget, Workspace
from painpoints.pipeline.vectors import vectors_folder

if TYPE_CHECKING:
    import polars as pl

    from painpoints.pipeline import Findings


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder of a cache that is in use."""
    monkeypatch.delenv("PAINPOINTS_NO_CACHE")
    return tmp_path / "kept"


def mined(rows: Any, folder: Path, place: Path, **settings: Any) -> Findings:
    return painpoints.mine(rows, folder, cache_dir=str(place), **settings)


def test_a_second_run_reads_no_text_again_and_finds_the_same(rows: pl.DataFrame, kept: Path, tmp_path: Path,
                                                             found: Findings) -> None:
    first = mined(rows, tmp_path / "a", kept, shard_rows=10)
    second = mined(rows, tmp_path / "b", kept, shard_rows=10)
    assert first.manifest["cache"]["encoded"] > 50
    assert second.manifest["cache"] == {"found": first.manifest["cache"]["encoded"], "encoded": 0, "full": False}
    assert second.painpoints.equals(first.painpoints)
    same = [run.units.sort("unit_id") for run in (first, second)]
    assert same[0].equals(same[1])
    assert found.manifest["cache"] is None
    judged = [name for name in same[0].columns if name.startswith("p_") or name in ("text", "sentiment", "touchpoint")]
    assert same[0].select(judged).sort(judged).equals(found.units.select(judged).sort(judged))


def test_without_the_cache_nothing_is_kept(rows: pl.DataFrame, kept: Path, tmp_path: Path) -> None:
    assert mined(rows.head(3), tmp_path / "a", kept, cache=False).manifest["cache"] is None
    assert not kept.exists()


def test_a_place_that_cannot_be_written_is_said_and_stops_nothing(rows: pl.DataFrame, kept: Path, tmp_path: Path
                                                                  ) -> None:
    kept.write_text("a file", "utf8")
    notes = mined(rows.head(3), tmp_path / "a", kept).manifest["notes"]
    assert any("No vectors are kept" in note and str(kept) in note for note in notes)


def test_forgetting_somebody_drops_what_was_kept(rows: pl.DataFrame, kept: Path, tmp_path: Path) -> None:
    run = mined(rows.head(4), tmp_path / "a", kept)
    assert list(kept.rglob("*.vectors"))
    with RunForgetting(tmp_path / "a", "officer") as forgetting:
        done = forgetting.erase(WhoToForget(documents=[run.documents["doc_id"][0]]))
    assert done.certificate is not None and done.certificate.proof.vectors_dropped > 1000
    assert not list(kept.rglob("*.vectors"))
    with Workspace.create(tmp_path / "shop", Settings(cache_dir=str(kept))) as shop:
        shop.add(rows.head(4))
        assert list(kept.rglob("*.vectors"))
        shop.forget(WhoToForget(documents=[shop.data().documents["doc_id"][0]]), confirm=True)
    assert not list(kept.rglob("*.vectors"))


def test_the_place_is_the_one_named_first(monkeypatch: pytest.MonkeyPatch) -> None:
    assert vectors_folder("/here") == Path("/here/vectors")
    monkeypatch.setenv("PAINPOINTS_VECTORS", "/there")
    assert vectors_folder(None) == Path("/there/vectors")
    monkeypatch.delenv("PAINPOINTS_VECTORS")
    monkeypatch.setenv("PAINPOINTS_CACHE", "/cache")
    assert vectors_folder(None) == Path("/cache/vectors")
