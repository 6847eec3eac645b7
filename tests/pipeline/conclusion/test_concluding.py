"""A great run lets go of the encoder before its units are weighed, and ends like one that keeps it."""

from __future__ import annotations

from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

import painpoints
from painpoints.pipeline import Findings
from painpoints.pipeline.conclusion import concluding
from painpoints.pipeline.models import Models


@pytest.mark.parametrize(("least", "times"), [(1, 1), (1_000_000, 0)])
def test_the_encoder_rests_where_there_are_many_units(feedback: Path, found: Findings, tmp_path: Path, least: int,
                                                      times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rested: list[Models] = []
    rest = Models.rest

    def counted(models: Models) -> None:
        rested.append(models)
        rest(models)

    monkeypatch.setattr(concluding, "WORTH_IT", least)
    monkeypatch.setattr(Models, "rest", counted)
    again = painpoints.mine(feedback, tmp_path / "run", workers=0)
    assert len(rested) == times
    for name in ("documents", "units", "painpoints"):
        assert_frame_equal(getattr(again, name), getattr(found, name))
