"""The places of opinions on the map: kept between visits, whatever is added, corrected or decided."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from painpoints.config import Settings
from painpoints.pipeline import Workspace
from painpoints.pipeline.placing import sample, unit_places

FIRST = 50


@pytest.fixture(scope="module")
def begun(rows: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory, _one_encoder: None) -> Path:
    path = tmp_path_factory.mktemp("mapped") / "shop"
    with Workspace.create(path, Settings()) as made:
        made.add(rows.head(FIRST))
    return path


@pytest.fixture
def shop(begun: Path, tmp_path: Path) -> Iterator[Workspace]:
    shutil.copytree(begun, tmp_path / "shop")
    with Workspace.open(tmp_path / "shop") as opened:
        yield opened


def test_every_opinion_that_is_no_copy_has_a_place(shop: Workspace) -> None:
    own = shop.data().units.filter(pl.col("weight") > 0)
    found = shop.places()
    assert found["unit_id"].to_list() == own["unit_id"].to_list() and len(own) > FIRST / 2
    assert found.select(pl.max_horizontal(pl.col("x", "y").abs()).max()).item() <= 1.0


def test_who_comes_back_finds_everything_where_it_was_without_a_vector_being_read(shop: Workspace) -> None:
    before, data = shop.places(), shop.data()

    def never(_: pl.Series) -> np.ndarray:
        raise AssertionError("vectors are read")

    from dataclasses import replace

    assert shop.places(replace(data, vectors=never)).equals(before)


def test_new_opinions_move_no_old_ones(shop: Workspace, rows: pl.DataFrame) -> None:
    before = shop.places()
    shop.add(rows)
    after = shop.places()
    assert len(after) > len(before)
    assert after.join(before, on="unit_id", how="semi").equals(before)
    assert shop.places().equals(after)


def test_decisions_about_pain_points_move_nothing(shop: Workspace) -> None:
    before = shop.places()
    first, second, *_ = (point["painpoint_id"] for point in shop.painpoints())
    shop.merge(first, second)
    assert shop.places().equals(before)


def test_a_map_of_which_most_is_new_is_made_anew_but_turned_like_the_one_before(shop: Workspace, rows: pl.DataFrame
                                                                              ) -> None:
    whole = shop.places()
    kept = shop.path / "map.parquet"
    few = pl.read_parquet(kept).head(len(whole) // 3).with_columns(x=-pl.col("y"), y=pl.col("x"))
    few.write_parquet(kept)
    anew = shop.places()
    assert len(anew) == len(whole)
    both = anew.join(few.select("unit_id", old_x="x", old_y="y"), on="unit_id")
    assert both.select(pl.corr("x", "old_x")).item() > 0.9 and both.select(pl.corr("y", "old_y")).item() > 0.9


def test_vectors_made_anew_make_a_new_map(shop: Workspace) -> None:
    shop.places()
    kept = shop.path / "map.parquet"
    pl.read_parquet(kept).with_columns(generation=pl.lit(7, pl.Int64)).write_parquet(kept)
    shop.places()
    assert pl.read_parquet(kept)["generation"].unique().to_list() == [1]


@pytest.mark.parametrize("damage", [b"", b"no parquet at all"])
def test_a_kept_map_that_cannot_be_read_is_made_again(shop: Workspace, damage: bytes) -> None:
    before = shop.places()
    (shop.path / "map.parquet").write_bytes(damage)
    assert shop.places().equals(before)


def test_of_too_many_opinions_some_are_on_the_map(shop: Workspace) -> None:
    data = shop.data()
    assert len(unit_places(shop.folder, data, most=30)) == 30


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 400), st.integers(20, 200), st.integers(0, 2**20))
def test_a_sample_keeps_the_share_of_every_pain_point_and_language(count: int, most: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    units = pl.DataFrame({"unit_id": [f"{n:08x}" for n in rng.choice(2**31, count, replace=False)],
                          "lang": rng.choice(["fa", "ar", "ru", "en"], count, p=[0.6, 0.2, 0.15, 0.05]),
                          "painpoint_id": rng.choice(["P1", "P2", ""], count), "weight": rng.integers(0, 3, count)},
                         schema_overrides={"lang": pl.Utf8, "painpoint_id": pl.Utf8}).with_columns(
        painpoint_id=pl.when(pl.col("painpoint_id") != "").then("painpoint_id"))
    own = units.filter(pl.col("weight") > 0)
    found = sample(units, most)
    assert len(found) == min(len(own), most) and found["weight"].min() in (1, 2, None)
    assert found["unit_id"].to_list() == own.filter(pl.col("unit_id").is_in(found["unit_id"].implode()))[
        "unit_id"].to_list()
    share = len(found) / max(len(own), 1)
    strata = own.group_by("lang", "painpoint_id").len().join(
        found.group_by("lang", "painpoint_id").agg(kept=pl.len()), on=["lang", "painpoint_id"], how="left",
        nulls_equal=True)
    for _, _, size, kept in strata.iter_rows():
        # Those that would have had fewer get their few, at the cost of the others.
        assert (kept or 0) >= min(size, size * share * (1 - 12 * 3 / most) - 2)
        assert (kept or 0) <= max(3, size * share + 2)
