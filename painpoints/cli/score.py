"""painpoints score: judged units, without clustering."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from painpoints.cli import options as given
from painpoints.cli.progress import Bars
from painpoints.cli.sinks import open_sink, sink_format
from painpoints.cli.summary import redacted_line
from painpoints.cli.terminal import count, show_json

if TYPE_CHECKING:
    import polars as pl

    from painpoints.config import Settings


def score(
    inputs: given.Inputs,
    output: Annotated[str, typer.Option(
        "--output", "-o", metavar="FILE",
        help="File to write, or its address (s3://bucket/name): .parquet, .csv or .jsonl by its name; - is stdout, as "
             "JSON lines.")] = "-",
    framework: given.Framework = None, taxonomy: given.Taxonomy = None, whole: given.Whole = None,
    fast: given.Fast = None, model: given.Model = None,
    precision: given.Precision = None, cache: given.Cache = None,
    cache_dir: given.CacheDir = None, memory: given.Memory = None, workers: given.Workers = None,
    spacy: given.Spacy = None, text: given.Text = None, title: given.Title = None,
    pros: given.Pros = None, cons: given.Cons = None, id: given.Id = None, time: given.Time = None,
    rating: given.Rating = None, author: given.Author = None, source: given.Source = None,
    product: given.Product = None, language: given.Language = None, kind: given.Kind = None,
    rating_scale: given.RatingScale = None, delimiter: given.Delimiter = None, encoding: given.Encoding = None,
    sheet: given.Sheet = None, agent: given.Agent = None, customer: given.Customer = None,
    brands: given.Brands = None, preset: given.Preset = None, limit: given.Limit = None,
    redact: given.Redact = None, config: given.Config = None,
    json: given.Json = False, quiet: given.Quiet = False,
) -> None:
    """Judge every unit and stop: one row a unit, with its source id, its place in the text, and judgements.

    Start and end count characters of the original text. In CSV files a text that a spreadsheet would take for a
    formula gets an apostrophe in front. --json prints the counts, when the rows go to a file.
    """
    arguments = dict(locals())
    settings = given.settings_of(arguments, config)
    sink_format(output)
    with Bars(quiet=quiet) as bars:
        counts = score_to(inputs, output, settings, bars)
    if json and output != "-":
        show_json(counts)


def score_to(inputs: Sequence[str], output: str, settings: Settings, bars: Bars) -> dict[str, object]:
    """Writes the judged units of ``inputs`` to ``output``, whole or not at all; counts of texts, units and rejected."""
    from painpoints.pipeline import redaction_notes, score_into
    from painpoints.read import expand_inputs

    expand_inputs(inputs)
    units = 0
    for sentence in redaction_notes(settings):
        bars.note(sentence)
    with open_sink(output) as write:
        def counted(scored: pl.DataFrame) -> None:
            nonlocal units
            write(scored)
            units += len(scored)

        note = score_into(counted, list(inputs), settings, bars.progress, bars.note)
    rejected, redacted = note["rejected"], note["redacted"] if settings.redact else None
    if redacted:
        bars.note(redacted_line(redacted, settings.names))
    if rejected:
        reasons = ", ".join(f"{name} {number:,}" for name, number in sorted(rejected.items()))
        bars.note(f"{count(sum(rejected.values()), 'row was', 'rows were')} left out: {reasons}.")
    return {"documents": note["documents"], "units": units, "rejected": rejected, "redacted": redacted,
            "output": output}
