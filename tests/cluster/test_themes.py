"""Themes: pain points that lie near each other, named after the biggest of them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from painpoints.cluster import name_themes
from painpoints.cluster.description import PAINPOINTS, describe
from painpoints.cluster.themes import ALIKE, themes


def pains(cosines: list[list[float]], each: int = 12, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Units of pains whose centres have these ``cosines``, shuffled: vectors and labels."""
    rng = np.random.default_rng(seed)
    centres = np.linalg.cholesky(np.array(cosines) + 1e-9 * np.eye(len(cosines)))
    centres = np.pad(centres, ((0, 0), (0, 24 - len(cosines))))
    labels = rng.permutation(np.repeat(np.arange(len(cosines)), each))
    rows = centres[labels] + rng.normal(0, 0.02, (len(labels), 24))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), labels


NEAR, FAR = ALIKE + 0.2, ALIKE - 0.3
BLOCKS = [[1, NEAR, NEAR, FAR, FAR], [NEAR, 1, NEAR, FAR, FAR], [NEAR, NEAR, 1, FAR, FAR],
          [FAR, FAR, FAR, 1, NEAR], [FAR, FAR, FAR, NEAR, 1]]


def test_near_pain_points_are_one_theme_and_far_ones_are_not() -> None:
    assert themes(*pains(BLOCKS)) == [[0, 1, 2], [3, 4]]


def test_a_pain_point_without_near_ones_is_in_no_theme() -> None:
    assert themes(*pains([[1, NEAR, FAR], [NEAR, 1, FAR], [FAR, FAR, 1]])) == [[0, 1]]
    assert themes(*pains([[1, FAR], [FAR, 1]])) == []


def test_a_chain_is_not_one_theme_when_its_ends_are_apart_on_the_whole() -> None:
    """Average linkage, unlike single linkage, asks how alike the groups are on the mean."""
    chain = [[1, 0.62, 0, 0], [0.62, 1, 0.52, 0], [0, 0.52, 1, 0.62], [0, 0, 0.62, 1]]
    assert themes(*pains(chain), alike=0.5) == [[0, 1], [2, 3]]


def test_how_alike_is_the_knob() -> None:
    vectors, labels = pains(BLOCKS)
    assert themes(vectors, labels, 0.99) == []
    assert themes(vectors, labels, -1.0) == [[0, 1, 2, 3, 4]]


def test_units_outside_and_the_order_of_rows_change_nothing() -> None:
    vectors, labels = pains(BLOCKS)
    stray = np.eye(24, dtype=np.float32)[[20, 21, 22]]
    order = np.random.default_rng(1).permutation(len(labels) + 3)
    more, of = np.concatenate([vectors, stray])[order], np.concatenate([labels, [-1] * 3])[order]
    assert themes(more, of) == themes(vectors, labels)


@pytest.mark.parametrize("clusters", [0, 1])
def test_without_two_pain_points_there_is_no_theme(clusters: int) -> None:
    vectors, labels = pains(BLOCKS)
    assert themes(vectors, np.where(labels < clusters, labels, -1)) == []


def points(*rows: tuple[str, str, int, str | None]) -> pl.DataFrame:
    empty = pl.DataFrame(schema=PAINPOINTS)
    return pl.concat([empty, pl.DataFrame(
        [{"painpoint_id": name, "title": title, "units": units, "theme": theme, "impact": 1.0}
         for name, title, units, theme in rows],
        schema_overrides={"theme": pl.Utf8})], how="diagonal")


def test_a_theme_is_called_by_its_biggest_pain_point() -> None:
    named = name_themes(points(("A", "Возврат не пришёл", 5, "0"), ("B", "پول برنگشت", 9, "0"),
                               ("C", "المندوب تأخر", 3, "1"), ("D", "Courier was late", 2, "1"),
                               ("E", "App crashes", 50, None)))
    assert named["theme"].to_list() == ["پول برنگشت", "پول برنگشت", "المندوب تأخر", "المندوب تأخر", None]


def test_themes_follow_when_pain_points_are_named_anew() -> None:
    named = name_themes(points(("A", "پول نیامد", 9, "0"), ("B", "رد مرجوعی", 5, "0")))
    again = name_themes(named.with_columns(title=pl.Series(["بازپرداخت نشده", "رد درخواست مرجوعی"])))
    assert again["theme"].to_list() == ["بازپرداخت نشده"] * 2


def test_two_themes_never_share_a_name() -> None:
    named = name_themes(points(("A", "Late", 9, "0"), ("B", "Very late", 5, "0"), ("C", "Late", 8, "1"),
                               ("D", "Cold", 4, "1")))
    assert named["theme"].to_list() == ["Late", "Late", "Cold", "Cold"]


def test_nothing_to_name_is_nothing_named() -> None:
    assert name_themes(pl.DataFrame(schema=PAINPOINTS)).equals(pl.DataFrame(schema=PAINPOINTS))


def test_the_described_pain_points_carry_theme_and_stability(corpus) -> None:
    vectors = corpus.vectors.copy()
    refund, crash = (np.flatnonzero(corpus.labels == at) for at in (0, 1))
    vectors[crash] = vectors[refund] * 0.8 + vectors[crash] * 0.6
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    steadiness = [0.9, 0.2, float("nan"), 1.0, 0.5]
    for lang in ("fa", "ar", "ru", "en"):
        found = describe(corpus.units, vectors, corpus.documents, lang=lang, stability=steadiness)
        of = {corpus.units.filter(pl.col("unit_id") == quotes[0]["unit_id"])["cluster"].item(): row
              for row, quotes in enumerate(found["quotes"].to_list())}
        assert [found["stability"][of[cluster]] for cluster in range(5)] == [0.9, 0.2, None, 1.0, 0.5]
        themed = found["theme"].to_list()
        assert themed[of[0]] == themed[of[1]] and themed[of[0]] in (found["title"][of[0]], found["title"][of[1]])
        assert [themed[of[cluster]] for cluster in (2, 3, 4)] == [None] * 3
    assert describe(corpus.units, vectors, corpus.documents, lang="en")["stability"].to_list() == [None] * 5
