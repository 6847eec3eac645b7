"""What was left out."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from painpoints.report import left_out
from painpoints.store import RunData


def test_every_kind_is_counted_with_its_whole(sample: RunData) -> None:
    rows = {(row["kind"], row["detail"]): row for row in left_out(sample).iter_rows(named=True)}
    assert rows["rejected", "empty_text"]["count"] == 3
    assert rows["rejected", "broken_quoting"]["total"] == 124
    assert rows["copies", None]["count"] == sample.units.filter(pl.col("weight") == 0).height
    assert rows["unsupported", "de"]["count"] > 0
    kept = sample.units.filter(pl.col("weight") > 0)
    assert rows["not_experience", None]["count"] == kept.filter(pl.col("touchpoint") == "none").height
    about = kept.filter(pl.col("touchpoint") != "none")
    assert rows["uncertain", None]["count"] == about.filter(~pl.col("certain")).height
    assert rows["unassigned", None]["count"] == about.filter(
        pl.col("is_problem") & pl.col("painpoint_id").is_null()).height


def test_rejected_may_be_one_number_or_nothing(sample: RunData) -> None:
    one = left_out(replace(sample, manifest={"counts": {"rejected": 7}}))
    assert one.filter(pl.col("kind") == "rejected")["count"].to_list() == [7]
    assert "rejected" not in left_out(replace(sample, manifest={}))["kind"].to_list()


def test_nothing_left_out_is_an_empty_table(sample: RunData) -> None:
    clean = sample.units.filter((pl.col("weight") > 0) & pl.col("certain") & ~pl.col("is_problem")
                                & (pl.col("touchpoint") != "none") & (pl.col("lang") != "de"))
    assert left_out(replace(sample, units=clean, manifest={})).is_empty()
