"""Runs and workspaces on disk: immutable folders of Parquet, a manifest or a database beside them.

Comes in: frames, changes. Goes out: a run folder or a workspace, or what is read back from one.
Promise: what is written is either whole or absent; an interrupted run can be resumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints._lazy import lazy_exports

if TYPE_CHECKING:
    from painpoints.store.address import has_password
    from painpoints.store.files import storage, write_json, write_text, write_whole
    from painpoints.store.marks import Marks
    from painpoints.store.noting import Noted, NotingWriter
    from painpoints.store.partitions import Generation, Partitions
    from painpoints.store.rundata import RunData
    from painpoints.store.runfolder import RunFolder, create_run, open_run
    from painpoints.store.state import GENERATION, Reader, State, Writer
    from painpoints.store.textindex import Match, text_index
    from painpoints.store.workspacedata import WorkspaceData
    from painpoints.store.workspacefolder import WorkspaceFolder, create_workspace, now, open_workspace

__all__ = ["GENERATION", "Generation", "Marks", "Match", "Noted", "NotingWriter", "Partitions", "Reader", "RunData",
           "RunFolder", "State", "WorkspaceData", "WorkspaceFolder", "Writer", "create_run", "create_workspace",
           "has_password", "now", "open_run", "open_workspace", "storage", "text_index", "write_json", "write_text",
           "write_whole"]

__getattr__, __dir__ = lazy_exports(__name__, {
    "address": ["has_password"],
    "files": ["storage", "write_json", "write_text", "write_whole"],
    "marks": ["Marks"],
    "noting": ["Noted", "NotingWriter"],
    "partitions": ["Generation", "Partitions"],
    "rundata": ["RunData"],
    "runfolder": ["RunFolder", "create_run", "open_run"],
    "state": ["GENERATION", "Reader", "State", "Writer"],
    "textindex": ["Match", "text_index"],
    "workspacedata": ["WorkspaceData"],
    "workspacefolder": ["WorkspaceFolder", "create_workspace", "now", "open_workspace"],
})
