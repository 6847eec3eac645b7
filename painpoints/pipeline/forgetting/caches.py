"""What a workspace keeps beside its facts and its state: taken away where it may hold somebody who is forgotten."""

from __future__ import annotations

import shutil
from pathlib import Path

from painpoints.pipeline.forgetting.factfiles import Gone, rewrite
from painpoints.pipeline.forgetting.traces import Traces
from painpoints.store import WorkspaceFolder, storage, text_index

UPLOADS, DIGESTS = "uploads", "digests"
_MAP = "map.parquet"


def clear_caches(folder: WorkspaceFolder, gone: Gone, traces: Traces) -> None:
    """Takes the index of words and what is worked out again away, opinions that are gone off the map, and written
    digests that tell of them."""
    text_index(folder).discard()
    with storage(folder.path):
        for path in folder.path.glob("*.parquet"):
            if path.name == _MAP:
                rewrite([path], gone, traces)
            else:
                path.unlink()
        for path in folder.path.rglob("*.partial"):
            path.unlink(missing_ok=True)
        for path in digests_telling(folder.path, traces):
            path.unlink()


def clear_waiting(folder: WorkspaceFolder) -> int:
    """Removes what an interrupted addition has judged, and files that were sent and wait; how many of those."""
    waiting = uploads(folder.path)
    with storage(folder.path):
        shutil.rmtree(folder.pending, ignore_errors=True)
        for path in waiting:
            path.unlink(missing_ok=True)
    return len(waiting)


def uploads(folder: Path) -> list[Path]:
    """Files that people have sent and that wait to be added: whole exports of others' systems, read by nobody yet."""
    return sorted(path for path in (folder / UPLOADS).glob("*") if path.is_file())


def digests_telling(folder: Path, traces: Traces) -> list[Path]:
    """Written digests in the workspace that hold a trace."""
    return [path for path in sorted((folder / DIGESTS).rglob("*")) if path.is_file() and (
        traces.found_in(path.read_text("utf8", "replace")) or traces.found_in(path.name))]
