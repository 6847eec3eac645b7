"""Marks of documents that were forgotten: enough to know one when it comes again, and nothing that tells of it.

A mark is a keyed hash of a document's id; the key is the workspace's own and made when it first forgets something.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from painpoints.store.state import Reader, Writer

_KEY = "forgotten_key"
_SIZE = 16


def forgotten_among(state: Reader, doc_ids: Iterable[str]) -> set[str]:
    """Those of ``doc_ids`` that were forgotten here."""
    key = state.meta(_KEY)
    if key is None:
        return set()
    marks = {_mark(key, name): name for name in doc_ids}
    return {marks[row["mark"]] for row in state.rows_with("forgotten", "mark", marks)}


def keep_forgotten(state: Writer, doc_ids: Iterable[str], made: str) -> None:
    """Enters that documents were forgotten; those that were before stay as they are."""
    key = state.meta(_KEY)
    if key is None:
        key = secrets.token_hex(16)
        state.keep(_KEY, key)
    for name in sorted(set(doc_ids)):
        state.insert_new("forgotten", {"mark": _mark(key, name), "made": made})


def _mark(key: str, doc_id: str) -> str:
    return blake2b(doc_id.encode(), key=bytes.fromhex(key), digest_size=_SIZE).hexdigest()
