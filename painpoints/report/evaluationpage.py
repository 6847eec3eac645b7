"""The page of an evaluation: one HTML file that needs nothing else and holds no customer text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from jinja2 import Environment

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
TASK_NAMES = {"sentiment": "Sentiment", "touchpoint": "Touchpoint", "stage": "Journey stage", "problem": "Problem"}
LEFT_OUT = {"unreadable": "could not be taken apart", "empty_text": "have no text", "no_label": "have no label",
            "not_judged": "have no judgement"}
_SIDE, _EDGE = 240, 34
"""Side of a diagram's square and the room for its axes, in SVG units."""


def render_evaluation(evaluation: Mapping[str, Any], *, least_rows: int, version: str = "") -> str:
    """The page of ``evaluation``, the plain values of one (``Evaluation.as_dict``), in English; labels in any script.

    ``least_rows`` is how many rows a language needs to be called the worst.
    """
    tasks = [{**task, "name": TASK_NAMES.get(task["task"], task["task"]),
              "diagram": reliability_diagram(task["overall"]["reliability"], task["overall"]["n"],
                                             f"{TASK_NAMES.get(task['task'], task['task'])}: how often the judge is "
                                             "right at each confidence"),
              "heat": heat_rows(task["overall"]["labels"], task["overall"]["confusion"])}
             for task in evaluation["tasks"].values()]
    return _environment().get_template("evaluation.html.j2").render(
        e=evaluation, tasks=tasks, left=[(LEFT_OUT.get(reason, reason), number)
                                         for reason, number in evaluation["left_out"].items()],
        least_rows=least_rows, policy=POLICY, version=version, style=_style())


def heat_rows(labels: Sequence[str], confusion: Sequence[Sequence[int]]) -> list[dict[str, Any]]:
    """The rows of the confusion table: gold label, rows of it, and per predicted label its count and share of them."""
    rows = []
    for at, (label, counts) in enumerate(zip(labels, confusion, strict=True)):
        total = sum(counts)
        rows.append({"label": label, "n": total, "cells": [
            {"count": count, "share": count / total if total else 0.0, "right": place == at}
            for place, count in enumerate(counts)]})
    return rows


def reliability_diagram(bins: Sequence[Mapping[str, Any]], n: int, label: str) -> Markup:
    """Accuracy over confidence: a dot a step, as large as it holds rows, a line to the diagonal of honest confidence.

    The scale runs from left to right in every script, as numbers do.
    """
    def x(value: float) -> float:
        return _EDGE + _SIDE * value

    def y(value: float) -> float:
        return 8 + _SIDE * (1 - value)

    grid = "".join(
        f'<line class="grid" x1="{x(0):.1f}" x2="{x(1):.1f}" y1="{y(v):.1f}" y2="{y(v):.1f}"/>'
        f'<text class="tick" x="{x(0) - 5:.1f}" y="{y(v) + 4:.1f}" text-anchor="end">{v:.2g}</text>'
        f'<text class="tick" x="{x(v):.1f}" y="{y(0) + 15:.1f}" text-anchor="middle">{v:.2g}</text>'
        for v in (0, 0.25, 0.5, 0.75, 1))
    dots = "".join(
        f'<line class="gap" x1="{x(b["confidence"]):.1f}" x2="{x(b["confidence"]):.1f}" y1="{y(b["confidence"]):.1f}" '
        f'y2="{y(b["accuracy"]):.1f}"/><circle class="dot" cx="{x(b["confidence"]):.1f}" cy="{y(b["accuracy"]):.1f}" '
        f'r="{2.5 + 9 * (b["n"] / max(1, n)) ** 0.5:.1f}"><title>{b["n"]:,} rows: confidence '
        f'{b["confidence"]:.2f}, right {b["accuracy"]:.2f}</title></circle>' for b in bins)
    names = (f'<text class="tick" x="{x(0.5):.1f}" y="{y(0) + 30:.1f}" text-anchor="middle">confidence</text>'
             f'<text class="tick" transform="translate(9 {y(0.5):.1f}) rotate(-90)" text-anchor="middle">right</text>')
    return Markup(f'<svg class="reliability" direction="ltr" viewBox="0 0 {_EDGE + _SIDE + 12} {_SIDE + 46}" '
                  f'role="img" aria-label="{escape(label)}"><title>{escape(label)}</title>{grid}'
                  f'<line class="honest" x1="{x(0):.1f}" y1="{y(0):.1f}" x2="{x(1):.1f}" y2="{y(1):.1f}"/>{dots}{names}'
                  "</svg>")


def _span(interval: Mapping[str, float] | None) -> str:
    return "" if interval is None else f"{interval['low']:.3f} to {interval['high']:.3f}"


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(loader=PackageLoader("painpoints.report", "templates"), autoescape=True, trim_blocks=True,
                              lstrip_blocks=True, undefined=StrictUndefined)
    environment.filters.update(span=_span, figure=_figure)
    return environment


@cache
def _style() -> str:
    folder = resources.files("painpoints.report").joinpath("templates")
    return "\n".join(folder.joinpath(name).read_text("utf8").strip() for name in ("report.css", "evaluation.css"))
