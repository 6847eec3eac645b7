"""painpoints.mine and painpoints.score for people who work in Python."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from polars.testing import assert_frame_equal

import painpoints
from painpoints.errors import EmptyInputError, InputError, UsageError
from painpoints.pipeline import SCORED


@pytest.fixture(scope="module")
def small(feedback: Path) -> pl.DataFrame:
    return pl.read_csv(feedback).head(24)


@pytest.mark.parametrize("kind", ["polars", "pandas", "arrow"])
def test_mine_takes_frames_of_all_three_libraries(kind: str, small: pl.DataFrame, tmp_path: Path) -> None:
    frame: object = {"polars": small, "pandas": pd.DataFrame(small.to_dicts()), "arrow": small.to_arrow()}[kind]
    assert isinstance(frame, pl.DataFrame | pd.DataFrame | pa.Table)
    run = painpoints.mine(frame, detail="fine")
    assert run.documents["source_id"].to_list() == small["id"].to_list()
    assert run.documents["rating"].null_count() == 0
    assert run.documents["time"].null_count() == 0
    assert_frame_equal(run.units, painpoints.mine(small, detail="fine").units)


def test_findings_show_the_journey_and_write_the_page(found: painpoints.Findings, tmp_path: Path) -> None:
    journey = found.journey()
    assert {"touchpoint", "stage", "units", "net"} <= set(journey.columns)
    assert set(found.journey("five-stage")["stage"]) <= {"awareness", "consideration", "decision", "action", "loyalty",
                                                         "none"}
    page = found.to_html(tmp_path / "report.html", lang="ar")
    assert (tmp_path / "report.html").read_text("utf8") == page
    assert "72 documents" in repr(found)


def test_score_says_which_text_of_the_list_a_unit_is_from() -> None:
    texts = ["The price is fine, but the courier was late.", "پول‌مو پس نمی‌دن", "Очередь на кассе", "التطبيق يعلق"]
    scored = painpoints.score(texts)
    assert tuple(scored.columns) == SCORED
    assert set(scored["source_id"]) == {"0", "1", "2", "3"}
    assert all(texts[int(source)][start:end] == text for source, start, end, text in
               scored.select("source_id", "start", "end", "text").iter_rows())
    sums = scored.select(pl.sum_horizontal("p_neg", "p_neu", "p_pos"))["p_neg"]
    assert all(abs(total - 1) < 1e-5 for total in sums)


def test_score_takes_files_and_frames(feedback: Path, small: pl.DataFrame) -> None:
    from_file = painpoints.score(feedback, limit=24)
    assert_frame_equal(painpoints.score(small).drop("doc_id", "unit_id"), from_file.drop("doc_id", "unit_id"))


def test_wrong_arguments_name_the_remedy() -> None:
    with pytest.raises(InputError, match="list of texts"):
        painpoints.score("one text")
    with pytest.raises(EmptyInputError):
        painpoints.score([])
    with pytest.raises(InputError, match="no text"):
        painpoints.score(["fine", 3])
    with pytest.raises(UsageError, match="framework"):
        painpoints.mine("x.csv", framwork="three-stage")
