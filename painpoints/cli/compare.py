"""painpoints compare: whether one judge is better than another, with a paired test."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from painpoints.cli import goldoptions as labelled
from painpoints.cli import options as given
from painpoints.cli.goldoptions import figure, gold_columns, gold_line, span, table
from painpoints.cli.progress import Bars
from painpoints.cli.terminal import isolated, show, show_json

_JUDGE = "default, a model as for --model, or a file that painpoints score wrote."


def compare(
    a: Annotated[str, typer.Argument(metavar="A", show_default=False, help=f"The judge to beat: {_JUDGE}")],
    b: Annotated[str, typer.Argument(metavar="B", show_default=False, help=f"The other judge: {_JUDGE}")],
    gold: labelled.GoldFile,
    sentiment: labelled.Sentiment = None, touchpoint: labelled.Touchpoint = None, stage: labelled.Stage = None,
    problem: labelled.Problem = None, doc: labelled.Doc = None, framework: given.Framework = None,
    taxonomy: given.Taxonomy = None, precision: given.Precision = None, text: given.Text = None, id: given.Id = None,
    language: given.Language = None, delimiter: given.Delimiter = None, encoding: given.Encoding = None,
    sheet: given.Sheet = None, limit: given.Limit = None, config: given.Config = None, json: given.Json = False,
    quiet: given.Quiet = False,
) -> None:
    """Tell whether judge B is better than judge A on gold labels, by a paired test, task by task.

    The test is McNemar's exact one on which rows are right (mid-p), corrected for several tasks by Holm; intervals of
    the differences are paired bootstrap intervals. Gold files are as for painpoints evaluate.
    """
    from painpoints.pipeline import compare as compared

    arguments = dict(locals())
    settings = given.settings_of(arguments, config)
    with Bars(quiet=quiet) as bars:
        found = compared(a, b, gold, settings, gold_columns(arguments), progress=bars.progress, warn=bars.note)
    if json:
        show_json(found.as_dict())
    else:
        show(comparison_lines(found.as_dict()))


def comparison_lines(found: dict[str, Any]) -> list[str]:
    """The comparison for a terminal: a row a task and language, then a verdict a task."""
    lines = [gold_line(found), f"A: {isolated(found['a'])}", f"B: {isolated(found['b'])}", ""]
    head = ("task", "language", "rows", "acc. A", "acc. B", "B - A", "95 %", "F1 A", "F1 B", "B - A", "95 %", "only A",
            "only B", "p", "p corrected", "")
    rows = []
    for task in found["tasks"].values():
        for lang, d in (("all", task["overall"]), *task["languages"].items()):
            rows.append((
                task["task"] if lang == "all" else "", lang, f"{d['n']:,}", figure(d["accuracy_a"]),
                figure(d["accuracy_b"]), f"{d['accuracy_difference']:+.3f}", span(d["accuracy_interval"], "+.2f"),
                figure(d["macro_f1_a"]), figure(d["macro_f1_b"]), f"{d['macro_f1_difference']:+.3f}",
                span(d["macro_f1_interval"], "+.2f"), f"{d['only_a']:,}", f"{d['only_b']:,}", figure(d["p"]),
                figure(d["p_corrected"]), ""))
    lines += [*table(head, rows, 2), ""]
    for task in found["tasks"].values():
        d = task["overall"]
        lines.append(f"{task['task']}: {d['verdict']}{_reserve(d)} (only A right {d['only_a']:,}, only B right "
                     f"{d['only_b']:,}, p {d['p_corrected']:.3f} corrected)")
    return [*lines, "", f"p: {found['test']}; corrected for several by {found['correction']}."]


def _reserve(difference: dict[str, Any]) -> str:
    """A clause where macro-F1 clearly speaks against the verdict."""
    span_f1, verdict = difference["macro_f1_interval"], difference["verdict"]
    against = {"B is better": span_f1 is not None and span_f1["high"] < 0,
               "A is better": span_f1 is not None and span_f1["low"] > 0}
    return " in accuracy, though not in macro-F1" if against.get(verdict) else ""
