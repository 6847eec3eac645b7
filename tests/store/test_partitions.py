"""Facts of additions: whole or absent, and swept when nobody knows them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from painpoints.errors import WorkspaceError
from painpoints.store.partitions import Generation, Partitions

FIRST = Generation()
TEXTS = ["پیک دیر رسید", "المندوب تأخر", "Курьер опоздал", "The courier was late"]


def written(path: Path, number: int, count: int = 4) -> tuple[Partitions, np.ndarray]:
    partitions = Partitions(path)
    path.mkdir(exist_ok=True)
    names = [f"{number}-{at}" for at in range(count)]
    documents = pl.DataFrame({"doc_id": names, "text": TEXTS[:count]}, schema={"doc_id": pl.Utf8, "text": pl.Utf8})
    units = pl.DataFrame({"unit_id": [f"u{name}" for name in names], "doc_id": names},
                         schema={"unit_id": pl.Utf8, "doc_id": pl.Utf8})
    vectors = np.random.default_rng(number).standard_normal((count, 8)).astype(np.float32)
    partitions.write(number, documents, units, vectors, FIRST)
    return partitions, vectors.astype(np.float16).astype(np.float32)


def test_vectors_come_back_in_the_order_they_are_asked_for(tmp_path: Path) -> None:
    _, first = written(tmp_path / "facts", 1)
    partitions, second = written(tmp_path / "facts", 2)
    asked = pl.Series(["u2-3", "u1-0", "u2-1"])
    assert np.array_equal(partitions.vectors([1, 2], asked, FIRST), np.stack([second[3], first[0], second[1]]))
    assert partitions.documents([2, 1])["text"].to_list() == TEXTS * 2
    assert partitions.units([1, 2], FIRST)["addition"].to_list() == [1] * 4 + [2] * 4
    assert partitions.documents_of([2, 1], FIRST).row(0) == ("u2-0", "2-0")


def test_vectors_that_are_written_in_parts_are_those_of_their_units(tmp_path: Path, monkeypatch: pytest.MonkeyPatch
                                                                    ) -> None:
    monkeypatch.setattr("painpoints.store.partitions._PART", 3)
    partitions, first = written(tmp_path, 1)
    asked = partitions.units([1], FIRST)["unit_id"]
    assert np.array_equal(partitions.vectors([1], asked, FIRST), first)
    assert partitions.document_count([1]) == len(partitions.documents([1]))


def test_an_addition_without_a_unit_can_be_stored(tmp_path: Path) -> None:
    partitions, _ = written(tmp_path / "facts", 1, 0)
    assert partitions.vectors([1], pl.Series([], dtype=pl.Utf8), FIRST).shape == (0, 8)
    assert len(partitions.units([1], FIRST)) == 0


def test_what_no_addition_knows_is_swept(tmp_path: Path) -> None:
    partitions, _ = written(tmp_path / "facts", 1)
    written(tmp_path / "facts", 2)
    (tmp_path / "facts" / ".000003.partial").mkdir()
    assert partitions.sweep([1]) == 2
    assert [path.name for path in (tmp_path / "facts").iterdir()] == ["000001"]


def test_a_partition_that_fails_on_the_way_is_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import painpoints.store.partitions as module

    def refuse(path: Path, frame: pl.DataFrame) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "write_parquet", refuse)
    with pytest.raises(KeyboardInterrupt):
        written(tmp_path / "facts", 1)
    assert not (tmp_path / "facts" / "000001").exists()


def test_a_missing_partition_is_told_with_its_place(tmp_path: Path) -> None:
    partitions, _ = written(tmp_path / "facts", 1)
    with pytest.raises(WorkspaceError, match="000002"):
        partitions.units([1, 2], FIRST)
    with pytest.raises(WorkspaceError, match="1 vectors are missing"):
        partitions.vectors([1], pl.Series(["u1-0", "u9-9"]), FIRST)


def test_a_generation_is_written_beside_the_one_that_holds_and_only_kept_ones_stay(tmp_path: Path) -> None:
    partitions, first = written(tmp_path / "facts", 1)
    units, later = partitions.units([1], FIRST).drop("addition"), Generation(units=1, vectors=2)
    partitions.write_again(1, units, np.ones((4, 5), np.float32), FIRST, later)
    asked = pl.Series(["u1-2"])
    assert np.array_equal(partitions.vectors([1], asked, FIRST)[0], first[2])
    assert partitions.vectors([1], asked, later).tolist() == [[1.0] * 5]
    assert partitions.sweep_generations([FIRST, later]) == 0
    assert partitions.sweep_generations([later]) == 1
    assert len(partitions.units([1], later)) == 4
    with pytest.raises(WorkspaceError, match="damaged"):
        partitions.vectors([1], asked, FIRST)
