"""The tour of the README and what follows it in Python, as they are written there."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
README = (PROJECT / "README.md").read_text("utf8")
TOUR = [line for block in re.findall(r"```sh\n(.*?)```", README, re.S) for line in block.splitlines()
        if line.startswith("painpoints ")]
EXAMPLES = re.findall(r"```python\n(.*?)```", README, re.S)
# One process for all commands, since most of a command's time goes into what it imports.
AT_ONCE = """
import contextlib, io, json, shlex, sys
from painpoints.cli import main
for line in json.load(sys.stdin):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        code = main(shlex.split(line)[1:])
    print(json.dumps([line, code, out.getvalue()]), flush=True)
"""


@pytest.mark.long
def test_the_tour_and_then_the_examples_run_as_written(tmp_path: Path) -> None:
    assert len(TOUR) >= 5 and len(EXAMPLES) >= 2
    (tmp_path / "corpora").symlink_to(PROJECT / "corpora")
    (tmp_path / "runs").mkdir()
    home = Path(sys.executable).parent
    # With vectors kept between runs, as they are for who follows it.
    environment = {**os.environ, "PATH": f"{home}{os.pathsep}{os.environ['PATH']}",
                   "PAINPOINTS_VECTORS": str(tmp_path / "vectors"), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    for name in ("PAINPOINTS_NO_CACHE", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # as a user's
        environment.pop(name, None)

    def run(command: list[str], given: str | None = None) -> str:
        done = subprocess.run(command, cwd=tmp_path, env=environment, input=given, capture_output=True, text=True)
        assert done.returncode == 0, (command, done.stderr)
        return done.stdout

    piped = [line for line in TOUR if set(shlex.split(line)) & {"|", ">", "<", "&&", ";"}]
    plain = [line for line in TOUR if line not in piped]
    assert piped and len(plain) >= 3
    told = [json.loads(line) for line in run([sys.executable, "-c", AT_ONCE], json.dumps(plain)).splitlines()]
    assert [line for line, *_ in told] == plain
    for line, code, out in told:
        assert code == 0 and (out or "-o" in line), line
    for line in piped:
        assert run(["sh", "-c", line]), line
    assert (tmp_path / "runs/tour/report.html").stat().st_size > 50_000
    assert (tmp_path / "runs/scored.csv").stat().st_size > 10_000

    run([sys.executable, "-c", "\n".join(EXAMPLES)])
    assert '<html lang="ru"' in (tmp_path / "runs/report-ru.html").read_text("utf8")
    assert (tmp_path / "runs/pains.safetensors").is_file()
