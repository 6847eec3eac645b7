"""The score is what its description says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from painpoints.triage.score import HALF_LIFE, LIFTING, PARTS, TOP_BAND, combine, freshness

SHARE = st.floats(0, 1)
ALL = st.fixed_dictionaries(dict.fromkeys(PARTS, SHARE))


def score(parts: dict[str, float], fresh: float = 1.0) -> float:
    return float(combine({name: np.array([value]) for name, value in parts.items()}, np.array([fresh]))[0][0])


@given(ALL, SHARE, st.sampled_from(sorted(PARTS)), SHARE)
def test_more_of_any_part_never_lowers_the_score(parts: dict[str, float], fresh: float, name: str, more: float) -> None:
    raised = {**parts, name: max(parts[name], more)}
    assert score(raised, fresh) >= score(parts, fresh) - 1e-9


@given(ALL, SHARE, SHARE)
def test_what_is_fresher_never_stands_lower(parts: dict[str, float], one: float, other: float) -> None:
    assert score(parts, max(one, other)) >= score(parts, min(one, other)) - 1e-9


@given(ALL, SHARE)
def test_scores_lie_between_0_and_100_and_the_reasons_add_up_to_them(parts: dict[str, float], fresh: float) -> None:
    scores, given_ = combine({name: np.array([value]) for name, value in parts.items()}, np.array([fresh]))
    assert 0 <= scores[0] <= 100
    assert sum(float(share[0]) for share in given_.values()) == pytest.approx(float(scores[0]), abs=1e-6)
    assert all(share[0] >= -1e-9 for share in given_.values())


def test_no_part_alone_decides_but_danger_and_law() -> None:
    for name in PARTS:
        alone = score({name: 1.0})
        assert (alone >= TOP_BAND) if name in LIFTING else (0 < alone <= 40 + 1e-9)


@given(st.fixed_dictionaries({name: SHARE for name in PARTS if name not in LIFTING}), SHARE)
def test_a_lifted_comment_stands_above_the_same_comment_without_the_cue(parts: dict[str, float], fresh: float) -> None:
    assert score({**parts, "safety": 1.0}, fresh) > score(parts, fresh)
    assert score({**parts, "legal": 1.0}, fresh) >= TOP_BAND


def test_freshness_halves_every_half_life_and_the_future_is_now() -> None:
    assert freshness(np.array([-5.0, 0.0, HALF_LIFE, 2 * HALF_LIFE])).tolist() == [1.0, 1.0, 0.5, 0.25]


def test_nothing_scores_nothing() -> None:
    assert score(dict.fromkeys(PARTS, 0.0)) == 0
