from datetime import UTC, datetime

import polars as pl

from painpoints.text import duplicate_weights


def frame(rows: list[tuple[str, str, str | None, int]]) -> pl.DataFrame:
    return pl.DataFrame(
        rows, schema={"doc_id": pl.Utf8, "key": pl.Utf8, "author_key": pl.Utf8, "length": pl.Int64}, orient="row"
    )


def test_long_copies_count_once_whoever_wrote_them() -> None:
    rows = [("d1", "k", "a", 80), ("d2", "k", "b", 80), ("d3", "k", None, 80), ("d4", "other", "a", 80)]
    assert duplicate_weights(frame(rows)).to_list() == [3, 0, 0, 1]


def test_short_agreement_of_different_people_is_as_many_votes() -> None:
    rows = [("d1", "k", "a", 8), ("d2", "k", "b", 8), ("d3", "k", None, 8), ("d4", "k", None, 8)]
    assert duplicate_weights(frame(rows)).to_list() == [1, 1, 1, 1]


def test_one_author_repeating_a_short_text_counts_once() -> None:
    rows = [("d1", "k", "a", 8), ("d2", "k", "b", 8), ("d3", "k", "a", 8)]
    assert duplicate_weights(frame(rows)).to_list() == [2, 1, 0]


def test_the_earliest_copy_carries_the_weight() -> None:
    times = [datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC), None]
    rows = frame([("d1", "k", None, 80), ("d2", "k", None, 80), ("d3", "k", None, 80)])
    assert duplicate_weights(rows.with_columns(pl.Series("time", times))).to_list() == [0, 3, 0]


def test_weights_add_up_to_the_rows() -> None:
    rows = frame([(f"d{n}", f"k{n % 3}", f"a{n % 2}", 20 + 15 * (n % 3)) for n in range(60)])
    assert duplicate_weights(rows).sum() == 60
