"""Runs on disk: immutable folders of Parquet with a manifest.

Comes in: frames. Goes out: a run folder, or the RunData read back from one.
Promise: a file is either whole or absent; an interrupted run can be resumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints._lazy import lazy_exports

if TYPE_CHECKING:
    from painpoints.store.files import storage, write_json, write_text, write_whole
    from painpoints.store.rundata import RunData
    from painpoints.store.runfolder import RunFolder, create_run, open_run

__all__ = ["RunData", "RunFolder", "create_run", "open_run", "storage", "write_json", "write_text", "write_whole"]

__getattr__, __dir__ = lazy_exports(__name__, {
    "files": ["storage", "write_json", "write_text", "write_whole"],
    "rundata": ["RunData"],
    "runfolder": ["RunFolder", "create_run", "open_run"],
})
