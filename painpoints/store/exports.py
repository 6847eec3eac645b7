"""Every file that left a workspace: when, by whom, what and where to, and up to which addition."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from painpoints.store.workspacefolder import now

if TYPE_CHECKING:
    from painpoints.store.state import State, Writer


def note_export(state: State, who: str, kind: str, form: str, place: str, rows: int | None = None,
                detail: Mapping[str, int | str] | None = None) -> None:
    """Enters a file: its ``kind`` (comments, digest, ...), ``form`` (csv, html, ...), the ``place`` it went to (a path,
    "the page", a kind of service: never an address), how many ``rows``, and in ``detail`` what it was limited to.

    Raises BusyError or StorageError when it cannot be written.
    """
    def entered(writer: Writer) -> None:
        writer.queue_up("exports")
        writer.insert("exports", [{"made": now(), "who": who, "kind": kind, "form": form, "place": place, "rows": rows,
                                   "additions": max(writer.additions(), default=0),
                                   "detail": json.dumps(dict(detail or {}), ensure_ascii=False)}])

    state.settled(entered)


def export_rows(state: State) -> list[dict[str, Any]]:
    """What left, in order; ``additions`` is the last one that it could hold, ``detail`` what it was limited to."""
    with state.reading() as reader:
        return [{**row, "detail": json.loads(row["detail"])} for row in reader.rows("exports")]
