"""What a run says of its pain points as groups: how steady they are, what lies at a border, what belongs together."""

from __future__ import annotations

import polars as pl

from painpoints.pipeline import Findings


def test_every_pain_point_tells_how_steady_it_is(found: Findings) -> None:
    steadiness = found.painpoints["stability"]
    assert len(found.painpoints) >= 2
    assert steadiness.dtype == pl.Float64 and steadiness.null_count() == 0
    assert steadiness.is_between(0, 1).all() and steadiness.max() > 0.5  # type: ignore[operator]


def test_only_units_of_pain_points_can_be_border_cases(found: Findings) -> None:
    assert found.units["border"].dtype == pl.Boolean
    assert (found.units["border"].is_null() == found.units["painpoint_id"].is_null()).all()


def test_copies_are_border_cases_as_their_first_copy_is(found: Findings) -> None:
    alike = found.units.filter(pl.col("painpoint_id").is_not_null()).group_by("key").agg(pl.col("border").n_unique())
    assert (alike["border"] == 1).all()


def test_a_theme_holds_at_least_two_pain_points_and_has_the_title_of_one(found: Findings) -> None:
    themed = found.painpoints.filter(pl.col("theme").is_not_null())
    for (theme,), group in themed.group_by("theme"):
        assert len(group) >= 2 and theme in group["title"].to_list()
