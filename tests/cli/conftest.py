"""The command run in this process, where the encoder is loaded once, and as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

if TYPE_CHECKING:
    from painpoints.encode import Encoder

COMMAND = [sys.executable, "-c", "import sys; from painpoints.cli import main; sys.exit(main())"]


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture(scope="session", autouse=True)
def _one_encoder(encoder: Encoder) -> Iterator[None]:
    import painpoints.encode.choosing as source
    import painpoints.pipeline.models as models

    patch = pytest.MonkeyPatch()
    for module in (models, source):
        patch.setattr(module, "load_encoder", lambda *_, **__: encoder)
    patch.setenv("PAINPOINTS_KEY", "a-key-for-tests-only")
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def _own_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def feedback() -> Path:
    """The small corpus of the pipeline's tests: 72 texts in four languages."""
    return Path(__file__).parents[1] / "pipeline" / "feedback.csv"


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """The command in this process."""
    from painpoints.cli import main

    def call(*arguments: object) -> Ended:
        code = main([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return Ended(code, out, err)

    return call


@pytest.fixture
def spawn(tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    """The command as a process of its own, in the test's directory."""
    def begin(*arguments: object, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen([*COMMAND, *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, encoding="utf8", cwd=tmp_path,
                                env={**os.environ, **environment})

    return begin


AUTHORS = ["@sara_1990", "Иван Петров", "محمد", "bob"]


@pytest.fixture(scope="session")
def rows(feedback: Path) -> pl.DataFrame:
    """The corpus with a source and authors."""
    frame = pl.read_csv(feedback)
    turn = pl.int_range(pl.len())
    return frame.with_columns(
        channel=pl.when(turn % 3 == 0).then(pl.lit("Instagram")).otherwise(pl.lit("اپلیکیشن")),
        user=pl.Series([AUTHORS[place % 4] for place in range(len(frame))]))


@pytest.fixture(scope="session")
def begun(rows: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory, _one_encoder: None) -> Path:
    """A workspace with the corpus in it, in Persian."""
    from painpoints.config import Settings
    from painpoints.pipeline import Workspace

    path = tmp_path_factory.mktemp("workspaces") / "shop"
    with Workspace.create(path, Settings(lang="fa", source="channel", author="user")) as made:
        made.add(rows)
    return path


@pytest.fixture
def ask(run: Run, shop: str) -> Callable[..., dict[str, Any]]:
    """What a command says of the workspace ``shop`` with --json."""
    def asked(command: str, *arguments: object) -> dict[str, Any]:
        ended = run(command, shop, *arguments, "--json", *([] if "--as" in arguments else ["--as", "sara"]))
        assert ended.code == 0, ended.err
        found: dict[str, Any] = json.loads(ended.out)
        return found

    return asked
