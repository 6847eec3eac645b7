"""Consistency between groups."""

from __future__ import annotations

import random
from dataclasses import replace

import polars as pl
import pytest

from painpoints.errors import UsageError
from painpoints.report import consistency
from painpoints.store import RunData


def _run(sample: RunData, shares: dict[tuple[str, str], float], size: int = 80, seed: int = 5) -> RunData:
    """A run where (source, touchpoint) has ``size`` opinions, that share of them negative."""
    chance = random.Random(seed)
    docs, units = [], []
    base_doc, base_unit = sample.documents.row(0, named=True), sample.units.row(0, named=True)
    for (source, touchpoint), share in shares.items():
        for n in range(size):
            doc_id = f"{source}-{touchpoint}-{n}"
            docs.append({**base_doc, "doc_id": doc_id, "source": source})
            units.append({**base_unit, "doc_id": doc_id, "unit_id": doc_id, "touchpoint": touchpoint, "weight": 1,
                          "certain": True, "sentiment": "neg" if chance.random() < share else "pos"})
    return replace(sample, documents=pl.DataFrame(docs, schema=sample.documents.schema, orient="row"),
                   units=pl.DataFrame(units, schema=sample.units.schema, orient="row"))


def test_a_planted_difference_is_found_and_named_from_its_worse_side(sample: RunData) -> None:
    run = _run(sample, {("web", "delivery"): 0.2, ("shop", "delivery"): 0.7, ("web", "price"): 0.4,
                        ("shop", "price"): 0.4})
    found = consistency(run, "source").filter(pl.col("differs"))
    assert found.select("place", "group", "others").rows() == [("delivery", "shop", "web")]
    row = found.row(0, named=True)
    assert row["low"] < row["difference"] < row["high"] and row["low"] > 0.2


def test_two_groups_are_compared_once_each_place(sample: RunData) -> None:
    run = _run(sample, {("web", "delivery"): 0.2, ("shop", "delivery"): 0.7})
    assert len(consistency(run, "source")) == 1


def test_noise_gives_hardly_any_findings(sample: RunData) -> None:
    places = ["delivery", "price", "app", "support", "product", "staff", "payment", "returns"]
    alarms = 0
    for seed in range(20):
        shares = {(source, place): 0.4 for source in ("a", "b", "c", "d") for place in places}
        alarms += int(consistency(_run(sample, shares, size=30, seed=seed), "source")["differs"].any())
    assert alarms <= 3


def test_q_values_are_taken_over_all_columns_together(sample: RunData) -> None:
    alone = consistency(sample, "source")
    together = consistency(sample, ["source", "lang", "channel", "product"])
    assert len(together) > len(alone)
    key = ["by", "place", "group"]
    joined = alone.join(together, on=key, suffix="_all")
    assert len(joined) == len(alone)
    assert (joined["p"] == joined["p_all"]).all()
    assert joined["q"].to_list() != joined["q_all"].to_list()


def test_a_sure_but_small_difference_is_not_reported(sample: RunData) -> None:
    run = _run(sample, {("web", "delivery"): 0.50, ("shop", "delivery"): 0.57}, size=3000)
    row = consistency(run, "source").row(0, named=True)
    assert row["q"] < 0.05 and not row["differs"]


def test_too_few_opinions_are_not_compared(sample: RunData) -> None:
    run = _run(sample, {("web", "delivery"): 0.0, ("shop", "delivery"): 1.0}, size=9)
    assert consistency(run, "source").is_empty()


def test_channel_compares_online_with_offline_inside_a_stage(sample: RunData) -> None:
    run = _run(sample, {("web", "packaging"): 0.1, ("web", "support"): 0.8})
    row = consistency(run, "channel").row(0, named=True)
    assert (row["place"], row["group"], row["others"], row["differs"]) == ("after", "online", "offline", True)


def test_the_sample_shows_that_telegram_delivers_worse(sample: RunData) -> None:
    found = consistency(sample, "source").filter(pl.col("differs"))
    assert ("delivery", "Telegram") in found.select("place", "group").rows()


def test_a_missing_column_is_named_with_those_there_are(sample: RunData) -> None:
    with pytest.raises(UsageError, match=r"meta\.product"):
        consistency(sample, "branch")
