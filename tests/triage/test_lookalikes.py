"""Look-alikes: near, of the same judgement, in any language, and nothing that people spoke of already."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from painpoints.config import Settings
from painpoints.pipeline.amendments import amended
from painpoints.store import WorkspaceData
from painpoints.triage import look_alikes

LANGS = ("fa", "ar", "ru", "en")


def data_of(topics: int, each: int, corrections: tuple[tuple[str, str, str], ...] = (), seed: int = 0
            ) -> tuple[WorkspaceData, np.ndarray]:
    """Units ``t<topic>n<number>`` of so many topics, all judged as problems with delivery, those of a topic close."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((topics, 64))
    vectors = np.repeat(centres / np.linalg.norm(centres, axis=1, keepdims=True), each, axis=0)
    vectors += 0.04 * rng.standard_normal(vectors.shape)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    names = [f"t{topic}n{number}" for topic in range(topics) for number in range(each)]
    count = len(names)
    units = pl.DataFrame({
        "unit_id": names, "doc_id": [f"d{name}" for name in names], "lang": [LANGS[at % 4] for at in range(count)],
        "text": [f"متن text {name}" for name in names], "key": names, "weight": [1] * count, "start": [0] * count,
        "end": [9] * count, "sentiment": ["neg"] * count, "p_neg": [0.5] * count, "p_neu": [0.05] * count,
        "p_pos": [0.45] * count, "touchpoint": ["delivery"] * count, "touchpoint_p": [0.6] * count,
        "stage": ["during"] * count, "stage_p": [0.6] * count, "problem_p": [0.6] * count,
        "is_problem": [True] * count, "certain": [False] * count})
    rows = [{"unit_id": unit, "field": field, "value": value, "made": "2026"} for unit, field, value in corrections]
    units = amended(units, rows, Settings())
    data = WorkspaceData("shop", units.select("doc_id"), units, (), (), (), (), (), (), Settings().as_dict(),
                         lambda unit_ids: vectors.astype(np.float32))
    return data, vectors.astype(np.float32)


@pytest.mark.parametrize(("field", "value"), [("touchpoint", "app"), ("stage", "after"), ("sentiment", "pos"),
                                              ("problem", "no")])
def test_the_same_topic_is_offered_in_every_language_and_nothing_else(field: str, value: str) -> None:
    data, aligned = data_of(6, 6)
    for done in ((), (("t2n0", field, value),)):
        data, aligned = data_of(6, 6, done)
        found = look_alikes(data, "t2n0", field, value, aligned=aligned)
        assert len(found) >= 3 and all(name.startswith("t2n") for name in found["unit_id"])
        assert "t2n0" not in found["unit_id"].to_list() and found["lang"].n_unique() >= 3
        assert found["similarity"].is_sorted(descending=True)
        assert found.columns == ["unit_id", "doc_id", "lang", "text", "similarity", "now"]
        assert found["now"].unique().to_list() == [{"touchpoint": "delivery", "stage": "during", "sentiment": "neg",
                                                    "problem": "yes"}[field]]
    assert look_alikes(data, "t2n0", field, value, aligned=aligned, most=2)["unit_id"].to_list() == \
        found["unit_id"].to_list()[:2]


def test_what_is_judged_otherwise_or_was_spoken_of_is_not_offered() -> None:
    said = (("t0n0", "touchpoint", "app"), ("t0n1", "touchpoint", "app"), ("t0n2", "touchpoint", "support"),
            ("t0n3", "sentiment", "pos"))
    data, aligned = data_of(4, 8, said)
    units = data.units.with_columns(touchpoint=pl.when(pl.col("unit_id") == "t0n4").then(pl.lit("price")).otherwise(
        "touchpoint"), weight=pl.when(pl.col("unit_id") == "t0n5").then(0).otherwise("weight"))
    found = set(look_alikes(replace(data, units=units), "t0n0", "touchpoint", "app", aligned=aligned)["unit_id"])
    assert found <= {"t0n3", "t0n6", "t0n7"} and "t0n3" in found


def test_of_what_the_machine_holds_for_impossible_only_equal_texts_are_offered() -> None:
    data, aligned = data_of(3, 6)
    units = data.units.with_columns(p_pos=pl.lit(0.1), key=pl.when(pl.col("unit_id").is_in(["t1n0", "t2n4"])).then(
        pl.lit("same words")).otherwise("key"))
    found = look_alikes(replace(data, units=units), "t1n0", "sentiment", "pos", aligned=aligned)
    assert found["unit_id"].to_list() == ["t2n4"] and found["similarity"][0] == 1


def test_who_agrees_with_the_machine_is_offered_nothing_and_unknown_ones_are_told() -> None:
    data, aligned = data_of(2, 6)
    empty = look_alikes(data, "t0n0", "problem", "yes", aligned=aligned)
    assert len(empty) == 0 and empty.schema == look_alikes(data, "t0n0", "problem", "no", aligned=aligned).schema
    with pytest.raises(KeyError):
        look_alikes(data, "nobody", "problem", "no", aligned=aligned)


def test_languages_are_brought_together_where_no_vectors_are_given() -> None:
    data, aligned = data_of(30, 8)
    shift = {lang: np.eye(64)[at] * 2 for at, lang in enumerate(LANGS)}
    apart = (aligned + np.stack([shift[lang] for lang in data.units["lang"]])).astype(np.float32)
    apart /= np.linalg.norm(apart, axis=1, keepdims=True)
    own = {**data.settings, "model": "somebody/else"}
    found = look_alikes(replace(data, settings=own, vectors=lambda _: apart), "t7n0", "touchpoint", "app")
    assert found["lang"].n_unique() >= 2 and all(name.startswith("t7n") for name in found["unit_id"])


def test_a_hundred_thousand_units_are_looked_through_in_a_moment() -> None:
    data, aligned = data_of(10_000, 10)
    look_alikes(data, "t5n0", "touchpoint", "app", aligned=aligned)
    started = time.perf_counter()
    assert len(look_alikes(data, "t77n0", "touchpoint", "app", aligned=aligned))
    assert time.perf_counter() - started < 1.0
