"""Whether an input holds conversations, and in which form: told by what stands in it, not by its name."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from painpoints.read.bytestream import format_of
from painpoints.read.encoding import find_encoding
from painpoints.read.lines import text_lines
from painpoints.read.table import BadRow, Table
from painpoints.read.transcripts.captions import are_captions, caption_transcripts
from painpoints.read.transcripts.conversation import Transcripts
from painpoints.read.transcripts.labelled import find_layout, labelled_transcripts
from painpoints.read.transcripts.mail import is_mail, mail_transcripts
from painpoints.read.transcripts.nested import find_turns, nested_transcripts
from painpoints.read.transcripts.turnrows import find_turn_columns, row_transcripts

if TYPE_CHECKING:
    from painpoints.read.bytestream import ByteSource
    from painpoints.read.options import ReadOptions

_LOOKED_AT, _ROWS, _LINES = 50, 2000, 3000


def may_be_transcript(options: ReadOptions) -> bool:
    """Whether nothing that the user settled says that the rows are texts of their own."""
    return options.kind == "transcript" or (options.kind is None and options.text is None)


def text_transcripts(source: ByteSource, options: ReadOptions) -> Transcripts | None:
    """The conversations of a text file, None where it holds none."""
    if not may_be_transcript(options):
        return None
    kind = format_of(source.name, source.head())
    if kind not in ("text", "plain", "captions", "mail"):
        return None
    if is_mail(source.head()):
        return mail_transcripts([source], options.agent)
    encoding = find_encoding(source, source.head(), options.encoding)

    def lines() -> Iterator[str]:
        return text_lines(source, encoding)

    start = list(islice(lines(), _LINES))
    if are_captions(start):
        form = "webvtt" if start[0].startswith("WEBVTT") else "subrip"
        found = caption_transcripts(source.name, lines, form=form)
        found.encoding = encoding.codec
        return found
    if find_layout(start, told=options.kind == "transcript") is None:
        return None
    layout = find_layout(lines(), told=True)
    if layout is None:
        return None
    found = labelled_transcripts(source.name, lines, layout)
    found.encoding = encoding.codec
    return found


def table_transcripts(file: str, table: Table, options: ReadOptions) -> Transcripts | None:
    """The conversations of a table, None where its rows are texts of their own."""
    if not may_be_transcript(options):
        return None
    rows = [row for row in islice(table.rows(), _ROWS) if not isinstance(row, BadRow)]
    turned = find_turns(table.columns, rows[:_LOOKED_AT]) if rows else None
    if turned is not None:
        return nested_transcripts(table, turned)
    columns = find_turn_columns(file, table, rows, options)
    if columns is not None:
        return row_transcripts(table, columns)
    return None
