"""Who suffers: planted skews are found with their size, chance is not, and the numbers are those of the textbooks."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from painpoints.cluster.skews import (
    RATE,
    SKEWS,
    TESTS,
    counted,
    document_traits,
    exact_interval,
    fisher,
    measure_skews,
    suffering,
    with_skews,
)

LANGS = ("fa", "ar", "ru", "en")
SHARES = (0.4, 0.3, 0.2, 0.1)


def _documents(rng: np.random.Generator, many: int) -> pl.DataFrame:
    return pl.DataFrame({
        "doc_id": [f"d{n:05d}" for n in range(many)],
        "lang": [LANGS[at] for at in rng.choice(4, many, p=SHARES)],
        "source": [("Telegram", "App store", "تماس تلفنی")[at] for at in rng.choice(3, many, p=(0.5, 0.3, 0.2))],
        "meta.branch": [f"{at}" for at in rng.integers(1, 13, many)],
        "rating": [value if value <= 1 else None for value in (rng.integers(0, 6, many) / 4).tolist()],
    }, schema_overrides={"rating": pl.Float64})


def _units(held: dict[str, list[str]]) -> pl.DataFrame:
    rows = [{"doc_id": doc, "painpoint_id": pain, "weight": 1} for pain, docs in held.items() for doc in docs]
    return pl.DataFrame(rows, schema={"doc_id": pl.Utf8, "painpoint_id": pl.Utf8, "weight": pl.Int64})


def _points(ids: list[str]) -> pl.DataFrame:
    return pl.DataFrame({"painpoint_id": ids, "rank": range(1, len(ids) + 1)})


def test_a_planted_skew_is_found_with_its_size() -> None:
    rng = np.random.default_rng(3)
    docs = _documents(rng, 2000)
    russian = docs.filter(pl.col("lang") == "ru")["doc_id"].to_list()
    twelve = docs.filter(pl.col("meta.branch") == "12")["doc_id"].to_list()
    held = {"PRU": rng.choice(russian, 60, replace=False).tolist(), "PANY": docs["doc_id"].sample(
        60, seed=1).to_list(), "P12": rng.choice(twelve, 40, replace=False).tolist()}
    found = with_skews(_points(["PANY", "P12", "PRU"]), _units(held), docs, "branch")
    assert found["painpoint_id"].to_list() == ["PANY", "P12", "PRU"]
    assert found.schema["skews"] == SKEWS
    skews = dict(zip(found["painpoint_id"], found["skews"].to_list(), strict=True))
    assert skews["PANY"] == []
    most = {name: next((s["kind"], s["value"]) for s in rows if s["ratio"] > 1) for name, rows in skews.items() if rows}
    assert most == {"PRU": ("lang", "ru"), "P12": ("meta.branch", "12")}
    of_ru = next(s for s in skews["PRU"] if s["value"] == "ru")
    share = len(russian) / 2000
    assert of_ru["documents"] == 60 and of_ru["expected"] == pytest.approx(60 * share)
    assert of_ru["ratio"] == pytest.approx(1 / share)
    assert 1 < of_ru["low"] <= of_ru["ratio"] <= of_ru["high"] and of_ru["q"] < 1e-10
    spared = {s["value"] for s in skews["PRU"] if s["ratio"] < 1}
    assert {"fa", "ar"} <= spared <= {"fa", "ar", "en"}


def test_no_finding_on_shuffled_data_beyond_the_stated_rate() -> None:
    rng = np.random.default_rng(8)
    docs = _documents(rng, 600)
    traits = document_traits(docs, "branch")
    trials, runs_with_findings = 60, 0
    for _ in range(trials):
        held = {f"P{n}": rng.choice(docs["doc_id"].to_list(), int(rng.integers(8, 90)), replace=False).tolist()
                for n in range(8)}
        table = measure_skews(suffering(_units(held)), traits)
        assert len(table) > 100
        runs_with_findings += bool(table["finding"].any())
    assert runs_with_findings <= 8  # 5 % of 60 is 3; more than 8 has probability under .005


def test_of_the_findings_beside_true_ones_few_are_chance() -> None:
    rng = np.random.default_rng(21)
    docs = _documents(rng, 1500)
    persian = docs.filter(pl.col("lang") == "fa")["doc_id"].to_list()
    traits = document_traits(docs, "branch").filter(pl.col("kind") != "lang")
    languages = document_traits(docs, "branch").filter(pl.col("kind") == "lang")
    false, total = 0, 0
    for _ in range(10):
        held = {f"P{n}": rng.choice(persian if n < 4 else docs["doc_id"].to_list(), 50, replace=False).tolist()
                for n in range(8)}
        table = measure_skews(suffering(_units(held)), pl.concat([traits, languages])).filter("finding")
        true = (pl.col("kind") == "lang") & pl.col("painpoint_id").is_in([f"P{n}" for n in range(4)])
        assert len(table.filter(true & (pl.col("value") == "fa"))) == 4
        total += len(table)
        false += len(table.filter(~true))
    assert false / total <= 2 * RATE


def test_the_interval_holds_the_ratio_and_covers_the_truth() -> None:
    rng = np.random.default_rng(5)
    hits, trials = 0, 80
    for _ in range(trials):
        lang = rng.choice(4, 800, p=SHARES)
        has = rng.random(800) < np.where(lang == 2, 0.15, 0.05)
        docs = pl.DataFrame({"doc_id": [f"d{n}" for n in range(800)], "lang": [LANGS[at] for at in lang],
                             "rating": pl.Series([None] * 800, dtype=pl.Float64)})
        table = measure_skews(suffering(_units({"P": docs.filter(pl.Series(has))["doc_id"].to_list()})),
                              document_traits(docs))
        row = table.filter(pl.col("value") == "ru").row(0, named=True)
        assert row["low"] <= row["ratio"] <= row["high"]
        truth = 0.15 / (0.2 * 0.15 + 0.8 * 0.05)
        hits += row["low"] <= truth <= row["high"]
    assert hits >= 72  # 95 % of 80 is 76; fewer than 72 has probability under .02


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 60), st.data())
@settings(max_examples=60, deadline=None)
def test_p_values_are_those_of_fisher(size: int, marked: int, rest: int, data: st.DataObject) -> None:
    from scipy.stats import fisher_exact

    total = max(size, marked) + rest
    hits = data.draw(st.integers(max(0, size + marked - total), min(size, marked)))
    table = [[hits, size - hits], [marked - hits, total - size - marked + hits]]
    ours = fisher(*(np.array([n]) for n in (hits, size, marked, total)))[0]
    assert ours == pytest.approx(float(fisher_exact(table).pvalue), rel=1e-6, abs=1e-12)


def test_exact_intervals_at_the_ends_and_in_between() -> None:
    low, high = exact_interval(np.array([0, 10, 3]), np.array([10, 10, 10]))
    assert low == pytest.approx([0, 0.6915, 0.0667], abs=1e-3)
    assert high == pytest.approx([0.3085, 1, 0.6525], abs=1e-3)


def test_too_few_documents_are_not_tested_at_all() -> None:
    docs = _documents(np.random.default_rng(2), 300)
    persian = docs.filter(pl.col("lang") == "fa")["doc_id"].to_list()
    few = measure_skews(suffering(_units({"P": persian[:7]})), document_traits(docs))
    assert few.is_empty() and dict(few.schema) == TESTS
    enough = measure_skews(suffering(_units({"P": persian[:8]})), document_traits(docs))
    assert {"fa", "ar", "ru"} <= set(enough["value"])
    rare = docs.with_columns(pl.when(pl.col("doc_id") < "d00009").then(pl.lit("tr")).otherwise("lang").alias("lang"))
    assert "tr" not in measure_skews(suffering(_units({"P": persian})), document_traits(rare))["value"].to_list()


def test_ratings_are_held_against_all_rated_documents() -> None:
    docs = pl.DataFrame({"doc_id": [f"d{n:03d}" for n in range(200)], "lang": ["fa"] * 100 + ["en"] * 100,
                         "rating": [0.0] * 40 + [0.5] * 40 + [1.0] * 40 + [None] * 80})
    traits = document_traits(docs)
    assert len(traits.filter(pl.col("kind") == "rating")) == 120
    table = measure_skews(suffering(_units({"P": docs["doc_id"].head(30).to_list()})), traits)
    rows = {row["value"]: row for row in table.filter(pl.col("kind") == "rating").iter_rows(named=True)}
    assert set(rows) == {"low", "high"}
    assert rows["low"]["ratio"] == pytest.approx(3.0) and rows["low"]["finding"]
    assert rows["high"]["documents"] == 0 and rows["high"]["high"] < 1


def test_copies_are_no_documents_and_two_opinions_of_one_text_are_one() -> None:
    docs = _documents(np.random.default_rng(4), 40)
    units = pl.DataFrame({"doc_id": ["d00000", "d00000", "d00001", "d00002"], "painpoint_id": ["P", "P", "P", None],
                          "weight": [1, 1, 0, 1]})
    assert suffering(units).rows() == [("d00000", "P")]
    assert len(counted(units, docs)) == 39 and "d00001" not in counted(units, docs)["doc_id"]


def test_the_product_is_looked_at_unless_a_segment_is_named_and_unknown_values_are_not() -> None:
    docs = _documents(np.random.default_rng(6), 50).with_columns(pl.lit("کیف").alias("meta.product"))
    docs = docs.with_columns(pl.when(pl.col("doc_id") < "d00010").then(pl.lit(" ")).otherwise("source").alias("source"),
                             pl.lit("und").alias("lang"))
    assert set(document_traits(docs)["kind"]) == {"source", "rating", "meta.product"}
    assert set(document_traits(docs, "branch")["kind"]) == {"source", "rating", "meta.branch"}
    assert set(document_traits(docs, "source")["kind"]) == {"source", "rating"}
    assert len(document_traits(docs).filter(pl.col("kind") == "source")) == 40


def test_the_order_of_rows_changes_nothing() -> None:
    rng = np.random.default_rng(9)
    docs = _documents(rng, 500)
    units = _units({f"P{n}": docs.filter(pl.col("lang") == LANGS[n])["doc_id"].head(30).to_list() for n in range(4)})
    points = _points(["P0", "P1", "P2", "P3"])
    one = with_skews(points, units, docs)
    two = with_skews(points, units.sample(fraction=1, shuffle=True, seed=1), docs.reverse())
    assert one.equals(two)
    assert with_skews(one, units, docs).equals(one)


def test_nothing_to_count_gives_empty_lists() -> None:
    docs = _documents(np.random.default_rng(9), 5)
    assert with_skews(_points(["P"]), _units({"P": ["d00001"]}), docs)["skews"].to_list() == [[]]
    assert with_skews(_points([]).with_columns(pl.col("painpoint_id").cast(pl.Utf8)), _units({}), docs.clear()
                      )["skews"].to_list() == []
