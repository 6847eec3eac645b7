"""Files, folders, streams and frames in; documents frames out, in input order and in bounded memory.

Promise: the text stays as it was written, every row that is left out is handed to `on_reject` with
its reason, and what was understood of a file (columns, encoding, calendar, scale) is in its `FilePlan`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from painpoints.read.inputs import StdinMark as StdinMark
    from painpoints.read.inputs import expand_inputs as expand_inputs
    from painpoints.read.markup import Stripped as Stripped
    from painpoints.read.markup import strip_markup as strip_markup
    from painpoints.read.options import ReadOptions as ReadOptions
    from painpoints.read.options import Rejected as Rejected
    from painpoints.read.plan import FilePlan as FilePlan
    from painpoints.read.reader import documents_from_frame as documents_from_frame
    from painpoints.read.reader import inspect as inspect
    from painpoints.read.reader import read_documents as read_documents

_HOMES = {
    "StdinMark": "painpoints.read.inputs",
    "expand_inputs": "painpoints.read.inputs",
    "Stripped": "painpoints.read.markup",
    "strip_markup": "painpoints.read.markup",
    "ReadOptions": "painpoints.read.options",
    "Rejected": "painpoints.read.options",
    "FilePlan": "painpoints.read.plan",
    "documents_from_frame": "painpoints.read.reader",
    "inspect": "painpoints.read.reader",
    "read_documents": "painpoints.read.reader",
}

__all__ = [
    "FilePlan",
    "ReadOptions",
    "Rejected",
    "StdinMark",
    "Stripped",
    "documents_from_frame",
    "expand_inputs",
    "inspect",
    "read_documents",
    "strip_markup",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
