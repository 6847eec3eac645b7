"""What a workspace knows of copies and campaigns: worked out after every addition, and kept beside the facts.

The files can be made again at any time; whoever may only read does without keeping them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from painpoints.config import Settings
from painpoints.errors import StorageError
from painpoints.pipeline.copying import Copies, find_copies
from painpoints.pipeline.spaces import stored_means
from painpoints.store import Generation, WorkspaceFolder, write_whole

if TYPE_CHECKING:
    import polars as pl

COPIES = ("copies-groups.parquet", "copies-campaigns.parquet", "copies-members.parquet")
"""The files, which hold quotes."""
_MAKING = 2
"""Counted up when copies are found in another way."""


def workspace_copies(folder: WorkspaceFolder, numbers: Sequence[int], generation: Generation, units: pl.DataFrame,
                     documents: pl.DataFrame, settings: Settings) -> Copies:
    """The copies and campaigns among the facts of additions ``numbers``, kept ones where they are of just these."""
    stamp = blake2b(repr((_MAKING, list(numbers), tuple(generation), settings.count_campaigns)).encode(),
                    digest_size=8).hexdigest()
    if (kept := _kept(folder.path, stamp)) is not None:
        return kept
    ids = units["unit_id"]
    copies = find_copies(units, documents, lambda mask: folder.facts.vectors(numbers, ids.filter(mask), generation),
                         settings, stored_means(settings))
    with contextlib.suppress(StorageError, OSError):
        for name, frame in zip(COPIES, (copies.groups, copies.campaigns, copies.members), strict=True):
            _keep(folder.path / name, frame, stamp)
    return copies


def _keep(path: Path, frame: pl.DataFrame, stamp: str) -> None:
    import polars as pl

    stamped = pl.concat([pl.DataFrame({"stamp": [stamp]}), frame], how="diagonal")
    write_whole(path, lambda partial: stamped.write_parquet(partial, compression="zstd"))


def _kept(folder: Path, stamp: str) -> Copies | None:
    import polars as pl

    frames = []
    for name in COPIES:
        try:
            frame = pl.read_parquet(folder / name)
        except (OSError, pl.exceptions.PolarsError):  # it can be made again
            return None
        if "stamp" not in frame.columns or not len(frame) or frame["stamp"][0] != stamp:
            return None
        frames.append(frame.slice(1).drop("stamp"))
    return Copies(*frames)
