"""The journey, its stages and the weakest link."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from painpoints.errors import UsageError
from painpoints.report import journey, stages, weakest_link
from painpoints.store import RunData
from painpoints.taxonomy import Taxonomy


def test_counts_are_those_of_certain_units_that_are_no_copies(sample: RunData, taxonomy: Taxonomy) -> None:
    table = journey(sample, taxonomy)
    expected = sample.units.filter((pl.col("weight") > 0) & pl.col("certain") & (pl.col("touchpoint") != "none"))
    assert table["units"].sum() == len(expected)
    assert table["uncertain"].sum() == sample.units.filter(
        (pl.col("weight") > 0) & ~pl.col("certain") & pl.col("touchpoint").is_in(table["touchpoint"].to_list())).height
    assert (table["neg"] + table["neu"] + table["pos"] == table["units"]).all()


def test_copies_change_no_figure(sample: RunData, taxonomy: Taxonomy) -> None:
    copies = sample.units.head(50).with_columns(pl.lit(0, pl.Int64).alias("weight"), pl.col("unit_id") + "copy")
    doubled = replace(sample, units=pl.concat([sample.units, copies]))
    assert journey(doubled, taxonomy).equals(journey(sample, taxonomy))


def test_what_is_no_experience_is_no_touchpoint_and_the_overall_verdict_comes_last(
        sample: RunData, taxonomy: Taxonomy) -> None:
    codes = journey(sample, taxonomy)["touchpoint"].to_list()
    assert "none" not in codes
    assert codes[-1] == "general"


def test_rows_follow_the_journey(sample: RunData, taxonomy: Taxonomy) -> None:
    for framework in taxonomy.frameworks:
        table = journey(sample, taxonomy, framework).filter(pl.col("stage") != "none")
        order = [s.code for s in taxonomy.framework(framework).stages]
        places = [order.index(code) for code in table["stage"]]
        assert places == sorted(places)


def test_a_unit_stage_in_the_data_does_not_override_the_framework(sample: RunData, taxonomy: Taxonomy) -> None:
    odd = replace(sample, units=sample.units.with_columns(pl.lit("elsewhere").alias("stage")))
    assert journey(odd, taxonomy)["stage"].to_list() == journey(sample, taxonomy)["stage"].to_list()


def test_stages_add_up_to_their_touchpoints_and_empty_stages_stay(sample: RunData, taxonomy: Taxonomy) -> None:
    table = journey(sample, taxonomy, "five-stage")
    for row in stages(sample, taxonomy, "five-stage").iter_rows(named=True):
        assert row["units"] == table.filter(pl.col("stage") == row["stage"])["units"].sum()
    lonely = replace(sample, units=sample.units.filter(pl.col("touchpoint") == "delivery"))
    found = stages(lonely, taxonomy)
    assert found["stage"].to_list() == ["before", "during", "after"]
    assert found["units"].to_list()[:2] == [0, 0]
    assert found["net"].to_list()[:2] == [None, None]


def test_net_sentiment_lies_in_its_interval(sample: RunData, taxonomy: Taxonomy) -> None:
    table = journey(sample, taxonomy)
    assert ((table["net"] >= table["net_low"]) & (table["net"] <= table["net_high"])).all()
    expected = (table["pos"] - table["neg"]) / table["units"]
    assert table["net"].to_list() == pytest.approx(expected.to_list())


def _units(run: RunData, touchpoint: str, count: int, negative: int) -> pl.DataFrame:
    base = run.units.filter(pl.col("weight") > 0).head(1)
    rows = [base.with_columns(
        pl.lit(f"{touchpoint}{n}").alias("unit_id"), pl.lit(f"{touchpoint}{n}").alias("doc_id"),
        pl.lit(touchpoint).alias("touchpoint"), pl.lit("neg" if n < negative else "pos").alias("sentiment"),
        pl.lit(False).alias("is_problem"), pl.lit(True).alias("certain"), pl.lit(None, pl.Utf8).alias("painpoint_id"))
        for n in range(count)]
    return pl.concat(rows)


def test_the_weakest_link_is_the_surest_harm_not_the_highest_share(sample: RunData, taxonomy: Taxonomy) -> None:
    few_but_all = _units(sample, "packaging", 12, 12)
    many = _units(sample, "support", 200, 190)
    run = replace(sample, units=pl.concat([few_but_all, many]))
    link = weakest_link(run, taxonomy)
    assert link is not None and link.touchpoint == "support"
    assert link.low < 0.95 == link.harm < link.high
    assert link.elsewhere == 1.0


def test_too_few_opinions_make_no_weakest_link(sample: RunData, taxonomy: Taxonomy) -> None:
    run = replace(sample, units=_units(sample, "support", 9, 9))
    assert weakest_link(run, taxonomy) is None
    assert weakest_link(run, taxonomy, min_units=5) is not None


def test_ten_opinions_of_one_text_make_no_weakest_link(sample: RunData, taxonomy: Taxonomy) -> None:
    one = _units(sample, "support", 30, 30).with_columns(pl.lit("same").alias("doc_id"))
    assert weakest_link(replace(sample, units=one), taxonomy) is None


def test_a_problem_told_calmly_counts_as_harm(sample: RunData, taxonomy: Taxonomy) -> None:
    calm = _units(sample, "app", 20, 0).with_columns(pl.lit("neu").alias("sentiment"), pl.lit(True).alias("is_problem"))
    link = weakest_link(replace(sample, units=calm), taxonomy)
    assert link is not None and link.harm == 1.0


def test_evidence_takes_turns_between_languages_and_texts(sample: RunData, taxonomy: Taxonomy) -> None:
    link = weakest_link(sample, taxonomy)
    assert link is not None
    assert len(set(link.quotes["lang"])) == len(link.quotes) == 3
    assert link.quotes["text"].n_unique() == 3
    assert set(link.painpoints) <= set(sample.painpoints["painpoint_id"])
    assert link.quotes["source_id"].null_count() == 0


def test_nothing_certain_gives_an_empty_journey(sample: RunData, taxonomy: Taxonomy) -> None:
    unsure = replace(sample, units=sample.units.with_columns(pl.lit(False).alias("certain")))
    assert journey(unsure, taxonomy).is_empty()
    assert weakest_link(unsure, taxonomy) is None


def test_an_unknown_framework_is_named_with_the_known_ones(sample: RunData, taxonomy: Taxonomy) -> None:
    with pytest.raises(UsageError, match="three-stage"):
        journey(sample, taxonomy, "seven-stage")
