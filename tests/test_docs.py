"""The README says what there is; whether its tour and examples run is for test_tour."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import typer.main

from painpoints.cli.app import app
from painpoints.config import Settings

PROJECT = Path(__file__).resolve().parents[1]
README = (PROJECT / "README.md").read_text("utf8")
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_readme_names_every_command(name: str) -> None:
    assert f"painpoints {name}" in README


def every_command(commands: Iterable[Any]) -> Iterator[Any]:
    for command in commands:
        yield command
        yield from every_command(getattr(command, "commands", {}).values())


def test_the_readme_names_every_option() -> None:
    options = {option for command in every_command(COMMANDS.values()) for parameter in command.params
               for option in (*parameter.opts, *parameter.secondary_opts) if option.startswith("--")}
    assert {"--at", "--snooze", "--database"} <= options
    missing = sorted(option for option in options - {"--help"} if not re.search(rf"{option}\b", README))
    assert not missing


def test_the_readme_names_every_setting() -> None:
    ways = {field.name: (f"`{field.name}`", f"`--{field.name.replace('_', '-')}") for field in fields(Settings)}
    assert [name for name, written in ways.items() if not any(way in README for way in written)] == []


def test_what_is_said_of_scripts_is_true_of_them() -> None:
    said = (PROJECT / "scripts/README.md").read_text("utf8")
    scripts = {path.name for path in (PROJECT / "scripts").glob("*.py")}
    assert scripts == set(re.findall(r"`(\w+\.py)[ `]", said))
    assert not {f"`bench/{path.name}`" for path in (PROJECT / "scripts/bench").glob("*.json")
                if f"`bench/{path.name}`" not in said}


def test_lines_of_the_readme_are_short_but_for_tables() -> None:
    assert [line for line in README.splitlines() if len(line) > 120 and not line.startswith("|")] == []


def test_links_of_the_readme_lead_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    assert targets
    assert not [target for target in targets if not (PROJECT / target).exists()]


def test_the_taxonomy_example_is_valid(tmp_path: Path) -> None:
    from painpoints.taxonomy import load_taxonomy

    (example,) = re.findall(r"```toml\n(# my.toml.*?)```", README, re.S)
    path = tmp_path / "my.toml"
    path.write_text(example, "utf8")
    assert [t.channel for t in load_taxonomy(path).touchpoints][:1] == ["offline"]
