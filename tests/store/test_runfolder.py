"""A run folder: made once, resumed while unfinished, read back when done."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from painpoints.errors import RunError, StorageError
from painpoints.store import RunFolder, create_run, open_run

REQUEST = {"inputs": ["نظرها.csv"], "settings": {"lang": "fa"}}


def documents(shard: int) -> pl.DataFrame:
    frame = pl.DataFrame({"doc_id": [f"{shard}-a", f"{shard}-b"], "text": ["پیک دیر رسید", "OK"]})
    return frame.with_columns(pl.lit("x").alias("meta.shop")) if shard else frame


def units(shard: int) -> pl.DataFrame:
    return pl.DataFrame({"unit_id": [f"{shard}-{i}" for i in range(3)], "doc_id": [f"{shard}-a"] * 3})


def vectors(shard: int) -> np.ndarray:
    return np.arange(12, dtype=np.float32).reshape(3, 4) / 8 + shard


def filled(path: Path) -> RunFolder:
    run = create_run(path, REQUEST)
    for shard in range(2):
        run.write_documents(shard, documents(shard))
        run.write_units(shard, units(shard), vectors(shard), {"left_out": 2, f"only_{shard}": 1})
    run.finish_reading({"shards": 2})
    return run


def test_a_new_run_knows_what_was_asked(tmp_path: Path) -> None:
    run = create_run(tmp_path / "deep" / "run", REQUEST)
    assert (run.request, run.finished, run.reading_done()) == (REQUEST, False, None)
    assert open_run(tmp_path / "deep" / "run").request == REQUEST


def test_an_empty_folder_may_become_a_run(tmp_path: Path) -> None:
    assert create_run(tmp_path, REQUEST).path == tmp_path


def test_shards_read_back_in_the_order_asked_for(tmp_path: Path) -> None:
    filled(tmp_path / "run")
    run = open_run(tmp_path / "run")
    assert run.reading_done() == {"shards": 2}
    assert run.documents(1).equals(documents(1))
    assert run.units([1, 0])["unit_id"].to_list() == ["1-0", "1-1", "1-2", "0-0", "0-1", "0-2"]
    everything = run.all_documents([0, 1])
    assert everything["meta.shop"].to_list() == [None, None, "x", "x"]
    assert run.counts([0, 1]) == {"left_out": 4, "only_0": 1, "only_1": 1}


def test_the_vectors_of_chosen_units_read_back(tmp_path: Path) -> None:
    run = filled(tmp_path / "run")
    keep = np.array([True, False, True, False, True, False])
    found = run.vectors([0, 1], keep)
    assert found.dtype == np.float32
    assert np.allclose(found, np.concatenate([vectors(0), vectors(1)])[keep], atol=1e-3)


def test_vectors_come_at_the_place_that_each_is_told(tmp_path: Path) -> None:
    run = filled(tmp_path / "run")
    keep, place = np.array([True, False, True, False, True, False]), np.array([2, 0, 1])
    assert np.array_equal(run.vectors([0, 1], keep, place)[place], run.vectors([0, 1], keep))


def test_units_are_made_into_something_else_shard_by_shard(tmp_path: Path) -> None:
    run = filled(tmp_path / "run")
    told = run.units([0, 1], made=lambda frame: frame.select("unit_id", many=pl.len()))
    assert told.columns == ["unit_id", "many"] and told["many"].sum() == sum(len(units(at)) ** 2 for at in (0, 1))


def test_shards_that_hold_none_of_the_chosen_units_are_not_opened_again(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = filled(tmp_path / "run")
    every = run.vectors([0, 1], np.ones(6, bool))
    opened: list[str] = []
    load = np.load
    monkeypatch.setattr(np, "load", lambda file, **how: opened.append(Path(file).name) or load(file, **how))
    assert np.array_equal(run.vectors([0, 1], np.array([True, True, False, False, False, False])), every[:2])
    assert opened == ["vectors-000000.npy"]
    run.write_units(0, units(0), vectors(0)[::-1], {})
    assert np.array_equal(run.vectors([0, 1], np.ones(6, bool)), np.concatenate([every[:len(vectors(0))][::-1],
                                                                                 every[len(vectors(0)):]]))


def test_a_shard_counts_as_judged_only_when_all_of_it_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = create_run(tmp_path / "run", REQUEST)

    def full(self: pl.DataFrame, *args: object, **kwargs: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    with pytest.raises(StorageError, match="the disk is full"):
        run.write_units(0, units(0), vectors(0), {})
    assert not run.judged(0)
    assert not list((tmp_path / "run").rglob("*partial*"))
    monkeypatch.undo()
    run.write_units(0, units(0), vectors(0), {})
    assert run.judged(0)


def test_a_frame_that_is_laid_aside_comes_back_as_it_was(tmp_path: Path) -> None:
    run = create_run(tmp_path / "run", REQUEST)
    frame = documents(1).with_columns(weight=pl.Series([0, 3]), copy_of=pl.Series([None, "1-a"]),
                                      time=pl.Series([None, 5], dtype=pl.Datetime("us", "UTC")))
    run.lay_aside("weighed", frame.head(1))
    run.lay_aside("weighed", frame)
    assert run.scratch("weighed.parquet").exists()
    assert_frame_equal(run.taken_up("weighed"), frame)
    assert not run.scratch("weighed.parquet").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_what_the_disk_has_no_room_for_is_not_laid_aside_in_silence(tmp_path: Path) -> None:
    run = create_run(tmp_path / "run", REQUEST)
    run.scratch("weighed.parquet").symlink_to("/dev/full")
    with pytest.raises(StorageError, match="the disk is full"):
        run.lay_aside("weighed", documents(0))


def test_a_finished_run_gives_its_tables_back_and_keeps_no_shards(tmp_path: Path) -> None:
    run = filled(tmp_path / "run")
    tables = {"documents": documents(0), "units": units(0), "painpoints": pl.DataFrame({"painpoint_id": ["p1"]})}
    for name, frame in tables.items():
        run.write_result(name, frame)
    run.finish({"version": "0.1.0", "title": "گزارش"})
    again = open_run(tmp_path / "run")
    assert again.finished
    data = again.data()
    assert data.manifest == {"version": "0.1.0", "title": "گزارش"}
    assert all(getattr(data, name).equals(frame) for name, frame in tables.items())
    assert sorted(p.name for p in (tmp_path / "run").iterdir()) == [
        "documents.parquet", "manifest.json", "painpoints.parquet", "run.json", "units.parquet"]


def test_an_unfinished_run_has_no_tables_yet_and_says_how_to_go_on(tmp_path: Path) -> None:
    run = filled(tmp_path / "run")
    with pytest.raises(RunError) as caught:
        run.data()
    assert str(caught.value) == (f"{tmp_path / 'run'}: the run did not finish. "
                                 f"Go on with: painpoints mine --resume {tmp_path / 'run'}")


def test_a_finished_run_is_never_overwritten(tmp_path: Path) -> None:
    filled(tmp_path / "run").finish({})
    with pytest.raises(RunError) as caught:
        create_run(tmp_path / "run", REQUEST)
    assert str(caught.value) == f"{tmp_path / 'run'}: holds a finished run. Name another folder with -o."


def test_an_interrupted_run_is_to_be_resumed(tmp_path: Path) -> None:
    filled(tmp_path / "run")
    with pytest.raises(RunError) as caught:
        create_run(tmp_path / "run", REQUEST)
    assert "interrupted run" in caught.value.message
    assert f"painpoints mine --resume {tmp_path / 'run'}" in str(caught.value.hint)


def test_a_folder_with_anything_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(RunError, match="exists and is not an empty folder"):
        create_run(tmp_path, REQUEST)
    assert [p.name for p in tmp_path.iterdir()] == ["holiday.jpg"]


def test_a_file_is_no_place_for_a_run(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf8")
    with pytest.raises(RunError, match="exists and is not an empty folder"):
        create_run(tmp_path / "file", REQUEST)
    assert (tmp_path / "file").read_text("utf8") == "x"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_a_disk_that_takes_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def refuse(self: Path, *args: object, **kwargs: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(StorageError):
        create_run(tmp_path / "run", REQUEST)


@pytest.mark.parametrize("place", ["absent", "empty"])
def test_what_is_no_run_folder_cannot_be_opened(tmp_path: Path, place: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(RunError) as caught:
        open_run(tmp_path / place)
    assert str(caught.value) == (f"{tmp_path / place}: not a run folder. "
                                 "Name the folder that painpoints mine -o made.")
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe{}"])
def test_a_run_whose_request_is_damaged_cannot_be_opened(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "run.json").write_bytes(content)
    with pytest.raises(RunError, match="cannot be read") as caught:
        open_run(tmp_path)
    assert caught.value.hint == "Start the run again in another folder."


def test_a_run_stopped_before_its_first_shard_can_go_on(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(json.dumps(REQUEST), "utf8")
    run = open_run(tmp_path)
    run.write_documents(0, documents(0))
    assert run.documents(0).equals(documents(0))
