"""The room's face: what it exports, and that looking at it costs nothing."""

from __future__ import annotations

import subprocess
import sys

import painpoints.read


def test_the_exported_names() -> None:
    assert painpoints.read.__all__ == [
        "AUTHOR",
        "BRAND",
        "CUSTOMER",
        "DIGITS",
        "ROLES",
        "DocumentRedaction",
        "FilePlan",
        "Glimpse",
        "Piece",
        "ReadOptions",
        "Records",
        "Redactor",
        "Rejected",
        "RemoteFile",
        "Rewritten",
        "StdinMark",
        "Stripped",
        "TableRedaction",
        "author_key",
        "by_side",
        "documents_from_frame",
        "expand_inputs",
        "filesystem",
        "glimpse",
        "in_original",
        "inspect",
        "is_remote",
        "local_name",
        "presets",
        "reached",
        "read_day",
        "read_documents",
        "read_records",
        "rewrite",
        "safe_ending",
        "safe_endings",
        "said_side",
        "side_of",
        "strip_markup",
        "told_columns",
        "unpacked_size",
    ]
    assert all(getattr(painpoints.read, name) is not None for name in painpoints.read.__all__)


def test_the_face_and_the_mark_up_import_nothing_heavy() -> None:
    code = (
        "import sys, painpoints.read; from painpoints.read import ReadOptions, strip_markup; "
        "print(sorted({'polars', 'pyarrow', 'numpy', 'torch'} & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "[]"
