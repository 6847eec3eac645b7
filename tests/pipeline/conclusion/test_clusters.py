"""Clusters are found here or in a process of its own: the result is the same, and a process that dies stops the run in
one line, to be gone on with."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import painpoints
from painpoints.cli import main
from painpoints.cluster import ClusterSettings
from painpoints.errors import StorageError, WorkerError
from painpoints.pipeline import Findings, grouping, resume, work
from painpoints.pipeline.conclusion import clusters as module
from painpoints.pipeline.conclusion.clusters import ALIGNED, Clustered, Clusters, Finder, Stored
from painpoints.store import RunFolder, create_run

LANGS = ("fa", "ar", "ru", "en")
PAINS, TOLD, SHARDS = 6, 40, 3
FEW = 60


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    """A run of three shards: six pains, each told forty times in four languages, and as many units of no pain."""
    folder = create_run(tmp_path / "run", {})
    rng = np.random.default_rng(3)
    middles = rng.normal(size=(PAINS, 32))
    for shard in range(SHARDS):
        pain = np.arange(shard, PAINS * TOLD, SHARDS) % PAINS
        told = middles[pain] + 0.4 * rng.normal(size=(len(pain), 32))
        vectors = np.concatenate([told, rng.normal(size=(len(pain), 32))])
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        folder.write_units(shard, pl.DataFrame({"unit_id": [f"{shard}-{at}" for at in range(len(vectors))]}),
                           vectors.astype(np.float32), {})
    return folder


@pytest.fixture
def asked(folder: RunFolder) -> Clustered:
    """Two thirds of the units, in an order of their own, more of them than are clustered together."""
    count = 2 * PAINS * TOLD
    rows = np.flatnonzero(np.arange(count) % 3 > 0)
    keep = np.ones(len(rows), bool)
    keep[::10] = False
    kept = int(keep.sum())
    place = np.random.default_rng(4).permutation(kept)
    return Clustered(Stored(folder, range(SHARDS), rows, count), keep, place, [LANGS[at % 4] for at in range(kept)],
                     [f"{at:05}" for at in range(kept)], ClusterSettings(exact=FEW), None)


@pytest.fixture
def fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    """So few units are clustered together that a run over four languages takes samples."""
    monkeypatch.setattr(grouping, "ClusterSettings", partial(ClusterSettings, exact=24))


def processes(monkeypatch: pytest.MonkeyPatch, then: Callable[[int], object] = lambda pid: None) -> list[Any]:
    """Collects the processes that are started; ``then`` is done with each of them once it has something to do."""
    started = []

    class Watched(module.Child):
        def send(self, message: Any) -> None:
            super().send(message)
            started.append(self)
            then(self._process.pid)

    monkeypatch.setattr(module, "Child", Watched)
    return started


def killed(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def test_stored_vectors_come_to_their_place(asked: Clustered) -> None:
    every = np.concatenate([np.load(asked.stored.folder.scratch(f"vectors-{shard:06}.npy")) for shard in range(SHARDS)])
    found = asked.stored.vectors(asked.keep, asked.place)
    assert np.array_equal(found[asked.place], every[asked.stored.rows[asked.keep]].astype(np.float32))


def test_another_process_finds_what_this_one_would(folder: RunFolder, asked: Clustered,
                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    started = processes(monkeypatch)
    with Clusters(folder, processes=False) as here, Clusters(folder, processes=True) as apart:
        found, other = here.find(asked), apart.find(asked)
        assert found.labels.max() >= PAINS // 2 and found.samples == 2 and found.sampled > FEW
        assert np.array_equal(found.labels, other.labels) and np.array_equal(found.strength, other.strength)
        assert found[2:] == other[2:]
        assert np.array_equal(here.vectors(), apart.vectors())
        assert here.memory == 0 < apart.memory
        measured, again = here.measure(), apart.measure()
        assert measured.stability == again.stability and max(measured.stability) > 0.5
        assert np.array_equal(measured.distance, again.distance)
        assert np.array_equal(measured.border, again.border)
        assert started[0]._process.poll() is not None  # its memory is free before anything is described
        assert np.array_equal(here.vectors(), apart.vectors())
    assert here._here is None and not folder.scratch(ALIGNED).exists()


def test_few_units_are_clustered_here(folder: RunFolder, asked: Clustered, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "Child", None)
    with Clusters(folder, processes=True) as clusters:
        found = clusters.find(asked._replace(settings=ClusterSettings(exact=len(asked.keys))))
        assert found.samples == 0 and found.sampled == len(asked.keys)
        assert len(clusters.measure().border) == len(asked.keys)


def test_the_process_has_all_cores_that_this_one_has(asked: Clustered, folder: RunFolder,
                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    told = []
    popen = module.Child.__init__.__globals__["subprocess"].Popen
    monkeypatch.setattr("subprocess.Popen", lambda *given, **how: told.append(how["env"]) or popen(*given, **how))
    with Clusters(folder, processes=True) as clusters:
        clusters.find(asked)
    assert told == [dict(os.environ)]


def test_nothing_outlives_the_step_when_it_fails(folder: RunFolder, asked: Clustered, monkeypatch: pytest.MonkeyPatch
                                                 ) -> None:
    started = processes(monkeypatch)
    with pytest.raises(KeyboardInterrupt), Clusters(folder, processes=True) as clusters:
        clusters.find(asked)
        assert folder.scratch(ALIGNED).exists() and started[0]._process.poll() is None
        raise KeyboardInterrupt
    assert not folder.scratch(ALIGNED).exists() and started[0]._process.poll() is not None


INTERRUPTED = """
import os, pickle, signal, sys
import polars as pl
from painpoints.pipeline.conclusion import clusters as module
from painpoints.pipeline.conclusion.clusters import Clusters

class Stopped(module.Child):
    def send(self, message):
        super().send(message)
        os.kill(self._process.pid, signal.SIGSTOP)
        print(self._process.pid, flush=True)

module.Child = Stopped
pl.DataFrame({"a": [1]}).lazy().select(pl.col("a").sum()).collect()  # after which its SIGINT ends no wait for a pipe
asked = pickle.loads(sys.stdin.buffer.read())
try:
    with Clusters(asked.stored.folder, processes=True) as clusters:
        clusters.find(asked)
except KeyboardInterrupt:
    sys.exit(130)
"""


def test_ctrl_c_need_not_wait_for_the_process(folder: RunFolder, asked: Clustered) -> None:
    """In a process of its own: what other tests have left behind in this one decides who hears of SIGINT."""
    with subprocess.Popen([sys.executable, "-c", INTERRUPTED], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as run:
        assert run.stdin is not None and run.stdout is not None
        run.stdin.write(pickle.dumps(asked))
        run.stdin.close()
        child = int(run.stdout.readline())
        run.send_signal(signal.SIGINT)
        try:
            assert run.wait(30) == 130
        finally:
            run.kill()
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
    assert not folder.scratch(ALIGNED).exists()


def test_what_goes_wrong_in_the_process_is_raised_here(folder: RunFolder, asked: Clustered) -> None:
    folder.scratch("vectors-000001.npy").unlink()
    with pytest.raises(FileNotFoundError), Clusters(folder, processes=True) as clusters:
        clusters.find(asked)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_full_disk_says_how_to_go_on(asked: Clustered) -> None:
    with pytest.raises(StorageError, match=r"the disk is full.*--resume"):
        Finder().find_and_store(asked, Path("/dev/full"))


@pytest.mark.parametrize("when", ["find", "measure"])
def test_a_killed_process_is_told_in_one_line(folder: RunFolder, asked: Clustered, when: str,
                                              monkeypatch: pytest.MonkeyPatch) -> None:
    if when == "find":
        processes(monkeypatch, killed)
    with pytest.raises(WorkerError) as caught, Clusters(folder, processes=True) as clusters:
        clusters.find(asked)
        assert clusters._child is not None and when == "measure"
        killed(clusters._child._process.pid)
        clusters.measure()
    assert caught.value.message == ("The process that looks for pain points ended by SIGKILL, probably because memory "
                                    "was short.")
    assert str(folder.path) in str(caught.value.hint)
    assert not folder.scratch(ALIGNED).exists()


def tables(found: Findings) -> list[pl.DataFrame]:
    return [found.documents, found.units, found.painpoints]


@pytest.mark.parametrize("fast", [True, False])
def test_a_run_in_four_languages_ends_the_same_with_and_without_the_process(
        feedback: Path, tmp_path: Path, fewer: None, fast: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    started = processes(monkeypatch)
    here = painpoints.mine(feedback, tmp_path / "here", fast=fast, workers=0)
    assert not started
    apart = painpoints.mine(feedback, tmp_path / "apart", fast=fast)
    assert len({child._process.pid for child in started}) == 1
    assert set(LANGS) <= set(apart.units.filter(pl.col("painpoint_id").is_not_null())["lang"])
    assert apart.manifest["counts"] == here.manifest["counts"]
    assert apart.manifest["counts"]["clustering"]["samples"] > 0
    for one, other in zip(tables(here), tables(apart), strict=True):
        assert_frame_equal(one, other)
    assert {path.name for path in (tmp_path / "apart").iterdir()} == {path.name for path in
                                                                      (tmp_path / "here").iterdir()}


def test_a_run_whose_process_dies_says_so_and_goes_on(feedback: Path, tmp_path: Path, fewer: None,
                                                      capsys: pytest.CaptureFixture[str]) -> None:
    run = tmp_path / "run"
    with pytest.MonkeyPatch.context() as patch:
        processes(patch, killed)
        assert main(["mine", str(feedback), "-o", str(run), "--fast", "--quiet"]) == 2
    told = capsys.readouterr().err.splitlines()
    assert told == [
        "error: The process that looks for pain points ended by SIGKILL, probably because memory was short.",
        "hint: If memory was short, free some. What is judged is kept: painpoints mine --resume " + str(run)]
    assert not (run / "work" / ALIGNED).exists()
    work(*resume(run))
    straight = painpoints.mine(feedback, tmp_path / "straight", fast=True)
    for one, other in zip(tables(Findings.load(str(run))), tables(straight), strict=True):
        assert_frame_equal(one, other)
