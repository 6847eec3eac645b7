"""The room's work in order: inputs, tables, plans, documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painpoints.errors import EmptyInputError, InputError
from painpoints.read.arrow import frame_table
from painpoints.read.bundles import Bundle, bundled
from painpoints.read.bytestream import byte_source
from painpoints.read.documents import SCHEMA, DocumentBuilder, Occurrences, OnReject
from painpoints.read.formats import open_table
from painpoints.read.inputs import StdinMark, expand_inputs
from painpoints.read.options import ReadOptions, Rejected
from painpoints.read.plan import FilePlan, plan_table
from painpoints.read.remote import RemoteFile
from painpoints.read.social.presets import find_preset
from painpoints.read.table import Table
from painpoints.read.transcripts import (
    TranscriptBuilder,
    mail_transcripts,
    may_be_transcript,
    table_transcripts,
    text_transcripts,
)

if TYPE_CHECKING:
    import polars as pl

_FRAME = "frame"


def inspect(path_or_frame: Any, options: ReadOptions | None = None) -> FilePlan:
    """What would be understood of a file, "-" (standard input) or a frame; nothing is kept.

    Raises InputError, EmptyInputError or ColumnError as `read_documents` does.
    """
    options = options or ReadOptions()
    if not isinstance(path_or_frame, str | Path | StdinMark):
        return _of_table(_FRAME, None, frame_table(path_or_frame), options, _ignore, Occurrences()).plan()
    with opened(expand_inputs([path_or_frame])[0], options, _ignore, Occurrences()) as builder:
        return builder.plan()


def read_documents(
    inputs: Sequence[str | Path | StdinMark | RemoteFile],
    options: ReadOptions | None = None,
    on_reject: Callable[[Rejected], None] | None = None,
    *,
    on_plan: Callable[[FilePlan], None] | None = None,
) -> Iterator[pl.DataFrame]:
    """Documents frames of ``options.batch_rows`` rows, in input order, the same on every run.

    Rows that cannot be used go to `on_reject`; `on_plan` gets each input's plan once it has been read. Among
    several inputs one that cannot be read is rejected as a whole (row 0) and the others are read; a single one
    raises InputError, EmptyInputError or ColumnError, and so do several of which none can be read. Raises
    EmptyInputError when no row of any input holds a text. Delimited text, JSON Lines, Parquet and plain text are
    streamed; JSON documents and workbooks are held in memory.
    """
    options = options or ReadOptions()
    reject = on_reject or _ignore
    items = expand_inputs(inputs)
    occurrences = Occurrences()
    failures: list[InputError] = []
    documents = rejected = 0

    def counted(record: Rejected) -> None:
        nonlocal rejected
        rejected += 1
        reject(record)

    whole = bundled(items) if may_be_transcript(options) else list(items)
    for item in whole:
        left = None if options.limit is None else options.limit - documents
        if left is not None and left <= 0:
            break
        try:
            with opened(item, options, counted, occurrences) as builder:
                for frame in builder.frames(left):
                    documents += frame.height
                    yield frame
                if on_plan is not None:
                    on_plan(builder.finished_plan())
        except InputError as error:
            if len(whole) == 1:
                raise
            failures.append(error)
            counted(Rejected.of(str(item), 0, "unreadable_file", str(error), ""))
    if failures and len(failures) == len(whole):
        raise failures[0]
    if not documents and (options.limit is None or options.limit > 0):
        named = ", ".join(str(item) for item in items[:3]) + (" ..." if len(items) > 3 else "")
        raise EmptyInputError(f"{named}: no row holds a text; {rejected} left out.",
                              hint="Name the text column with --text COLUMN if another one was meant.")


def documents_from_frame(
    frame: Any,
    options: ReadOptions | None = None,
    on_reject: Callable[[Rejected], None] | None = None,
    *,
    on_plan: Callable[[FilePlan], None] | None = None,
) -> pl.DataFrame:
    """The documents of a pandas, polars or Arrow table as one frame.

    Raises InputError for another kind of object, EmptyInputError for one without a text, ColumnError as
    `read_documents` does.
    """
    import polars as pl

    options = options or ReadOptions()
    builder = _of_table(_FRAME, None, frame_table(frame), options, on_reject or _ignore, Occurrences())
    frames = list(builder.frames(options.limit))
    if on_plan is not None:
        on_plan(builder.finished_plan())
    if not frames:
        if options.limit is not None and options.limit <= 0:
            return pl.DataFrame(schema=SCHEMA)
        raise EmptyInputError("frame: no row holds a text.", hint="Name the text column with text=COLUMN.")
    return pl.concat(frames, how="diagonal")


@contextmanager
def opened(item: Path | StdinMark | RemoteFile | Bundle, options: ReadOptions, on_reject: OnReject,
           occurrences: Occurrences) -> Iterator[DocumentBuilder | TranscriptBuilder]:
    """What makes documents of one input: of its conversations where it holds such, else of its rows."""
    if isinstance(item, Bundle):
        mails = mail_transcripts(item.sources(), options.agent)
        yield TranscriptBuilder(str(item), None, mails, options, on_reject, occurrences)
        return
    with byte_source(item) as source:
        transcripts = text_transcripts(source, options)
        if transcripts is None:
            yield _of_table(source.name, source.compression, open_table(source, options), options, on_reject,
                            occurrences)
        else:
            yield TranscriptBuilder(source.name, source.compression, transcripts, options, on_reject, occurrences)


def _of_table(file: str, compression: str | None, table: Table, options: ReadOptions, on_reject: OnReject,
              occurrences: Occurrences) -> DocumentBuilder | TranscriptBuilder:
    social = options.kind != "transcript" and find_preset(file, table, options.preset) is not None
    transcripts = None if social else table_transcripts(file, table, options)
    if transcripts is not None:
        return TranscriptBuilder(file, compression, transcripts, options, on_reject, occurrences)
    return DocumentBuilder(table, plan_table(file, compression, table, options), options, on_reject, occurrences)


def _ignore(record: Rejected) -> None:
    del record
