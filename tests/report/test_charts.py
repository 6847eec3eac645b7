"""Charts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painpoints.report.charts import columns, dumbbell, interval_bar, journey_curve, spark, stacked_bar

NASTY = "\"><script>alert(1)</script>"


def _rects(svg: str) -> list[tuple[str, float, float]]:
    return [(name, float(x), float(width))
            for name, x, width in re.findall(r'<rect class="([\w-]+)" x="([\d.-]+)" width="([\d.]+)"', svg)]


def test_a_stacked_bar_runs_with_the_reading_direction() -> None:
    shares = [("neg", 0.2), ("neu", 0.3), ("pos", 0.5)]
    assert [(n, x) for n, x, _ in _rects(stacked_bar(shares, "", rtl=False))] == [("neg", 0), ("neu", 20), ("pos", 50)]
    assert [(n, x) for n, x, _ in _rects(stacked_bar(shares, "", rtl=True))] == [("neg", 80), ("neu", 50), ("pos", 0)]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6), st.booleans())
def test_a_stacked_bar_fills_its_width_and_no_more(shares: list[float], rtl: bool) -> None:
    rects = _rects(stacked_bar([("neg", share) for share in shares], "", rtl=rtl))
    if sum(shares) > 1e-6:
        assert sum(width for _, _, width in rects) == pytest.approx(100, abs=0.1)
    assert all(x >= -0.02 and x + width <= 100.02 for _, x, width in rects)


def test_impact_stays_on_its_scale_and_mirrors() -> None:
    over, mirrored = interval_bar(140, 90, 200, "", rtl=False), interval_bar(30, 20, 40, "", rtl=True)
    assert _rects(over)[0] == ("accent", 0.0, 100.0)
    assert _rects(mirrored)[0] == ("accent", 70.0, 30.0)


def test_a_spark_line_ends_where_reading_ends() -> None:
    def end(svg: str) -> float:
        return float(re.findall(r'cx="([\d.]+)"', svg)[-1])

    assert end(spark([0.1, 0.2, 0.4], "", rtl=False)) > end(spark([0.1, 0.2, 0.4], "", rtl=True))


@pytest.mark.parametrize("values", [[], [0.0], [0.5], [0.0, 0.0, 0.0]])
def test_a_spark_line_of_little_is_still_a_picture(values: list[float]) -> None:
    if values:
        assert "nan" not in spark(values, "", rtl=False)


def test_labels_are_escaped_everywhere() -> None:
    charts = [stacked_bar([("neg", 1)], NASTY, rtl=False), interval_bar(1, 0, 2, NASTY, rtl=True),
              spark([1, 2], NASTY, rtl=False), dumbbell(0.1, 0.2, NASTY, rtl=False),
              columns([1, 2], [NASTY, "2"], NASTY, rtl=False),
              journey_curve([(1, None, [])], NASTY, NASTY, NASTY, rtl=True)]
    for chart in charts:
        assert "<script" not in chart
        assert "&lt;script&gt;" in chart


def test_every_chart_says_what_it_shows() -> None:
    for chart in (stacked_bar([("neg", 1)], "told", rtl=False), dumbbell(0.1, 0.2, "told", rtl=True)):
        assert 'role="img"' in chart and 'aria-label="told"' in chart and "<title>told</title>" in chart
