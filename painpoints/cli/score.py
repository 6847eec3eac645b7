"""painpoints score: judged units, without clustering."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
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
    from painpoints.read import Rejected


def score(
    inputs: given.Inputs,
    output: Annotated[str, typer.Option(
        "--output", "-o", metavar="FILE",
        help="File to write: .parquet, .csv or .jsonl by its name; - is stdout, as JSON lines.")] = "-",
    framework: given.Framework = None, taxonomy: given.Taxonomy = None, whole: given.Whole = None,
    fast: given.Fast = None, model: given.Model = None,
    precision: given.Precision = None, cache: given.Cache = None,
    cache_dir: given.CacheDir = None, memory: given.Memory = None,
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
        counts = score_into(inputs, output, settings, bars)
    if json and output != "-":
        show_json(counts)


def score_into(inputs: Sequence[str], output: str, settings: Settings, bars: Bars) -> dict[str, object]:
    """Writes the judged units of ``inputs`` to ``output``, whole or not at all; counts of texts, units and rejected."""
    from painpoints.pipeline import read_options, redaction_notes, score_documents, taken_out
    from painpoints.read import FilePlan, expand_inputs, read_documents

    expand_inputs(inputs)
    rejected: Counter[str] = Counter()
    documents = units = 0

    def put_aside(record: Rejected) -> None:
        rejected[record.code] += 1

    def counted(frames: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        nonlocal documents
        for frame in frames:
            documents += len(frame)
            yield frame

    for sentence in redaction_notes(settings):
        bars.note(sentence)
    plans: list[FilePlan] = []
    read = counted(read_documents(list(inputs), read_options(settings), put_aside, on_plan=plans.append))
    with open_sink(output) as write:
        for scored in score_documents(read, settings, bars.progress, bars.note):
            write(scored)
            units += len(scored)
    redacted = taken_out(plan.redacted for plan in plans) if settings.redact else None
    if redacted:
        bars.note(redacted_line(redacted, settings.names))
    if rejected:
        reasons = ", ".join(f"{name} {number:,}" for name, number in sorted(rejected.items()))
        bars.note(f"{count(sum(rejected.values()), 'row was', 'rows were')} left out: {reasons}.")
    return {"documents": documents, "units": units, "rejected": dict(rejected), "redacted": redacted,
            "output": output}
