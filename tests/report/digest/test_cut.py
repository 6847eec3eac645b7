"""Cuts of a workspace: narrow over all time, whole within a period, and never with what came later."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from painpoints.config import Settings
from painpoints.report import Known, build_digest, everything, trends_until
from painpoints.report.digest.model import Period
from painpoints.store import WorkspaceData
from painpoints.taxonomy import load_taxonomy

FIRST = date(2026, 8, 31)
WEEK = Period(date(2026, 9, 14), date(2026, 9, 20), "2026-W38")


def shop(days: int) -> WorkspaceData:
    """A comment of two opinions a day; every third is on a pain point that was retired, the seventh day's is a copy."""
    documents, units = [], []
    for number in reversed(range(days)):  # the rows lie in no order
        name, day = f"d{number:03}", FIRST + timedelta(days=number)
        documents.append({"doc_id": name, "author_key": f"a{number % 5}", "source": "app", "rating": 0.5, "lang": "en",
                          "time": datetime(day.year, day.month, day.day, 12, tzinfo=UTC), "addition": 1, "dated": True,
                          "meta.branch": f"b{number % 2}"})
        for part in (1, 0):
            said = f"the courier number {number} came late again {part}"
            units.append({
                "unit_id": f"u{number:03}{part}", "doc_id": name, "start": 0, "end": len(said), "text": said,
                "key": said, "lang": "en", "weight": int(number % 7 != 6), "sentiment": "neg", "p_neg": 0.7,
                "p_neu": 0.2, "p_pos": 0.1, "touchpoint": None if part else "delivery", "touchpoint_p": 0.8,
                "stage": "purchase", "problem_p": 0.9, "is_problem": None if part else True,
                "certain": None if part else True, "painpoint_id": ("LATE", "LATE", "GONE")[number % 3],
                "painpoint_strength": 0.5})
    points = [{"painpoint_id": name, "title": name, "named_by": "machine", "merged_into": None, "titles": "[]",
               "pinned": 0, "status": status} for name, status in (("LATE", "open"), ("GONE", "retired"))]
    additions = [{"number": 1, "made": "2026-11-23T08:00:00+00:00", "note": json.dumps({"rejected": {}})}]
    return WorkspaceData("shop", pl.DataFrame(documents), pl.DataFrame(units), points, [], [], additions, [], [],
                         Settings().as_dict(), lambda ids: pytest.fail("a digest asks for no vectors"))


@pytest.fixture(scope="module")
def known() -> Known:
    return everything(shop(40), "UTC")


def test_a_cut_has_every_column_of_the_rows_in_its_period_and_nothing_else(known: Known) -> None:
    cut = known.within(WEEK)
    assert cut.documents["doc_id"].to_list() == [f"d{number:03}" for number in range(14, 21)]
    assert cut.units["unit_id"].to_list() == [f"u{number:03}{part}" for number in range(14, 21) for part in (0, 1)]
    given = shop(40)
    assert set(given.documents.columns) | {"day", "copied"} == set(cut.documents.columns)
    assert set(given.units.columns) | {"day", "place"} == set(cut.units.columns)
    again = cut.units.join(given.units, on="unit_id", suffix="_given")
    assert (again["text"] == again["text_given"]).all() and (again["doc_id"] == again["doc_id_given"]).all()
    assert cut.documents["meta.branch"].to_list() == [f"b{number % 2}" for number in range(14, 21)]


def test_flags_are_told_copies_marked_and_retired_pain_points_left_out_of_the_lists(known: Known) -> None:
    cut = known.within(WEEK)
    assert cut.units["is_problem"].null_count() == cut.units["certain"].null_count() == 0
    assert cut.units["touchpoint"].to_list() == ["delivery", "none"] * 7
    assert cut.documents.filter("copied")["doc_id"].to_list() == ["d020"]
    assert cut.units.filter(pl.col("place") == "GONE")["painpoint_id"].null_count() == len(
        cut.units.filter(pl.col("place") == "GONE")) > 0
    assert set(cut.units["painpoint_id"].drop_nulls()) == {"LATE"}


def test_until_a_day_is_what_was_known_on_that_day(known: Known) -> None:
    until, then = known.until(FIRST + timedelta(days=20)), everything(shop(21), "UTC")
    assert until.period == then.period == Period(FIRST, FIRST + timedelta(days=20))
    assert until.documents.drop("row").equals(then.documents.drop("row"))
    assert until.units.drop("row").equals(then.units.drop("row"))
    assert until.mentions.drop("row").equals(then.mentions.drop("row"))


def test_a_digest_is_the_same_whether_everything_was_at_hand_or_not(known: Known) -> None:
    taxonomy, data = load_taxonomy(), known.data
    alone = build_digest(data, trends_until(data, WEEK), WEEK, taxonomy=taxonomy, framework="three-stage")
    assert alone.volume.documents == 6 and alone.top
    assert build_digest(data, trends_until(data, WEEK, known=known), WEEK, taxonomy=taxonomy, framework="three-stage",
                        known=known) == alone
