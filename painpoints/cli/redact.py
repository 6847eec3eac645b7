"""painpoints redact: one file written again without its personal data, for use alone."""

from __future__ import annotations

import contextlib
import json as jsonlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from painpoints.cli import options as given
from painpoints.cli.summary import redacted_line
from painpoints.cli.terminal import count, show_json, tell
from painpoints.errors import UsageError

if TYPE_CHECKING:
    from painpoints.config import Settings
    from painpoints.read import Piece, Rewritten


def redact(
    file: Annotated[str, typer.Argument(metavar="FILE", show_default=False, help="A file, or - for stdin.")],
    output: Annotated[str, typer.Option("--output", "-o", metavar="OUT",
                                        help="File to write, in the same form; - is stdout.")] = "-",
    column: Annotated[list[str] | None, typer.Option(
        "--column", metavar="NAME", show_default=False,
        help="Column to redact in place of those that hold texts; may be given again.")] = None,
    all_columns: Annotated[bool, typer.Option(
        "--all-columns", help="Redact every column; those that name people become pseudonyms.")] = False,
    kinds: Annotated[str | None, typer.Option(
        "--kinds", metavar="KIND,KIND", show_default=False,
        help="What is taken out, for instance phone,email; by default all but order numbers.")] = None,
    style: Annotated[str | None, typer.Option(
        "--style", metavar="STYLE", show_default=False, help="How what stands for it looks: words or symbols.")] = None,
    map: Annotated[Path | None, typer.Option(
        "--map", metavar="FILE", show_default=False,
        help="Write what was taken out where as JSON lines: kinds, places and pseudonyms, nothing that leads back.")
        ] = None,
    delimiter: given.Delimiter = None, encoding: given.Encoding = None, sheet: given.Sheet = None,
    config: given.Config = None, json: given.Json = False, quiet: given.Quiet = False,
) -> None:
    """Write a CSV, TSV, JSON Lines, plain text or XLSX file again, without the personal data in its texts.

    What stands for a value, such as [phone 1], is the same throughout a row. Everything else stays as it is.
    """
    overrides: dict[str, Any] = {"delimiter": delimiter, "encoding": encoding, "sheet": sheet, "redact_style": style}
    if kinds is not None:
        overrides["redact_kinds"] = [kind for kind in kinds.replace(" ", "").split(",") if kind]
    from painpoints.config import load_settings

    settings = load_settings({**overrides, "redact": True}, config)
    if column and all_columns:
        raise UsageError("--all-columns takes every column; --column then says nothing.", hint="Give one of them.")
    found = rewritten(file, output, settings, column or [], everything=all_columns, places=map)
    summary = {"file": file, "output": output, "format": found.format, "rows": found.rows,
               "columns": list(found.columns), "redacted": found.redacted, "others": list(found.others)}
    if not quiet:
        tell(f"{count(found.rows, 'row')}. {redacted_line(found.redacted, settings.names)}")
        if found.others:
            tell(f"note: left as they are though they hold personal data: {', '.join(found.others)}. Redact them with "
                 "--column NAME or --all-columns.")
    if json:
        if output == "-":
            tell(jsonlib.dumps(summary, ensure_ascii=False))
        else:
            show_json(summary)


def rewritten(file: str, output: str, settings: Settings, columns: list[str], *, everything: bool, places: Path | None
              ) -> Rewritten:
    """Writes ``file`` to ``output`` and what was found where to ``places``, each whole or not at all."""
    from painpoints.pipeline import read_options
    from painpoints.read import rewrite

    for other in (output, *([] if places is None else [str(places)])):
        if other != "-" and file != "-" and Path(other).exists() and Path(file).exists() and Path(other).samefile(file):
            raise UsageError(f"{other}: is the file itself.", hint="Name another one; no original is written over.")
    if output == "-" and file.lower().endswith((".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")):
        raise UsageError("A workbook is not written to the terminal.", hint="Name a file with -o OUT.xlsx")
    if output.lower().endswith((".gz", ".zst", ".gzip", ".zstd")):
        raise UsageError(f"{output}: is written unpacked.", hint="Leave the ending out, and pack it afterwards.")
    with contextlib.ExitStack() as files:
        out = files.enter_context(_whole(output))
        aside = None if places is None else files.enter_context(_whole(str(places)))

        def note(row: int, name: str, piece: Piece) -> None:
            for one in piece.found:
                line = {"row": row, "column": name, "kind": one.kind, "number": one.number, "start": one.start,
                        "end": one.end, "length": one.was[1] - one.was[0], "pseudonym": one.pseudonym}
                assert aside is not None
                aside.write(jsonlib.dumps(line, ensure_ascii=False).encode() + b"\n")

        return rewrite(file, out, read_options(settings), columns, everything=everything,
                       on_found=None if aside is None else note)


@contextlib.contextmanager
def _whole(output: str) -> Iterator[BinaryIO]:
    """A file that appears when all is written, or stdout. Raises StorageError when the disk refuses."""
    from painpoints.store import storage

    if output == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(output)
    partial = path.with_name(f".{path.name}.partial")
    with storage(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with partial.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
