"""Scoring of any number of rows: units as one shard after the other gives them, and shards that do not pile up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import painpoints
import painpoints.pipeline.judging as judging
from painpoints.config import Settings
from painpoints.errors import WorkerError
from painpoints.pipeline import SCORED, read_options, score_documents, score_into
from painpoints.pipeline.streaming import stream
from painpoints.read import read_documents

TOLD = "Позвоните мне +7 912 345-67-89: курьер опоздал. شماره من 09121234567 است و بسته نرسید. 배송이 늦었어요"


@pytest.fixture
def source(feedback: Path, tmp_path: Path) -> Path:
    """Texts in four languages, every one in front of something personal, so that places in the original move."""
    rows = pl.read_csv(feedback).gather_every(2)
    told = rows.with_columns(text=pl.lit(TOLD + " ") + pl.col("text"))
    told.write_csv(tmp_path / "told.csv")
    return tmp_path / "told.csv"


def alone(source: Path, settings: Settings) -> pl.DataFrame:
    """The units as they come of frames that are judged one after the other."""
    return pl.concat(list(score_documents(read_documents([source], read_options(settings)), settings)))


@pytest.mark.parametrize("how", [{}, {"fast": True}, {"whole": True}])
def test_units_are_the_same_with_workers_and_without_in_the_order_of_the_input(
        how: dict[str, Any], source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "WINDOW_DOCUMENTS", 8)
    wanted = alone(source, Settings(**how))
    assert tuple(wanted.columns) == SCORED
    for workers in (0, 1):
        parts: list[pl.DataFrame] = []
        note = score_into(parts.append, [str(source)], Settings(shard_rows=5, workers=workers, **how))
        assert_frame_equal(pl.concat(parts), wanted, check_exact=True)
        assert len(parts) == note["shards"] == 8 and note["documents"] == 36 and note["redacted"]["phone"] >= 36
    original = dict(pl.read_csv(source).select("id", "text").iter_rows())
    assert all(0 <= start < end <= len(original[name]) for name, start, end in
               wanted.select("source_id", "start", "end").iter_rows())


def test_a_shard_is_written_as_soon_as_it_is_judged_and_nothing_stays(
        source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    judged: list[int] = []
    judge = judging.judge_shard

    def counted(documents: pl.DataFrame, *given: Any, **more: Any) -> Any:
        judged.append(len(documents))
        return judge(documents, *given, **more)

    monkeypatch.setattr(judging, "judge_shard", counted)
    behind: list[int] = []
    lying: list[int] = []

    def write(frame: pl.DataFrame) -> None:
        behind.append(len(judged) - len(behind))
        lying.append(len(list((tmp_path / "scratch").rglob("units-*.parquet"))))

    score_into(write, [str(source)], Settings(shard_rows=5, workers=0, fast=True))
    assert behind == [1] * 8 and lying == [1] * 8, "one shard of results at a time"
    assert not any((tmp_path / "scratch").iterdir())


def test_a_writer_that_fails_ends_it_and_leaves_nothing(source: Path, tmp_path: Path,
                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()

    def full(frame: pl.DataFrame) -> None:
        raise OSError(28, "No space left on device")

    for workers in (0, 1):
        with pytest.raises(OSError, match="No space"):
            score_into(full, [str(source)], Settings(shard_rows=5, workers=workers, fast=True))
        assert not any((tmp_path / "scratch").iterdir())


def test_workers_that_end_again_and_again_are_said_without_a_run_to_go_on_with(
        source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from painpoints.pipeline.streaming.stream import Stream

    def died(self: Stream, *_: Any, **__: Any) -> int:
        raise WorkerError("Shard 3: the process that worked on it ended 3 times.", hint="painpoints mine --resume X")

    monkeypatch.setattr(Stream, "judge", died)
    with pytest.raises(WorkerError, match="Shard 3") as caught:
        score_into(lambda frame: None, [str(source)], Settings(fast=True))
    assert "--workers 0" in str(caught.value) and "--resume" not in str(caught.value)


def test_lists_frames_and_files_say_the_same(source: Path, tmp_path: Path) -> None:
    frame = pl.read_csv(source)
    of_file = painpoints.score(source, fast=True)
    of_frame = painpoints.score(frame, fast=True)
    of_list = painpoints.score(frame["text"].to_list(), fast=True, shard_rows=7)
    said = ["start", "end", "text", "lang", "p_neg", "touchpoint", "is_problem"]
    assert_frame_equal(of_frame.select(said), of_file.select(said), check_exact=True)
    assert_frame_equal(of_list.select(said), of_file.select(said), check_exact=True)
    assert of_list["source_id"].unique(maintain_order=True).to_list() == [str(at) for at in range(36)]
