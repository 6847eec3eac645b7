"""Columns as numbers hold and count what the columns themselves do."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from painpoints.triage.coded import Coded

VALUES = st.sampled_from(["fa", "ar", "ru", "en", "ارسال", "доставка"])


@given(rows=st.lists(st.none() | VALUES), wanted=st.lists(VALUES, max_size=2), seed=st.integers(0, 9))
def test_a_column_of_texts(rows: list[str | None], wanted: list[str], seed: int) -> None:
    check(rows, [{row} - {None} for row in rows], pl.Utf8(), wanted, seed)


@given(rows=st.lists(st.none() | st.lists(VALUES, unique=True)), wanted=st.lists(VALUES, max_size=2),
       seed=st.integers(0, 9))
def test_a_column_of_lists(rows: list[list[str] | None], wanted: list[str], seed: int) -> None:
    check(rows, [set(row or ()) for row in rows], pl.List(pl.Utf8), wanted, seed)


def check(rows: list[object], held: list[set[str]], kind: pl.DataType, wanted: list[str], seed: int) -> None:
    coded = Coded.of(pl.Series(rows, dtype=kind))
    assert coded.holding(wanted).tolist() == [bool(values & set(wanted)) for values in held]
    kept = np.random.default_rng(seed).random(len(rows)) < .6
    counts = coded.counts(kept)
    every = [value for values, chosen in zip(held, kept, strict=True) if chosen for value in values]
    assert counts == {value: every.count(value) for value in set(every)}
    assert list(counts.values()) == sorted(counts.values(), reverse=True)
