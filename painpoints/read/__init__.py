"""Files, folders, streams and frames in; documents frames out, in input order and in bounded memory.

Promise: the text stays as it was written, every row that is left out is handed to `on_reject` with
its reason, and what was understood of a file (columns, encoding, calendar, scale) is in its `FilePlan`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints._lazy import lazy_exports

if TYPE_CHECKING:
    from painpoints.read.bounds import safe_ending, safe_endings, unpacked_size
    from painpoints.read.documents import AUTHOR, author_key
    from painpoints.read.glimpses import Glimpse, glimpse
    from painpoints.read.inputs import StdinMark, expand_inputs
    from painpoints.read.markup import Stripped, strip_markup
    from painpoints.read.options import ROLES, ReadOptions, Rejected
    from painpoints.read.people import BRAND, CUSTOMER, side_of
    from painpoints.read.plan import FilePlan
    from painpoints.read.reader import documents_from_frame, inspect, read_documents
    from painpoints.read.records import Records, read_records
    from painpoints.read.redaction import DocumentRedaction, Piece, Redactor, TableRedaction, in_original
    from painpoints.read.remote import RemoteFile, filesystem, is_remote, local_name, reached
    from painpoints.read.rewriting import Rewritten, rewrite
    from painpoints.read.social.presets import presets
    from painpoints.read.social.sharing import by_side
    from painpoints.read.social.telling import said_side, told_columns
    from painpoints.read.times import DIGITS, read_day

__all__ = ["AUTHOR", "BRAND", "CUSTOMER", "DIGITS", "ROLES", "DocumentRedaction", "FilePlan", "Glimpse", "Piece",
           "ReadOptions", "Records", "Redactor", "Rejected", "RemoteFile", "Rewritten", "StdinMark", "Stripped",
           "TableRedaction", "author_key", "by_side", "documents_from_frame", "expand_inputs", "filesystem", "glimpse",
           "in_original", "inspect", "is_remote", "local_name", "presets", "reached", "read_day", "read_documents",
           "read_records", "rewrite", "safe_ending", "safe_endings", "said_side", "side_of", "strip_markup",
           "told_columns", "unpacked_size"]

__getattr__, __dir__ = lazy_exports(__name__, {
    "bounds": ["safe_ending", "safe_endings", "unpacked_size"],
    "documents": ["AUTHOR", "author_key"],
    "glimpses": ["Glimpse", "glimpse"],
    "inputs": ["StdinMark", "expand_inputs"],
    "markup": ["Stripped", "strip_markup"],
    "options": ["ROLES", "ReadOptions", "Rejected"],
    "people": ["BRAND", "CUSTOMER", "side_of"],
    "plan": ["FilePlan"],
    "reader": ["documents_from_frame", "inspect", "read_documents"],
    "records": ["Records", "read_records"],
    "redaction": ["DocumentRedaction", "Piece", "Redactor", "TableRedaction", "in_original"],
    "rewriting": ["Rewritten", "rewrite"],
    "remote": ["RemoteFile", "filesystem", "is_remote", "local_name", "reached"],
    "social.presets": ["presets"],
    "social.sharing": ["by_side"],
    "social.telling": ["said_side", "told_columns"],
    "times": ["DIGITS", "read_day"],
})
