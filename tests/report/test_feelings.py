"""What customers feel and what they expected, at every touchpoint and pain point."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from painpoints.report import journey
from painpoints.report.feelings import emotion_shares, expectations, heard, main_emotions
from painpoints.report.journeymap import experience
from painpoints.store import RunData
from painpoints.taxonomy import Taxonomy

NEW = ("emotion", "emotion_p", "expectation")


def _units(*rows: dict[str, Any]) -> pl.DataFrame:
    """Certain negative units about delivery; each row says where it differs."""
    base = {"lang": "en", "text": "…", "weight": 1, "sentiment": "neg", "p_neg": 0.9, "touchpoint": "delivery",
            "touchpoint_p": 0.9, "is_problem": True, "certain": True, "emotion": None, "expectation": None,
            "painpoint_id": None}
    schema = {"unit_id": pl.Utf8, "doc_id": pl.Utf8, "lang": pl.Utf8, "text": pl.Utf8, "weight": pl.Int64,
              "sentiment": pl.Utf8, "p_neg": pl.Float64, "touchpoint": pl.Utf8, "touchpoint_p": pl.Float64,
              "is_problem": pl.Boolean, "certain": pl.Boolean, "emotion": pl.Utf8, "expectation": pl.Utf8,
              "painpoint_id": pl.Utf8}
    return pl.DataFrame([{"unit_id": f"u{n:03d}", "doc_id": f"d{n:03d}", **base, **row}
                         for n, row in enumerate(rows)], schema=schema, orient="row")


def _said(units: pl.DataFrame, count: int = 3) -> list[str]:
    found = expectations(units, "touchpoint", count)
    return [each["text"] for each in found["expectations"].item()] if len(found) else []


def test_emotions_are_counted_over_certain_negative_units_that_are_no_copies(
        sample: RunData, taxonomy: Taxonomy) -> None:
    table = journey(sample, taxonomy)
    counted = sample.units.filter((pl.col("weight") > 0) & pl.col("certain") & (pl.col("sentiment") == "neg"))
    seen = 0
    for row in table.iter_rows(named=True):
        here = counted.filter(pl.col("touchpoint") == row["touchpoint"])
        expected = dict(here.drop_nulls("emotion").group_by("emotion").len().iter_rows())
        assert {each["emotion"]: each["units"] for each in row["emotions"]} == expected
        assert [each["units"] for each in row["emotions"]] == sorted(expected.values(), reverse=True)
        seen += len(expected)
    assert seen >= 8


def test_an_emotion_of_a_unit_that_is_not_negative_does_not_count() -> None:
    units = _units({"emotion": "anger"}, {"emotion": "worry", "sentiment": "neu"})
    assert emotion_shares(units, "touchpoint")["emotion"].to_list() == ["anger"]


def test_shares_are_of_all_negative_units_and_lie_in_their_intervals() -> None:
    units = _units(*[{"emotion": "anger"}] * 6, *[{"emotion": "worry"}] * 2, *[{}] * 2, {"sentiment": "pos"})
    table = emotion_shares(units, "touchpoint")
    assert table.select("emotion", "units", "negative").rows() == [("anger", 6, 10), ("worry", 2, 10)]
    assert table["share"].to_list() == pytest.approx([0.6, 0.2])
    assert ((table["low"] < table["share"]) & (table["share"] < table["high"])).all()


def test_many_opinions_of_one_text_do_not_make_a_share_surer() -> None:
    apart = _units(*[{"emotion": "anger"}] * 8, *[{"emotion": "worry"}] * 8)
    together = apart.with_columns(pl.concat_str(pl.lit("d"), pl.col("emotion")).alias("doc_id"))
    one, other = (emotion_shares(units, "touchpoint").row(0, named=True) for units in (apart, together))
    assert one["share"] == other["share"] and other["high"] - other["low"] > one["high"] - one["low"]


def test_emotions_heard_equally_often_stand_in_the_order_of_their_codes() -> None:
    units = _units({"emotion": "worry"}, {"emotion": "anger"}, {"emotion": "confusion"})
    assert emotion_shares(units, "touchpoint")["emotion"].to_list() == ["anger", "confusion", "worry"]


def test_a_pain_point_has_the_feelings_of_its_own_units() -> None:
    units = _units({"emotion": "anger", "painpoint_id": "A"}, {"emotion": "worry", "painpoint_id": "B"},
                   {"emotion": "worry"})
    table = emotion_shares(units, "painpoint_id")
    assert table.select("painpoint_id", "emotion", "units").rows() == [("A", "anger", 1), ("B", "worry", 1)]


@pytest.mark.parametrize(("heard_here", "main"), [
    (["anger", "anger", "worry"], ["anger"]), (["anger"], []), (["anger", "anger", "worry", "worry"], []),
    (["worry", "worry"], ["worry"]), ([None, None], [])])
def test_the_main_emotion_is_heard_twice_and_more_often_than_any_other(
        heard_here: list[str | None], main: list[str]) -> None:
    units = _units(*({"emotion": code} for code in heard_here))
    assert main_emotions(units, "touchpoint")["emotion"].to_list() == main


def test_expectations_take_turns_between_the_four_languages() -> None:
    said = [{"lang": "en", "expectation": f"by {hour} o'clock", "p_neg": 0.99 - hour / 100} for hour in range(1, 6)]
    units = _units(*said, {"lang": "fa", "expectation": "قرار بود فردا برسد", "p_neg": 0.6},
                   {"lang": "ar", "expectation": "المفروض يوصل اليوم", "p_neg": 0.5},
                   {"lang": "ru", "expectation": "обещали за два дня", "p_neg": 0.4})
    assert _said(units) == ["by 1 o'clock", "قرار بود فردا برسد", "المفروض يوصل اليوم"]
    assert _said(units, 6) == ["by 1 o'clock", "قرار بود فردا برسد", "المفروض يوصل اليوم", "обещали за два дня",
                               "by 2 o'clock", "by 3 o'clock"]


def test_expectations_are_surest_first() -> None:
    units = _units({"expectation": "a call back", "touchpoint_p": 0.5}, {"expectation": "a real answer"},
                   {"expectation": "an apology", "p_neg": 0.95})
    assert _said(units) == ["an apology", "a real answer", "a call back"]


@pytest.mark.parametrize("phrase", ["x", " ", "؟؟؟", "…!", "\u200c\u200c", "خ" * 121, "", None])
def test_what_is_too_short_too_long_or_no_words_is_not_quoted(phrase: str | None) -> None:
    assert _said(_units({"expectation": phrase}, {"expectation": "کف"}, {"expectation": "خ" * 120})) == [
        "کف", "خ" * 120]


def test_one_text_speaks_once_and_nothing_is_said_twice() -> None:
    units = _units({"expectation": "two days"}, {"expectation": "within the week", "doc_id": "d000"},
                   {"expectation": "Two  days!"}, {"expectation": "قرار بود ظهر برسد"},
                   {"expectation": "قرار بود ظهر برسد."}, {"expectation": "a phone call"})
    assert _said(units, 9) == ["two days", "قرار بود ظهر برسد", "a phone call"]


def test_quotes_are_slices_of_the_unit_without_the_spaces_around(sample: RunData, taxonomy: Taxonomy) -> None:
    texts = dict(sample.units.select("unit_id", "text").iter_rows())
    docs = dict(sample.units.select("unit_id", "doc_id").iter_rows())
    found = [each for row in journey(sample, taxonomy)["expectations"].to_list() for each in row]
    assert {each["lang"] for each in found} >= {"fa", "ar", "ru", "en"}
    for each in found:
        assert each["text"] in texts[each["unit_id"]] and docs[each["unit_id"]] == each["doc_id"]
    padded = _units({"expectation": "  به موقع برسد \n"})
    assert _said(padded) == ["به موقع برسد"]


def test_uncertain_units_and_copies_lend_no_expectation(sample: RunData, taxonomy: Taxonomy) -> None:
    units = _units({"expectation": "kept"}, {"expectation": "unsure", "certain": False},
                   {"expectation": "copied", "weight": 0}, {"expectation": "a greeting", "touchpoint": "none"})
    run = replace(sample, units=units, documents=sample.documents.clear())
    assert _said(experience(run)) == ["kept"]
    assert [[each["text"] for each in row] for row in journey(run, taxonomy)["expectations"].to_list()] == [["kept"]]


def test_a_touchpoint_with_neither_has_empty_lists_not_nulls(sample: RunData, taxonomy: Taxonomy) -> None:
    row = journey(sample, taxonomy).filter(pl.col("touchpoint") == "website").row(0, named=True)
    assert (row["emotions"], row["expectations"]) == ([], [])


@pytest.mark.parametrize("missing", [NEW, ("emotion", "emotion_p"), ("expectation",)])
def test_a_run_of_an_older_version_has_empty_lists_of_the_same_type(
        sample: RunData, taxonomy: Taxonomy, missing: tuple[str, ...]) -> None:
    older = replace(sample, units=sample.units.drop(missing))
    now, then = journey(sample, taxonomy), journey(older, taxonomy)
    assert heard(sample.units) and not heard(older.units)
    assert then.schema == now.schema
    for column, source in (("emotions", "emotion"), ("expectations", "expectation")):
        assert (then[column].list.len().sum() == 0) == (source in missing)
    assert then.drop("emotions", "expectations").equals(now.drop("emotions", "expectations"))


def test_columns_of_nothing_but_nulls_are_as_good_as_none(sample: RunData, taxonomy: Taxonomy) -> None:
    silent = replace(sample, units=sample.units.with_columns(pl.lit(None).alias(name) for name in NEW))
    table = journey(silent, taxonomy)
    assert table["emotions"].list.len().sum() == table["expectations"].list.len().sum() == 0


def test_the_order_of_the_rows_changes_nothing(sample: RunData, taxonomy: Taxonomy) -> None:
    expected = journey(sample, taxonomy)
    for seed in range(3):
        shuffled = replace(sample, units=sample.units.sample(fraction=1, shuffle=True, seed=seed))
        assert journey(shuffled, taxonomy).equals(expected)


def test_no_units_give_no_rows_of_the_right_type(sample: RunData, taxonomy: Taxonomy) -> None:
    nothing = journey(replace(sample, units=sample.units.clear()), taxonomy)
    assert nothing.is_empty() and nothing.schema == journey(sample, taxonomy).schema
