"""One run over a small corpus in four languages, made once; the encoder is loaded once for all runs."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import polars as pl

    from painpoints.encode import Encoder
    from painpoints.pipeline import Findings, Workspace

KEY = "a-key-for-tests-only"
FIRST = 40
Mover = Callable[[Path, str | None], Path]


@pytest.fixture(scope="session", autouse=True)
def _one_encoder(encoder: Encoder) -> Iterator[None]:
    import painpoints.pipeline.models as models

    patch = pytest.MonkeyPatch()
    patch.setattr(models, "load_encoder", lambda *_, **__: encoder)
    patch.setenv("PAINPOINTS_KEY", KEY)
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def _own_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def feedback() -> Path:
    """72 texts: four complaints in four words each in four languages, and praise, also in Latin letters."""
    return Path(__file__).with_name("feedback.csv")


@pytest.fixture(scope="session")
def rows(feedback: Path) -> pl.DataFrame:
    """The same as a table."""
    import polars as pl

    return pl.read_csv(feedback)


@pytest.fixture(scope="session")
def found(feedback: Path, tmp_path_factory: pytest.TempPathFactory, _one_encoder: None) -> Findings:
    """The findings of one run over `feedback`, in shards of ten."""
    import painpoints

    return painpoints.mine(feedback, tmp_path_factory.mktemp("runs") / "run", shard_rows=10)


@pytest.fixture
def move() -> Mover:
    """Puts the state of the workspace in a folder on a server, if one is named; the folder."""
    from painpoints.store import State, now, open_workspace
    from painpoints.store.address import keep_address, server_address
    from painpoints.store.schema import METADATA

    def moved(path: Path, database: str | None) -> Path:
        if database is None:
            return path
        with open_workspace(path) as folder, folder.state.reading() as state:
            rows = {name: state.rows(name) for name in METADATA.tables}
        (path / "state.sqlite").unlink()
        address = server_address(database)
        keep_address(path, address)
        there = State(address)
        there.migrate(now())
        with there.writing() as writer:
            for name, found in rows.items():
                writer.insert(name, found)
        there.close()
        return path

    return moved


@pytest.fixture(scope="session")
def begun(rows: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory, _one_encoder: None) -> Path:
    """A workspace after its first addition, of 40 texts; tests work on copies."""
    from painpoints.config import Settings
    from painpoints.pipeline import Workspace

    path = tmp_path_factory.mktemp("workspaces") / "shop"
    with Workspace.create(path, Settings()) as made:
        made.add(rows.head(FIRST))
    return path


@pytest.fixture
def shop(begun: Path, tmp_path: Path, database: str | None, move: Mover) -> Iterator[Workspace]:
    """A copy of it, its state in its folder and on a server in turn."""
    from painpoints.pipeline import Workspace

    shutil.copytree(begun, tmp_path / "shop")
    with Workspace.open(move(tmp_path / "shop", database)) as opened:
        yield opened
