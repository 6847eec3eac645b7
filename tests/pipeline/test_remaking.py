"""Units of a workspace made again: the same ones in the same order, however many worked on them, and nothing left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from painpoints.config import Settings
from painpoints.errors import WorkerError
from painpoints.pipeline import load_models, read_options
from painpoints.pipeline.judging import judge_shard
from painpoints.pipeline.models import Models
from painpoints.pipeline.progress import silent
from painpoints.pipeline.remaking import made_again
from painpoints.pipeline.streaming import Stream
from painpoints.read import read_documents

HERE = Settings(shard_rows=60, workers=0)


@pytest.fixture(scope="module")
def models(_one_encoder: None) -> Models:
    return load_models(HERE)


@pytest.fixture(scope="module")
def documents(feedback: Path, _one_encoder: None) -> pl.DataFrame:
    return pl.concat(list(read_documents([feedback], read_options(HERE)))).gather_every(2).sort("doc_id")


@pytest.fixture(scope="module")
def stored(documents: pl.DataFrame, models: Models) -> pl.DataFrame:
    """Units in no order, as an older version would have left them: some cut elsewhere, some not seen, judged badly."""
    units = judge_shard(documents, models, whole=False)[0].with_row_index("at").filter(pl.col("at") % 7 != 3)
    older = pl.col("at") % 5 == 2
    return units.with_columns(
        unit_id=pl.when(older).then(pl.col("unit_id") + "-older").otherwise("unit_id"),
        start=pl.when(older).then(pl.col("start") + 1).otherwise("start"),
        sentiment=pl.lit("neu")).drop("at").sample(fraction=1.0, shuffle=True, seed=3)


def test_workers_and_shards_change_nothing(documents: pl.DataFrame, stored: pl.DataFrame, models: Models,
                                           tmp_path: Path) -> None:
    kept = ["unit_id", "doc_id", "start", "end", "text"]
    for judged in (False, True):
        units, vectors = made_again(tmp_path, documents, stored, models, HERE, silent, judged=judged)
        assert_frame_equal(units.select(kept), stored.select(kept))
        assert vectors.shape[0] == len(stored) and np.abs(np.linalg.norm(vectors.astype(float), axis=1) - 1).max() < .01
        older = units["unit_id"].str.ends_with("-older")
        assert set(units.filter(older)["sentiment"]) == {"neu"} and older.any()
        assert (set(units.filter(~older)["sentiment"]) == {"neu"}) is not judged
        again, found = made_again(tmp_path, documents, stored, models, Settings(shard_rows=7, workers=1), silent,
                                  judged=judged)
        assert_frame_equal(again, units, check_exact=True)
        np.testing.assert_array_equal(found, vectors)
    assert not any(tmp_path.iterdir())


def test_an_addition_of_which_nothing_is_left_stays_empty(documents: pl.DataFrame, stored: pl.DataFrame, models: Models,
                                                          tmp_path: Path) -> None:
    units, vectors = made_again(tmp_path, documents.clear(), stored.clear(), models, HERE, silent, judged=True)
    assert units.shape == (0, stored.width) and vectors.shape[0] == 0 and vectors.shape[1] > 0


def test_what_goes_wrong_leaves_nothing_and_names_no_run(documents: pl.DataFrame, stored: pl.DataFrame, models: Models,
                                                         tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def died(self: Stream, *_: Any, **__: Any) -> int:
        raise WorkerError("Shard 0: the process that worked on it ended 3 times.", hint="painpoints mine --resume X")

    monkeypatch.setattr(Stream, "judge", died)
    with pytest.raises(WorkerError, match="Shard 0") as caught:
        made_again(tmp_path, documents, stored, models, HERE, silent, judged=True)
    assert "--resume" not in str(caught.value) and not any(tmp_path.iterdir())
