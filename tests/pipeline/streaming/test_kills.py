"""A run that is killed or interrupted leaves no process behind, and goes on to the same result."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from painpoints.pipeline import Findings, resume, work

PROC = Path("/proc")
pytestmark = [pytest.mark.long, pytest.mark.skipif(not (PROC / "self" / "stat").exists(),
                                                    reason="looks for processes in /proc")]


def children(pid: int) -> set[int]:
    """Processes that ``pid`` has started and that have not ended."""
    found = set()
    for entry in PROC.glob("[0-9]*/stat"):
        try:
            state, parent = entry.read_text("utf8", errors="replace").rsplit(")", 1)[1].split()[:2]
        except OSError:
            continue
        if int(parent) == pid and state != "Z":
            found.add(int(entry.parent.name))
    return found


@pytest.mark.parametrize(("sent", "moment"), [(signal.SIGKILL, "units"), (signal.SIGINT, "documents")])
def test_no_process_stays_and_the_run_ends_the_same(sent: signal.Signals, moment: str, feedback: Path, found: Findings,
                                                    tmp_path: Path) -> None:
    run = tmp_path / "run"
    (tmp_path / "painpoints.toml").write_text("shard_rows = 10\nworkers = 2\n", "utf8")
    process = subprocess.Popen([sys.executable, "-c", "from painpoints.cli import main; main()", "mine", str(feedback),
                                "-o", str(run)], cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    started = set[int]()
    while len(started) < 2 or not list((run / "work").glob(f"{moment}-*.parquet")):
        assert process.poll() is None
        started |= children(process.pid)
        time.sleep(0.01)
    process.send_signal(sent)
    _, told = process.communicate(timeout=120)
    last = time.monotonic() + 20
    while any((PROC / str(pid)).exists() and not ended(pid) for pid in started):
        assert time.monotonic() < last, "a worker outlives its run"
        time.sleep(0.01)
    assert "Traceback" not in told
    if sent == signal.SIGINT:
        assert told.splitlines()[-1] == f"Interrupted. Go on with: painpoints mine --resume {run}"
    work(*resume(run))
    after = Findings.load(str(run))
    assert_frame_equal(after.units, found.units)
    assert_frame_equal(after.painpoints, found.painpoints)
    assert found.folder is not None
    assert {path.name for path in run.iterdir()} == {path.name for path in found.folder.iterdir()}


def ended(pid: int) -> bool:
    """Whether ``pid`` is gone, or waits only to be noticed by who adopted it."""
    try:
        return (PROC / str(pid) / "stat").read_text("utf8", errors="replace").rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True
