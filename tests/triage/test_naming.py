"""Opinions by their own ids and by those of their comments."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from painpoints.errors import UsageError, WorkspaceError
from painpoints.store import WorkspaceData
from painpoints.triage import units_called

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def data() -> WorkspaceData:
    """Two comments, of which the first has two opinions, the second of them with a threat of law."""
    units = pl.DataFrame({
        "unit_id": ["aaaa1111", "aaaa2222", "cccc3333"], "doc_id": ["bbbb0001", "bbbb0001", "cccc0002"],
        "lang": ["fa", "fa", "ru"], "text": ["غذا خوب بود", "ازتون شکایت می‌کنم", "Курьер опоздал"],
        "start": [0, 12, 0], "end": [11, 30, 14], "weight": [1, 1, 1], "problem_p": [0.1, 0.9, 0.8],
        "p_neg": [0.1, 0.9, 0.8], "p_pos": [0.8, 0.0, 0.0],
        "emotion": [None, "anger", None], "emotion_p": [None, 0.9, None],
        "painpoint_id": [None, None, None]}, schema_overrides={"painpoint_id": pl.Utf8})
    documents = pl.DataFrame({"doc_id": ["bbbb0001", "cccc0002"], "touchpoint": ["product", "delivery"],
                              "stage": ["after", "during"], "sentiment": ["neg", "neg"], "time": [NOW, NOW],
                              "certain": [True, True], "is_problem": [True, True], "author_key": ["x", "y"]},
                             schema_overrides={"time": pl.Datetime("us", "UTC")})
    return WorkspaceData("shop", documents, units, (), (), (), (), (), (), {}, lambda _: None)  # type: ignore[arg-type]


def test_an_opinion_goes_by_its_id_and_a_comment_stands_for_its_most_urgent_one(data: WorkspaceData) -> None:
    assert units_called(data, ["aaaa1", "bbbb", "CCCC3333"], now=NOW) == (["aaaa1111", "aaaa2222", "cccc3333"], {})


def test_a_version_is_that_of_the_comment(data: WorkspaceData) -> None:
    assert units_called(data, ["aaaa1111@3", "cccc0002@0"], now=NOW) == (
        ["aaaa1111", "cccc3333"], {"bbbb0001": 3, "cccc0002": 0})


@pytest.mark.parametrize(("name", "error", "said"), [
    ("aaaa", WorkspaceError, "more than one"), ("cccc", WorkspaceError, "more than one"),
    ("ffff", WorkspaceError, "no such opinion or comment"), ("aaa", WorkspaceError, "too short"),
    ("@2", UsageError, "names no comment")])
def test_what_names_none_or_many_is_told(data: WorkspaceData, name: str, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        units_called(data, [name], now=NOW)
