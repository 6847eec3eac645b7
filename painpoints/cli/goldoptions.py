"""The options of the commands that take a gold file, and the columns they name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from painpoints.cli.terminal import count, isolated

if TYPE_CHECKING:
    from painpoints.pipeline import GoldColumns

_PANEL = "Columns and forms of the input"
_LEFT_OUT = {"unreadable": "unreadable", "empty_text": "without a text", "no_label": "without a label",
             "not_judged": "without a judgement", "stage_only": "with a stage only"}


def _gold(role: str, what: str) -> Any:
    return typer.Option(f"--{role}", metavar="COLUMN", help=f"Column that holds {what}.", show_default=False,
                        rich_help_panel=_PANEL)


GoldFile = Annotated[str, typer.Argument(metavar="GOLD", show_default=False,
                                         help="A file of labelled opinion units, one a row, or - for stdin.")]
Sentiment = Annotated[str | None, _gold("sentiment", "the gold sentiment: neg, neu or pos")]
Touchpoint = Annotated[str | None, _gold("touchpoint", "the gold touchpoint, a code of the taxonomy")]
Stage = Annotated[str | None, _gold("stage", "the gold stage; without one, stages follow from touchpoints")]
Problem = Annotated[str | None, _gold("problem", "whether the unit names a problem: 0 or 1")]
Doc = Annotated[str | None, _gold("doc", "the document a unit comes from; intervals then resample documents")]


def gold_columns(arguments: Mapping[str, Any]) -> GoldColumns:
    """The gold columns that a command's arguments name."""
    from painpoints.pipeline import GoldColumns

    return GoldColumns(**{name: arguments[name] for name in ("sentiment", "touchpoint", "stage", "problem", "doc")})


def gold_line(found: Mapping[str, Any]) -> str:
    """How many gold rows were judged, and how many were left out and why."""
    line = f"{isolated(found['gold'])}: {count(found['rows'], 'row')}"
    if found["left_out"]:
        reasons = [f"{number:,} {_LEFT_OUT.get(reason, reason)}" for reason, number in found["left_out"].items()]
        line += f"; left out: {', '.join(reasons)}"
    return line


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]], right: int) -> list[str]:
    """Aligned lines for a terminal: columns from number ``right`` on stand to the right, the last as it is."""
    wide = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
    lines = []
    for row in (head, *rows):
        cells = [cell.rjust(wide[at]) if at >= right else cell.ljust(wide[at]) for at, cell in enumerate(row[:-1])]
        lines.append("  ".join([*cells, row[-1]]).rstrip())
    return lines


def figure(value: float | None) -> str:
    """A share with three digits, a dash for none."""
    return "-" if value is None else f"{value:.3f}"


def span(interval: Mapping[str, float] | None, form: str = ".2f") -> str:
    """An interval as "0.71 to 0.78"; empty for none."""
    return "" if interval is None else f"{interval['low']:{form}} to {interval['high']:{form}}"
