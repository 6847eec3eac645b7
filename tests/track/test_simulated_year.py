"""Floors under what scripts/simulate_year.py measures, so that a change of the rule cannot lower it unseen."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest

from painpoints.track import TrendRule, weekly_counts

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "simulate_year.py"
SEED = 501
YEARS = (("poisson", True), ("over-dispersed", True), ("over-dispersed", False))


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("simulate_year", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["simulate_year"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def years(script: ModuleType) -> dict[tuple[str, bool], dict[str, Any]]:
    return {(noise, changes): script.summary([script.score_seed(SEED, noise, changes, TrendRule())])
            for noise, changes in YEARS}


@pytest.mark.parametrize("noise, changes", YEARS)
def test_there_is_at_most_one_false_alarm_a_week(years: dict[tuple[str, bool], dict[str, Any]], noise: str,
                                                 changes: bool) -> None:
    assert years[noise, changes]["false_alarms_per_week"] <= 1


@pytest.mark.parametrize("kind, weeks", [("birth", 1), ("doubling", 2), ("end", 2), ("end and return", 2),
                                         ("return", 1)])
def test_changes_are_told_in_time(years: dict[tuple[str, bool], dict[str, Any]], kind: str, weeks: int) -> None:
    assert years["poisson", True]["told"][kind]["median_weeks"] <= weeks
    assert years["poisson", True]["told"][kind]["told"] > 0.9


@pytest.mark.parametrize("kind", ["birth", "end", "return"])
def test_births_ends_and_returns_get_their_own_status(years: dict[tuple[str, bool], dict[str, Any]],
                                                      kind: str) -> None:
    assert years["over-dispersed", True]["told_by_its_own_status"][kind]["told"] > 0.9


def test_a_year_is_the_same_every_time_and_its_bursts_leave_the_counts_alone(script: ModuleType) -> None:
    year, again = script.simulate_year(7, "poisson"), script.simulate_year(7, "poisson")
    assert year.documents.equals(again.documents)
    assert year.units.equals(again.units)
    assert year.events == again.events
    flood = year.documents.with_columns(number=pl.col("doc_id").str.slice(1).cast(pl.Int64)).sort("number").tail(1600)
    calm = year.documents.join(flood, on="doc_id", how="anti")
    with_bursts = weekly_counts(year.documents, year.units)
    without = weekly_counts(calm, year.units.join(calm, on="doc_id", how="semi"))
    both = with_bursts.join(without, on=["painpoint_id", "week"], suffix="_calm")
    added = both.select(pl.col("documents") - pl.col("documents_calm")).to_series()
    assert both.height == without.height
    assert added.min() == 0
    assert 0 < added.sum() <= 40
