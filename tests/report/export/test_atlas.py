"""The Parquet file as Embedding Atlas reads it: with pandas, rows numbered from 0."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

from painpoints.report import ATLAS_OPTIONS, atlas_labels, write_atlas

TEXTS = ["دیر رسید", "وصل متأخرا", "Опоздал", "late 😡"]
VECTORS = np.eye(4, dtype=np.float32)
NEAR = np.array([[1, 2], [0, 2], [0, 1], [2, 0]], np.int32), np.full((4, 2), 0.25, np.float32)
PLACES = np.array([[0, 0], [1, 1], [2, 2], [-1, 5]], np.float32)


def options(placed: bool) -> dict[str, str]:
    words = ATLAS_OPTIONS[placed].split()
    return dict(zip(words[::2], words[1::2], strict=True))


@pytest.mark.parametrize("placed", [True, False])
def test_all_columns_that_the_command_names_are_there_and_in_its_form(tmp_path: Path, placed: bool) -> None:
    write_atlas(tmp_path / "a.parquet", pl.DataFrame({"text": TEXTS, "lang": ["fa", "ar", "ru", "en"]}), VECTORS, NEAR,
                PLACES if placed else None)
    found, named = pd.read_parquet(tmp_path / "a.parquet"), options(placed)
    assert set(named.values()) <= set(found.columns) and found[named["--text"]].tolist() == TEXTS
    near = found[named["--neighbors"]][3]
    assert set(near) == {"ids", "distances"} and list(near["ids"]) == [2, 0] and list(near["distances"]) == [0.25, 0.25]
    assert all(0 <= row < 4 for each in found[named["--neighbors"]] for row in each["ids"])
    if placed:
        assert found[named["--x"]].tolist() == [0, 1, 2, -1] and found[named["--y"]].tolist() == [0, 1, 2, 5]
    else:
        assert np.array_equal(np.stack(found[named["--vector"]].tolist()), VECTORS)


def test_one_opinion_has_no_neighbours(tmp_path: Path) -> None:
    none = np.zeros((1, 0), np.int32), np.zeros((1, 0), np.float32)
    write_atlas(tmp_path / "a.parquet", pl.DataFrame({"text": TEXTS[:1]}), VECTORS[:1], none, PLACES[:1])
    assert len(pd.read_parquet(tmp_path / "a.parquet")["neighbors"][0]["ids"]) == 0


def test_a_pain_points_title_stands_in_its_middle() -> None:
    labels = atlas_labels(PLACES, pl.Series(["دیر", "دیر", "دیر", None], dtype=pl.Utf8))
    assert labels.rows(named=True) == [{"x": 1.0, "y": 1.0, "text": "دیر", "level": 0, "priority": 3}]
