"""Words are read in another process or in this one: the result is the same, and a process that dies stops nothing."""

from __future__ import annotations

import os
import signal

import numpy as np
import polars as pl
import pytest

from painpoints.cluster import Excerpt, WordReader, excerpt
from painpoints.errors import WorkerError
from painpoints.pipeline.conclusion import beside as module
from painpoints.pipeline.conclusion.beside import Beside

TEXTS = {"fa": "پول من هنوز برنگشته", "ar": "المبلغ ما رجع لي", "ru": "деньги мне не вернули",
         "en": "the refund never came"}


@pytest.fixture(scope="module")
def asked() -> Excerpt:
    rows = [(f"{number}{lang}", lang, text, number % 2) for number in range(6) for lang, text in TEXTS.items()]
    units = pl.DataFrame(rows, orient="row", schema={"unit_id": pl.Utf8, "lang": pl.Utf8, "model_text": pl.Utf8,
                                                     "cluster": pl.Int64}).with_columns(
        weight=pl.lit(1, pl.Int64), text="model_text", strength=pl.lit(0.5), p_neg=pl.lit(0.8), problem_p=pl.lit(0.9),
        certain=pl.lit(True))
    return excerpt(units, np.eye(len(units), 8, dtype=np.float32))


def process_of(beside: Beside) -> int:
    assert beside._child is not None
    return beside._child._process.pid


def test_another_process_tells_what_this_one_would(asked: Excerpt) -> None:
    with Beside(2) as beside:
        beside.ahead(pl.Series(asked.texts), pl.Series(asked.langs))
        told = beside.wording(asked)()
        assert beside.notes() == [] and beside.memory > 0
    assert told == WordReader().wording(asked)
    assert set(told.said) == set(TEXTS)


@pytest.mark.parametrize("workers", [0, 1])
def test_there_is_no_process_where_none_may_be(asked: Excerpt, workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "Child", None)
    with Beside(workers) as beside:
        beside.ahead(pl.Series(asked.texts), pl.Series(asked.langs))
        assert beside.wording(asked)() == WordReader().wording(asked)
        assert beside.notes() == []


@pytest.mark.parametrize("when", ["before", "between"])
def test_what_a_killed_process_should_have_done_is_done_here_and_said(asked: Excerpt, when: str) -> None:
    with Beside(2) as beside:
        if when == "between":
            beside.ahead(pl.Series(asked.texts), pl.Series(asked.langs))
        os.kill(process_of(beside), signal.SIGKILL)
        assert beside.wording(asked)() == WordReader().wording(asked)
        (note,) = beside.notes()
    assert "SIGKILL" in note


def test_a_process_that_cannot_be_started_is_done_without_and_said(asked: Excerpt, monkeypatch: pytest.MonkeyPatch
                                                                   ) -> None:
    def failing(work: object) -> None:
        raise WorkerError("A worker process could not be started (Cannot allocate memory).")

    monkeypatch.setattr(module, "Child", failing)
    with Beside(2) as beside:
        assert beside.wording(asked)() == WordReader().wording(asked)
        (note,) = beside.notes()
    assert "Cannot allocate memory" in note


def test_no_process_outlives_the_stage(asked: Excerpt) -> None:
    with Beside(2) as beside:
        beside.ahead(pl.Series(asked.texts * 1000), pl.Series(asked.langs * 1000))
        beside.wording(asked)
        process = beside._child
    assert process is not None and process._process.poll() is not None


def test_more_than_would_be_read_of_clusters_is_not_read_ahead(asked: Excerpt, monkeypatch: pytest.MonkeyPatch) -> None:
    with Beside(2) as beside:
        monkeypatch.setattr("painpoints.cluster.wording.ALL", 3)
        beside.ahead(pl.Series(["x"] * 4), pl.Series(["en"] * 4))
        assert beside._line is not None and beside._line._work_queue.empty()
