"""painpoints tune: heads that have learnt from a company's own labels, in one small file that is measured first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from painpoints.cli import goldoptions as labelled
from painpoints.cli import options as given
from painpoints.cli.goldoptions import figure, gold_line, table
from painpoints.cli.progress import Bars
from painpoints.cli.terminal import count, isolated, show, show_json
from painpoints.errors import QualityGateError, UsageError


def tune(
    corrections: Annotated[str, typer.Argument(
        metavar="CORRECTIONS", show_default=False,
        help="A file of labelled texts, one opinion a row, - for stdin, or a workspace: what was corrected in it.")],
    out: Annotated[str, typer.Option("--out", "-o", metavar="FILE", show_default=False,
                                     help="File to write, .safetensors; give it to --model.")],
    add: Annotated[list[str] | None, typer.Option("--add", metavar="CODE=STAGE", show_default=False, help=(
        "A new touchpoint and its stage: before, during, after, or a stage of any framework. Repeatable."))] = None,
    force: Annotated[bool, typer.Option("--force", help="Write even what got worse or could not be measured.")] = False,
    sentiment: labelled.Sentiment = None, touchpoint: labelled.Touchpoint = None, problem: labelled.Problem = None,
    framework: given.Framework = None, taxonomy: given.Taxonomy = None, precision: given.Precision = None,
    text: given.Text = None, language: given.Language = None, delimiter: given.Delimiter = None,
    encoding: given.Encoding = None, sheet: given.Sheet = None, limit: given.Limit = None, config: given.Config = None,
    json: given.Json = False, quiet: given.Quiet = False,
) -> None:
    """Learn from your own labels, and from new touchpoints, on top of the shipped heads.

    A quarter of the rows is held out to compare before and after; when a task got worse, or too few rows are held out
    to tell, nothing is written and the exit code is 3, unless --force. The file holds no texts. Pass it as --model.
    """
    from painpoints.pipeline import GoldColumns
    from painpoints.pipeline import tune as tuned

    arguments = dict(locals())
    added = additions(add or ())
    settings = given.settings_of(arguments, config)
    columns = GoldColumns(sentiment=sentiment, touchpoint=touchpoint, problem=problem)
    with Bars(quiet=quiet) as bars:
        found = tuned(corrections, out, settings, columns, add=added, force=force, progress=bars.progress)
    if json:
        show_json(found.as_dict())
    else:
        show(tuning_lines(found.as_dict()))
    if found.written is None:
        raise QualityGateError(f"Nothing was written: {'; '.join(found.doubts)}.",
                               hint="Give more labels, or --force to write it all the same.")


def additions(given: Sequence[str]) -> dict[str, str]:
    """Code to stage of every ``CODE=STAGE``. Raises UsageError for other forms and for a code given twice."""
    found: dict[str, str] = {}
    for entry in given:
        code, sign, stage = (part.strip() for part in entry.partition("="))
        if not (code and sign and stage):
            raise UsageError(f"--add cannot be {entry!r}.", hint="Write CODE=STAGE, for instance gift_wrap=during.")
        if found.setdefault(code, stage) != stage:
            raise UsageError(f"--add gives {code!r} two stages.", hint="Give it one.")
    return found


def tuning_lines(found: dict[str, Any]) -> list[str]:
    """The tuning for a terminal: a row a task and language before and after, then what was written."""
    lines = [gold_line({**found, "gold": found["corrections"]}), ""]
    head = ("task", "", "rows", "accuracy", "after", "macro-F1", "after", "only before", "only after", "p", "")
    rows = []
    for task in found["tasks"].values():
        groups = [("held out", task["overall"]), ("known before", task["known"]), *task["languages"].items()]
        rows += [(task["task"] if name == "held out" else "", name, f"{c['n']:,}", figure(c["accuracy_before"]),
                  figure(c["accuracy_after"]), figure(c["macro_f1_before"]), figure(c["macro_f1_after"]),
                  f"{c['only_before']:,}", f"{c['only_after']:,}", figure(c["p"]), "worse" if c["worse"] else "")
                 for name, c in groups if c is not None]
    if rows:
        lines += [*table(head, rows, 2), "", "p: McNemar's exact test (mid-p) on which rows are right; only before and "
                  "only after count rows that are right only then.", ""]
    for task in found["tasks"].values():
        line = f"{task['task']}: {count(task['labels'], 'label')}, {task['held_out']:,} held out"
        if task["strength"] is None:
            line += "; they teach nothing that the shipped heads do not know, so judgements stay"
        if task["recalibrated"]:
            line += f"; probabilities calibrated anew in {', '.join(task['recalibrated'])}"
        if task["moved"] is not None:
            line += f"; {task['moved']:.1%} of what is certain and nobody corrected would change"
        lines.append(line)
    lines += [f"added: {isolated(code)} ({isolated(stage)})" for code, stage in found["added"].items()]
    if found["written"] is not None:
        lines += ["", f"{isolated(found['written'])} is written. It has learnt from all rows, those held out for the "
                      "figures included.", f"Use it: --model {isolated(found['written'])}"]
        lines += [f"Forced although {doubt}." for doubt in found["doubts"]]
    return lines
