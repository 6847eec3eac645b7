"""painpoints evaluate: how good judgements are against gold labels, as a table, JSON, a page and a bar to pass."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from painpoints._version import __version__
from painpoints.cli import goldoptions as labelled
from painpoints.cli import options as given
from painpoints.cli.goldoptions import figure, gold_columns, gold_line, span, table
from painpoints.cli.progress import Bars
from painpoints.cli.terminal import count, isolated, show, show_json
from painpoints.errors import QualityGateError, UsageError

if TYPE_CHECKING:
    from painpoints.pipeline import Evaluation

CONFUSIONS = 5
_CLASS_ROWS = 40
_TASKS = ("sentiment", "touchpoint", "stage", "problem")
_GATE = "The bar to pass"


def evaluate(
    gold: labelled.GoldFile,
    scored: Annotated[str | None, typer.Option("--scored", metavar="FILE", show_default=False, help=(
        "Evaluate this file that painpoints score wrote, found by id, instead of running the model."))] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", show_default=False,
                                              help="Write a page with every figure, table and diagram.")] = None,
    min_f1: Annotated[float | None, typer.Option("--min-f1", metavar="X", show_default=False, rich_help_panel=_GATE,
                                                 help="End with exit code 3 when a macro-F1 is below X.")] = None,
    task: Annotated[str | None, typer.Option("--task", metavar="TASK", show_default=False, rich_help_panel=_GATE, help=(
        "Hold only this task to the bar: sentiment, touchpoint, stage or problem."))] = None,
    per_language: Annotated[bool, typer.Option("--per-language", rich_help_panel=_GATE, help=(
        "Hold every language of 30 or more rows to the bar too."))] = False,
    sentiment: labelled.Sentiment = None, touchpoint: labelled.Touchpoint = None, stage: labelled.Stage = None,
    problem: labelled.Problem = None, doc: labelled.Doc = None, model: given.Model = None,
    framework: given.Framework = None, taxonomy: given.Taxonomy = None, precision: given.Precision = None,
    text: given.Text = None, id: given.Id = None, language: given.Language = None, delimiter: given.Delimiter = None,
    encoding: given.Encoding = None, sheet: given.Sheet = None, limit: given.Limit = None, config: given.Config = None,
    json: given.Json = False, quiet: given.Quiet = False,
) -> None:
    """Measure judgements against gold labels: accuracy, macro-F1, confusions and calibration, also per language.

    A gold row is one opinion unit: a text and any of sentiment, touchpoint, stage and problem; rows without a label
    are left out for that task. Columns named like them with _2 hold a second annotator's labels and give the ceiling.
    """
    from painpoints.pipeline import evaluate as measured

    arguments = dict(locals())
    _check_gate(min_f1, task, per_language)
    if scored is not None and model is not None:
        raise UsageError("--scored evaluates finished judgements, --model makes new ones.", hint="Give one of the two.")
    settings = given.settings_of(arguments, config)
    with Bars(quiet=quiet) as bars:
        found = measured(gold, settings, gold_columns(arguments), scored=scored, task=task, progress=bars.progress,
                         warn=bars.note)
    if html is not None:
        write_page(found, html)
    if json:
        show_json(found.as_dict())
    else:
        show(evaluation_lines(found.as_dict()))
    if min_f1 is not None:
        _pass_gate(found, min_f1, task, per_language)


def write_page(found: Evaluation, path: Path) -> None:
    """Writes the page of ``found``. Raises StorageError when the disk refuses."""
    from painpoints.pipeline import LEAST_ROWS
    from painpoints.report import render_evaluation
    from painpoints.store import storage

    page = render_evaluation(found.as_dict(), least_rows=LEAST_ROWS, version=__version__)
    with storage(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, "utf8")


def evaluation_lines(found: dict[str, Any]) -> list[str]:
    """The evaluation for a terminal: a row a task and language, then what is found and mistaken in each task."""
    from painpoints.pipeline import LEAST_ROWS

    lines = [gold_line(found), f"judge: {isolated(found['judge'])}; stages: {isolated(found['framework'])}", ""]
    head = ("task", "language", "rows", "accuracy", "95 %", "macro-F1", "95 %", "ECE", "Brier", "certain", "right then",
            "")
    rows = []
    for task in found["tasks"].values():
        for lang, f in (("all", task["overall"]), *task["languages"].items()):
            note = "worst" if lang == task["worst"] else "few rows" if lang != "all" and f["n"] < LEAST_ROWS else ""
            rows.append((task["task"] if lang == "all" else "", lang, f"{f['n']:,}", figure(f["accuracy"]),
                         span(f["accuracy_interval"]), figure(f["macro_f1"]), span(f["macro_f1_interval"]),
                         figure(f["ece"]), figure(f["brier"]), f"{f['certain']['coverage']:.0%}",
                         figure(f["certain"]["accuracy"]), note))
    lines += table(head, rows, 2)
    for task in found["tasks"].values():
        lines += ["", *_task_lines(task)]
    return lines


def _task_lines(task: dict[str, Any]) -> list[str]:
    overall = task["overall"]
    lines = [task["task"] + (f" ({task['unlabelled']:,} rows without this label)" if task["unlabelled"] else "")]
    rows = [(figure(c["precision"]), figure(c["recall"]), figure(c["f1"]), f"{c['support']:,}", isolated(c["label"]))
            for c in overall["classes"]]
    lines += ["  " + line for line in table(("precision", "recall", "F1", "rows", "class"), rows[:_CLASS_ROWS], 0)]
    mistaken = sorted(((number, overall["labels"][gold], overall["labels"][said])
                       for gold, numbers in enumerate(overall["confusion"]) for said, number in enumerate(numbers)
                       if number and gold != said), key=lambda entry: -entry[0])[:CONFUSIONS]
    lines += [f"  {count(number, 'time')} {isolated(gold)} taken for {isolated(said)}"
              for number, gold, said in mistaken]
    if (people := overall["agreement"]) is not None:
        both = [(*(figure(people[f"{who}{name}"]) for name in ("accuracy", "macro_f1", "kappa")), words)
                for who, words in (("", "second annotator (the ceiling)"), ("judge_", "judge, on the same rows"))]
        head = ("accuracy", "macro-F1", "kappa", f"against the first annotator, {people['n']:,} rows")
        lines += ["  " + line for line in table(head, both, 0)]
    return lines


def _check_gate(min_f1: float | None, task: str | None, per_language: bool) -> None:
    if task is not None and task not in _TASKS:
        raise UsageError(f"--task cannot be {task!r}.", hint=f"Known: {', '.join(_TASKS)}.")
    if min_f1 is None and (task is not None or per_language):
        raise UsageError("--task and --per-language say what --min-f1 holds for.", hint="Give --min-f1 X, or neither.")
    if min_f1 is not None and not 0 <= min_f1 <= 1:
        raise UsageError(f"--min-f1 cannot be {min_f1:g}.", hint="Give a number between 0 and 1, for instance 0.75.")


def _pass_gate(found: Evaluation, bar: float, task: str | None, per_language: bool) -> None:
    missed = found.under(bar, task, per_language=per_language)
    if missed:
        named = ", ".join(f"{m.task}{f' in {m.language}' if m.language else ''} {m.macro_f1:.4f}" for m in missed)
        raise QualityGateError(f"macro-F1 is below {bar:g}: {named}.")
