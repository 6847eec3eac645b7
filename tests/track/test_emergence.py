"""Bursts by day: shown soon, and only where chance, weekdays, copies and loud authors do not explain them."""

from __future__ import annotations

import importlib.util
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest

from painpoints.errors import ColumnError
from painpoints.track import BURSTS, BurstRule, daily_bursts, daily_counts

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
FIRST = date(2026, 6, 1)


def daily(days: int, said: dict[str, dict[int, int]], volume: dict[int, int] | int = 100) -> pl.DataFrame:
    """Counts of ``days`` days: pain point to day to documents; ``volume`` of each day."""
    rows = [(name, FIRST + timedelta(days=d - d % 7), FIRST + timedelta(days=d), there.get(d, 0),
             volume if isinstance(volume, int) else volume[d]) for name, there in said.items() for d in range(days)]
    return pl.DataFrame(rows, schema=["painpoint_id", "week", "day", "documents", "volume"], orient="row")


def shown(counts: pl.DataFrame, **named: Any) -> list[tuple[str, int]]:
    found = daily_bursts(counts, **named).filter("shown")
    return [(name, (day - FIRST).days) for name, day in found.select("painpoint_id", "day").iter_rows()]


def test_ten_in_a_day_from_nothing_are_told_that_day() -> None:
    counts = daily(60, {"فا": {50: 10}, "quiet": dict.fromkeys(range(0, 60, 3), 1)})
    assert shown(counts)[0] == ("فا", 50) and {name for name, _ in shown(counts)} == {"فا"}
    row = daily_bursts(counts).filter((pl.col("day") == FIRST + timedelta(days=50)) & (pl.col("painpoint_id") == "فا"))
    assert row.select("documents", "expected", "ratio").row(0) == (10, 0.0, float("inf"))
    assert row["first"].item() == FIRST + timedelta(days=50)


def test_five_times_the_usual_is_told_with_what_is_usual() -> None:
    usual = dict.fromkeys(range(70), 1)
    counts = daily(70, {"p": {**usual, 68: 7, 69: 8}})
    assert ("p", 69) in shown(counts)
    row = daily_bursts(counts).filter(pl.col("day") == FIRST + timedelta(days=69)).row(0, named=True)
    days = (row["day"] - row["first"]).days + 1
    assert row["expected"] == pytest.approx(days, rel=0.1) and row["volume"] == 100 * days
    assert row["ratio"] == pytest.approx(row["documents"] / row["expected"])


def test_a_busy_day_is_no_burst() -> None:
    volume = {d: 2000 if d == 65 else 100 for d in range(70)}
    counts = daily(70, {"p": {d: 20 if d == 65 else 1 for d in range(70)}}, volume)
    assert shown(counts) == []


def test_a_usual_weekday_is_no_burst() -> None:
    saturdays = dict.fromkeys(range(5, 140, 7), 9)
    assert shown(daily(140, {"p": saturdays}), since=FIRST + timedelta(days=84)) == []
    unusual = {**saturdays, 128: 9}
    assert ("p", 128) in shown(daily(140, {"p": unusual}), since=FIRST + timedelta(days=84))


def test_nothing_is_shown_before_four_weeks() -> None:
    assert shown(daily(25, {"p": {24: 30}})) == []
    assert shown(daily(32, {"p": {31: 30}})) == [("p", 31)]


def test_what_was_shown_stays_so_and_does_not_depend_on_when_one_looks() -> None:
    counts = daily(80, {"p": {50: 10, 51: 9, 70: 1}, "q": {d: d % 3 for d in range(80)}})
    whole = daily_bursts(counts)
    for end in (50, 51, 60):
        until = FIRST + timedelta(days=end)
        assert daily_bursts(counts.filter(pl.col("day") <= until)).equals(whole.filter(pl.col("day") <= until))
        assert daily_bursts(counts, since=until).equals(whole.filter(pl.col("day") >= until))


def test_one_author_and_copies_are_no_burst_and_many_people_are() -> None:
    def workspace(authors: list[str], weights: list[int]) -> tuple[pl.DataFrame, pl.DataFrame]:
        times = [datetime(2026, 6, 1, 12, tzinfo=UTC) + timedelta(days=d) for d in range(60) for _ in range(10)]
        times += [datetime(2026, 7, 29, 12, tzinfo=UTC)] * 12
        ids = [f"d{n}" for n in range(len(times))]
        documents = pl.DataFrame({"doc_id": ids, "time": times, "author_key": [*ids[:-12], *authors]})
        units = pl.DataFrame({"doc_id": ids[-12:], "painpoint_id": ["p"] * 12, "weight": weights})
        return documents, units

    many = [f"a{n}" for n in range(12)]
    assert shown(daily_counts(*workspace(["one"] * 12, [1] * 12))) == []
    assert shown(daily_counts(*workspace(many, [12] + [0] * 11))) == []
    assert ("p", 58) in shown(daily_counts(*workspace(many, [1] * 12)))


def test_days_without_documents_and_no_days_at_all() -> None:
    assert daily_bursts(daily(60, {"p": {}}, 0)).is_empty()
    assert daily_bursts(daily(7, {"p": {}}).clear()).schema == BURSTS
    with pytest.raises(ColumnError, match="volume"):
        daily_bursts(pl.DataFrame({"painpoint_id": ["p"], "day": [FIRST], "documents": [1]}))


@pytest.fixture(scope="module")
def script() -> ModuleType:
    sys.path.insert(0, str(SCRIPTS))
    try:
        spec = importlib.util.spec_from_file_location("simulate_bursts", SCRIPTS / "simulate_bursts.py")
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules["simulate_bursts"] = module
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(SCRIPTS))
    return module


def test_a_simulated_year_has_few_false_alarms_and_its_bursts_are_told(script: ModuleType) -> None:
    found = script.summary([script.score_seed(501, "over-dispersed", BurstRule())])
    assert found["false_alarms_per_week"] <= 0.5
    assert found["told"]["ten in a day"]["told_within"]["1"] == 1.0
    assert found["told"]["five times"]["told_within"]["7"] >= 0.6
