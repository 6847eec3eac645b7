"""Which signals become alerts, and what becomes of alerts."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from painpoints.errors import WorkspaceError
from painpoints.track import KINDS, Review, Signal, alert_row, alerts_named, review

DAY = date(2026, 11, 2)
POINTS = [{"painpoint_id": name, "status": "open", "merged_into": None} for name in ("AAAA1", "BBBB1")]
ALL = {kind: {"AAAA1", "BBBB1"} for kind in KINDS}


def signal(kind: str, day: int = 0, name: str = "AAAA1", rate: float = 10.0) -> Signal:
    there = DAY + timedelta(days=day)
    return Signal(name, kind, there, there, 5, rate)


def looked(stored: list[dict[str, Any]], found: list[Signal], points: list[dict[str, Any]] = POINTS,
           holding: dict[str, set[str]] = ALL, today: int = 0) -> Review:
    return review(stored, found, points, holding, made="now", today=DAY + timedelta(days=today), cooldown=14)


def kinds(result: Review) -> list[tuple[str, str]]:
    return [(row["painpoint_id"], row["kind"]) for row in result.new]


def row(number: int, kind: str, day: int = 0, status: str = "open", name: str = "AAAA1", until: int | None = None
        ) -> dict[str, Any]:
    end = None if until is None else (DAY + timedelta(days=until)).isoformat()
    return {**alert_row(number, signal(kind, day, name), "before"), "status": status, "until": end}


def test_a_signal_is_told_once_in_the_cooldown_and_again_after_it() -> None:
    first = looked([], [signal("burst")])
    assert kinds(first) == [("AAAA1", "burst")] and first.fresh == {1}
    assert kinds(looked(first.rows, [signal("burst"), signal("burst", 13)])) == []
    again = looked(first.rows, [signal("burst"), signal("burst", 14)])
    assert [r["number"] for r in again.new] == [2] and again.new[0]["since"] == "2026-11-16"


def test_it_is_told_again_at_once_when_it_doubles() -> None:
    assert kinds(looked([row(1, "burst")], [signal("burst", 3, rate=19.9)])) == []
    assert kinds(looked([row(1, "burst")], [signal("burst", 3, rate=20.0)])) == [("AAAA1", "burst")]
    assert kinds(looked([row(1, "birth")], [signal("birth", 3, rate=90.0)])) == []


@pytest.mark.parametrize(("told", "then", "news"), [
    ("birth", "burst", False), ("birth", "growth", False), ("return", "burst", False), ("growth", "burst", False),
    ("burst", "growth", True), ("burst", "birth", True), ("growth", "return", True), ("birth", "return", False),
])
def test_what_says_less_is_not_told_after_what_says_more(told: str, then: str, news: bool) -> None:
    assert bool(looked([row(1, told)], [signal(then, 5)]).new) is news


def test_what_an_earlier_look_left_out_stays_left_out() -> None:
    said = [signal("burst", 5, rate=40), signal("growth", 4)]
    first = looked([], said)
    assert kinds(first) == [("AAAA1", "growth")] and not looked(first.rows, said).new
    assert not looked(first.rows, [*said, signal("burst", 6, rate=79)]).new
    assert kinds(looked(first.rows, [*said, signal("burst", 6, rate=80)])) == [("AAAA1", "burst")]


def test_one_look_tells_of_one_rise_once_as_it_was_at_its_height() -> None:
    found = looked([], [signal("burst"), signal("burst", 1, rate=25), signal("burst", 2, rate=12)])
    assert kinds(found) == [("AAAA1", "burst")]
    assert found.new[0]["since"] == "2026-11-02" and json.loads(found.new[0]["detail"])["day"] == "2026-11-03"
    assert kinds(looked([], [signal("burst"), signal("growth", 4), signal("birth", 5)])) == [("AAAA1", "birth")]
    assert kinds(looked([], [signal("burst"), signal("burst", name="BBBB1")])) == [("AAAA1", "burst"),
                                                                                ("BBBB1", "burst")]


def test_a_birth_is_told_once() -> None:
    assert not looked([row(1, "birth", status="acknowledged")], [signal("birth", 40)]).new


def test_what_was_merged_is_the_alert_of_the_one_it_is_in() -> None:
    merged = [{"painpoint_id": "AAAA1", "status": "merged", "merged_into": "BBBB1"}, POINTS[1]]
    found = looked([row(1, "burst")], [signal("burst", 2), signal("growth", 2)], merged)
    assert [r["painpoint_id"] for r in found.rows] == ["BBBB1", "BBBB1"] and kinds(found) == [("BBBB1", "growth")]


def test_retired_ones_are_told_of_no_more() -> None:
    retired = [{**POINTS[0], "status": "retired"}]
    found = looked([row(1, "burst"), row(2, "growth", status="snoozed", until=3)], [signal("growth", 2)], retired)
    assert not found.new and [r["status"] for r in found.rows] == ["over", "over"]


@pytest.mark.parametrize(("today", "holds", "status"), [(6, True, "snoozed"), (7, True, "open"), (7, False, "over")])
def test_a_snoozed_one_comes_back_when_its_time_is_over_if_it_still_holds(today: int, holds: bool, status: str) -> None:
    holding = ALL if holds else {kind: set[str]() for kind in KINDS}
    found = looked([row(1, "burst", status="snoozed", until=7)], [], holding=holding, today=today)
    assert found.rows[0]["status"] == status and found.fresh == ({1} if status == "open" else set())
    assert bool(found.changed) is (status != "snoozed")


def test_alerts_are_named_by_number_pain_point_or_all() -> None:
    rows = [row(1, "burst"), row(2, "growth", status="acknowledged"), row(3, "birth", name="BBBB1", status="snoozed")]
    assert alerts_named(rows, "2") == [2] and alerts_named(rows, "all") == [1, 3]
    assert alerts_named(rows, "aaaa") == [1] and alerts_named(rows, "BBBB1") == [3]
    for name in ("9", "CCCC", "AA", ""):
        with pytest.raises(WorkspaceError):
            alerts_named(rows, name)
    with pytest.raises(WorkspaceError, match="2 pain points"):
        alerts_named([row(1, "burst", name="AAAAB"), row(2, "burst", name="AAAAC")], "AAAA")


def test_the_weekly_status_is_a_signal_of_its_weeks() -> None:
    from painpoints.track import signals, weekly_trends

    weeks = [DAY + timedelta(weeks=n - 20) for n in range(21)]
    counts = pl.DataFrame([(p, w, 5 if n < 20 or p == "B" else 30, 500)
                           for p in ("A", "B") for n, w in enumerate(weeks)],
                          schema=["painpoint_id", "week", "documents", "volume"], orient="row")
    (found,) = signals(weekly_trends(counts), pl.DataFrame(schema={"shown": pl.Boolean, "day": pl.Date}), [], DAY,
                       DAY + timedelta(days=4))
    assert (found.painpoint_id, found.kind, found.day) == ("A", "growth", DAY + timedelta(days=4))
    assert found.ratio is not None and found.documents / (found.expected or 0) == pytest.approx(found.ratio)
    assert found.days is not None and found.since == DAY + timedelta(days=5 - found.days)
