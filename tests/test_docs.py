"""The README says what there is, and what it says works as written."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from painpoints.cli.app import app

PROJECT = Path(__file__).resolve().parents[1]
README = (PROJECT / "README.md").read_text("utf8")
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
TOUR = [line for block in re.findall(r"```sh\n(.*?)```", README, re.S) for line in block.splitlines()
        if line.startswith("painpoints ")]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_readme_names_every_command(name: str) -> None:
    assert f"painpoints {name}" in README


def test_the_readme_names_every_option() -> None:
    options = {option for command in COMMANDS.values() for parameter in command.params
               for option in (*parameter.opts, *parameter.secondary_opts) if option.startswith("--")}
    missing = sorted(option for option in options - {"--help"} if not re.search(rf"{option}\b", README))
    assert not missing


def test_links_of_the_readme_lead_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    assert targets
    assert not [target for target in targets if not (PROJECT / target).exists()]


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


def test_the_python_examples_run_as_written(tmp_path: Path) -> None:
    example = "\n".join(re.findall(r"```python\n(.*?)```", README, re.S))
    (tmp_path / "corpora").symlink_to(PROJECT / "corpora")
    (tmp_path / "runs").mkdir()
    done = subprocess.run([sys.executable, "-c", example], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert '<html lang="ru"' in (tmp_path / "runs/report-ru.html").read_text("utf8")
    assert (tmp_path / "runs/pains.safetensors").is_file()


def test_the_taxonomy_example_is_valid(tmp_path: Path) -> None:
    from painpoints.taxonomy import load_taxonomy

    (example,) = re.findall(r"```toml\n(# my.toml.*?)```", README, re.S)
    path = tmp_path / "my.toml"
    path.write_text(example, "utf8")
    assert [t.channel for t in load_taxonomy(path).touchpoints][:1] == ["offline"]
