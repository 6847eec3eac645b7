"""How a run's pain points moved: weeks, first and last mention, and a status that a wrong date does not make."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from painpoints.cluster import PAINPOINTS
from painpoints.track import with_trends

START = datetime(2026, 1, 5, 12, tzinfo=UTC)  # a Monday
DAYS, EACH = 140, 20


def documents(days: list[int | None]) -> pl.DataFrame:
    return pl.DataFrame({"doc_id": [f"d{i}" for i in range(len(days))],
                         "time": [None if day is None else START + timedelta(days=day) for day in days]},
                        schema_overrides={"time": pl.Datetime("us", "UTC")})


EVEN = documents([i % DAYS for i in range(DAYS * EACH)])


def on_days(days: list[int], each: int = 1) -> list[str]:
    return [f"d{day + DAYS * copy}" for day in days for copy in range(each)]


def moved(docs: pl.DataFrame, having: dict[str, list[str]], **how: int) -> dict[str, dict[str, object]]:
    """The rows of ``with_trends``; every document without a pain point has a unit too."""
    said = [(doc, point, 1) for point, named in having.items() for doc in named]
    said += [(doc, None, 1) for doc in docs["doc_id"]]
    units = pl.DataFrame(said, schema={"doc_id": pl.Utf8, "painpoint_id": pl.Utf8, "weight": pl.Int64}, orient="row")
    points = pl.DataFrame([{"painpoint_id": point} for point in having], schema={"painpoint_id": pl.Utf8})
    points = points.with_columns(pl.lit(None, kind).alias(name) for name, kind in PAINPOINTS.items()
                                 if name != "painpoint_id")
    return {row["painpoint_id"]: row for row in with_trends(points, units, docs, **how).iter_rows(named=True)}


@pytest.mark.parametrize("days, each, status", [
    (list(range(0, DAYS, 3)), 1, "steady"),
    (list(range(124, DAYS)), 2, "new"),
    (list(range(100)), 2, "resolved"),
    ([*range(0, 126, 2), *range(126, DAYS)], 3, "growing"),
    ([*range(119), *range(119, DAYS, 4)], 2, "easing"),
    ([138, 139], 1, "steady"),
    ([3], 1, "steady"),
])
def test_the_status_is_that_of_the_last_week(days: list[int], each: int, status: str) -> None:
    assert moved(EVEN, {"it": on_days(days, each)})["it"]["status"] == status


def test_many_steady_pains_are_not_called_growing() -> None:
    rng = np.random.default_rng(1)
    having = {f"p{k}": [f"d{i}" for i in rng.choice(len(EVEN), 60, replace=False)] for k in range(200)}
    assert sum(row["status"] != "steady" for row in moved(EVEN, having).values()) <= 3


@pytest.mark.parametrize("week_start, first", [(0, date(2026, 1, 5)), (5, date(2026, 1, 3)), (6, date(2026, 1, 4))])
def test_weeks_begin_on_the_day_asked_for_and_have_no_gaps(week_start: int, first: date) -> None:
    row = moved(documents([0, 1, 22, 23, 23]), {"it": ["d0", "d3", "d3"]}, week_start=week_start)["it"]
    assert row["trend"] == [{"week": first + timedelta(weeks=w), "documents": n, "volume": volume}
                            for w, (n, volume) in enumerate([(1, 2), (0, 0), (0, 0), (1, 3)])]
    assert (row["first_seen"], row["last_seen"]) == (START, START + timedelta(days=23))


def test_a_pain_point_none_of_whose_documents_has_a_time_is_undated() -> None:
    days: list[int | None] = [None, *range(90)]
    found = moved(documents(days), {"it": ["d0"], "other": ["d1", "d9"]})
    assert (found["it"]["status"], found["it"]["trend"], found["it"]["first_seen"]) == ("undated", None, None)
    assert found["other"]["status"] == "steady"


def test_without_any_time_all_are_undated() -> None:
    assert moved(documents([None, None]), {"it": ["d0"]})["it"]["status"] == "undated"


@pytest.mark.parametrize("year", [1970, 2126])
def test_one_wrong_year_changes_no_status(year: int) -> None:
    wrong = pl.concat([EVEN, pl.DataFrame({"doc_id": ["odd"], "time": [datetime(year, 1, 1, tzinfo=UTC)]},
                                          schema_overrides={"time": pl.Datetime("us", "UTC")})])
    row = moved(wrong, {"it": on_days(list(range(124, DAYS)), 2)})["it"]
    assert row["status"] == "new" and len(row["trend"]) == DAYS // 7


def test_feedback_that_paused_for_a_year_is_no_wrong_date() -> None:
    paused = documents([*range(60), *range(430, 490)])
    assert len(moved(paused, {"it": ["d3", "d100"]})["it"]["trend"]) == 70


def test_there_may_be_no_pain_points() -> None:
    assert moved(EVEN, {}) == {}
