"""An addition that is cut short goes on where it stopped, and ends as if nothing had happened."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from painpoints.config import Settings
from painpoints.errors import StorageError
from painpoints.pipeline import Workspace, adding, judging
from painpoints.store import open_workspace, partitions
from painpoints.store.schema import METADATA

SHARD, LEAST = 6, 24


class Cut(Exception):
    """Stands for the end of the process."""


@pytest.fixture(scope="module")
def rows(feedback: Path) -> pl.DataFrame:
    return pl.read_csv(feedback).head(LEAST)


@pytest.fixture(scope="module")
def straight(rows: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory, _one_encoder: None) -> dict[str, Any]:
    """All that an undisturbed addition leaves."""
    with Workspace.create(tmp_path_factory.mktemp("straight") / "shop", Settings(shard_rows=SHARD)) as made:
        made.add(rows)
        return contents(made)


@pytest.fixture
def shop(tmp_path: Path, database: str | None) -> Iterator[Workspace]:
    with Workspace.create(tmp_path / "shop", Settings(shard_rows=SHARD), database=database) as made:
        yield made


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The shards that were judged, as their documents."""
    seen: list[list[str]] = []
    judge: Callable[..., Any] = judging.judge_shard

    def watched(documents: pl.DataFrame, *arguments: Any, **options: Any) -> Any:
        if len(seen) == stop_after[0]:
            raise Cut
        seen.append(documents["doc_id"].to_list())
        return judge(documents, *arguments, **options)

    stop_after[0] = -1
    monkeypatch.setattr(judging, "judge_shard", watched)
    return seen


stop_after = [-1]


def contents(workspace: Workspace) -> dict[str, Any]:
    """All rows without moments, all Parquet contents, all names but those of the state itself."""
    found: dict[str, Any] = {}
    with open_workspace(workspace.path) as folder, folder.state.reading() as state:
        for table in METADATA.tables:
            found[table] = [{k: v for k, v in row.items() if k != "made"} for row in state.rows(table)
                            if row.get("name") != "made"]
    files = sorted(path.relative_to(workspace.path) for path in workspace.path.rglob("*"))
    found["names"] = [str(name) for name in files if not name.name.startswith(("state.", "database."))]
    found["files"] = [pl.read_parquet(workspace.path / name).to_dicts() for name in files if name.suffix == ".parquet"]
    return found


def cut(shop: Workspace, rows: pl.DataFrame, after: int, judged: list[list[str]]) -> list[list[str]]:
    """The shards judged in an addition that ended after some of them."""
    stop_after[0] = after
    with pytest.raises(Cut):
        shop.add(rows)
    stop_after[0] = -1
    done = [*judged]
    judged.clear()
    return done


def test_it_goes_on_where_it_stopped_and_ends_the_same(shop: Workspace, rows: pl.DataFrame, judged: list[list[str]],
                                                       straight: dict[str, Any]) -> None:
    done = cut(shop, rows, 2, judged)
    assert shop.additions() == [] and (shop.path / "pending").is_dir()
    notes: list[str] = []
    shop.add(rows, warn=notes.append)
    assert [note for note in notes if "Resumed" in note] == ["Resumed: 2 of 4 shards had been judged before."]
    assert (len(done), len(judged)) == (2, 2) and not {*map(tuple, done)} & {*map(tuple, judged)}
    assert contents(shop) == straight


def test_another_order_of_the_rows_goes_on_all_the_same(tmp_path: Path, rows: pl.DataFrame, judged: list[list[str]]
                                                        ) -> None:
    with Workspace.create(tmp_path / "shop", Settings(shard_rows=SHARD)) as shop:
        cut(shop, rows, 2, judged)
        shop.add(rows.sample(fraction=1.0, shuffle=True, seed=5))
        assert len(judged) == 2


def test_cut_twice_and_when_all_was_judged(shop: Workspace, rows: pl.DataFrame, judged: list[list[str]],
                                           straight: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    cut(shop, rows, 1, judged)
    assert len(cut(shop, rows, 1, judged)) == 1

    def fail(*_: object) -> None:
        raise Cut

    with monkeypatch.context() as patch:
        patch.setattr(adding, "_commit", fail)
        with pytest.raises(Cut):
            shop.add(rows)
    assert len(judged) == 2
    judged.clear()
    shop.add(rows)
    assert judged == [] and contents(shop) == straight


@pytest.mark.parametrize("changed", ["documents", "settings", "shard_rows", "version"])
def test_what_was_judged_of_something_else_is_swept(tmp_path: Path, rows: pl.DataFrame, judged: list[list[str]],
                                                    changed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Workspace.create(tmp_path / "shop", Settings(shard_rows=SHARD)) as shop:
        cut(shop, rows, 2, judged)
        if changed == "documents":
            shop.add(rows.with_columns(pl.col("text") + "!"))
        elif changed == "version":
            monkeypatch.setattr("painpoints.pipeline.pending.__version__", "0.0.0")
            shop.add(rows)
        else:
            asked = replace(shop.settings, fast=True) if changed == "settings" else replace(shop.settings, shard_rows=5)
            with open_workspace(shop.path) as folder:
                adding.add_documents(folder, rows, asked)
        assert sum(map(len, judged)) == LEAST and not (shop.path / "pending").exists()


def test_an_addition_of_nothing_new_leaves_nothing_pending(tmp_path: Path, rows: pl.DataFrame,
                                                           judged: list[list[str]]) -> None:
    with Workspace.create(tmp_path / "shop", Settings(shard_rows=SHARD)) as shop:
        shop.add(rows.head(SHARD))
        cut(shop, rows, 2, judged)
        assert shop.add(rows.head(SHARD)).number is None and not (shop.path / "pending").exists()


@pytest.mark.parametrize("place", ["pending", "facts"])
def test_a_full_disk_leaves_the_workspace_as_it_was(shop: Workspace, rows: pl.DataFrame, place: str,
                                                    straight: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(shop)
    write: Callable[..., Any] = pl.DataFrame.write_parquet

    def full(self: pl.DataFrame, file: Path, **options: Any) -> None:
        if place in Path(file).parts and Path(file).name.startswith(".units"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(self, file, **options)

    with monkeypatch.context() as patch:
        patch.setattr(pl.DataFrame, "write_parquet", full)
        with pytest.raises(StorageError, match="the disk is full") as caught:
            shop.add(rows)
    assert "painpoints add" in str(caught.value)
    after = contents(shop)
    assert {table: after[table] for table in METADATA.tables} == {table: before[table] for table in METADATA.tables}
    assert not list((shop.path / "facts").glob("0*"))
    shop.add(rows)
    assert contents(shop) == straight


def test_a_partition_that_failed_is_swept_by_the_next_addition(shop: Workspace, rows: pl.DataFrame,
                                                               monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(partitions, "write_parquet", lambda *_: (_ for _ in ()).throw(Cut))
        with pytest.raises(Cut):
            shop.add(rows)
    assert list((shop.path / "facts").iterdir())
    assert shop.add(rows).number == 1
    assert [path.name for path in (shop.path / "facts").iterdir()] == ["000001"]
