"""Counts by week: who speaks once counts once, in weeks that begin where the reader's do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from painpoints.errors import ColumnError, UsageError
from painpoints.track import daily_counts, weekly_counts

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)  # a Monday
WEEK_1, WEEK_2, WEEK_3 = date(2026, 1, 5), date(2026, 1, 12), date(2026, 1, 19)


def feedback(*rows: tuple[str, float | None, str | None]) -> pl.DataFrame:
    """Documents of (doc_id, days after the first Monday, author)."""
    return pl.DataFrame({"doc_id": [r[0] for r in rows], "author_key": [r[2] for r in rows],
                         "time": [None if r[1] is None else NOON + timedelta(days=r[1]) for r in rows]},
                        schema={"doc_id": pl.Utf8, "author_key": pl.Utf8, "time": pl.Datetime("us", "UTC")})


def opinions(*rows: tuple[str, str | None, int]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema={"doc_id": pl.Utf8, "painpoint_id": pl.Utf8, "weight": pl.Int64},
                        orient="row")


def test_every_week_between_the_first_and_the_last_is_there() -> None:
    found = weekly_counts(feedback(("a", 0, None), ("b", 1, None), ("c", 15, None)),
                          opinions(("a", "late", 1), ("c", "late", 1)))
    assert found.rows() == [("late", WEEK_1, 1, 2), ("late", WEEK_2, 0, 0), ("late", WEEK_3, 1, 1)]


def test_a_document_that_says_it_twice_counts_once() -> None:
    found = weekly_counts(feedback(("a", 0, None)), opinions(("a", "late", 1), ("a", "late", 1), ("a", "rude", 1)))
    assert found.rows() == [("late", WEEK_1, 1, 1), ("rude", WEEK_1, 1, 1)]


def test_a_flood_by_one_author_counts_once_a_week_in_mentions_and_volume() -> None:
    flood = [(f"f{i}", i / 10, "troll") for i in range(50)]
    calm = [("x", 1, "one"), ("y", 2, None), ("z", 9, "troll")]
    found = weekly_counts(feedback(*flood, *calm),
                          opinions(*((d, "late", 1) for d, _, _ in flood), ("y", "late", 1), ("z", "late", 1)))
    assert found.rows() == [("late", WEEK_1, 2, 3), ("late", WEEK_2, 1, 1)]


def test_copies_of_one_text_count_once_however_many_wrote_them() -> None:
    copies = [(f"c{i}", i % 9, f"author{i}") for i in range(40)]
    units = opinions(("c0", "late", 40), *((d, "late", 0) for d, _, _ in copies[1:]), ("own", "late", 1))
    found = weekly_counts(feedback(*copies, ("own", 8, "me")), units)
    assert found.rows() == [("late", WEEK_1, 1, 1), ("late", WEEK_2, 1, 1)]


def test_a_document_with_a_copy_and_an_opinion_of_its_own_counts_for_that() -> None:
    found = weekly_counts(feedback(("a", 0, None), ("b", 1, None)),
                          opinions(("a", "late", 2), ("b", "late", 0), ("b", "rude", 1)))
    assert found.rows() == [("late", WEEK_1, 1, 2), ("rude", WEEK_1, 1, 2)]


def test_documents_without_time_take_no_part_and_those_without_a_pain_point_make_volume() -> None:
    found = weekly_counts(feedback(("a", 0, None), ("b", None, None), ("c", 1, None), ("d", 2, None)),
                          opinions(("a", "late", 1), ("b", "late", 1), ("c", None, 1)))
    assert found.rows() == [("late", WEEK_1, 1, 3)]


@pytest.mark.parametrize("week_start, week", [(0, date(2026, 1, 5)), (5, date(2026, 1, 3)), (6, date(2026, 1, 4))])
def test_weeks_begin_on_the_day_asked_for(week_start: int, week: date) -> None:
    found = weekly_counts(feedback(("a", 2, None)), opinions(("a", "late", 1)), week_start=week_start)
    assert found["week"].to_list() == [week]


def test_days_begin_at_midnight_in_the_zone_asked_for() -> None:
    evening = feedback(("a", 6.4, None))  # Sunday, 21:36 UTC: past midnight in Tehran
    units = opinions(("a", "late", 1))
    assert weekly_counts(evening, units)["week"].to_list() == [WEEK_1]
    assert weekly_counts(evening, units, zone="Asia/Tehran")["week"].to_list() == [WEEK_2]


def test_days_add_up_to_weeks() -> None:
    documents = feedback(*((f"d{i}", i / 7, f"author{i % 23}") for i in range(200)))
    units = opinions(*((f"d{i}", "late" if i % 3 else "rude", 1) for i in range(0, 200, 2)))
    daily = daily_counts(documents, units, week_start=5)
    added = daily.group_by("painpoint_id", "week").agg(pl.col("documents", "volume").sum())
    assert added.sort("painpoint_id", "week").equals(weekly_counts(documents, units, week_start=5))
    assert daily.height == 2 * daily["day"].n_unique() == 2 * 29


def test_the_order_of_rows_makes_no_difference() -> None:
    documents = feedback(*((f"d{i}", i / 7, f"author{i % 23}") for i in range(200)))
    units = opinions(*((f"d{i}", "late", 1) for i in range(0, 200, 2)))
    shuffled = weekly_counts(documents.sample(fraction=1, shuffle=True, seed=1),
                             units.sample(fraction=1, shuffle=True, seed=2))
    assert shuffled.equals(weekly_counts(documents, units))


def test_nothing_dated_gives_no_weeks() -> None:
    assert weekly_counts(feedback(("a", None, None)), opinions(("a", "late", 1))).rows() == []


def test_what_is_missing_is_named() -> None:
    documents, units = feedback(("a", 0, None)), opinions(("a", "late", 1))
    with pytest.raises(ColumnError, match="units: no column weight"):
        weekly_counts(documents, units.drop("weight"))
    with pytest.raises(UsageError, match="week_start is 7"):
        weekly_counts(documents, units, week_start=7)
    assert weekly_counts(documents.drop("author_key"), units).height == 1
