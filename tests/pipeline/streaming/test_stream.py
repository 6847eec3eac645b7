"""With worker processes the result is that of one process, whatever the number of workers and the size of shards."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import painpoints
from painpoints.config import Settings
from painpoints.errors import ColumnError, UsageError
from painpoints.pipeline import Findings, load_models, start
from painpoints.pipeline.streaming import Stream, judge_shards, stream, workers_for, workers_for_source
from painpoints.pipeline.streaming import size as sizes

TALK = [{"speaker": "customer", "text": "پول مرجوعی من برنگشته"}, {"speaker": "agent", "text": "آیا به حسابتان رسید؟"},
        {"speaker": "customer", "text": "بله رسید ممنون"}, {"speaker": "agent", "text": "Does the app still crash?"},
        {"speaker": "customer", "text": "yes, every time"}]


def judged(path: Path, source: Path, **settings: object) -> tuple[pl.DataFrame, np.ndarray]:
    """Units by document and place, and their vectors, from what `judge_shards` leaves."""
    chosen = Settings(**settings)  # type: ignore[arg-type]
    folder = start([str(source)], path, chosen)
    with Stream(folder, chosen, 0) as reading:
        reading.read([str(source)])
    assert reading.note is not None
    shards = reading.note["shards"]
    judge_shards(folder, shards, load_models(chosen), chosen)
    units = folder.units(range(shards))
    order = units.with_row_index().sort("doc_id", "start", "end")["index"].to_numpy()
    return units[order], folder.vectors(range(shards), np.ones(len(units), bool))[order]


def test_a_run_with_workers_ends_like_one_without(feedback: Path, found: Findings, tmp_path: Path,
                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "WINDOW_DOCUMENTS", 25)
    released: list[None] = []
    monkeypatch.setattr(stream, "release", lambda: released.append(None))
    again = painpoints.mine(feedback, tmp_path / "run", shard_rows=10, workers=2)
    assert_frame_equal(again.documents, found.documents)
    assert_frame_equal(again.units, found.units)
    assert_frame_equal(again.painpoints, found.painpoints)
    figures = again.manifest["streaming"]
    assert 1 <= figures["workers"] <= 2 and figures["windows"] >= 4 and figures["encoding"] > 0
    assert len(released) == figures["windows"], "memory in holes is given back after each"
    assert figures["waited"] >= 0 and figures["workers_memory_mb"] > 50
    assert found.manifest["streaming"]["workers"] == 0


@pytest.mark.parametrize("how", [{}, {"whole": True}, {"fast": True}])
def test_conversations_lists_markup_and_nothing_in_shards_of_any_size(how: dict[str, object], tmp_path: Path) -> None:
    rows = [{"id": "1", "turns": TALK}, {"id": "2", "turns": [{"speaker": "customer", "text": "👍"}]},
            {"id": "3", "turns": [{"speaker": "customer", "text": "<b>Курьер</b> опоздал, но еда &amp; кофе хороши"}]},
            {"id": "4", "turns": [{"speaker": "customer", "text": "- المصعد عطلان\n- الواي فاي ضعيف"}]}]
    source = tmp_path / "talks.jsonl"
    source.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf8")
    alone, vectors = judged(tmp_path / "alone", source, workers=0, **how)
    for rows_a_shard in (1, 3):
        units, found = judged(tmp_path / f"by{rows_a_shard}", source, workers=1, shard_rows=rows_a_shard, **how)
        assert_frame_equal(units, alone, check_exact=True)
        np.testing.assert_array_equal(found, vectors)


def test_shards_of_any_size_hold_the_same_judgements(feedback: Path, tmp_path: Path) -> None:
    units, vectors = judged(tmp_path / "by72", feedback)
    for size in (5, 31):
        again, found = judged(tmp_path / f"by{size}", feedback, shard_rows=size)
        assert_frame_equal(again, units, check_exact=True)
        np.testing.assert_array_equal(found, vectors)


def test_a_users_own_encoder_still_makes_the_clustering_vectors(feedback: Path, tmp_path: Path) -> None:
    settings = Settings(shard_rows=20, limit=40)
    plain = load_models(settings)
    models, seen = replace(plain, second=plain.encoder, projection=None), []
    for workers in (0, 1):
        folder = start([str(feedback)], tmp_path / str(workers), settings)
        with Stream(folder, settings, workers) as flowing:
            flowing.read([str(feedback)])
            assert flowing.judge(models) == 0
        seen.append((folder.units(range(2)), folder.vectors(range(2), np.ones(len(folder.units(range(2))), bool))))
    assert_frame_equal(seen[0][0], seen[1][0])
    np.testing.assert_array_equal(seen[0][1], seen[1][1])


def test_an_input_that_cannot_be_read_leaves_no_run_and_keeps_its_remedy(feedback: Path, tmp_path: Path) -> None:
    with pytest.raises(ColumnError) as raised:
        painpoints.mine(feedback, tmp_path / "run", workers=1, text="txt")
    assert raised.value.hint and not (tmp_path / "run").exists()
    with pytest.raises(UsageError, match="prodct"):
        painpoints.mine(feedback, tmp_path / "run", workers=1, shard_rows=20, segment="prodct", limit=20)
    assert not (tmp_path / "run").exists()


def test_a_small_file_is_worth_one_worker_which_reads_while_models_load(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = tmp_path / "small.csv"
    small.write_text("text\n" + "پیک دیر رسید. Курьер опоздал. تأخر المندوب. It was late.\n" * 2_000, "utf8")
    assert sizes.FEW_BYTES < small.stat().st_size < sizes.LEAST_BYTES
    monkeypatch.setattr(sizes, "usable_cores", lambda: 2)
    assert workers_for_source(Settings(), [str(small)]) == 1
    assert workers_for_source(Settings(workers=0), [str(small)]) == 0
    assert workers_for(Settings(), 1_000) == 0, "texts that are read already"
    monkeypatch.setattr(sizes, "usable_cores", lambda: 1)
    assert workers_for_source(Settings(), [str(small)]) == 0


def test_a_few_comments_are_worth_no_worker(tmp_path: Path) -> None:
    few, many = tmp_path / "few.csv", tmp_path / "many.csv"
    few.write_text("text\nThe courier was late\n", "utf8")
    many.write_text("text\n" + "The courier was late, and nobody answered the telephone\n" * 20_000, "utf8")
    assert workers_for(Settings(), 30) == workers_for_source(Settings(), [str(few)]) == 0
    assert workers_for(Settings(), 50_000) >= 1 and workers_for_source(Settings(), [str(many)]) >= 1
    assert workers_for_source(Settings(), ["-"]) >= 1
    assert workers_for(Settings(workers=3), 30) == workers_for_source(Settings(workers=3), [str(few)]) == 3
    with pytest.raises(UsageError, match="workers"):
        Settings(workers=-1)
