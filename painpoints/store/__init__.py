"""Runs and workspaces on disk: immutable folders of Parquet, a manifest or a database beside them.

Comes in: frames, changes. Goes out: a run folder or a workspace, or what is read back from one.
Promise: what is written is either whole or absent; an interrupted run can be resumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints._lazy import lazy_exports

if TYPE_CHECKING:
    from painpoints.store.address import has_password
    from painpoints.store.cells import Cell
    from painpoints.store.exports import export_rows, note_export
    from painpoints.store.files import storage, write_json, write_parquet, write_text, write_whole
    from painpoints.store.forgotten import forgotten_among, keep_forgotten
    from painpoints.store.marks import Marks
    from painpoints.store.noting import Noted, NotingWriter
    from painpoints.store.partitions import Generation, Partitions
    from painpoints.store.remotefolder import RemoteFolder, put_file, try_file
    from painpoints.store.rundata import RunData
    from painpoints.store.runfolder import RunFolder, create_run, open_run
    from painpoints.store.state import GENERATION, Reader, State, Writer
    from painpoints.store.textindex import Match, text_index
    from painpoints.store.workspacedata import WorkspaceData
    from painpoints.store.workspacefolder import WorkspaceFolder, create_workspace, now, open_workspace

__all__ = ["GENERATION", "Cell", "Generation", "Marks", "Match", "Noted", "NotingWriter", "Partitions", "Reader",
           "RemoteFolder", "RunData", "RunFolder", "State", "WorkspaceData", "WorkspaceFolder", "Writer", "create_run",
           "create_workspace", "export_rows", "forgotten_among", "has_password", "keep_forgotten", "note_export", "now",
           "open_run", "open_workspace", "put_file", "storage", "text_index", "try_file", "write_json",
           "write_parquet", "write_text", "write_whole"]

__getattr__, __dir__ = lazy_exports(__name__, {
    "address": ["has_password"],
    "cells": ["Cell"],
    "exports": ["export_rows", "note_export"],
    "files": ["storage", "write_json", "write_parquet", "write_text", "write_whole"],
    "forgotten": ["forgotten_among", "keep_forgotten"],
    "marks": ["Marks"],
    "noting": ["Noted", "NotingWriter"],
    "partitions": ["Generation", "Partitions"],
    "remotefolder": ["RemoteFolder", "put_file", "try_file"],
    "rundata": ["RunData"],
    "runfolder": ["RunFolder", "create_run", "open_run"],
    "state": ["GENERATION", "Reader", "State", "Writer"],
    "textindex": ["Match", "text_index"],
    "workspacedata": ["WorkspaceData"],
    "workspacefolder": ["WorkspaceFolder", "create_workspace", "now", "open_workspace"],
})
