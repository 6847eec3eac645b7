"""A first look at a file: its columns, its first rows, and what would be understood of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from painpoints.errors import ColumnError
from painpoints.read.bytestream import ByteSource, byte_source
from painpoints.read.documents import Occurrences
from painpoints.read.formats import open_table
from painpoints.read.options import ReadOptions
from painpoints.read.plan import FilePlan, plan_sample, plan_table
from painpoints.read.redaction import DocumentRedaction, TableRedaction
from painpoints.read.table import BadRow, cell_text
from painpoints.read.transcripts import TranscriptBuilder, Transcripts, table_transcripts, text_transcripts

_ROWS, _CELL, _COLUMNS = 20, 300, 200
_COUNTED = 11_000_000  # a little less than the characters that a sample is taken from


@dataclass(frozen=True, slots=True)
class Glimpse:
    """``columns`` and the first ``rows`` as texts, cut short; ``plan``: what they would be taken for, None where
    nothing holds texts (``problem`` says so); ``total`` rows, which is an estimate unless ``exact``."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    plan: FilePlan | None
    problem: ColumnError | None
    format: str
    encoding: str | None
    delimiter: str | None
    header: bool
    total: int
    exact: bool


def glimpse(path: Path, options: ReadOptions | None = None, *, size: int, rows: int = _ROWS) -> Glimpse:
    """The look at a file that holds ``size`` bytes when unpacked. Raises InputError or EmptyInputError for one that
    cannot be read."""
    options = options or ReadOptions()
    with byte_source(path) as source:
        transcripts = text_transcripts(source, options)
        if transcripts is not None:
            return _of_transcripts(source, transcripts, options, rows)
        table = open_table(source, options)
        transcripts = table_transcripts(source.name, table, options)
        shown = [row for row in islice(table.rows(), rows * 5) if not isinstance(row, BadRow)][:rows]
        sample, seen = sampled = plan_sample(table, options)
        plan = problem = None
        try:
            plan = (plan_table(source.name, source.compression, table, options, sampled).plan if transcripts is None
                    else _builder(source, transcripts, options).plan())
        except ColumnError as error:
            problem = error
    columns = tuple(table.columns[:_COLUMNS])
    redaction = TableRedaction(options.redactor)
    cells = [_shown(row.values[:len(columns)], redaction.document()) for row in shown]
    total, exact = _total(sample, seen, size)
    return Glimpse(columns, tuple((*row, *[None] * (len(columns) - len(row))) for row in cells), plan, problem,
                   table.format, table.encoding, table.delimiter, table.header, total, exact)


def _builder(source: ByteSource, transcripts: Transcripts, options: ReadOptions) -> TranscriptBuilder:
    return TranscriptBuilder(source.name, source.compression, transcripts, options, lambda _: None, Occurrences())


def _of_transcripts(source: ByteSource, transcripts: Transcripts, options: ReadOptions, rows: int) -> Glimpse:
    """The look at conversations that are no table: a row a turn, nobody named."""
    builder = _builder(source, transcripts, options)
    redaction = TableRedaction(options.redactor)
    shown = tuple(tuple(_shown(turn, redaction.document())) for turn in islice(builder.turns(), rows))
    total = sum(1 for _ in transcripts.conversations())
    return Glimpse(("conversation", "speaker", "text"), shown, builder.plan(), None, transcripts.format,
                   transcripts.encoding, None, False, total, True)


def _shown(values: Sequence[object], redaction: DocumentRedaction) -> list[str | None]:
    """The cells of a row, cut short, without the personal data in them."""
    texts = [cell_text(value) for value in values]
    return [text if text is None else redaction.head(text, _CELL) + ("…" if len(text) > _CELL else "")
            for text in texts]


def _total(sample: list[list[object]], seen: int, size: int) -> tuple[int, bool]:
    """How many rows there are: counted, where the sample came to the end, else by the size of those looked at."""
    characters = sum(len(value) for row in sample for value in row if isinstance(value, str))
    if not sample or characters * seen / len(sample) < _COUNTED:
        return seen, True
    filled = [str(value) for row in sample for value in row if value is not None]
    bytes_a_row = sum(len(value.encode(errors="replace")) + 1 for value in filled) / len(sample)
    return max(seen, round(size / max(bytes_a_row, 1))), False
