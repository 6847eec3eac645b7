"""A whole workspace as one archive for another program: its files, and a note of how they are opened."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

from painpoints.report import ATLAS_OPTIONS, Download, atlas_labels, datasette_metadata, write_atlas, write_datasette
from painpoints.triage.queue import Queue
from painpoints.triage.whole import atlas_parts, datasette_tables

if TYPE_CHECKING:
    import numpy as np

    from painpoints.pipeline import Workspace

DATASETTE, ATLAS = PROGRAMS = ("datasette", "embedding-atlas")
_NOTE = "README.txt"


def bundle(workspace: Workspace, program: str, who: str, lang: str, name: str, note: str) -> Download:
    """The archive for ``program`` (one of `PROGRAMS`), called ``name``; ``note`` stands above its command.

    It is built in a folder that nobody else may read and that is gone afterwards. Raises EmptyInputError, StorageError.
    """
    queue, now = Queue(workspace.folder.state, who), datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="painpoints-") as made:
        folder = Path(made)
        if program == DATASETTE:
            command = _datasette(workspace, queue, now, folder, workspace.path.resolve().name)
        else:
            command = _atlas(workspace, queue, now, folder, lang)
        (folder / _NOTE).write_text(f"{note}\n\n{command}\n", "utf-8-sig")
        return Download(f"{name}.zip", "application/zip", *_packed(folder))


def _datasette(workspace: Workspace, queue: Queue, now: datetime, folder: Path, title: str) -> str:
    tables = datasette_tables(workspace, queue, now=now)
    write_datasette(folder / "painpoints.db", tables)
    told = datasette_metadata("painpoints", title, tables)
    (folder / "metadata.json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf8")
    return "datasette painpoints.db --metadata metadata.json"


def _atlas(workspace: Workspace, queue: Queue, now: datetime, folder: Path, lang: str) -> str:
    parts = atlas_parts(workspace, queue, now=now, lang=lang)
    parts["places"] = places = _places(workspace, parts["opinions"]["unit_id"].to_list())
    write_atlas(folder / "painpoints.parquet", **parts)
    command = f"embedding-atlas painpoints.parquet {ATLAS_OPTIONS[places is not None]}"
    if places is None:
        return command
    atlas_labels(places, parts["opinions"]["painpoint"]).write_parquet(folder / "labels.parquet")
    return f"{command} --labels labels.parquet"


def _places(workspace: Workspace, unit_ids: Sequence[str]) -> np.ndarray | None:
    """The places (n, 2) that opinions have on the map of the page; None where that leaves some of them out."""
    import polars as pl

    wanted = pl.DataFrame({"unit_id": unit_ids}, schema={"unit_id": pl.Utf8})
    found = wanted.join(workspace.places(), on="unit_id", how="left", maintain_order="left")
    return None if found["x"].null_count() else found.select("x", "y").to_numpy()


def _packed(folder: Path) -> tuple[int, IO[bytes]]:
    packed = tempfile.TemporaryFile()  # noqa: SIM115
    try:
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            for path in sorted(folder.iterdir()):
                stored = zipfile.ZIP_STORED if path.suffix == ".parquet" else zipfile.ZIP_DEFLATED
                archive.write(path, path.name, stored)
        size = packed.seek(0, 2)
        packed.seek(0)
    except BaseException:
        packed.close()
        raise
    return size, packed
