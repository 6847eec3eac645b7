"""A run on a Ray cluster of two workers on this machine: the results of the local engine, whatever dies."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

import painpoints
from painpoints.config import Settings
from painpoints.errors import WorkerError
from painpoints.pipeline import Findings, resume, start, work
from painpoints.pipeline.raydata import engine, exchanges, worker

pytestmark = pytest.mark.long
ray = pytest.importorskip("ray", reason="the extra painpoints[ray] is not installed")


@pytest.fixture(scope="module", autouse=True)
def cluster() -> Iterator[None]:
    from painpoints.pipeline.raydata.joining import joined

    with joined(Settings(engine="ray", workers=2)):
        yield


def same(found: Findings, other: Findings) -> bool:
    return all(getattr(found, name).equals(getattr(other, name)) for name in ("documents", "units", "painpoints"))


def judging_processes() -> list[int]:
    """The workers of ours that are past loading their models."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            name = (place / "cmdline").read_bytes().replace(b"\0", b" ")
        except OSError:
            continue
        if name.startswith(b"ray::") and b"ShardJudge" in name:
            found.append(int(place.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="finds processes in /proc")
def test_a_worker_killed_amid_the_run_is_replaced_and_the_result_is_the_same(
        feedback: Path, found: Findings, tmp_path: Path) -> None:
    killed: list[int] = []

    def progress(stage: str, done: int, total: int | None) -> None:
        if stage == "judge" and done and not killed and total is not None and done < total:
            killed.extend(judging_processes())
            for pid in killed:
                os.kill(pid, signal.SIGKILL)

    notes: list[str] = []
    run = painpoints.mine(feedback, tmp_path / "run", shard_rows=10, engine="ray", workers=2, progress=progress,
                          warn=notes.append)
    assert killed
    assert same(run, found)
    told = run.manifest["engine"]
    assert (told["name"], told["exchange"], told["nodes"], told["workers"]) == ("ray", "folder", 1, 2)
    assert told["judged_shards"] == 8 and told["worker_processes"] >= 2


def test_where_nodes_do_not_share_the_folder_shards_travel_and_a_resumed_run_skips_what_was_judged(
        feedback: Path, found: Findings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchanges, "_seen_by_all", lambda *_: False)
    settings = Settings(shard_rows=10, engine="ray", workers=2)
    settle = exchanges.ByObjects.settle

    def cut_short(self: exchanges.ByObjects, folder: object, row: exchanges.Row) -> None:
        settle(self, folder, row)  # type: ignore[arg-type]
        raise WorkerError("the cluster is gone")

    with monkeypatch.context() as patch:
        patch.setattr(exchanges.ByObjects, "settle", cut_short)
        with pytest.raises(WorkerError, match="gone"):
            work(start([feedback], tmp_path / "run", settings), [feedback], settings)
    notes: list[str] = []
    work(*resume(tmp_path / "run"), warn=notes.append)
    run = Findings.load(tmp_path / "run")
    assert "Resumed: 1 of 8 shards had been judged before." in notes
    assert (run.manifest["engine"]["exchange"], run.manifest["engine"]["judged_shards"]) == ("objects", 7)
    assert same(run, found)


def test_a_shard_over_which_workers_die_again_and_again_is_given_up_by_name(
        feedback: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The workers' code is what is on the disk: the count of attempts stands in for their deaths."""
    class Worn(worker.Ledger):
        def begin(self, shard: int) -> int:
            return worker.MOST_ATTEMPTS + 1

    monkeypatch.setattr(engine, "Ledger", Worn)
    settings = Settings(shard_rows=72, engine="ray", workers=1)
    folder = start([feedback], tmp_path / "run", settings)
    with pytest.raises(WorkerError, match="Shard 0 was given up: 3 workers died over it") as caught:
        work(folder, [feedback], settings)
    assert "--workers" in str(caught.value)
    assert folder.reading_done() is not None, "the run can be resumed"
    assert pl.read_parquet(tmp_path / "run" / "work" / "documents-000000.parquet").height == 72
