"""Whether the disk has room for a run, before it begins."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from painpoints.read import expand_inputs

_PER_BYTE = 20
"""Bytes of a run for each byte of plain input: documents, opinions and vectors of its shards, and the tables at the end
(600 reviews in four languages took 15)."""
_PACKED = 4
_PACKED_ENDINGS = frozenset({".gz", ".gzip", ".zst", ".zstd", ".zip", ".xlsx", ".parquet"})
_LEAST = 50 * 2**20


def room_note(source: Sequence[str | Path] | Any, folder: Path) -> str | None:
    """A sentence where the disk of ``folder`` may be too small for a run over ``source``, as far as its files tell."""
    if not isinstance(source, list | tuple):
        return None
    named = [str(item) for item in source if str(item) != "-"]
    files = [item for item in expand_inputs(named) if isinstance(item, Path)] if named else []
    needed = _LEAST + sum(path.stat().st_size * _PER_BYTE * (_PACKED if path.suffix.lower() in _PACKED_ENDINGS else 1)
                          for path in files if path.is_file())
    free = shutil.disk_usage(folder).free
    if free >= needed:
        return None
    return (f"{folder}: the disk has {free // 2**20:,} MB free, and the run may need {needed // 2**20:,} MB. If it "
            "gets full, free some space and go on with --resume.")
