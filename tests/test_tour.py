"""The tour of the README, as it is written there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
README = (PROJECT / "README.md").read_text("utf8")
TOUR = [line for block in re.findall(r"```sh\n(.*?)```", README, re.S) for line in block.splitlines()
        if line.startswith("painpoints ")]


@pytest.mark.long
def test_the_tour_runs_as_written(tmp_path: Path) -> None:
    assert len(TOUR) >= 5
    (tmp_path / "corpora").symlink_to(PROJECT / "corpora")
    (tmp_path / "runs").mkdir()
    home = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{home}{os.pathsep}{os.environ['PATH']}"}
    for line in TOUR:
        done = subprocess.run(line, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, (line, done.stderr)
        assert done.stdout or "-o" in line, line
    assert (tmp_path / "runs/tour/report.html").stat().st_size > 50_000
    assert (tmp_path / "runs/scored.csv").stat().st_size > 10_000
