"""Inline SVG charts: bars, spark lines, a dumbbell and the journey's curve, mirrored where the page runs RTL.

Every chart is an image to a screen reader: ``role="img"`` with the label it is given. Colours come from classes, so
that one style sheet serves light, dark and paper.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape


def stacked_bar(shares: Sequence[tuple[str, float]], label: str, *, rtl: bool, height: int = 10) -> Markup:
    """A full-width bar of ``(class, share)`` pieces that fill 100 % in reading order."""
    pieces, at = [], 0.0
    total = sum(share for _, share in shares) or 1.0
    for name, share in shares:
        width = 100 * share / total
        if width > 0:
            pieces.append(f'<rect class="{name}" x="{_x(at, width, rtl):.2f}" width="{width:.2f}" height="{height}"/>')
        at += width
    return _svg("bar", 100, height, label, "".join(pieces), stretch=True)


def interval_bar(value: float, low: float, high: float, label: str, *, rtl: bool) -> Markup:
    """A bar of ``value`` on 0..100 with its interval as a whisker."""
    low, value, high = (min(100.0, max(0.0, v)) for v in (low, value, high))
    body = (f'<rect class="track" width="100" height="10" rx="0"/>'
            f'<rect class="accent" x="{_x(0, value, rtl):.2f}" width="{value:.2f}" height="10"/>'
            f'<rect class="whisker" x="{_x(low, high - low, rtl):.2f}" width="{max(0.6, high - low):.2f}" y="4" '
            f'height="2"/>')
    return _svg("bar", 100, 10, label, body, stretch=True)


def spark(values: Sequence[float], label: str, *, rtl: bool, width: int = 96, height: int = 26) -> Markup:
    """A line of ``values`` over equal steps of time, running with the reading direction; its last point is marked."""
    top = max(values, default=0.0) or 1.0
    step = (width - 8) / max(1, len(values) - 1)
    points = [(4 + i * step, height - 3 - (height - 7) * value / top) for i, value in enumerate(values)]
    if len(points) == 1:
        points = [(4.0, points[0][1]), (width - 4.0, points[0][1])]
    if rtl:
        points = [(width - x, y) for x, y in points]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    (first, _), (last, at) = points[0], points[-1]
    area = f"{first:.1f},{height - 2} {line} {last:.1f},{height - 2}"
    body = (f'<polygon class="spark-area" points="{area}"/><polyline class="spark-line" points="{line}"/>'
            f'<circle class="spark-dot" cx="{last:.1f}" cy="{at:.1f}" r="2.6"/>')
    return _svg("spark", width, height, label, body)


def mood_line(points: Sequence[tuple[float, float]], label: str, *, rtl: bool, width: int = 160, height: int = 44
              ) -> Markup:
    """Feeling over a conversation: ``points`` of a place (0..1, in reading direction) and a balance (-1..1)."""
    def place(at: float) -> float:
        x = 6 + (width - 12) * at
        return width - x if rtl else x

    middle = height / 2
    seen = [(place(at), middle - max(-1.0, min(1.0, net)) * (middle - 6), net) for at, net in points]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in seen)
    path = f'<polyline class="path" points="{line}"/>' if len(seen) > 1 else ""
    dots = "".join(f'<circle class="{_tone(net)}" cx="{x:.1f}" cy="{y:.1f}" r="3.6"/>' for x, y, net in seen)
    zero = f'<line class="zero" x1="0" x2="{width}" y1="{middle:g}" y2="{middle:g}"/>'
    return _svg("mood", width, height, label, zero + path + dots)


def dumbbell(here: float, elsewhere: float, label: str, *, rtl: bool) -> Markup:
    """Two shares (0..1) on one line of 0..100 %: a full dot for here, a hollow one for elsewhere."""
    def place(share: float) -> float:
        x = 8 + 184 * min(1.0, max(0.0, share))
        return 200 - x if rtl else x

    a, b = place(here), place(elsewhere)
    body = (f'<line class="axis" x1="8" x2="192" y1="10" y2="10"/>'
            f'<line class="link" x1="{min(a, b):.1f}" x2="{max(a, b):.1f}" y1="10" y2="10"/>'
            f'<circle class="hollow" cx="{b:.1f}" cy="10" r="5"/><circle class="solid" cx="{a:.1f}" cy="10" r="5.5"/>')
    return _svg("dumbbell", 200, 20, label, body)


def columns(counts: Sequence[int], names: Sequence[str], label: str, *, rtl: bool) -> Markup:
    """Upright bars of ``counts`` with their names below, in reading order."""
    width, height, slot = 44 * len(counts), 92, 44
    top = max(counts, default=0) or 1
    parts = []
    for place, (count, name) in enumerate(zip(counts, names, strict=True)):
        x = (len(counts) - 1 - place if rtl else place) * slot
        tall = 70 * count / top
        parts.append(f'<rect class="accent" x="{x + 6}" y="{74 - tall:.1f}" width="32" height="{tall:.1f}"/>'
                     f'<text class="tick" x="{x + 22}" y="88" text-anchor="middle">{escape(name)}</text>')
    base = f'<line class="axis" x1="0" x2="{width}" y1="74" y2="74"/>'
    return _svg("columns", width, height, label, base + "".join(parts))


@dataclass(frozen=True)
class CurvePoint:
    """One touchpoint on the journey's curve; ``net`` with its interval in -1..1, ``weight`` 0..1 sets the size."""

    anchor: str
    name: str
    label: str
    net: float
    low: float
    high: float
    weight: float
    mark: bool


def journey_curve(stages: Sequence[tuple[int, float | None, Sequence[CurvePoint]]], label: str, good: str, bad: str, *,
                  rtl: bool) -> Markup:
    """How feeling rises and falls along the journey: per stage its relative width, its mean and its points, in order.

    Marked points carry their names; every point links to its ``anchor``. The upper edge is +100 (``good``), the
    lower -100 (``bad``).
    """
    width, height, pad = 1080.0, 250.0, 36.0
    unit = width / max(1, sum(wide for wide, _, _ in stages))
    middle = height / 2

    def across(x: float) -> float:
        return width - x if rtl else x

    def up(net: float) -> float:
        return middle - net * (middle - pad)

    back, line, dots, names = [], [], [], []
    end = 0.0
    for wide, mean, points in stages:
        start, column = end, wide * unit
        end += column
        if start:
            at = across(start)
            back.append(f'<line class="axis" x1="{at:.1f}" x2="{at:.1f}" y1="6" y2="{height - 6}"/>')
        if mean is not None:
            a, b = sorted((across(start + 14), across(start + column - 14)))
            back.append(f'<line class="mean" x1="{a:.1f}" x2="{b:.1f}" y1="{up(mean):.1f}" y2="{up(mean):.1f}"/>')
        for index, point in enumerate(points):
            x, y = across(start + (index + 0.5) * column / len(points)), up(point.net)
            line.append(f"{x:.1f},{y:.1f}")
            dots.append(_dot(point, x, y, up))
            names.append(_name(point, x, y, width))
    zero = (f'<line class="zero" x1="0" x2="{width}" y1="{middle}" y2="{middle}"/>'
            f'<text class="tick" x="{across(2):.0f}" y="14">{escape(good)}</text>'
            f'<text class="tick" x="{across(2):.0f}" y="{height - 6}">{escape(bad)}</text>')
    path = f'<polyline class="path" points="{" ".join(line)}"/>' if len(line) > 1 else ""
    return Markup(f'<svg class="curve" viewBox="0 0 {width:.0f} {height:.0f}" role="group" '
                  f'aria-label="{escape(label)}">{"".join(back)}{zero}{path}{"".join(dots)}{"".join(names)}</svg>')


def _dot(point: CurvePoint, x: float, y: float, up: Callable[[float], float]) -> str:
    return (f'<a href="#{escape(point.anchor)}" aria-label="{escape(point.label)}"><title>{escape(point.label)}</title>'
            f'<line class="whisker" x1="{x:.1f}" x2="{x:.1f}" y1="{up(point.high):.1f}" y2="{up(point.low):.1f}"/>'
            f'<circle class="{_tone(point.net)}" cx="{x:.1f}" cy="{y:.1f}" r="{_radius(point):.1f}"/></a>')


def _name(point: CurvePoint, x: float, y: float, width: float) -> str:
    """The name of a marked point, above or below it; drawn last, so that no dot covers it."""
    if not point.mark:
        return ""
    at = y - _radius(point) - 7 if y > 60 else y + _radius(point) + 17
    return (f'<text class="name" x="{min(width - 70, max(70.0, x)):.1f}" y="{at:.1f}" text-anchor="middle" '
            f'aria-hidden="true">{escape(point.name)}</text>')


def _radius(point: CurvePoint) -> float:
    return 4 + 12 * math.sqrt(point.weight)


def _tone(net: float) -> str:
    return "pos" if net > 0.1 else "neg" if net < -0.1 else "neu"


def _x(start: float, width: float, rtl: bool) -> float:
    return 100 - start - width if rtl else start


def _svg(name: str, width: float, height: float, label: str, body: str, *, stretch: bool = False) -> Markup:
    fit = ' preserveAspectRatio="none"' if stretch else ""
    return Markup(f'<svg class="{name}" viewBox="0 0 {width:g} {height:g}"{fit} role="img" '
                  f'aria-label="{escape(label)}"><title>{escape(label)}</title>{body}</svg>')
