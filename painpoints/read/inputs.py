"""The files that a list of names, folders and "-" stands for."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from painpoints.errors import EmptyInputError, InputError
from painpoints.read.remote import RemoteFile, files_at, is_remote, local_name

#: File name endings by format, without compression.
SUFFIXES: dict[str, str] = {
    ".csv": "delimited", ".tsv": "delimited", ".tab": "delimited", ".psv": "delimited",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".jsonlines": "jsonl", ".json": "json",
    ".parquet": "parquet", ".pq": "parquet",
    ".xlsx": "workbook", ".xlsm": "workbook", ".xls": "workbook", ".xlsb": "workbook", ".ods": "workbook",
    ".txt": "plain", ".text": "plain",
    ".vtt": "captions", ".srt": "captions", ".eml": "mail", ".mbox": "mail",
    ".html": "page", ".htm": "page", ".md": "page",
}
#: The same for people.
READABLE = "Readable are csv, tsv, jsonl, json, parquet, xlsx, txt, vtt, srt, eml, mbox, also as .gz and .zst"
COMPRESSIONS: dict[str, str] = {".gz": "gzip", ".gzip": "gzip", ".zst": "zstd", ".zstd": "zstd"}


@dataclass(frozen=True, slots=True)
class StdinMark:
    """Stands for the standard input among the inputs."""

    def __str__(self) -> str:
        return "-"


def suffix_of(name: str) -> str:
    """The file name ending in lower case, compression taken off."""
    path = Path(name.lower())
    return Path(path.stem).suffix if path.suffix in COMPRESSIONS else path.suffix


def expand_inputs(inputs: Sequence[str | Path | StdinMark | RemoteFile]) -> list[Path | StdinMark | RemoteFile]:
    """The files behind the inputs in the order given: a folder gives its readable files, sorted; "-" is stdin.

    An address (s3://...) names a file, a folder or, with a *, several files of a store. A file that is named twice is
    read once. Raises InputError for a name that is not there, with the nearest one that is, and EmptyInputError for a
    folder without a readable file.
    """
    if isinstance(inputs, str | Path | StdinMark | RemoteFile):
        inputs = [inputs]
    if not inputs:
        raise EmptyInputError("no input.", hint="Name a file, a folder, or - for the standard input.")
    found: list[Path | StdinMark | RemoteFile] = []
    for item in inputs:
        if isinstance(item, StdinMark) or str(item) == "-":
            found.append(StdinMark())
            continue
        if isinstance(item, RemoteFile):
            found.append(item)
            continue
        if isinstance(item, str):
            if is_remote(item):
                found += files_at(item, lambda name: suffix_of(name) in SUFFIXES)
                continue
            item = local_name(item)
        path = Path(item)
        if path.is_dir():
            found += _readable_files(path)
        elif path.exists():
            found.append(path)
        else:
            raise _missing(path)
    return list(dict.fromkeys(found))


def _readable_files(folder: Path) -> list[Path]:
    inside = (path for path in folder.rglob("*") if not any(
        part.startswith((".", "~$")) for part in path.relative_to(folder).parts))
    files = sorted(path for path in inside if suffix_of(path.name) in SUFFIXES and path.is_file())
    if not files:
        raise EmptyInputError(f"{folder}: no file to read in this folder.",
                              hint=f"{READABLE}.")
    return files


def _missing(path: Path) -> InputError:
    folder = path.parent
    if not folder.is_dir():
        return InputError(f"{path}: no such file; the folder {folder} is not there either.")
    names = [other.name for other in folder.iterdir() if not other.name.startswith(".")]
    folded = {name.casefold(): name for name in sorted(names)}
    near = difflib.get_close_matches(path.name.casefold(), folded, n=1, cutoff=0.6)
    hint = f"Did you mean {folder / folded[near[0]]}?" if near else None
    return InputError(f"{path}: no such file.", hint=hint)
